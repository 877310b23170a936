"""Formats: how dates, money, numbers and names of levels are written for people.

Pure functions; the template filters in `templatetags/ui.py` are thin covers over them, and documents may use them too.
An absent value is written as a dash, never as an empty place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.translation import get_language, gettext_lazy

ABSENT = "—"
BEIJING = ZoneInfo("Asia/Shanghai")
NO_BREAK = "\u00a0"
GROUP = 4

# Names of the levels as they are spoken of today. A certificate carries the name printed on its day, copied, so it is
# never derived from this table. Source: 《关于健全完善新时代技能人才职业技能等级制度的意见(试行)》 (2022), names only.
LEVEL_NAMES = {
    "5": gettext_lazy("五级/初级工"),
    "4": gettext_lazy("四级/中级工"),
    "3": gettext_lazy("三级/高级工"),
    "2": gettext_lazy("二级/技师"),
    "1": gettext_lazy("一级/高级技师"),
    "apprentice": gettext_lazy("学徒工"),
    "special": gettext_lazy("特级技师"),
    "chief": gettext_lazy("首席技师"),
}


def date_zh(day: date | datetime | None) -> str:
    """Return a day as `2026年11月24日`, in English as `24 November 2026`; a moment is first taken to Beijing time."""
    if day is None:
        return ABSENT
    if isinstance(day, datetime):
        day = in_beijing(day)
    if in_chinese():
        return f"{day.year}年{day.month}月{day.day}日"
    return dateformat.format(day, "j F Y")


def datetime_zh(moment: datetime | None) -> str:
    """Return a moment as `2026年11月24日 09:00`, in English as `24 November 2026, 09:00`, Beijing time."""
    if moment is None:
        return ABSENT
    joint = " " if in_chinese() else ", "
    return f"{date_zh(moment)}{joint}{time_zh(moment)}"


def time_zh(moment: datetime | None) -> str:
    """Return the time of day as `09:00`, Beijing time."""
    return ABSENT if moment is None else f"{in_beijing(moment):%H:%M}"


def in_chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


def in_beijing(moment: datetime) -> datetime:
    """Return an aware moment in Beijing time; refuse a naive one, whose zone nobody knows."""
    if moment.tzinfo is None:
        raise ValueError("A moment shown to people must know its time zone")
    return moment.astimezone(BEIJING)


def money(fen: int | None) -> str:
    """Return an amount in fen as `¥ 195.00`; the space does not break."""
    if fen is None:
        return ABSENT
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}¥{NO_BREAK}{yuan:,}.{rest:02d}"


def percent(share: float | Decimal | None, digits: int = 1) -> str:
    """Return a share in [0, 1] as `62.5%`, rounded half up."""
    if share is None or share != share:  # a mean over nothing is nan, and nan equals nothing
        return ABSENT
    step = Decimal(1).scaleb(-digits)
    return f"{(Decimal(str(share)) * 100).quantize(step, ROUND_HALF_UP)}%"


def count(number: int | None) -> str:
    """Return a count with thousands separated, `1,234,567`."""
    return ABSENT if number is None else f"{number:,}"


def join_words(words: Iterable[object]) -> str:
    """Return several words as one enumeration, `五级、四级`, in English `Level 5, Level 4`."""
    return ("、" if in_chinese() else ", ").join(map(str, words))


def number_groups(number: str) -> list[str]:
    """Return a long number in groups of four for reading aloud, leading letters apart.

    The grouping is for the eye only: it makes no claim about which digits mean what, since that differs by regime.
    """
    letters = len(number) - len(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    head, digits = number[:letters], number[letters:]
    groups = [digits[at : at + GROUP] for at in range(0, len(digits), GROUP)]
    return [head, *groups] if head else groups


def level_short(level: int | str | None) -> str:
    """Return the first word of a level's name, `三级`, for lists of several levels."""
    return level_name(level).partition("/")[0]


def level_name(level: int | str | None) -> str:
    """Return today's name of a level, `三级/高级工`; an unknown code is shown as it is."""
    if level is None:
        return ABSENT
    return str(LEVEL_NAMES.get(str(level), level))
