"""Results: drafted from the marks, published once, each part standing for itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from kaogong.delivery.models import Attempt
from kaogong.foundation.calendar import selectors as calendar
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.outbox import announcing
from kaogong.registration.models import Registration
from kaogong.regulations.selectors import provision
from kaogong.scoring import rules, selectors
from kaogong.scoring.events import ResultPublished
from kaogong.scoring.gate import figure, require
from kaogong.scoring.models import Mark, Result
from kaogong.scoring.refusals import MarksChanged, NothingToDraft, NothingToFinalise, NotMarked
from kaogong.scoring.states import RESULT
from kaogong.scoring.working import require_attested
from kaogong.seating.models import Seat
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting


@command
def draft_results(*, actor: Actor, at: datetime, sitting_id: UUID) -> list[Result]:
    """Draft a result for every admitted candidate without a published one, or bring its draft up to the marks.

    Every part of the standard is held to its own line; parts carried from an earlier sitting come with the mark and
    the day they have there. Refused while a part is open or an attempt unmarked. Results are visible to the office
    only until they are published.
    """
    sitting = _sitting(actor, "scoring.mark", sitting_id)
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    unmarked = _unmarked(sitting)
    if unmarked:
        raise NotMarked(count=unmarked)
    published = Result.objects.filter(registration__sitting=sitting).exclude(state="drafted").values("registration")
    admitted = Registration.objects.filter(sitting=sitting, state="admitted").select_related("sitting__round")
    waiting = list(admitted.exclude(pk__in=published))
    if not waiting:
        raise NothingToDraft
    marks = selectors.marks_of([each.pk for each in waiting])
    kept = selectors.kept_parts(waiting)
    _require_attested(marks, kept)
    require_attested(waiting)
    lines = selectors.pass_lines(sitting)
    clause = str(figure("scoring.every_part_passes", sitting).clause)
    drafts = {each.registration_id: each for each in Result.objects.filter(registration__in=waiting, state="drafted")}
    fresh: list[Result] = []
    changed: list[Result] = []
    for registration in waiting:
        parts = _parts(marks.get(registration.pk, {}), kept.get(registration.pk, {}), lines)
        draft = drafts.get(registration.pk)
        result = draft or Result(registration=registration, region_code=registration.region_code)
        result.parts = {part.part: part.as_json() for part in parts}
        result.is_passed, result.clause, result.drafted_at = rules.passes(parts), clause, at
        (changed if draft else fresh).append(result)
    Result.objects.bulk_create(fresh, batch_size=500)
    Result.objects.bulk_update(changed, ["parts", "is_passed", "clause", "drafted_at"], batch_size=500)
    results = [*fresh, *changed]
    passed = sum(result.is_passed for result in results)
    trail.record(actor=actor, action="scoring.results_drafted", target=sitting, results=len(results), passed=passed)
    return results


@command
def finalise(*, actor: Actor, at: datetime, sitting_id: UUID) -> list[Result]:
    """Publish the drafted results of a sitting: from now on candidates see them, and nothing of them changes.

    Two who publish at once: one does, the other finds nothing left. Sets the last day to ask for a recheck.
    """
    sitting = _sitting(actor, "scoring.finalise", sitting_id)
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    drafted = list(
        Result.objects.select_for_update(of=("self",))
        .filter(registration__sitting=sitting, state="drafted")
        .select_related("registration__sitting__round")
    )
    if not drafted:
        raise NothingToFinalise
    _require_true(sitting, drafted)
    today = timezone.localtime(at).date()
    rule = provision(
        "scoring.recheck_days",
        on=today,
        region_code=sitting.region_code,
        track=sitting.round.track,
        occupation_code=sitting.round.occupation_code,
    )
    until = calendar.deadline(today, int(rule.value)).due_on
    for result in drafted:
        result.state = RESULT.after("finalise", result.state)
        result.published_at, result.published_by_name, result.recheck_until = at, actor.name, until
    fields = ["state", "published_at", "published_by_name", "recheck_until"]
    Result.objects.bulk_update(drafted, fields, batch_size=500)
    trail.record_each(
        actor=actor,
        action="scoring.result_published",
        targets=list[trail.Target](drafted),
        attest=trail.Attest.AS_IT_IS,
    )
    trail.record(actor=actor, action="scoring.finalised", target=sitting, results=len(drafted))
    announcing.announce_each(
        [
            ResultPublished(
                region_code=result.region_code,
                result_id=result.pk,
                registration_id=result.registration_id,
                is_passed=result.is_passed,
                recheck_until=until,
            )
            for result in drafted
        ],
        at=at,
    )
    return drafted


def _sitting(actor: Actor, power: str, sitting_id: UUID) -> Sitting:
    sitting = sittings.sittings_for(actor).filter(pk=sitting_id).first()
    if sitting is None:
        raise NotFound
    require(actor, power, sitting)
    return sitting


def _unmarked(sitting: Sitting) -> int:
    """Seats of admitted candidates whose attempt has no mark yet; a part that was never opened counts its seats."""
    seats = Seat.objects.filter(part__sitting=sitting, registration__state="admitted")
    marked = Mark.objects.filter(attempt__part__sitting=sitting).values("attempt")
    return seats.exclude(pk__in=Attempt.objects.filter(pk__in=marked).values("seat")).count()


def _parts(
    marks: Mapping[str, Mark], kept: Mapping[str, rules.KeptPart], lines: Mapping[str, Decimal]
) -> list[rules.PartVerdict]:
    given = {part: (mark.value, mark.outcome) for part, mark in marks.items()}
    return rules.verdict(given, kept, lines)


def _require_attested(
    marks: Mapping[UUID, Mapping[str, Mark]], kept: Mapping[UUID, Mapping[str, rules.KeptPart]]
) -> None:
    """Raise MarksAltered when a mark, or an earlier result that a part is carried from, is not what the trail says."""
    require_attested([mark for parts in marks.values() for mark in parts.values()])
    if earlier := [part.result for parts in kept.values() for part in parts.values()]:
        require_attested(list(Result.objects.filter(pk__in=earlier)))


def _require_true(sitting: Sitting, drafted: list[Result]) -> None:
    """Raise MarksChanged when a draft no longer says what the marks, and the parts carried, say."""
    kept = selectors.kept_parts([each.registration for each in drafted])
    marks = selectors.marks_of([each.registration_id for each in drafted])
    _require_attested(marks, kept)
    lines = selectors.pass_lines(sitting)
    stale = 0
    for result in drafted:
        mine, carried = marks.get(result.registration_id, {}), kept.get(result.registration_id, {})
        parts = _parts(mine, carried, lines)
        now: dict[str, Any] = {part.part: part.as_json() for part in parts}
        stale += now != result.parts
    if stale:
        raise MarksChanged(count=stale)
