"""Gathers what the gate before an issue looks at, and shows what an issue would do before it is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from kaogong.blanks import selectors as blanks
from kaogong.certificates.models import Certificate
from kaogong.certificates.rules import (
    REGIMES,
    BodyFacts,
    CandidateFacts,
    Check,
    PanelFacts,
    PaperFacts,
    Reason,
    Regime,
    SittingFacts,
    candidate_reason,
    sitting_checks,
)
from kaogong.certificates.rules.restored import restored_checks
from kaogong.certificates.selectors import counters
from kaogong.delivery.models import Closing, PaperCopy, TaskDraw
from kaogong.foundation.audit import attesting
from kaogong.foundation.documents.fonts import missing_glyphs
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.organisations import selectors as organisations
from kaogong.foundation.organisations.models import Organisation
from kaogong.itembank import selectors as itembank
from kaogong.personnel import selectors as personnel
from kaogong.registration.models import Registration
from kaogong.regulations.selectors import Provision, provision
from kaogong.scoring.models import Recheck, Result
from kaogong.seating import selectors as seating
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting, SittingPart
from kaogong.tracks import selectors as tracks

ASSESSED = ("skill", "review")
"""The parts that examiners assess: there the panel is looked at."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A candidate in whose way nothing stands: what the certificate will be made of."""

    registration: Registration
    result: Result


@dataclass(frozen=True, slots=True)
class NotIssued:
    """A candidate who gets none now, and why."""

    registration_id: UUID
    number: str
    name: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who appraised, who issues, and how the certificates are numbered."""

    body: Organisation
    body_code: str
    issuer: Organisation | None
    regime: Regime | None
    clause: Clause


@dataclass(frozen=True, slots=True)
class Plan:
    """What an issue would do now: the checks, who would get a certificate, who would not and why."""

    sitting: Sitting
    issuing: Issuing
    checks: tuple[Check, ...]
    ready: tuple[Ready, ...]
    not_issued: tuple[NotIssued, ...]
    at: datetime

    @property
    def passes(self) -> bool:
        """Whether every check of the sitting is green."""
        return all(check.passed for check in self.checks)

    @property
    def failed(self) -> list[Check]:
        """The checks that are red."""
        return [check for check in self.checks if not check.passed]

    @property
    def already(self) -> list[NotIssued]:
        """Those who have their certificate."""
        return [each for each in self.not_issued if each.reason.key == "issued"]

    @property
    def skipped(self) -> list[NotIssued]:
        """Those who get none, without those who have theirs."""
        return [each for each in self.not_issued if each.reason.key != "issued"]

    def serials(self, count: int) -> list[str]:
        """The ranges of blanks that `count` certificates would be printed on, in words."""
        if self.issuing.issuer is None or self.issuing.regime is None:
            return []
        return blanks.next_serials(self.issuing.issuer.pk, count, paper=self.issuing.regime.key)


def plan(actor: Actor, sitting_id: UUID, *, at: datetime) -> Plan:
    """What an issue of a sitting within the actor's reach would do at that moment. Raises NotFound."""
    return plan_of(sittings.sitting(actor, sitting_id), at=at)


def sittings_to_issue(actor: Actor) -> list[tuple[Sitting, int, int]]:
    """Sittings within reach with published passes: (sitting, passed, of these already certified), the latest first."""
    found = sittings.sittings_for(actor, "certificates.issue", "certificates.see")
    rows = Result.objects.filter(registration__sitting__in=found.order_by(), state="final", is_passed=True)
    passed = _counts(rows.values_list("registration__sitting", flat=True))
    issued = _counts(Certificate.objects.filter(sitting__in=list(passed)).values_list("sitting", flat=True))
    chosen = found.filter(pk__in=list(passed)).order_by("-held_on", "number")
    return [(sitting, passed[sitting.pk], issued.get(sitting.pk, 0)) for sitting in chosen]


def plan_of(sitting: Sitting, *, at: datetime, lock: bool = False) -> Plan:
    """The same without scope, for the service. With `lock` the final results stay as they are until it is done."""
    on = timezone.localdate(at)
    results = _results(sitting, lock=lock)
    registrations = list(
        Registration.objects.filter(sitting=sitting, state="admitted")
        .select_related("person")
        .defer("photo")
        .order_by("number")
    )
    ready, not_issued = _sorted(registrations, results)
    issuing = issuing_of(sitting, on)
    checks = sitting_checks(_sitting_facts(sitting, issuing, on=on, ready=len(ready)))
    if (facts := counters.restored_facts(issuing, level=sitting.round.level, on=on)) is not None:
        checks += restored_checks(facts)
    return Plan(sitting, issuing, tuple(checks), tuple(ready), tuple(not_issued), at)


def issuing_of(sitting: Sitting, on: date) -> Issuing:
    """Who appraised (the station's body), who issues, and by which regime, on that day."""
    body = sitting.station.organisation
    rule = tracks.rule(sitting.round.track, "regimes", on)
    regime = REGIMES.get(rule.value.get(body.kind, ""))
    code = ""
    if regime is not None:
        code = (body.institution_code if regime.body_digits == 8 else body.evaluation_code) or ""
    return Issuing(body, code, _issuer(sitting, body, on), regime, regime.clause if regime else rule.clause)


def _issuer(sitting: Sitting, body: Organisation, on: date) -> Organisation | None:
    """The body that issues: by the appraising body's kind and the level, the nearest above it or over its territory."""
    kinds = issuing_bodies(sitting, on).value.get(body.kind, {}).get(str(sitting.round.level), [])
    if "self" in kinds:
        return body
    above = [organisations.get(pk) for pk in organisations.superior_chain(body.pk)]
    around = organisations.territorial_bodies(body.region_code, on, kinds=kinds)
    open_above = [each for each in above if each.kind in kinds and (each.closed_on is None or each.closed_on > on)]
    return next(iter([*open_above, *around]), None)


def issuing_bodies(sitting: Sitting, on: date) -> Provision:
    """Which kinds of body issue: by the appraising body's kind and the level."""
    return provision("certificates.issuing_bodies", on=on, region_code=sitting.region_code, track=sitting.round.track)


def _results(sitting: Sitting, *, lock: bool) -> Mapping[UUID, Result]:
    rows = Result.objects.filter(registration__sitting=sitting, state="final").order_by("pk")
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    return {row.registration_id: row for row in rows}


def _sorted(
    registrations: Sequence[Registration], results: Mapping[UUID, Result]
) -> tuple[list[Ready], list[NotIssued]]:
    issued = dict(
        Certificate.objects.filter(registration__in=[each.pk for each in registrations]).values_list(
            "registration", "number"
        )
    )
    passed = [result for result in results.values() if result.is_passed]
    doubted = {each.pk for each in attesting.doubted([*passed, *registrations])} if passed else set()
    rechecks = _open_rechecks([result.pk for result in results.values()])
    ready: list[Ready] = []
    not_issued: list[NotIssued] = []
    for registration in registrations:
        result = results.get(registration.pk)
        facts = _candidate_facts(
            registration,
            result,
            rechecks,
            issued.get(registration.pk, ""),
            is_vouched_for=registration.pk not in doubted and (result is None or result.pk not in doubted),
        )
        reason = candidate_reason(facts)
        if reason is None and result is not None:
            ready.append(Ready(registration, result))
        elif reason is not None:
            not_issued.append(NotIssued(registration.pk, registration.number, facts.name, reason))
    return ready, not_issued


def _candidate_facts(
    registration: Registration,
    result: Result | None,
    rechecks: Mapping[UUID, list[str]],
    issued: str,
    *,
    is_vouched_for: bool,
) -> CandidateFacts:
    name = registration.printed_name or registration.legal_name
    return CandidateFacts(
        registration_id=registration.pk,
        number=registration.number,
        name=name,
        is_admitted=registration.state == "admitted",
        is_eligible=is_eligible(registration),
        is_paid=registration.is_paid,
        has_result=result is not None,
        is_passed=result is not None and result.is_passed,
        failed_parts=_failed_parts(result),
        result_clause=_clause(result.clause) if result else None,
        open_rechecks=rechecks.get(result.pk, []) if result else [],
        missing_glyphs=missing_glyphs(name),
        certificate=issued,
        is_vouched_for=is_vouched_for,
    )


def is_eligible(registration: Registration) -> bool:
    """Whether the condition claimed is met by the verdict kept, or the reviewer wrote why it was accepted."""
    if registration.accepted_because:
        return True
    alternatives = registration.verdict.get("tree", {}).get("alternatives", [])
    return any(each["code"] == registration.condition_code and each["is_met"] for each in alternatives)


def _failed_parts(result: Result | None) -> list[str]:
    if result is None:
        return []
    parts: Mapping[str, Mapping[str, Any]] = result.parts
    return [part for part, facts in parts.items() if not facts.get("is_passed", facts.get("pass"))]


def _open_rechecks(result_ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = Recheck.objects.filter(result__in=result_ids, state="requested").values_list("result", "part")
    for result_id, part in rows:
        found.setdefault(result_id, []).append(part)
    return found


def _sitting_facts(sitting: Sitting, issuing: Issuing, *, on: date, ready: int) -> SittingFacts:
    round_ = sitting.round
    parts = sittings.parts_of(sitting.pk)
    closed = set(Closing.objects.filter(part__in=parts).values_list("part_id", flat=True))
    scope = sittings.scope_of(sitting, sitting.held_on)
    panel_rule = tracks.rule(round_.track, "panel", sitting.held_on)
    live = sitting.state not in {"cancelled", "void"}
    return SittingFacts(
        number=sitting.number,
        held_on=sitting.held_on,
        round_number=round_.number,
        is_announced=round_.state in {"announced", "completed"},
        is_held=live and sitting.held_on <= on and (sitting.state == "held" or len(closed) == len(parts) > 0),
        is_in_scope=scope.is_within,
        scope_reason=scope.reason,
        scope_clause=scope.clause,
        panel_rule=panel_rule.value,
        panel_clause=panel_rule.clause,
        panels=[_panel_facts(part, sitting, panel_rule.value) for part in parts if part.part in ASSESSED],
        parts=[part.part for part in parts],
        unclosed=[part.part for part in parts if part.pk not in closed],
        papers=_paper_facts(parts),
        drawn_modules=TaskDraw.objects.filter(part__in=parts).count(),
        body=_body_facts(issuing),
        ready=ready,
    )


def _panel_facts(part: SittingPart, sitting: Sitting, rule: Mapping[str, Any]) -> PanelFacts:
    members = [each for each in seating.panel(part.pk) if each.is_examiner]
    faults: list[str] = []
    for member in members:
        if member.card is None:
            faults.append(f"{member.person.name}没有考评员证")
        elif member.card.kind not in rule.get("kinds", []):
            faults.append(f"{member.person.name}的证不是考评员证")
        else:
            lacks = personnel.shortfalls(
                member.card,
                occupation_code=sitting.round.occupation_code,
                level=sitting.round.level,
                on=sitting.held_on,
            )
            faults.extend(f"{member.person.name}：{each.text}" for each in lacks)
    return PanelFacts(part.part, len(members), faults)


def _paper_facts(parts: Sequence[SittingPart]) -> list[PaperFacts]:
    copies = (
        PaperCopy.objects.filter(part__in=parts)
        .select_related("paper__blueprint")
        .defer("content_sealed", "key_sealed")
        .order_by("wave", "delivered_at")
    )
    findings: dict[UUID, list[str]] = {}
    found = []
    for copy in copies:
        if copy.paper_id not in findings:
            voided = ["已作废"] if copy.paper.state == "void" else []
            findings[copy.paper_id] = [*voided, *itembank.check_paper(copy.paper).findings]
        found.append(PaperFacts(copy.paper.number, copy.released_at is not None, findings[copy.paper_id]))
    return found


def _body_facts(issuing: Issuing) -> BodyFacts:
    regime = issuing.regime
    stock = blanks.available(issuing.issuer.pk, paper=regime.key) if issuing.issuer and regime else 0
    return BodyFacts(
        body=issuing.body.name,
        issuer=issuing.issuer.name if issuing.issuer else "",
        regime=regime.key if regime else "",
        body_code=issuing.body_code,
        stock=stock,
        clause=issuing.clause,
    )


def _clause(text: str) -> Clause | None:
    try:
        return Clause.parse(text)
    except ValueError:
        return None


def _counts(keys: Any) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for key in keys:
        found[key] = found.get(key, 0) + 1
    return found
