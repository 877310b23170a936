from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kaogong.foundation.kernel.records import Record


class Region(Record):
    """One administrative division under one code and name, for as long as both held. Source: GB/T 2260."""

    code = models.CharField("代码", max_length=6)
    name = models.CharField("名称", max_length=60)
    level = models.PositiveSmallIntegerField("级别", help_text="1 省级 2 地级 3 县级")
    parent_code = models.CharField("上级代码", max_length=6, blank=True)
    since_year = models.PositiveSmallIntegerField("启用年份", null=True)
    until_year = models.PositiveSmallIntegerField("停用年份", null=True, help_text="该年变更后不再使用；空为现行")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "since_year"], nulls_distinct=False, name="region_code_once"),
            models.CheckConstraint(
                name="region_years_in_order",
                condition=Q(until_year__isnull=True) | Q(since_year__isnull=True) | Q(until_year__gte=F("since_year")),
            ),
        ]
        indexes = [models.Index(fields=["parent_code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RegionChange(Record):
    """One event of change: in `year` the old code became (wholly or partly) the new one, by `instrument`."""

    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    old_code = models.CharField(max_length=6, blank=True)
    old_name = models.CharField(max_length=60, blank=True)
    new_code = models.CharField(max_length=6, blank=True)
    new_name = models.CharField(max_length=60, blank=True)
    instrument = models.CharField("批准文号", max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["old_code"]), models.Index(fields=["new_code"])]

    def __str__(self) -> str:
        return f"{self.year} {self.kind} {self.old_code}→{self.new_code}"
