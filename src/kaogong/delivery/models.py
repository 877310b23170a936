"""Tables of delivery: sealed papers, draws, attempts with their answers, score sheets, incidents, closings."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kaogong.delivery.papers import Lock
from kaogong.delivery.states import ATTEMPT
from kaogong.foundation.kernel.records import Attested, Record
from kaogong.foundation.signing.fields import SealedField


class CustodianKey(Record):
    """The key pair of somebody who keeps shares of papers' keys; the private half is shut by her own passphrase."""

    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    public_key = models.CharField("公钥", max_length=64)
    private_sealed = SealedField("私钥（口令与系统双重加密）", purpose="delivery.custodian_key")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(retired_at__isnull=True), name="one_custodian_key_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}"


class Custody(Record):
    """The custodians of a part's papers: a key pair of its own, the private half in shares of which `threshold` do.

    Over when it was replaced before any paper came (`ended_at`), or given up in an emergency by two (`waived_at`).
    """

    part = models.ForeignKey("sittings.SittingPart", on_delete=models.PROTECT, related_name="+")
    threshold = models.PositiveSmallIntegerField("启封所需份数")
    public_key = models.CharField("本科目公钥", max_length=64)
    named_at = models.DateTimeField()
    named_by = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField("申请应急启封", null=True, blank=True)
    asked_by = models.CharField(max_length=100, blank=True)
    asked_account = models.UUIDField(null=True, blank=True)
    asked_person = models.UUIDField(null=True, blank=True)
    reason = models.CharField("应急事由", max_length=400, blank=True)
    waived_at = models.DateTimeField("应急启封", null=True, blank=True)
    waived_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part"], condition=Q(ended_at__isnull=True), name="one_custody_per_part"),
            models.CheckConstraint(name="custody_threshold_is_several", condition=Q(threshold__gte=2)),
            models.CheckConstraint(
                name="waived_custody_was_asked_for",
                condition=Q(waived_at__isnull=True) | (Q(asked_at__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id}"


class CustodyShare(Record):
    """One custodian's share of a part's key: sealed to her own key; once handed in, by ours until the release."""

    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(CustodianKey, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("份号")
    share_sealed = SealedField("密钥份额（保管人与系统双重加密）", purpose="delivery.share")
    digest = models.CharField("份额摘要", max_length=64)
    handed_sealed = SealedField("已交份额（密文）", purpose="delivery.share_handed", null=True, blank=True)
    handed_at = models.DateTimeField("交出时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["custody", "number"], name="custody_share_number_once"),
            models.UniqueConstraint(fields=["custody", "key"], name="custody_share_keeper_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class PaperCopy(Record):
    """A paper delivered to one part of a sitting (one wave of it, or all: 0), sealed under its own decryption key.

    `key_sealed` opens only with our encryption key and only for this copy, this part and this `not_before`: whoever
    moves the hour in the table makes the copy unreadable rather than early. Under `custody` it is one half of the key
    until the release; `half_sealed` is the other, sealed to the custody's key.
    """

    part = models.ForeignKey("sittings.SittingPart", on_delete=models.PROTECT, related_name="+")
    paper = models.ForeignKey("itembank.Paper", on_delete=models.PROTECT, related_name="+")
    wave = models.PositiveSmallIntegerField("批（0 为各批共用）", default=0)
    content_sealed = models.BinaryField("试卷内容（密文）")
    key_sealed = SealedField(
        "解密密钥（受保护）", context=lambda copy: Lock(copy.pk, copy.part_id, copy.not_before).context
    )
    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    half_sealed = SealedField("保管人一半密钥（密文）", purpose="delivery.paper_half", null=True, blank=True)
    digest = models.CharField("明文摘要", max_length=64)
    questions = models.PositiveSmallIntegerField("题数")
    languages = models.JSONField("有译本的题数", default=dict, blank=True, help_text="文字→题数")
    not_before = models.DateTimeField("启封不得早于")
    delivered_at = models.DateTimeField("下发时间")
    released_at = models.DateTimeField("启封时间", null=True, blank=True)
    released_by = models.CharField("启封人", max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "paper", "wave"], name="paper_copy_once"),
            models.CheckConstraint(
                name="paper_not_released_early",
                condition=Q(released_at__isnull=True) | Q(released_at__gte=F("not_before")),
            ),
            models.CheckConstraint(
                name="paper_in_custody_has_its_half",
                condition=Q(custody__isnull=True, half_sealed__isnull=True)
                | Q(custody__isnull=False, half_sealed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.paper_id}"


class TaskDraw(Record):
    """The practical task drawn for one module of a sitting's skill part."""

    part = models.ForeignKey("sittings.SittingPart", on_delete=models.PROTECT, related_name="+")
    module_code = models.CharField(max_length=10)
    task = models.ForeignKey("itembank.PracticalTask", on_delete=models.PROTECT, related_name="+")
    seed = models.BigIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "module_code"], name="one_task_per_module")]

    def __str__(self) -> str:
        return self.module_code


class Attempt(Attested):
    """One candidate at one part of a sitting: from the door to the sealed submission."""

    seat = models.OneToOneField("seating.Seat", on_delete=models.PROTECT, related_name="+")
    registration = models.ForeignKey("registration.Registration", on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey("sittings.SittingPart", on_delete=models.PROTECT, related_name="+")
    paper_copy = models.ForeignKey(PaperCopy, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    region_code = models.CharField(max_length=6)
    state = models.CharField(max_length=20, choices=ATTEMPT.choices(), default=ATTEMPT.initial)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField("截止", null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    device = models.CharField("当前设备", max_length=40, blank=True)
    answers_received = models.PositiveIntegerField("已收作答条数", default=0)
    answers_digest = models.CharField("作答摘要", max_length=64, blank=True)
    receipt = models.JSONField("交卷回执", default=dict)
    language = models.CharField("试卷文字", max_length=10, default="zh-hans")
    note = models.CharField(max_length=200, blank=True)

    ATTESTED = ("registration", "part", "paper_copy", "state", "answers_digest")
    CALLED = "考试记录"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "part"], name="one_attempt_per_part"),
            models.CheckConstraint(
                name="submitted_attempt_has_a_digest",
                condition=~Q(state__in=["submitted", "sealed"]) | ~Q(answers_digest=""),
            ),
            models.CheckConstraint(
                name="started_attempt_has_a_clock",
                condition=~Q(state__in=["started", "submitted", "sealed"])
                | Q(started_at__isnull=False, ends_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["part", "state"])]

    def is_vouched_for(self) -> bool:
        """Over, one way or another; until then it changes by the minute."""
        return self.state in {"submitted", "sealed", "absent", "late", "barred"}

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"

    @property
    def state_label(self) -> str:
        """The state in words."""
        return ATTEMPT.states[self.state]


class Answer(Record):
    """One saved answer, appended and never changed; the last received for a position (highest `order`) counts."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    device = models.CharField("设备", max_length=40)
    sequence = models.PositiveIntegerField("本机序号")
    order = models.PositiveIntegerField("服务器收到的次序")
    position = models.PositiveSmallIntegerField("题序")
    answer = models.CharField("作答", max_length=4000, blank=True)
    client_at = models.DateTimeField("本机时间")
    received_at = models.DateTimeField("服务器时间")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "device", "sequence"], name="answer_once"),
            models.UniqueConstraint(fields=["attempt", "order"], name="answer_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


class ScoreSheet(Attested):
    """One examiner's score sheet for one module of a practical attempt; signed once, then fixed."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    examiner = models.ForeignKey("seating.PanelMember", on_delete=models.PROTECT, related_name="+")
    draw = models.ForeignKey(TaskDraw, on_delete=models.PROTECT, related_name="+")
    marks = models.JSONField("各要素得分")
    total = models.DecimalField("合计", max_digits=5, decimal_places=2)
    safety_violation = models.BooleanField("违反安全操作规程", default=False)
    note = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField("签字时间")

    ATTESTED = ("attempt", "examiner", "draw", "marks", "total", "safety_violation")
    CALLED = "评分表"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "examiner", "draw"], name="score_sheet_once"),
            models.CheckConstraint(name="score_sheet_0_to_100", condition=Q(total__gte=0, total__lte=100)),
            models.CheckConstraint(name="unsafe_module_is_zero", condition=Q(safety_violation=False) | Q(total=0)),
        ]

    def __str__(self) -> str:
        return f"{self.total}"


class Incident(Record):
    """What went wrong in the room: lateness, cheating, a power cut, with who wrote it down."""

    part = models.ForeignKey("sittings.SittingPart", on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField("类型", max_length=30)
    text = models.CharField("经过", max_length=400)
    happened_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=100)
    clause = models.CharField("依据", max_length=120, blank=True)
    region_code = models.CharField(max_length=6, blank=True)

    class Meta:
        indexes = [models.Index(fields=["part", "happened_at"]), models.Index(fields=["attempt"])]

    def __str__(self) -> str:
        return self.kind


class Closing(Record):
    """The end of a part: who closed it when, and how many were sealed, absent, late, barred."""

    part = models.OneToOneField("sittings.SittingPart", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=100)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.part_id}"


class EntryTry(Record):
    """A failed try to enter an exam machine, by keyed digests of the ticket typed and the address; kept for a day."""

    key = models.CharField(max_length=80)
    tried_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "tried_at"])]

    def __str__(self) -> str:
        return self.key
