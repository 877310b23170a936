"""Tables of registration: lists, applications, the papers handed in with them, and bars against persons."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kaogong.foundation.kernel.records import Attested, Record
from kaogong.foundation.signing.fields import SealedField
from kaogong.registration.states import REGISTRATION, ROSTER


class Roster(Record):
    """A school's, an employer's or a station's list for one sitting: judged whole, then committed at once or not."""

    sitting = models.ForeignKey("sittings.Sitting", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    is_through = models.BooleanField("由院校或单位代报", default=False)
    file_name = models.CharField("文件", max_length=200)
    file_digest = models.CharField("文件摘要", max_length=64)
    encoding = models.CharField("格式", max_length=20)
    state = models.CharField(max_length=20, choices=ROSTER.choices(), default=ROSTER.initial)
    total = models.PositiveIntegerField("行数")
    staged_at = models.DateTimeField("上传时间")
    staged_by = models.UUIDField(null=True, blank=True)
    staged_by_name = models.CharField("上传人", max_length=60, blank=True)
    committed_at = models.DateTimeField("提交时间", null=True, blank=True)
    committed_by_name = models.CharField("提交人", max_length=60, blank=True)
    discarded_at = models.DateTimeField("放弃时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="roster_committed_is_stamped", condition=~Q(state="committed") | Q(committed_at__isnull=False)
            )
        ]
        indexes = [models.Index(fields=["organisation", "-staged_at"])]

    def __str__(self) -> str:
        return self.file_name

    @property
    def state_label(self) -> str:
        """The state in words."""
        return ROSTER.states[self.state]


class Registration(Attested):
    """One person's application for one sitting, the condition claimed, and what was decided."""

    number = models.CharField("报名号", max_length=30, unique=True)
    sitting = models.ForeignKey("sittings.Sitting", on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey("sittings.Round", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("行政区划", max_length=6)
    parts = ArrayField(models.CharField(max_length=10), verbose_name="报考科目")
    condition_code = models.CharField("申报条件", max_length=10)
    language = models.CharField("理论考试文字", max_length=10, default="zh-hans")
    carried = models.JSONField("保留科目", default=dict, help_text="以前通过且仍在保留期内的科目→通过日期")
    claim = models.JSONField("申报事实", default=dict)
    verdict = models.JSONField("条件核对", default=dict)
    source = models.CharField("考生来源", max_length=20, blank=True)
    employer = models.CharField("工作单位", max_length=120, blank=True)
    employer_code = models.CharField("工作所在地", max_length=6, blank=True)
    residence_code = models.CharField("户籍或居住地", max_length=6, blank=True)
    through = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    legal_name = models.CharField("姓名", max_length=100)
    printed_name = models.CharField("证书姓名", max_length=100, blank=True)
    photo = models.BinaryField("照片", null=True, blank=True)
    fee = models.PositiveIntegerField("应缴（分）", default=0)
    paid_at = models.DateTimeField("缴费时间", null=True, blank=True)
    receipt_number = models.CharField("票据号", max_length=40, blank=True)
    has_place = models.BooleanField("占用名额", default=False)
    state = models.CharField(max_length=20, choices=REGISTRATION.choices(), default=REGISTRATION.initial)
    started_at = models.DateTimeField("开始填写")
    entered_by = models.UUIDField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.UUIDField(null=True, blank=True)
    admitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField("审核人", max_length=60, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    decision_note = models.CharField("审核意见", max_length=400, blank=True)
    accepted_because = models.CharField("认定理由", max_length=400, blank=True)
    correct_until = models.DateField("补正期限", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    ATTESTED = (
        "person",
        "sitting",
        "parts",
        "condition_code",
        "carried",
        "legal_name",
        "printed_name",
        "accepted_because",
        "decided_by",
        "state",
    )
    CALLED = "报名"

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
            models.CheckConstraint(
                name="registration_holds_a_place_while_it_lives",
                condition=Q(has_place=True, state__in=["submitted", "returned", "admitted"])
                | Q(has_place=False, state__in=["drafted", "refused", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="registration_paid_has_a_receipt", condition=Q(paid_at__isnull=True) | ~Q(receipt_number="")
            ),
            models.CheckConstraint(
                name="registration_decided_by_another",
                condition=Q(decided_by__isnull=True)
                | (
                    (Q(submitted_by__isnull=True) | ~Q(decided_by=F("submitted_by")))
                    & (Q(entered_by__isnull=True) | ~Q(decided_by=F("entered_by")))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["sitting", "state"]),
            models.Index(fields=["person"]),
            models.Index(fields=["region_code", "state", "submitted_at"]),
        ]

    def is_vouched_for(self) -> bool:
        """Admitted: only then does it open a door."""
        return self.state == "admitted"

    def __str__(self) -> str:
        return self.number

    @property
    def is_paid(self) -> bool:
        """Whether nothing is owed: the fee was collected, or there is none."""
        return self.fee == 0 or self.paid_at is not None

    @property
    def state_label(self) -> str:
        """The state in words."""
        return REGISTRATION.states[self.state]


class Evidence(Record):
    """A paper or statement handed in for a registration or for a whole list, tied to the kind of clause it supports."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField("种类", max_length=30)
    proof = models.CharField("材料类型", max_length=30, blank=True)
    title = models.CharField("名称", max_length=120)
    content_sealed = SealedField("内容（密文）", purpose="registration.evidence", null=True, blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    size = models.PositiveIntegerField("字节", default=0)
    digest = models.CharField(max_length=64, blank=True)
    handed_in_at = models.DateTimeField()
    seen_at = models.DateTimeField("查看时间", null=True, blank=True)
    seen_by_name = models.CharField("查看人", max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evidence_is_for_one_or_for_a_list",
                condition=Q(registration__isnull=True) ^ Q(roster__isnull=True),
            )
        ]
        indexes = [models.Index(fields=["registration"]), models.Index(fields=["roster"])]

    def __str__(self) -> str:
        return self.title


class Bar(Record):
    """A time during which a person may not apply, because papers or statements were false."""

    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField("起")
    until = models.DateField("止（当日仍不得报名）")
    reason = models.CharField("事由", max_length=200)
    clause = models.CharField("依据", max_length=120)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        constraints = [
            models.CheckConstraint(name="bar_ends_after_it_begins", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="bar_has_a_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["person", "until"])]

    def __str__(self) -> str:
        return f"{self.since} 至 {self.until}"


class RosterRow(Record):
    """One row of a list: what was written, sealed, and what was found; the application it became."""

    class Verdict(models.TextChoices):
        WAITING = "waiting", "待核对"
        GOOD = "good", "可提交"
        WARNED = "warned", "可提交，有提示"
        REFUSED = "refused", "不能提交"

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField("行号")
    name = models.CharField("姓名", max_length=100, blank=True)
    document_masked = models.CharField("证件号（掩码）", max_length=30, blank=True)
    content_sealed = SealedField("内容（密文）", purpose="registration.roster_row", null=True)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.WAITING)
    problems = models.JSONField("不能提交的原因", default=list)
    warnings = models.JSONField("提示", default=list)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "line"], name="roster_line_once")]

    def __str__(self) -> str:
        return str(self.line)
