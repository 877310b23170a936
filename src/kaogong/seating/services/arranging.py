"""Seats are drawn, moved, and published with their tickets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.outbox import announcing
from kaogong.registration import selectors as registrations
from kaogong.registration.models import Registration
from kaogong.regulations.selectors import provisions
from kaogong.seating import events, policies, refusals, rules, selectors
from kaogong.seating.models import Arrangement, Seat, Ticket, TicketSeries
from kaogong.seating.services.appointing import _check_avoidance_again
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as sitting_services
from kaogong.sittings.models import Sitting, SittingPart, SittingRoom
from kaogong.sittings.selectors import PART_NAMES

ATTEMPTS = 5
"""How often a sequence that somebody else took in the meantime is drawn again."""


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
            [rules.Seated(each.pk, each.number, _group(each)) for each in candidates],
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


def _group(registration: Registration) -> str:
    """The school that entered the candidate, else the employer as written; "" for nobody's."""
    return str(registration.through_id or "") or registration.employer


@command
def move_seat(*, actor: Actor, at: datetime, seat_id: UUID, room_id: UUID, number: int, wave: int = 1) -> Seat:
    """Give a candidate another, free seat of the same part, before tickets are published.

    Two who ask for one seat at once: one gets it, the other SeatTaken. Raises NoSuchSeat, SeatsPublished.
    """
    seat = Seat.objects.select_related("part", "room").filter(pk=seat_id).first()
    if seat is None:
        raise NotFound
    sitting = _scheduled(actor, seat.part.sitting_id)
    room = SittingRoom.objects.select_related("room").filter(pk=room_id, part=seat.part_id).first()
    if room is None or not 1 <= number <= room.places or not 1 <= wave <= seat.part.waves:
        raise refusals.NoSuchSeat(room=f"{room.number:02d}" if room else "—", wave=wave, seat=number)
    before = {"room": str(seat.room_id), "wave": seat.wave, "number": seat.number}
    seat.room, seat.wave, seat.number = room, wave, number
    seat.row, seat.column = rules.serpentine(number, room.room.columns)
    try:
        with transaction.atomic():
            seat.save(update_fields=["room", "wave", "number", "row", "column"])
    except IntegrityError as error:
        if "seat_once" not in str(error):
            raise
        raise refusals.SeatTaken(room=f"{room.number:02d}", wave=wave, seat=number) from error
    trail.record(
        actor=actor,
        action="seating.seat_moved",
        target=sitting,
        seat=seat.pk,
        before=before,
        after={"room": str(room.pk), "wave": wave, "number": number},
    )
    return seat


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
    numbers = _numbers(sitting, seated)
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


def _numbers(sitting: Sitting, seated: list[Seat]) -> Mapping[UUID, str]:
    """The ticket number of every candidate."""
    series = _series(sitting)
    keys = ("seating.ticket_layout", "seating.theory_rooms_max")
    figures = provisions(*keys, on=sitting.held_on, region_code=sitting.region_code)
    layout, theory_rooms = figures[keys[0]].value, figures[keys[1]].number
    first: dict[UUID, Seat] = {}
    for seat in sorted(seated, key=lambda each: (each.part.part != "theory", each.part.starts_at)):
        first.setdefault(seat.registration_id, seat)
    rooms_per_wave = {
        part.pk: max((room.number for room in sittings.rooms_of(part.pk)), default=0)
        for part in sittings.parts_of(sitting.pk)
    }
    found = {}
    for registration, seat in first.items():
        is_theory = seat.part.part == "theory"
        room = seat.room.number + (seat.wave - 1) * rooms_per_wave[seat.part_id]
        if is_theory and room > theory_rooms:
            raise refusals.TicketNumbersExhausted(what=f"理论考场号 {room} 大于 {theory_rooms}")
        try:
            found[registration] = rules.ticket_number(
                layout,
                held_on=series.held_on,
                sitting=series.sequence,
                room=room if is_theory else theory_rooms + room,
                seat=seat.number,
            )
        except rules.DoesNotFit as error:
            raise refusals.TicketNumbersExhausted(what=str(error)) from error
    return found


def _series(sitting: Sitting) -> TicketSeries:
    """The sitting's place among those of its day, given once: of two that ask at once one draws again."""
    found = TicketSeries.objects.filter(sitting=sitting).first()
    for _attempt in range(ATTEMPTS):
        if found is not None:
            return found
        taken = TicketSeries.objects.filter(held_on=sitting.held_on).aggregate(last=Max("sequence"))["last"] or 0
        try:
            with transaction.atomic():
                found = TicketSeries.objects.create(sitting=sitting, held_on=sitting.held_on, sequence=taken + 1)
        except IntegrityError:
            found = TicketSeries.objects.filter(sitting=sitting).first()
    if found is None:
        raise refusals.TicketNumbersExhausted(what=f"{localdate():%Y-%m-%d} 的场次序号争用过多，请重试")
    return found
