"""Tables of the network of banks: sub-banks and their evaluations. Django finds them through `models`."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kaogong.foundation.kernel.records import Record
from kaogong.itembank.rules.subbanks import KINDS
from kaogong.itembank.states import SUB_BANK


class SubBank(Record):
    """分库: what a body below the nation may add to the national bank of an occupation and level, for a term.

    It inherits the blueprint in force: the ranges and their weights are the nation's, and local points hang under them.
    Its home is the territory `region_code`, or the organisation alone for an industry. `since` and `until` are both
    included; an evaluation moves `until`.
    """

    occupation_code = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField()
    blueprint = models.ForeignKey("itembank.Blueprint", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=list(KINDS.items()))
    region_code = models.CharField(max_length=6, blank=True)
    organisation_id = models.UUIDField()
    organisation_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=20, choices=SUB_BANK.choices(), default=SUB_BANK.initial)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=100)
    proposed_by_key = models.CharField(max_length=64)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.CharField(max_length=100, blank=True)
    opened_by_key = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occupation_code", "level", "region_code"],
                condition=~Q(state="closed") & ~Q(region_code=""),
                name="one_sub_bank_of_a_territory",
            ),
            models.UniqueConstraint(
                fields=["occupation_code", "level", "organisation_id"],
                condition=~Q(state="closed") & Q(region_code=""),
                name="one_sub_bank_of_an_industry",
            ),
            models.CheckConstraint(
                name="open_sub_bank_has_a_term",
                condition=Q(state__in=["proposed", "closed"]) | Q(since__isnull=False, until__isnull=False),
            ),
            models.CheckConstraint(name="sub_bank_term_in_order", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(
                name="sub_bank_is_opened_by_another", condition=~Q(proposed_by_key=F("opened_by_key"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BankEvaluation(Record):
    """评估: what a panel found of a sub-bank, its verdict, and how long the bank may be used for new papers."""

    class Verdict(models.TextChoices):
        PASSED = "passed", "合格"
        CONDITIONAL = "conditional", "限期整改"
        FAILED = "failed", "不合格"

    sub_bank = models.ForeignKey(SubBank, on_delete=models.PROTECT, related_name="+")
    held_from = models.DateField()
    held_to = models.DateField()
    panel = models.JSONField()
    findings = models.TextField()
    figures = models.JSONField()
    verdict = models.CharField(max_length=12, choices=Verdict)
    term_until = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(name="evaluation_days_in_order", condition=Q(held_to__gte=F("held_from"))),
            models.CheckConstraint(
                name="passed_evaluation_has_a_term",
                condition=Q(verdict="failed", term_until__isnull=True)
                | (~Q(verdict="failed") & Q(term_until__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sub_bank_id} {self.held_to}"
