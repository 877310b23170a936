"""The end of a part: who never came is absent, what was saved is handed in, everything is sealed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localdate

from kaogong.delivery import policies, selectors
from kaogong.delivery.events import PartClosed
from kaogong.delivery.handing_in import hand_in
from kaogong.delivery.models import Attempt, Closing
from kaogong.delivery.services.refusals import AlreadyClosed, NoSeats, SheetsMissing, StillWorking
from kaogong.delivery.states import ATTEMPT
from kaogong.delivery.wording import clock, moment
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.outbox import announcing
from kaogong.regulations.selectors import provision
from kaogong.sittings.models import SittingPart


@command
def close_part(*, actor: Actor, at: datetime, part_id: UUID) -> Closing:
    """Close a part: absents recorded, running attempts whose time is over handed in with what was saved, all sealed.

    Refused while somebody is within her time or may still come, and, for the practical part, while sheets are missing.
    """
    part = selectors.part_for(actor, part_id)
    policies.require_run(actor, part)
    SittingPart.objects.select_for_update().get(pk=part.pk)
    earlier = selectors.closing_of(part.pk)
    if earlier is not None:
        raise AlreadyClosed(closed_at=moment(earlier.closed_at))
    attempts = list(
        Attempt.objects.select_for_update(of=("self",)).select_related("seat", "part__sitting").filter(part=part)
    )
    if not attempts:
        raise NoSeats
    _require_over(part, attempts, at)
    if part.part == "skill":
        _require_sheets(part, at)
    absent = [each for each in attempts if each.state in {"expected", "present"}]
    for attempt in absent:
        attempt.state = ATTEMPT.after("mark_absent", attempt.state)
    running = [each for each in attempts if each.state == "started"]
    for attempt in running:
        attempt.part = part
        hand_in(actor, at, attempt, by="examiner" if part.part == "skill" else "closing")
    sealed = [each for each in attempts if each.state == "submitted"]
    for attempt in sealed:
        attempt.state = ATTEMPT.after("seal", attempt.state)
    Attempt.objects.bulk_update([*absent, *sealed], ["state"], batch_size=500)
    if absent:
        trail.record_each(
            actor=actor, action="delivery.absent", targets=list[trail.Target](absent), attest=trail.Attest.AS_IT_IS
        )
    if sealed:
        trail.record_each(
            actor=actor, action="delivery.sealed", targets=list[trail.Target](sealed), attest=trail.Attest.AS_IT_IS
        )
    return _record_closing(actor, at, part, attempts)


def _require_over(part: SittingPart, attempts: list[Attempt], at: datetime) -> None:
    rule = provision("delivery.late_entry_minutes", on=part.sitting.held_on, region_code=part.sitting.region_code)
    late = timedelta(minutes=int(rule.value))
    waiting: list[datetime] = []
    for attempt in attempts:
        wave = attempt.seat.wave
        if attempt.state == "started" and part.part != "skill" and attempt.ends_at is not None and at < attempt.ends_at:
            waiting.append(attempt.ends_at)
        elif attempt.state == "expected" and at <= part.wave_starts_at(wave) + late:
            waiting.append(part.wave_starts_at(wave) + late)
        elif attempt.state == "present" and at < part.wave_ends_at(wave):
            waiting.append(part.wave_ends_at(wave))
    if waiting:
        raise StillWorking(count=len(waiting), until=clock(max(waiting)))


def _require_sheets(part: SittingPart, at: datetime) -> None:
    rule = provision("delivery.examiners_minimum", on=localdate(at), region_code=part.sitting.region_code)
    lacking = selectors.missing_sheets(part.pk)
    modules = len(selectors.draws_of(part.pk))
    thin = [
        attempt_id
        for attempt_id, sheets in selectors.score_sheets_of(
            Attempt.objects.filter(part=part, state__in=["started", "submitted"]).values_list("pk", flat=True)
        ).items()
        if len(sheets) < int(rule.value) * modules
    ]
    count = len({attempt.pk for attempt, _signed, _due in lacking} | set(thin))
    if count:
        raise SheetsMissing(count=count, least=rule.value)


def _record_closing(actor: Actor, at: datetime, part: SittingPart, attempts: list[Attempt]) -> Closing:
    counts = {state: sum(each.state == state for each in attempts) for state in ("sealed", "absent", "late", "barred")}
    closing = Closing.objects.create(part=part, closed_at=at, closed_by=actor.name, counts=counts)
    trail.record(actor=actor, action="delivery.part_closed", target=closing, part=part.pk, counts=counts)
    announcing.announce(PartClosed(region_code=part.sitting.region_code, part_id=part.pk, **counts), at=at)
    return closing
