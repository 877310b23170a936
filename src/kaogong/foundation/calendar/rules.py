"""How a deadline of working days is counted, line by line. Pure: special days in, arithmetic out.

Counting starts on the day after the event; weekends and holidays do not count, weekend days that are worked do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

WEEKDAYS = "一二三四五六日"
FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Special:
    """A day that departs from Monday-to-Friday: a holiday, or a weekend day that is worked."""

    is_workday: bool
    name: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """When so many working days have passed, how that was counted, and whether it may yet move.

    `arithmetic` is a list of lines to show. It is provisional when it leans on years without a holiday notice.
    """

    due_on: date
    arithmetic: list[str]
    is_provisional: bool
    missing_years: tuple[int, ...]


def is_working_day(day: date, special: Mapping[date, Special]) -> bool:
    """Whether the day is worked: by its notice, else Monday to Friday."""
    found = special.get(day)
    return day.weekday() < 5 if found is None else found.is_workday


def deadline(start: date, working_days: int, special: Mapping[date, Special], known_years: Collection[int]) -> Deadline:
    """The last of `working_days` working days that follow `start`. Raises ValueError for a negative number.

    With none to count the deadline is `start` itself, whatever day that is.
    """
    if working_days < 0:
        raise ValueError("a deadline counts forward")
    days = _counted(start, working_days, special)
    due_on = days[-1] if days else start
    years = range(start.year if start == due_on else (start + DAY).year, due_on.year + 1)
    missing = tuple(year for year in years if year not in known_years)
    lines = list(_lines(start, days, special))
    if missing:
        which = "、".join(map(str, missing))
        lines.append(f"{which}年尚无国务院办公厅放假通知，只扣除周末：此日期为暂定")
    return Deadline(due_on, lines, bool(missing), missing)


def _counted(start: date, working_days: int, special: Mapping[date, Special]) -> list[date]:
    """Every day from the day after `start` to the last working day that is needed."""
    days: list[date] = []
    passed = 0
    while passed < working_days:
        days.append(start + DAY * (len(days) + 1))
        passed += is_working_day(days[-1], special)
    return days


def _lines(start: date, days: list[date], special: Mapping[date, Special]) -> Iterator[str]:
    yield f"自{_long(start)}的次日起算" if days else f"{_long(start)}当日"
    passed = 0
    for (is_work, why), run in groupby(days, key=lambda day: _kind(day, special)):
        span = list(run)
        if not is_work:
            yield f"{_span(span)}：{why}，不计"
            continue
        first, passed = passed + 1, passed + len(span)
        order = f"第{first}个工作日" if len(span) == 1 else f"第{first}至{passed}个工作日"
        yield f"{_span(span)}：{order}" + (f"（{why}）" if why else "")
    if days:
        yield f"{_long(days[-1])}届满"


def _kind(day: date, special: Mapping[date, Special]) -> tuple[bool, str]:
    found = special.get(day)
    if found is None:
        return (True, "") if day.weekday() < 5 else (False, "周末")
    return (True, "调休上班") if found.is_workday else (False, f"{found.name}放假")


def _span(days: list[date]) -> str:
    return _short(days[0]) if len(days) == 1 else f"{_short(days[0])}至{_short(days[-1])}"


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def _long(day: date) -> str:
    return f"{day.year}年{_short(day)}"
