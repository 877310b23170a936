"""Seats are drawn, and published with their tickets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.outbox import announcing
from kaogong.registration import selectors as registrations
from kaogong.registration.models import Registration
from kaogong.seating import events, policies, refusals, rules, selectors
from kaogong.seating.models import Arrangement, Seat, Ticket
from kaogong.seating.services.appointing import _check_avoidance_again
from kaogong.seating.services.numbering import Numbering
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as sitting_services
from kaogong.sittings.models import Sitting, SittingPart
from kaogong.sittings.selectors import PART_NAMES


@command
def arrange(*, actor: Actor, at: datetime, sitting_id: UUID, seed: str) -> Arrangement:
    """Draw the seats of every part anew from `seed`; the same candidates and seed give the same seats.

    Seats whoever is admitted and owes nothing. May be repeated until tickets are published; two at once wait for each
    other, the later drawing stands. Raises SeedMissing, SeatsPublished, NobodyToSeat, TooFewPlaces.
    """
    sitting = _scheduled(actor, sitting_id)
    if not seed.strip():
        raise refusals.SeedMissing
    candidates = list(registrations.admitted_of(sitting_id, actor, paid_only=True))
    if not candidates:
        raise refusals.NobodyToSeat(number=sitting.number)
    Seat.objects.filter(part__sitting=sitting).delete()
    violations = 0
    for part in sittings.parts_of(sitting_id):
        violations += _arrange_part(part, [each for each in candidates if part.part in each.parts], seed.strip())
    arrangement = Arrangement.objects.create(
        sitting=sitting,
        seed=seed.strip()[:60],
        candidates=len(candidates),
        violations=violations,
        left_out=selectors.candidate_counts(sitting_id).unpaid,
        arranged_at=at,
        arranged_by_name=actor.name[:60],
    )
    trail.record(
        actor=actor,
        action="seating.arranged",
        target=sitting,
        seed=arrangement.seed,
        candidates=len(candidates),
        violations=violations,
    )
    return arrangement


def _scheduled(actor: Actor, sitting_id: UUID) -> Sitting:
    """The sitting within the actor's reach, locked, while its seats may still be moved."""
    if not sittings.sittings_for(actor).filter(pk=sitting_id).exists():
        raise NotFound
    sitting = Sitting.objects.select_related("round", "station").select_for_update(of=("self",)).get(pk=sitting_id)
    policies.require(actor, "seating.arrange", sitting)
    if sitting.state != "scheduled":
        raise refusals.SeatsPublished(number=sitting.number, state=sittings.SITTING.states[sitting.state])
    return sitting


def _arrange_part(part: SittingPart, candidates: list[Registration], seed: str) -> int:
    rooms = list(sittings.rooms_of(part.pk))
    try:
        arrangement = rules.arrange(
            [rules.Seated(each.pk, each.number, selectors.group_of(each)) for each in candidates],
            spaces=[rules.Space(room.pk, room.number, room.places, room.room.columns) for room in rooms],
            waves=part.waves,
            seed=f"{seed}/{part.part}",
        )
    except rules.NotEnoughPlaces as error:
        places = sum(room.places for room in rooms) * part.waves
        raise refusals.TooFewPlaces(part=PART_NAMES[part.part], places=places, candidates=len(candidates)) from error
    Seat.objects.bulk_create(
        Seat(
            room_id=placement.space,
            part=part,
            registration_id=placement.candidate,
            wave=placement.wave,
            number=placement.number,
            row=placement.row,
            column=placement.column,
        )
        for placement in arrangement.placements
    )
    return arrangement.violations


@command
def publish(*, actor: Actor, at: datetime, sitting_id: UUID) -> list[Ticket]:
    """Publish the seats: every seated candidate gets a ticket, and the sitting takes no more applications.

    The seats must match the candidates (SeatsStale) and every part must have its people (PanelIncomplete), none of
    whom must stand aside for a candidate who came later (MustStandAside). Two at once: one publishes, the other gets
    SeatsPublished. Numbers end with the theory seat; whoever sits no theory gets the practical place.
    """
    sitting = _scheduled(actor, sitting_id)
    missing, surplus = selectors.stale(sitting_id)
    seated = list(Seat.objects.filter(part__sitting=sitting).select_related("room", "part", "registration__person"))
    if missing or surplus or not seated:
        raise refusals.SeatsStale(missing=missing, surplus=surplus)
    _check_panels(sitting)
    sitting_services.publish(actor=actor, at=at, sitting_id=sitting_id)
    firsts = selectors.deciding_seats(seated)
    numbering = Numbering(sitting)
    numbers = {pk: numbering.number_of(seat) for pk, seat in firsts.items()}
    people = {seat.registration_id: seat.registration for seat in seated}
    tickets = [
        Ticket(registration=people[pk], number=number, region_code=sitting.region_code, published_at=at)
        for pk, number in sorted(numbers.items(), key=lambda item: item[1])
    ]
    Ticket.objects.bulk_create(tickets)
    targets: list[trail.Target] = [*tickets]
    trail.record_each(actor=actor, action="seating.ticket_published", targets=targets)
    announcing.announce_each(
        [
            events.TicketPublished(
                region_code=sitting.region_code,
                registration_id=ticket.registration_id,
                person_id=ticket.registration.person_id,
                sitting_id=sitting.pk,
                ticket_number=ticket.number,
                held_on=sitting.held_on,
            )
            for ticket in tickets
        ],
        at=at,
    )
    return tickets


def _check_panels(sitting: Sitting) -> None:
    for part in sittings.parts_of(sitting.pk):
        if not Seat.objects.filter(part=part).exists():
            continue
        failed = [check for check in selectors.checks_of(part) if not check.is_met]
        if failed:
            refusal = refusals.PanelIncomplete(
                part=PART_NAMES[part.part],
                reasons="；".join(check.text for check in failed),
                clause=failed[0].clause,
            )
            refusal.checks = failed
            raise refusal
        _check_avoidance_again(part, sitting)
