"""Table of calibration: its runs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kaogong.calibration.rules.analysing import PURPOSES
from kaogong.foundation.kernel.records import Record


class Run(Record):
    """One calibration: which answers were taken, what was fitted, and its report. A run never changes.

    `digest` is SHA-256 over the attempts, the items and the scores: a later run can be told to rest on the same.
    """

    occupation_code = models.CharField("职业编码", max_length=10)
    level = models.PositiveSmallIntegerField("等级")
    purpose = models.CharField("目的", max_length=10, choices=list(PURPOSES.items()))
    since = models.DateField("场次自")
    until = models.DateField("场次至")
    sittings = models.PositiveIntegerField("场次数")
    cases = models.PositiveIntegerField("作答人数")
    items = models.PositiveIntegerField("试题数")
    model = models.CharField("模型", max_length=8, blank=True)
    digest = models.CharField("作答矩阵摘要", max_length=64)
    report = models.JSONField("报告", default=dict)
    region_code = models.CharField(max_length=6, blank=True)
    organisation_id = models.UUIDField(null=True, blank=True)
    run_at = models.DateTimeField("时间")
    run_by = models.CharField("安排人", max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(name="run_has_a_window", condition=Q(since__lte=F("until"))),
            models.CheckConstraint(name="run_has_cases", condition=Q(cases__gt=0)),
        ]
        indexes = [models.Index(fields=["occupation_code", "level", "-run_at"])]

    def __str__(self) -> str:
        return f"{self.occupation_code} {self.level} {self.purpose} {self.run_at:%Y-%m-%d}"
