from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kaogong.foundation.kernel.records import Record
from kaogong.registration.states import REGISTRATION


class Registration(Record):
    """One person's application for one sitting, the condition claimed, and what was decided."""

    number = models.CharField("报名号", max_length=30, unique=True)
    sitting = models.ForeignKey("sittings.Sitting", on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey("sittings.Round", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("行政区划", max_length=6)
    parts = ArrayField(models.CharField(max_length=10), verbose_name="报考科目")
    condition_code = models.CharField("申报条件", max_length=10)
    claim = models.JSONField("申报事实", default=dict)
    verdict = models.JSONField("条件核对", default=dict)
    source = models.CharField("考生来源", max_length=20, blank=True)
    employer = models.CharField("工作单位", max_length=120, blank=True)
    residence_code = models.CharField("户籍或居住地", max_length=6, blank=True)
    legal_name = models.CharField("姓名", max_length=100)
    printed_name = models.CharField("证书姓名", max_length=100, blank=True)
    photo = models.BinaryField("照片", null=True, blank=True)
    fee = models.PositiveIntegerField("应缴（分）", default=0)
    paid_at = models.DateTimeField("缴费时间", null=True, blank=True)
    state = models.CharField(max_length=20, choices=REGISTRATION.choices(), default=REGISTRATION.initial)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.UUIDField(null=True, blank=True)
    admitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    decision_note = models.CharField("审核意见", max_length=400, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "person"],
                condition=~Q(state__in=["withdrawn", "refused"]),
                name="one_live_registration_per_round",
            ),
            models.CheckConstraint(
                name="registration_admitted_is_stamped", condition=~Q(state="admitted") | Q(admitted_at__isnull=False)
            ),
            models.CheckConstraint(
                name="registration_admitted_has_a_name", condition=~Q(state="admitted") | ~Q(printed_name="")
            ),
        ]
        indexes = [models.Index(fields=["sitting", "state"]), models.Index(fields=["person"])]

    def __str__(self) -> str:
        return self.number


class Evidence(Record):
    """A paper or statement handed in for a registration, tied to the clause of the condition that it supports."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=30)
    title = models.CharField("名称", max_length=120)
    content_sealed = models.BinaryField("内容（密文）", null=True, blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    handed_in_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title
