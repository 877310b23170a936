from __future__ import annotations

from django.db import models

from kaogong.foundation.kernel.records import Record


class YearNotice(Record):
    """The State Council's holiday notice for a year; deadlines that lean on a year without one are provisional."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    instrument = models.CharField("通知文号", max_length=100)
    entered_at = models.DateTimeField("录入时间")
    is_seeded = models.BooleanField("取自日历库", default=False, help_text="人工录入的年份不再被日历库覆盖")

    def __str__(self) -> str:
        return f"{self.year} {self.instrument}"


class SpecialDay(Record):
    """A day that departs from Monday-to-Friday: a holiday, or a weekend that is worked (调休)."""

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40)
    notice = models.ForeignKey(YearNotice, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
