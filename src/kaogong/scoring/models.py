from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaogong.foundation.kernel.records import Record
from kaogong.scoring.states import RECHECK, RESULT


class Mark(Record):
    """The mark of one attempt, and how it came about. A correction is a new mark; the last one counts."""

    attempt = models.ForeignKey("delivery.Attempt", on_delete=models.PROTECT, related_name="+")
    registration = models.ForeignKey("registration.Registration", on_delete=models.PROTECT, related_name="+")
    part = models.CharField("科目", max_length=10)
    value = models.DecimalField("得分", max_digits=5, decimal_places=2)
    outcome = models.CharField("情形", max_length=12, help_text="scored、absent、late、barred")
    working = models.JSONField("计算过程", default=dict)
    version = models.PositiveSmallIntegerField(default=1)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "version"], name="mark_version_once"),
            models.CheckConstraint(name="mark_0_to_100", condition=Q(value__gte=0, value__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.value}"


class Result(Record):
    """A registration's result: every part as it stands. Final once published; a recheck makes a new one."""

    registration = models.ForeignKey("registration.Registration", on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField(max_length=6)
    version = models.PositiveSmallIntegerField(default=1)
    parts = models.JSONField("各科成绩", help_text="科目→{mark, pass, outcome, carried_from}")
    is_passed = models.BooleanField("合格")
    clause = models.CharField("依据", max_length=120)
    state = models.CharField(max_length=20, choices=RESULT.choices(), default=RESULT.initial)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "version"], name="result_version_once"),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(state="final"), name="one_final_result"
            ),
            models.CheckConstraint(
                name="final_result_is_stamped", condition=Q(state="drafted") | Q(published_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} v{self.version}"


class Recheck(Record):
    """成绩复核: clerical only (omission, adding, entry)."""

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="+")
    part = models.CharField("科目", max_length=10)
    reason = models.CharField("理由", max_length=400)
    state = models.CharField(max_length=20, choices=RECHECK.choices(), default=RECHECK.initial)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField("复核结论", max_length=400, blank=True)
    region_code = models.CharField(max_length=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "part"], name="one_recheck_per_part_of_a_result"),
        ]

    def __str__(self) -> str:
        return self.state
