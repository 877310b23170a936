"""Holidays as the library chinesecalendar knows them, in the words of our table. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from chinese_calendar import constants

from kaogong.foundation.calendar.rules import Special

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def years() -> Mapping[int, Mapping[date, Special]]:
    """Each year that the library has a notice for, with its holidays and worked weekends."""
    found: dict[int, dict[date, Special]] = defaultdict(dict)
    for day, name in constants.holidays.items():
        found[day.year][day] = Special(False, NAMES[name])
    for day, name in constants.workdays.items():
        found[day.year][day] = Special(True, NAMES[name])
    return found


def instrument(year: int) -> str:
    """The notice that a seeded year goes back to."""
    return f"国务院办公厅关于{year}年部分节假日安排的通知"
