from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models

from kaogong.foundation.kernel.records import Record


class Series(Record):
    """One printing of blanks: its prefix and the width of its serials."""

    key = models.CharField("印制批", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)
    prefix = models.CharField("字头", max_length=8, blank=True)
    width = models.PositiveSmallIntegerField("位数")

    def __str__(self) -> str:
        return self.name


class Holding(Record):
    """Where a range of serials is now. No serial is in two places: the database excludes overlap."""

    class Place(models.TextChoices):
        STOCK = "stock", "库存"
        USED = "used", "已用"
        SPOILT = "spoilt", "作废"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    serials = BigIntegerRangeField("流水码区间")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=10, choices=Place, default=Place.STOCK)
    region_code = models.CharField(max_length=6, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="serial_in_one_place",
                expressions=[("series", RangeOperators.EQUAL), ("serials", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.serials}"


class Movement(Record):
    """One double entry of the ledger: so many serials from one account to another, and why."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    serials = BigIntegerRangeField("流水码区间")
    debit = models.CharField("转入", max_length=80)
    credit = models.CharField("转出", max_length=80)
    kind = models.CharField("类型", max_length=12)
    reference = models.CharField("凭据", max_length=80, blank=True)
    moved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.serials}"
