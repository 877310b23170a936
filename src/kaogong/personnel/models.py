from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from kaogong.foundation.kernel.records import Attested, Record
from kaogong.personnel.states import CARD


class Hours(Func):
    """The hours of a duty as PostgreSQL's tstzrange: the end is free for the next duty."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Card(Attested):
    """An examiner's or supervisor's card: for an occupation, some levels, and a term."""

    class Kind(models.TextChoices):
        EXAMINER = "examiner", "考评员"
        SENIOR = "senior_examiner", "高级考评员"
        SUPERVISOR = "supervisor", "质量督导员"

    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    number = models.CharField("证卡编号", max_length=40, unique=True)
    occupation_code = models.CharField("职业编码", max_length=10, blank=True, help_text="督导员可空")
    occupation_name = models.CharField("职业", max_length=120, blank=True)
    levels = ArrayField(models.PositiveSmallIntegerField(), verbose_name="可考评等级")
    since = models.DateField("有效期起")
    until = models.DateField("有效期止")
    state = models.CharField(max_length=20, choices=CARD.choices(), default=CARD.initial)
    employer = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_by = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField(max_length=6)
    state_reason = models.CharField("状态说明", max_length=200, blank=True)

    ATTESTED = ("person", "kind", "number", "occupation_code", "levels", "since", "until", "state")
    CALLED = "证卡"

    class Meta:
        constraints = [
            models.CheckConstraint(name="card_ends_after_it_begins", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="card_names_known_levels", condition=Q(levels__contained_by=[1, 2, 3, 4, 5])),
            models.CheckConstraint(
                name="examiner_card_names_an_occupation", condition=Q(kind="supervisor") | ~Q(occupation_code="")
            ),
        ]
        indexes = [models.Index(fields=["person"]), models.Index(fields=["region_code"])]

    def __str__(self) -> str:
        return self.number

    @property
    def levels_down(self) -> list[int]:
        """The levels as people list them: 5 first, 1 last."""
        return sorted(self.levels, reverse=True)


class Duty(Record):
    """One entry of the diary: what a person did or will do, when and where, by plain reference to the sitting."""

    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("职责", max_length=30)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField("所涉场次", max_length=80)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="duty_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))),
            ExclusionConstraint(
                name="no_two_duties_at_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (
                        Hours("starts_at", "ends_at", RangeBoundary(inclusive_lower=True, inclusive_upper=False)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(cancelled_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["person", "starts_at"]), models.Index(fields=["reference"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d}"


class Relation(Record):
    """A fact between two persons that may oblige one to stand aside: taught, employed, related, paired."""

    class Kind(models.TextChoices):
        TAUGHT = "taught", "师生（师徒）"
        EMPLOYED = "employed", "同事或雇佣"
        RELATED = "related", "亲属"
        PAIRED = "paired", "搭档"

    first = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    since = models.DateField("起", null=True, blank=True)
    until = models.DateField("止", null=True, blank=True)
    source = models.CharField("来源", max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(name="relation_between_two", condition=~Q(first=F("second"))),
            models.UniqueConstraint(
                fields=["first", "second", "kind", "since"], nulls_distinct=False, name="relation_once"
            ),
        ]

    def __str__(self) -> str:
        return self.kind
