"""A candidate is given another seat, or two change places; after the publication with new tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.outbox import announcing
from kaogong.registration.models import Registration
from kaogong.seating import events, policies, refusals, rules, selectors
from kaogong.seating.models import Seat, Ticket
from kaogong.seating.services.appointing import OPEN_STATES, check_avoidance_in_room
from kaogong.seating.services.numbering import Numbering
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting, SittingRoom
from kaogong.sittings.selectors import PART_NAMES


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a part, taken or free."""

    room: SittingRoom
    wave: int
    number: int

    def plain(self) -> dict[str, object]:
        """For the trail."""
        return {"room": str(self.room.pk), "wave": self.wave, "number": self.number}

    def words(self) -> dict[str, Any]:
        """For a refusal."""
        return {"room": f"{self.room.number:02d}", "wave": self.wave, "seat": self.number}


@command
def move_seat(
    *,
    actor: Actor,
    at: datetime,
    seat_id: UUID,
    room_id: UUID,
    number: int,
    wave: int = 1,
    exchange_with: UUID | None = None,
    seen_at: tuple[UUID, int, int] | None = None,
    reason: str = "",
    accept_neighbours: bool = False,
) -> Seat:
    """Give a candidate another seat of the same part: a free one, or in exchange for hers that of `exchange_with`.

    `seen_at` (room, wave, number) is where the clerk saw the candidate: SeatChanged when that is no longer true. Two
    who ask for one seat at once: one gets it, the other SeatTaken, AlreadyThere or SeatChanged. Whoever watches or
    assesses there must not be related to those who come (MustStandAside, OwnEmployer); more neighbours of one school
    or employer than before need `accept_neighbours` (NeighboursAlike). Once tickets are published a reason is needed,
    the tickets of those moved become void and new ones take their place; after the start it is ExchangeTooLate.
    Raises also NoSuchSeat, SeatsPublished. Needs `seating.arrange` over the sitting.
    """
    seat = Seat.objects.select_related("part", "room__room").filter(pk=seat_id).first()
    if seat is None:
        raise NotFound
    sitting = _open_sitting(actor, seat.part.sitting_id)
    seat = _seats_of(sitting).get(pk=seat_id)
    before, target = _place_of(seat), _place(seat, room_id, wave, number)
    if seen_at is not None and seen_at != (before.room.pk, before.wave, before.number):
        raise refusals.SeatChanged
    if before == target:
        raise refusals.AlreadyThere(name=seat.registration.legal_name, **target.words())
    other = _partner(seat, target, exchange_with)
    moved = [seat] if other is None else [seat, other]
    if sitting.state == "published":
        _check_reason_and_time(seat, before, target, reason, at)
        Ticket.objects.filter(registration__in=[each.registration_id for each in moved]).update(void_at=at)
    alike = _alike(before, target)
    _give_places(seat, target, other, before)
    for each in moved:
        check_avoidance_in_room(each.part, sitting, each.room, each.registration)
    more = _alike(before, target) - alike
    if more > 0 and not accept_neighbours:
        raise refusals.NeighboursAlike(more=more)
    trail.record(
        actor=actor,
        action="seating.seats_exchanged" if other else "seating.seat_moved",
        target=sitting,
        reason=reason.strip(),
        seat=seat.pk,
        with_seat=other.pk if other else "",
        before=before.plain(),
        after=target.plain(),
        neighbours=more,
    )
    if sitting.state == "published":
        _publish_anew(actor, at, sitting, [each.registration for each in moved])
    return seat


def _open_sitting(actor: Actor, sitting_id: UUID) -> Sitting:
    """The sitting within the actor's reach, locked, while a seat may still change."""
    if not sittings.sittings_for(actor).filter(pk=sitting_id).exists():
        raise NotFound
    sitting = Sitting.objects.select_related("round", "station").select_for_update(of=("self",)).get(pk=sitting_id)
    policies.require(actor, "seating.arrange", sitting)
    if sitting.state not in OPEN_STATES:
        raise refusals.SeatsPublished(number=sitting.number, state=sittings.SITTING.states[sitting.state])
    return sitting


def _seats_of(sitting: Sitting) -> QuerySet[Seat]:
    related = Seat.objects.filter(part__sitting=sitting).select_related("part", "room__room", "registration__person")
    return related.defer("registration__photo")


def _place_of(seat: Seat) -> Place:
    return Place(seat.room, seat.wave, seat.number)


def _place(seat: Seat, room_id: UUID, wave: int, number: int) -> Place:
    room = SittingRoom.objects.select_related("room").filter(pk=room_id, part=seat.part_id).first()
    if room is None or not 1 <= number <= room.places or not 1 <= wave <= seat.part.waves:
        raise refusals.NoSuchSeat(room=f"{room.number:02d}" if room else "—", wave=wave, seat=number)
    return Place(room, wave, number)


def _partner(seat: Seat, target: Place, exchange_with: UUID | None) -> Seat | None:
    """Who sits at the target and is to change places; None for a free one. Raises SeatTaken, SeatChanged."""
    there = _seats_of(seat.part.sitting).filter(room=target.room, wave=target.wave, number=target.number).first()
    if there is None and exchange_with is not None:
        raise refusals.SeatChanged
    if there is not None and there.pk != exchange_with:
        raise refusals.SeatTaken(**target.words())
    return there


def _check_reason_and_time(seat: Seat, before: Place, target: Place, reason: str, at: datetime) -> None:
    if not reason.strip():
        raise refusals.ExchangeReasonMissing
    starts_at = seat.part.wave_starts_at(min(before.wave, target.wave))
    if at >= starts_at:
        raise refusals.ExchangeTooLate(part=PART_NAMES[seat.part.part], at=f"{localtime(starts_at):%Y-%m-%d %H:%M}")


def _give_places(seat: Seat, target: Place, other: Seat | None, before: Place) -> None:
    """Write both places in one statement, so that the one-seat rule is judged when both have moved."""
    taken = [(seat, target)] if other is None else [(seat, target), (other, before)]
    for each, place in taken:
        each.room, each.wave, each.number = place.room, place.wave, place.number
        each.row, each.column = rules.serpentine(place.number, place.room.room.columns)
    try:
        with transaction.atomic():
            Seat.objects.bulk_update([each for each, _place in taken], ["room", "wave", "number", "row", "column"])
    except IntegrityError as error:
        if "seat_once" not in str(error):
            raise
        raise refusals.SeatTaken(**target.words()) from error


def _alike(*places: Place) -> int:
    """How many neighbours are of one school or employer in the rooms and waves of these places."""
    cells = {(place.room.pk, place.wave): place.room for place in places}
    found = 0
    for (_room, wave), room in cells.items():
        groups = [""] * room.places
        for each in (
            Seat.objects.filter(room=room, wave=wave).select_related("registration").defer("registration__photo")
        ):
            groups[each.number - 1] = selectors.group_of(each.registration)
        found += rules.neighbours_alike(groups, columns=room.room.columns)
    return found


def _publish_anew(actor: Actor, at: datetime, sitting: Sitting, moved: Sequence[Registration]) -> None:
    """New tickets for those whose seat changed; the void ones stay in the record."""
    seated = list(_seats_of(sitting).filter(registration__in=[each.pk for each in moved]))
    numbering = Numbering(sitting)
    tickets = [
        Ticket(
            registration=seat.registration,
            number=numbering.number_of(seat),
            region_code=sitting.region_code,
            published_at=at,
        )
        for seat in selectors.deciding_seats(seated).values()
    ]
    Ticket.objects.bulk_create(tickets)
    targets: list[trail.Target] = [*tickets]
    trail.record_each(actor=actor, action="seating.ticket_replaced", targets=targets)
    announcing.announce_each(
        [
            events.TicketChanged(
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
