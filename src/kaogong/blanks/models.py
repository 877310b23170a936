"""Tables of blanks: printings, where each range of serials is now, and the double entries that brought it there."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q

from kaogong.blanks import rules
from kaogong.foundation.kernel.records import Record


class Series(Record):
    """One printing of blanks: its prefix, the width of its serials, and the kind of certificate it is paper for."""

    class Paper(models.TextChoices):
        ANY = "", "不限"
        QUALIFICATION = "qualification-16", "职业资格证书"
        LEVEL = "level-22", "职业技能等级证书"

    key = models.CharField("印制批", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)
    prefix = models.CharField("字头", max_length=8, blank=True)
    width = models.PositiveSmallIntegerField("位数")
    paper = models.CharField("用于", max_length=20, choices=Paper, default=Paper.ANY, blank=True)
    ordered_at = models.DateTimeField("登记时间")

    class Meta:
        constraints = [
            models.CheckConstraint(name="series_width_is_sane", condition=Q(width__gte=1, width__lte=15)),
        ]

    def __str__(self) -> str:
        return self.name

    def printed(self, serial: int) -> str:
        """The serial as it stands on the paper: `A0000001`."""
        return rules.printed(self.prefix, self.width, serial)


class Place(models.TextChoices):
    """The accounts of the ledger. `outside` is the print works: what is received comes from there."""

    OUTSIDE = "outside", "印制单位"
    STOCK = "stock", "库存"
    USED = "used", "已用"
    SPOILT = "spoilt", "作废"
    DESTROYED = "destroyed", "已销毁"


class Holding(Record):
    """Where a range of serials is now. No serial is in two places: the database excludes overlap.

    A deferred trigger (migration 0002) checks at commit that the holdings hold exactly what was received, and that
    each account's holding is what the ledger's entries add up to.
    """

    Place = Place

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
            models.CheckConstraint(name="holding_is_not_empty", condition=Q(serials__isempty=False)),
            models.CheckConstraint(name="holding_is_inside", condition=~Q(place="outside")),
        ]
        indexes = [models.Index(fields=["organisation", "place"])]

    def __str__(self) -> str:
        return f"{self.serials}"


class Movement(Record):
    """One double entry of the ledger: so many serials from one account to another, and why. Append-only."""

    class Kind(models.TextChoices):
        RECEIVE = "receive", "入库"
        TRANSFER = "transfer", "调拨"
        USE = "use", "打印使用"
        SPOIL = "spoil", "作废"
        DESTROY = "destroy", "销毁"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    serials = BigIntegerRangeField("流水码区间")
    kind = models.CharField("类型", max_length=12, choices=Kind)
    source = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_place = models.CharField("转出", max_length=10, choices=Place)
    target = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    target_place = models.CharField("转入", max_length=10, choices=Place)
    reference = models.CharField("凭据", max_length=80, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    region_code = models.CharField(max_length=6, blank=True)
    moved_by = models.CharField("经办人", max_length=100)
    moved_at = models.DateTimeField("时间")

    class Meta:
        constraints = [
            models.CheckConstraint(name="movement_is_not_empty", condition=Q(serials__isempty=False)),
            models.CheckConstraint(
                name="movement_comes_from_somewhere",
                condition=Q(source_place="outside", source__isnull=True)
                | (~Q(source_place="outside") & Q(source__isnull=False)),
            ),
            models.CheckConstraint(
                name="movement_goes_elsewhere",
                condition=Q(source__isnull=True) | ~Q(source=F("target")) | ~Q(source_place=F("target_place")),
            ),
            models.CheckConstraint(name="movement_stays_inside", condition=~Q(target_place="outside")),
            models.CheckConstraint(
                name="spoiling_has_a_reason", condition=~Q(kind__in=["spoil", "destroy"]) | ~Q(reason="")
            ),
        ]
        indexes = [
            GistIndex(fields=["series", "serials"], name="movement_serials"),
            models.Index(fields=["source", "moved_at"], name="movement_source"),
            models.Index(fields=["target", "moved_at"], name="movement_target"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.serials}"


class StockCount(Record):
    """A shelf counted after a restore: how many blanks of a series lay there, and how many the ledger had too many.

    Those were taken between the backup and the restore; they are booked as used, lowest serials first. Append-only.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    restore_id = models.UUIDField(editable=False)
    counted = models.PositiveIntegerField("盘点数")
    missing = models.PositiveIntegerField("账多实少")
    basis = models.CharField("盘点情况", max_length=200)
    region_code = models.CharField(max_length=6, blank=True)
    counted_at = models.DateTimeField("盘点时间")
    counted_by = models.CharField("经办人", max_length=100)

    class Meta:
        indexes = [models.Index(fields=["organisation", "restore_id"], name="count_by_body")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.counted}"
