"""Tables of scoring: marks with their working, results in versions, rechecks, objections to questions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaogong.foundation.kernel.records import Attested, Record
from kaogong.foundation.signing.fields import SealedField
from kaogong.scoring.rules import EFFECTS, OBJECTIONS
from kaogong.scoring.states import DISPUTE, RECHECK, RESULT


class Mark(Attested):
    """The mark of one attempt, and how it came about. A correction is a new mark; the last one counts."""

    class Outcome(models.TextChoices):
        SCORED = "scored", "已评分"
        ABSENT = "absent", "缺考"
        LATE = "late", "迟到未准入场"
        BARRED = "barred", "违纪取消"

    attempt = models.ForeignKey("delivery.Attempt", on_delete=models.PROTECT, related_name="+")
    registration = models.ForeignKey("registration.Registration", on_delete=models.PROTECT, related_name="+")
    part = models.CharField("科目", max_length=10)
    value = models.DecimalField("得分", max_digits=5, decimal_places=2)
    outcome = models.CharField("情形", max_length=12, choices=Outcome)
    working = models.JSONField("计算过程", default=dict)
    version = models.PositiveSmallIntegerField(default=1)
    marked_at = models.DateTimeField()
    marked_by = models.UUIDField(null=True, blank=True)
    marked_by_name = models.CharField("评分人", max_length=100, blank=True)

    ATTESTED = ("attempt", "registration", "part", "value", "outcome", "working", "version")
    CALLED = "成绩（分科）"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "version"], name="mark_version_once"),
            models.CheckConstraint(name="mark_0_to_100", condition=Q(value__gte=0, value__lte=100)),
            models.CheckConstraint(name="unscored_mark_is_zero", condition=Q(outcome="scored") | Q(value=0)),
        ]
        indexes = [models.Index(fields=["registration"])]

    def __str__(self) -> str:
        return f"{self.part} {self.value}"


class HandMark(Attested):
    """What one marker gave one written answer, criterion by criterion; given once, then fixed.

    `marks` are decimals as text, in the rubric's order; `turn` says whether it was the first, second or third.
    """

    attempt = models.ForeignKey("delivery.Attempt", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField("题序")
    turn = models.PositiveSmallIntegerField("第几评")
    marks = models.JSONField("各要点得分")
    total = models.DecimalField("合计", max_digits=7, decimal_places=4)
    marker_key = models.CharField(max_length=64)
    marked_by_name = models.CharField("阅卷人", max_length=100)
    marked_at = models.DateTimeField()

    ATTESTED = ("attempt", "position", "turn", "marks", "total", "marker_key")
    CALLED = "阅卷评分"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position", "turn"], name="hand_mark_turn_once"),
            models.UniqueConstraint(fields=["attempt", "position", "marker_key"], name="hand_mark_once_a_marker"),
            models.CheckConstraint(name="hand_mark_turn_1_to_3", condition=Q(turn__gte=1, turn__lte=3)),
            models.CheckConstraint(name="hand_mark_0_to_100", condition=Q(total__gte=0, total__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.total}"


class Result(Attested):
    """A registration's result: every part as it stands. Final once published; a recheck makes a new one."""

    registration = models.ForeignKey("registration.Registration", on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField(max_length=6)
    version = models.PositiveSmallIntegerField(default=1)
    parts = models.JSONField("各科成绩", help_text="科目→{mark, pass_mark, is_passed, outcome, carried_from}")
    is_passed = models.BooleanField("合格")
    clause = models.CharField("依据", max_length=120)
    state = models.CharField(max_length=20, choices=RESULT.choices(), default=RESULT.initial)
    drafted_at = models.DateTimeField("核算时间")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by_name = models.CharField("发布人", max_length=100, blank=True)
    recheck_until = models.DateField("复核申请截止", null=True, blank=True)
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    ATTESTED = ("registration", "version", "parts", "is_passed", "state", "supersedes")
    CALLED = "成绩"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "version"], name="result_version_once"),
            models.UniqueConstraint(fields=["registration"], condition=Q(state="final"), name="one_final_result"),
            models.CheckConstraint(
                name="final_result_is_stamped",
                condition=Q(state="drafted") | Q(published_at__isnull=False, recheck_until__isnull=False),
            ),
        ]

    def is_vouched_for(self) -> bool:
        """Published: what is drafted may still change."""
        return self.state != "drafted"

    def __str__(self) -> str:
        return f"{self.registration_id} v{self.version}"

    @property
    def state_label(self) -> str:
        """The state in words."""
        return RESULT.states[self.state]


class Recheck(Record):
    """成绩复核: clerical only (omission, adding, entry)."""

    class Kind(models.TextChoices):
        OMISSION = "omission", "漏评、漏登"
        ADDING = "adding", "合分差错"
        ENTRY = "entry", "登分差错"

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="+")
    part = models.CharField("科目", max_length=10)
    reason = models.CharField("理由", max_length=400)
    state = models.CharField(max_length=20, choices=RECHECK.choices(), default=RECHECK.initial)
    requested_at = models.DateTimeField()
    requested_by_name = models.CharField("申请人", max_length=100, blank=True)
    answer_until = models.DateField("答复期限")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField("复核人", max_length=100, blank=True)
    kind = models.CharField("差错类型", max_length=10, choices=Kind, blank=True)
    finding = models.CharField("复核结论", max_length=400, blank=True)
    new_result = models.OneToOneField(Result, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    region_code = models.CharField(max_length=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "part"], name="one_recheck_per_part_of_a_result"),
            models.CheckConstraint(
                name="decided_recheck_is_stamped",
                condition=Q(state="requested") | (Q(decided_at__isnull=False) & ~Q(finding="")),
            ),
            models.CheckConstraint(
                name="corrected_recheck_has_a_result",
                condition=~Q(state="corrected") | (Q(new_result__isnull=False) & ~Q(kind="")),
            ),
        ]
        indexes = [models.Index(fields=["region_code", "state"])]

    def __str__(self) -> str:
        return self.state

    @property
    def state_label(self) -> str:
        """The state in words."""
        return RECHECK.states[self.state]


class Dispute(Attested):
    """异议试题: one version of an item as one round asked it, all objections to it, and the ruling on them.

    `answers_sealed` holds the answers that count as right from the ruling on, one a line of JSON; nobody lists it.
    """

    number = models.CharField("编号", max_length=40, unique=True)
    round = models.ForeignKey("sittings.Round", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("itembank.ItemVersion", on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField(max_length=6)
    state = models.CharField(max_length=20, choices=DISPUTE.choices(), default=DISPUTE.initial)
    opened_at = models.DateTimeField("提出时间")
    answer_until = models.DateField("裁定期限")
    effect = models.CharField("处理办法", max_length=10, choices=list(EFFECTS.items()), blank=True)
    answers_sealed = SealedField("裁定的答案（密文）", purpose="scoring.ruling", default=b"")
    reason = models.CharField("裁定理由", max_length=600, blank=True)
    clause = models.CharField("依据", max_length=120, blank=True)
    decided_at = models.DateTimeField("裁定时间", null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField("裁定人", max_length=100, blank=True)
    rescored_at = models.DateTimeField("重新评分时间", null=True, blank=True)
    rescored_by_name = models.CharField("重新评分人", max_length=100, blank=True)
    counts = models.JSONField("影响人数", default=dict)

    ATTESTED = ("round", "version", "state", "effect", "reason", "counts")
    CALLED = "试题异议裁定"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "version"], name="one_dispute_of_a_question_in_a_round"),
            models.CheckConstraint(
                name="decided_dispute_is_stamped",
                condition=Q(state="open") | (Q(decided_at__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="upheld_dispute_has_an_effect", condition=Q(state__in=["open", "dismissed"]) | ~Q(effect="")
            ),
            models.CheckConstraint(
                name="rescored_dispute_is_stamped", condition=~Q(state="rescored") | Q(rescored_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["region_code", "state"])]

    def is_vouched_for(self) -> bool:
        """Decided: before that nothing hangs on it."""
        return self.state != "open"

    def __str__(self) -> str:
        return self.number

    @property
    def state_label(self) -> str:
        """The state in words."""
        return DISPUTE.states[self.state]


class Objection(Record):
    """What one candidate, or somebody on duty for her seat, holds against a question; kept as it was said."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey("delivery.Attempt", on_delete=models.PROTECT, related_name="+")
    shown_as = models.PositiveSmallIntegerField("考生所见题号")
    kind = models.CharField("异议类型", max_length=10, choices=list(OBJECTIONS.items()))
    text = models.CharField("说明", max_length=400)
    is_official = models.BooleanField("考务人员提出", default=False)
    filed_at = models.DateTimeField("提出时间")
    filed_by = models.CharField(max_length=64)
    filed_by_name = models.CharField("提出人", max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dispute", "attempt", "is_official"], name="one_objection_to_a_question_by_each"
            ),
            models.CheckConstraint(name="objection_says_something", condition=~Q(text="")),
        ]
        indexes = [models.Index(fields=["attempt"])]

    def __str__(self) -> str:
        return f"{self.shown_as} {self.kind}"
