from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from kaogong.foundation.kernel.records import Attested, Record
from kaogong.stations.states import LICENCE


class Station(Record):
    """An appraisal station (鉴定所、站) or a filed evaluation body's site; the body itself is an Organisation."""

    organisation = models.OneToOneField("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("行政区划", max_length=6)
    head = models.CharField("负责人", max_length=60, blank=True)
    phone = models.CharField("公开电话", max_length=30, blank=True)

    def __str__(self) -> str:
        return str(self.organisation)


class Term(Func):
    """The days of a term as PostgreSQL's daterange, both ends included."""

    function = "daterange"
    output_field = DateRangeField()


class Licence(Attested):
    """鉴定许可证 (or a filing) with its term, both days included; two that are not revoked never overlap."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+")
    number = models.CharField("许可证编号", max_length=40, unique=True)
    since = models.DateField("有效期起")
    until = models.DateField("有效期止")
    state = models.CharField(max_length=20, choices=LICENCE.choices(), default=LICENCE.initial)
    state_reason = models.CharField("状态说明", max_length=200, blank=True)
    state_since = models.DateField("状态起", null=True, blank=True)
    issued_by = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")

    ATTESTED = ("station", "number", "since", "until", "state")
    CALLED = "许可证"

    class Meta:
        constraints = [
            models.CheckConstraint(name="licence_ends_after_it_begins", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(
                name="licence_change_has_a_reason", condition=Q(state="granted") | ~Q(state_reason="")
            ),
            ExclusionConstraint(
                name="one_licence_at_a_time",
                expressions=[
                    ("station", RangeOperators.EQUAL),
                    (
                        Term("since", "until", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=~Q(state="revoked"),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Scope(Attested):
    """One line of a licence's scope: an occupation and its levels."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="+")
    occupation_code = models.CharField("职业编码", max_length=10)
    occupation_name = models.CharField("职业", max_length=120)
    levels = ArrayField(models.PositiveSmallIntegerField(), verbose_name="等级")

    ATTESTED = ("licence", "occupation_code", "levels")
    CALLED = "许可范围"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["licence", "occupation_code"], name="scope_occupation_once"),
            models.CheckConstraint(
                name="scope_names_known_levels", condition=Q(levels__contained_by=[1, 2, 3, 4, 5], levels__len__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occupation_name} {self.levels}"

    @property
    def levels_down(self) -> list[int]:
        """The levels as people list them: 5 first, 1 last."""
        return sorted(self.levels, reverse=True)


class Room(Record):
    """A room with its seats in rows and columns (theory) or its work places (practical)."""

    class Kind(models.TextChoices):
        THEORY = "theory", "理论考场"
        PRACTICAL = "practical", "操作技能考场"

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    address = models.CharField("地址", max_length=200)
    rows = models.PositiveSmallIntegerField("排数")
    columns = models.PositiveSmallIntegerField("列数")
    is_open = models.BooleanField("在用", default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "name"], name="room_name_once"),
            models.CheckConstraint(name="room_has_places", condition=Q(rows__gte=1, columns__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def places(self) -> int:
        """Seats or work places: rows times columns."""
        return self.rows * self.columns
