"""Which days are worked, and when a deadline falls due. Open to everyone: the calendar is public."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import QuerySet

from kaogong.foundation.calendar import models, rules
from kaogong.foundation.calendar.rules import FESTIVALS, Deadline, Special

FIRST_YEAR = 2004
"""Where the table begins when it is empty."""

__all__ = [
    "FESTIVALS",
    "Deadline",
    "Special",
    "days_of",
    "deadline",
    "is_working_day",
    "next_missing_year",
    "notice_of",
    "notices",
    "working_days",
]


def is_working_day(day: date) -> bool:
    """Whether the day is worked: by its notice, else Monday to Friday."""
    return rules.is_working_day(day, _special(day, day))


def working_days(first: date, last: date) -> int:
    """How many days are worked from `first` to `last`, both included; 0 when they are out of order."""
    special = _special(first, last)
    span = (first + timedelta(days=each) for each in range((last - first).days + 1))
    return sum(rules.is_working_day(day, special) for day in span)


def deadline(start: date, working_days: int) -> Deadline:
    """The last of so many working days that follow `start`, with its arithmetic; provisional where no notice exists.

    Raises ValueError for a negative number.
    """
    # Never more than nine days in a row are free, so twice the number and a month more is ample.
    horizon = start + timedelta(days=2 * abs(working_days) + 31)
    known = models.YearNotice.objects.filter(year__range=(start.year, horizon.year)).values_list("year", flat=True)
    return rules.deadline(start, working_days, _special(start, horizon), frozenset(known))


def notices() -> QuerySet[models.YearNotice]:
    """The holiday notices, the latest year first."""
    return models.YearNotice.objects.order_by("-year")


def notice_of(year: int) -> models.YearNotice | None:
    """The notice of a year, or None while there is none."""
    return models.YearNotice.objects.filter(year=year).first()


def next_missing_year() -> int:
    """The first year after the latest that has a notice."""
    latest = models.YearNotice.objects.order_by("-year").values_list("year", flat=True).first()
    return FIRST_YEAR if latest is None else latest + 1


def days_of(year: int) -> list[models.SpecialDay]:
    """The special days that a year's notice sets, in order."""
    return list(models.SpecialDay.objects.filter(notice__year=year).order_by("day"))


def _special(first: date, last: date) -> Mapping[date, Special]:
    rows = models.SpecialDay.objects.filter(day__range=(first, last))
    return {row.day: Special(row.is_workday, row.name) for row in rows}
