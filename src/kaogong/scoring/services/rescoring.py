"""重新评分: what a ruling changes, signed by somebody else than the judge: new marks and results, the old kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.outbox import announcing
from kaogong.scoring import rules, selectors
from kaogong.scoring.events import ResultRescored
from kaogong.scoring.gate import require
from kaogong.scoring.models import Dispute, Mark, Recheck, Result
from kaogong.scoring.refusals import PreviewOutdated, RecheckStillOpen, RescoredByTheJudge
from kaogong.scoring.selectors import Change, Rescoring
from kaogong.scoring.states import DISPUTE, RESULT
from kaogong.scoring.working import require_attested
from kaogong.sittings.models import Sitting, SittingPart


@command
def preview_rescoring(*, actor: Actor, at: datetime, dispute_id: UUID) -> Rescoring:
    """Who would change from what to what, for whoever may sign it; leaves a line, for it names candidates."""
    dispute = selectors.dispute(actor, dispute_id)
    _require_signer(actor, dispute)
    found = selectors.rescoring(actor, dispute, at)
    trail.record(actor=actor, action="scoring.rescoring_previewed", target=dispute, counts=found.counts)
    return found


@command
def rescore(*, actor: Actor, at: datetime, dispute_id: UUID, expected: str) -> Dispute:
    """Give the marks that a ruling makes, and the results that follow, all at once: exactly what was previewed.

    `expected` is the preview's token. Old marks and results stay; certificates are not touched. A published pass stays
    where the provision says so. A result not yet published is drafted anew by its own deed. Two who sign at once: one
    does, the other is told. Raises PreviewOutdated, RescoredByTheJudge, RecheckStillOpen.
    """
    dispute = Dispute.objects.select_for_update().get(pk=selectors.dispute(actor, dispute_id).pk)
    _require_signer(actor, dispute)
    parts = selectors.parts_touched(dispute)
    # As publication locks its sitting and marking its part: neither runs while the marks change.
    list(Sitting.objects.select_for_update().filter(pk__in=[part.sitting_id for part in parts]).order_by("pk"))
    list(SittingPart.objects.select_for_update().filter(pk__in=[part.pk for part in parts]).order_by("pk"))
    found = selectors.rescoring(actor, dispute, at)
    if found.token != expected:
        raise PreviewOutdated
    given = [change for change in found.changes if not change.is_kept]
    _require_sound(given)
    marks = [_mark(dispute, change) for change in given]
    Mark.objects.bulk_create(marks, batch_size=500)
    trail.record_each(
        actor=actor,
        action="scoring.marked",
        targets=list[trail.Target](marks),
        attest=trail.Attest.AS_IT_IS,
        dispute=dispute.pk,
    )
    _supersede(actor, at, dispute, given)
    dispute.state, dispute.counts = DISPUTE.after("rescore", dispute.state), found.counts
    dispute.rescored_at, dispute.rescored_by_name = at, actor.name
    dispute.save(update_fields=["state", "counts", "rescored_at", "rescored_by_name"])
    trail.record(
        actor=actor,
        action="scoring.rescored",
        target=dispute,
        attest=trail.Attest.AS_IT_IS,
        digest=expected,
        counts=found.counts,
    )
    return dispute


def _require_signer(actor: Actor, dispute: Dispute) -> None:
    """Raise NotPermitted, MarkedByOneself, RescoredByTheJudge, WrongState."""
    for part in selectors.parts_touched(dispute):
        require(actor, "scoring.finalise", part.sitting)
    DISPUTE.after("rescore", dispute.state)
    if actor.account_id is None or dispute.decided_by == actor.account_id:
        raise RescoredByTheJudge


def _require_sound(changes: Sequence[Change]) -> None:
    """Raise MarksAltered for marks or results that the trail does not vouch for, RecheckStillOpen for what waits."""
    require_attested([change.before for change in changes])
    results = [change.result for change in changes if change.result]
    require_attested(results)
    waiting = Recheck.objects.filter(result__in=[result.pk for result in results], state="requested").count()
    if waiting:
        raise RecheckStillOpen(count=waiting)


def _mark(dispute: Dispute, change: Change) -> Mark:
    """The new version of the mark, which says which ruling made it and what it was."""
    mark, before = change.after, change.before
    mark.version = before.version + 1
    mark.working = {
        **mark.working,
        "corrects": before.version,
        "before": f"{before.value:.2f}",
        "rescoring": str(dispute.pk),
    }
    return mark


def _supersede(actor: Actor, at: datetime, dispute: Dispute, changes: Sequence[Change]) -> None:
    """A new published result for each that changes, in the place of the old one."""
    published = {change.result.pk: change for change in changes if change.result}
    locked = Result.objects.select_for_update().filter(pk__in=list(published)).order_by("pk")
    old = list(locked)
    for result in old:
        result.state = RESULT.after("supersede", result.state)
    Result.objects.bulk_update(old, ["state"], batch_size=500)
    fresh = [_successor(actor, at, result, published[result.pk]) for result in old]
    Result.objects.bulk_create(fresh, batch_size=500)
    for action, targets in (("scoring.result_superseded", old), ("scoring.result_rescored", fresh)):
        trail.record_each(
            actor=actor,
            action=action,
            targets=list[trail.Target](targets),
            attest=trail.Attest.AS_IT_IS,
            dispute=dispute.pk,
        )
    announcing.announce_each(
        [
            ResultRescored(
                region_code=result.region_code,
                result_id=result.pk,
                registration_id=result.registration_id,
                supersedes_id=before.pk,
                is_passed=result.is_passed,
            )
            for before, result in zip(old, fresh, strict=True)
        ],
        at=at,
    )


def _successor(actor: Actor, at: datetime, old: Result, change: Change) -> Result:
    part = change.attempt.part.part
    line = Decimal(old.parts[part]["pass_mark"])
    value = change.after.value
    verdict = rules.PartVerdict(part, value, line, "scored", rules.is_passed(value, line))
    parts = {**old.parts, part: verdict.as_json()}
    return Result(
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
