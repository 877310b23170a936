"""成绩复核: asked for in time, clerical only, decided by somebody who gave none of the marks.

A correction is a new mark and a new result.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from kaogong.delivery import selectors as delivery
from kaogong.foundation.calendar import selectors as calendar
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.outbox import announcing
from kaogong.scoring import rules, selectors
from kaogong.scoring.events import RecheckDecided, RecheckRequested, ResultCorrected
from kaogong.scoring.gate import figure, require
from kaogong.scoring.grading import marker_key
from kaogong.scoring.models import Mark, Recheck, Result
from kaogong.scoring.refusals import (
    CorrectionFaulty,
    DecidedByTheMarker,
    NotClerical,
    RecheckOfCarried,
    RecheckOfObjective,
    RecheckTooLate,
    RecheckTwice,
    RecheckWithoutFinding,
    RecheckWithoutReason,
    UnknownPart,
)
from kaogong.scoring.states import RECHECK, RESULT
from kaogong.scoring.working import practical


@command
def request_recheck(*, actor: Actor, at: datetime, result_id: UUID, part: str, reason: str) -> Recheck:
    """Ask for a recheck of one part: the candidate for herself, or the office for her (`scoring.recheck`).

    Within so many working days of publication; machine-marked parts only when they show zero or absence; once for
    each part. Two taps at once: one request, the other is told.
    """
    result = selectors.result(actor, result_id)
    if not identity.is_same_human(result.registration.person_id, actor.person_id):
        require(actor, "scoring.recheck", result.registration.sitting)
    result = _locked(result)
    RESULT.after("supersede", result.state)
    if part not in result.parts:
        raise UnknownPart
    _require_open(result, part, at)
    if not reason.strip():
        raise RecheckWithoutReason
    days = selectors.recheck_rule(result, "scoring.recheck_answer_days", timezone.localtime(at).date())
    recheck = Recheck(
        result=result,
        part=part,
        reason=reason.strip()[:400],
        requested_at=at,
        requested_by_name=actor.name,
        answer_until=calendar.deadline(timezone.localtime(at).date(), int(days.value)).due_on,
        region_code=result.region_code,
    )
    try:
        with transaction.atomic():
            recheck.save(force_insert=True)
    except IntegrityError as error:
        raise RecheckTwice(state=RECHECK.states["requested"]) from error
    trail.record(actor=actor, action="scoring.recheck_requested", target=recheck, result=result.pk, part=part)
    announcing.announce(
        RecheckRequested(region_code=result.region_code, recheck_id=recheck.pk, result_id=result.pk, part=part), at=at
    )
    return recheck


@command
def uphold(*, actor: Actor, at: datetime, recheck_id: UUID, finding: str) -> Recheck:
    """Decide that the mark stands, with what was found. By somebody who gave none of it."""
    recheck = _decide(actor, recheck_id, finding)
    recheck.state = RECHECK.after("uphold", recheck.state)
    _stamp(actor, at, recheck, finding)
    recheck.save(update_fields=["state", "decided_at", "decided_by", "decided_by_name", "finding"])
    trail.record(actor=actor, action="scoring.recheck_upheld", target=recheck, part=recheck.part)
    _announce_decided(at, recheck)
    return recheck


@command
def correct(
    *,
    actor: Actor,
    at: datetime,
    recheck_id: UUID,
    kind: str,
    finding: str,
    value: Decimal | None = None,
    sheet_totals: Mapping[UUID, Decimal] | None = None,
) -> Result:
    """Correct a clerical error (`omission`, `adding`, `entry`): a new mark and a new result; the old ones stay.

    `sheet_totals` gives the right total of a score sheet by its id, and the mark is worked out again from all sheets;
    otherwise `value` is the right mark, 0 to 100 with two decimals at most. Two who decide at once: one does.
    """
    recheck = _decide(actor, recheck_id, finding)
    state = RECHECK.after("correct", recheck.state)
    if kind not in rules.ERRORS:
        raise NotClerical
    old = _locked(recheck.result)
    superseded = RESULT.after("supersede", old.state)
    mark = _corrected(actor, at, old, recheck, kind, value, sheet_totals or {})
    old.state = superseded
    old.save(update_fields=["state"])
    result = _successor(actor, at, old, recheck.part, mark)
    recheck.state, recheck.kind, recheck.new_result = state, kind, result
    _stamp(actor, at, recheck, finding)
    recheck.save(
        update_fields=["state", "kind", "new_result", "decided_at", "decided_by", "decided_by_name", "finding"]
    )
    before, after = old.parts[recheck.part]["mark"], result.parts[recheck.part]["mark"]
    trail.record(
        actor=actor, action="scoring.marked", target=mark, attest=trail.Attest.AS_IT_IS, part=mark.attempt.part_id
    )
    trail.record(
        actor=actor, action="scoring.result_superseded", target=old, attest=trail.Attest.AS_IT_IS, successor=result.pk
    )
    trail.record(
        actor=actor,
        action="scoring.result_corrected",
        target=result,
        attest=trail.Attest.AS_IT_IS,
        part=recheck.part,
        before=before,
        after=after,
    )
    announcing.announce(
        ResultCorrected(
            region_code=result.region_code,
            result_id=result.pk,
            registration_id=result.registration_id,
            supersedes_id=old.pk,
            is_passed=result.is_passed,
        ),
        at=at,
    )
    _announce_decided(at, recheck)
    return result


def _locked(result: Result) -> Result:
    found = Result.objects.select_for_update(of=("self",)).select_related("registration__sitting__round")
    return found.get(pk=result.pk)


def _require_open(result: Result, part: str, at: datetime) -> None:
    offer = next(each for each in selectors.recheck_offers(result, at) if each.part == part)
    if offer.is_open:
        return
    clause = Clause.parse(offer.clause)
    if offer.why_not == "asked":
        raise RecheckTwice(state=offer.asked.state_label if offer.asked else "", clause=clause)
    if offer.why_not == "carried":
        raise RecheckOfCarried(clause=clause)
    if offer.why_not == "objective":
        raise RecheckOfObjective(clause=clause)
    rule = selectors.recheck_rule(result, "scoring.recheck_days", timezone.localtime(result.published_at or at).date())
    raise RecheckTooLate(days=rule.value, until=f"{result.recheck_until:%Y年%-m月%-d日}", clause=clause)


def _decide(actor: Actor, recheck_id: UUID, finding: str) -> Recheck:
    """The recheck, locked, for somebody who may decide it. Raises NotFound, NotPermitted, DecidedByTheMarker."""
    found = selectors.rechecks_for(actor).filter(pk=recheck_id).first()
    if found is None:
        raise NotFound
    recheck = (
        Recheck.objects.select_for_update(of=("self",))
        .select_related("result__registration__sitting__round")
        .get(pk=found.pk)
    )
    require(actor, "scoring.recheck", recheck.result.registration.sitting)
    RECHECK.after("uphold", recheck.state)
    if _had_a_hand(actor, recheck):
        raise DecidedByTheMarker
    if not finding.strip():
        raise RecheckWithoutFinding
    return recheck


def _had_a_hand(actor: Actor, recheck: Recheck) -> bool:
    """Whether the actor marked this part: gave the mark, marked an answer of it, or signed one of its sheets."""
    marks = Mark.objects.filter(registration=recheck.result.registration_id, part=recheck.part)
    if actor.account_id is not None and marks.filter(marked_by=actor.account_id).exists():
        return True
    by_hand = selectors.marked_by_hand(recheck.result.registration_id, recheck.part)
    if by_hand.filter(marker_key=marker_key(actor)).exists():
        return True
    sheets = delivery.score_sheets_of(marks.values_list("attempt", flat=True))
    signers = {sheet.examiner.person_id for each in sheets.values() for sheet in each}
    return actor.person_id is not None and actor.person_id in signers


def _corrected(
    actor: Actor,
    at: datetime,
    old: Result,
    recheck: Recheck,
    kind: str,
    value: Decimal | None,
    sheet_totals: Mapping[UUID, Decimal],
) -> Mark:
    """The new version of the mark. Raises CorrectionFaulty."""
    before = selectors.marks_of([old.registration_id])[old.registration_id][recheck.part]
    working: dict[str, Any] = {"kind": "correction"}
    if sheet_totals:
        value, working = _again(
            before, sheet_totals, places=int(figure("scoring.practical_decimals", old.registration.sitting).value)
        )
    # A NaN cannot even be compared.
    if value is None or not value.is_finite() or not 0 <= value <= rules.FULL or value != rules.rounded(value):
        raise CorrectionFaulty
    if value == before.value and before.outcome == "scored":
        raise CorrectionFaulty
    return Mark.objects.create(
        attempt_id=before.attempt_id,
        registration_id=before.registration_id,
        part=before.part,
        value=value,
        outcome="scored",
        working={
            **working,
            "corrects": before.version,
            "before": f"{before.value:.2f}",
            "error": kind,
            "recheck": str(recheck.pk),
        },
        version=before.version + 1,
        marked_at=at,
        marked_by=actor.account_id,
        marked_by_name=actor.name,
    )


def _again(before: Mark, sheet_totals: Mapping[UUID, Decimal], *, places: int) -> tuple[Decimal, dict[str, Any]]:
    sheets = delivery.score_sheets(before.attempt_id)
    known = {sheet.pk for sheet in sheets}
    right = all(key in known and total.is_finite() and 0 <= total <= rules.FULL for key, total in sheet_totals.items())
    if not right:
        raise CorrectionFaulty
    value, working = practical(sheets, places=places, corrected=sheet_totals)
    return value, {**working, "corrected_sheets": {str(key): f"{total:.2f}" for key, total in sheet_totals.items()}}


def _successor(actor: Actor, at: datetime, old: Result, part: str, mark: Mark) -> Result:
    """The new result: the part by its new mark, the others as they were."""
    line = Decimal(old.parts[part]["pass_mark"])
    changed = rules.PartVerdict(part, mark.value, line, "scored", rules.is_passed(mark.value, line))
    parts = {**old.parts, part: changed.as_json()}
    return Result.objects.create(
        registration_id=old.registration_id,
        region_code=old.region_code,
        version=old.version + 1,
        parts=parts,
        is_passed=all(each["is_passed"] for each in parts.values()),
        clause=old.clause,
        state="final",
        drafted_at=at,
        published_at=at,
        published_by_name=actor.name,
        recheck_until=old.recheck_until,
        supersedes=old,
    )


def _stamp(actor: Actor, at: datetime, recheck: Recheck, finding: str) -> None:
    recheck.decided_at, recheck.decided_by, recheck.decided_by_name = at, actor.account_id, actor.name
    recheck.finding = finding.strip()[:400]


def _announce_decided(at: datetime, recheck: Recheck) -> None:
    announcing.announce(
        RecheckDecided(
            region_code=recheck.region_code,
            recheck_id=recheck.pk,
            registration_id=recheck.result.registration_id,
            outcome=recheck.state,
        ),
        at=at,
    )
