"""Seats and tickets as others read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.registration.models import Registration
from kaogong.regulations.selectors import provision
from kaogong.seating import policies, rules
from kaogong.seating.models import Arrangement, Seat, Ticket
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting, SittingPart, SittingRoom


@dataclass(frozen=True, slots=True)
class SeatMap:
    """One room in one wave: its seats by row and column; None for a place nobody was given."""

    room: SittingRoom
    wave: int
    rows: Sequence[Sequence[Seat | None]]

    @property
    def taken(self) -> int:
        """How many seats are given."""
        return sum(seat is not None for row in self.rows for seat in row)


@dataclass(frozen=True, slots=True)
class CandidateCount:
    """How the applications of a sitting stand before its seats are arranged."""

    ready: int
    unpaid: int
    pending: int


def seats(part_id: UUID) -> QuerySet[Seat]:
    """The seats of a part by wave, room and number. Without scope: for modules that checked theirs over the sitting."""
    return (
        Seat.objects.filter(part=part_id)
        .select_related("registration__person", "registration__through", "room__room", "part")
        .defer("registration__photo")
        .order_by("wave", "room__number", "number")
    )


def seats_of(registration_id: UUID) -> list[Seat]:
    """The seats of one candidate, part by part in order of time. Without scope, as above."""
    found = Seat.objects.filter(registration=registration_id).select_related("room__room", "part__sitting")
    return sorted(found, key=lambda seat: (seat.part.wave_starts_at(seat.wave), seat.part.part))


def seats_of_sitting(actor: Actor, sitting_id: UUID) -> QuerySet[Seat]:
    """All seats of a sitting, for its office, station and panel. Raises NotFound for everyone else."""
    sitting = visible_sitting(actor, sitting_id)
    return (
        Seat.objects.filter(part__sitting=sitting)
        .select_related("registration__person", "room__room", "part")
        .defer("registration__photo")
        .order_by("part__starts_at", "wave", "room__number", "number")
    )


def seat_for(actor: Actor, seat_id: UUID) -> Seat:
    """One seat of a sitting whose seats the actor may see. Raises NotFound."""
    found = (
        Seat.objects.select_related("registration", "room__room", "part__sitting__station").filter(pk=seat_id).first()
    )
    if found is None or not policies.may_see(actor, found.part.sitting):
        raise NotFound
    return found


def visible_sitting(actor: Actor, sitting_id: UUID) -> Sitting:
    """The sitting, if the actor may see its seats. Raises NotFound."""
    sitting = sittings.of_id(sitting_id)
    if not policies.may_see(actor, sitting):
        raise NotFound
    return sitting


def seat_map(room_id: UUID, wave: int = 1) -> SeatMap:
    """The places of a room of a sitting in one wave. Without scope, as `seats`. Raises NotFound."""
    room = SittingRoom.objects.select_related("room", "part__sitting").filter(pk=room_id).first()
    if room is None:
        raise NotFound
    found = Seat.objects.filter(room=room, wave=wave).select_related("registration__person")
    return _map(room, wave, list(found.defer("registration__photo")))


def seat_maps(part: SittingPart, *, with_empty: bool = False) -> list[SeatMap]:
    """The maps of every room and wave of a part in which somebody sits (or of all), in order."""
    by_cell: dict[tuple[UUID, int], list[Seat]] = {}
    if with_empty:
        by_cell = {(room.pk, wave): [] for room in sittings.rooms_of(part.pk) for wave in range(1, part.waves + 1)}
    for seat in seats(part.pk):
        by_cell.setdefault((seat.room_id, seat.wave), []).append(seat)
    rooms = {room.pk: room for room in sittings.rooms_of(part.pk)}
    cells = sorted(by_cell, key=lambda cell: (cell[1], rooms[cell[0]].number))
    return [_map(rooms[room], wave, by_cell[room, wave]) for room, wave in cells]


def _map(room: SittingRoom, wave: int, found: Sequence[Seat]) -> SeatMap:
    columns = room.room.columns
    height = -(-room.places // columns)
    grid: list[list[Seat | None]] = [[None] * columns for _row in range(height)]
    for seat in found:
        grid[seat.row - 1][seat.column - 1] = seat
    return SeatMap(room, wave, grid)


def group_of(registration: Registration) -> str:
    """The school that entered the candidate, else the employer as written; "" for nobody's."""
    return str(registration.through_id or "") or registration.employer


def deciding_seats(seated: Iterable[Seat]) -> Mapping[UUID, Seat]:
    """The seat that each candidate's ticket number ends with: theory, else the earliest other part; by registration."""
    first: dict[UUID, Seat] = {}
    for seat in sorted(seated, key=lambda each: (each.part.part != "theory", each.part.starts_at)):
        first.setdefault(seat.registration_id, seat)
    return first


def place_number(row: int, column: int, columns: int) -> int:
    """The number of the place in that row and column, both from one: the serpentine read backwards."""
    return rules.seat_at(row, column, columns)


def arrangement_of(sitting_id: UUID) -> Arrangement | None:
    """The drawing that the seats of a sitting come from: the latest."""
    return arrangements_of(sitting_id).first()


def arrangements_of(sitting_id: UUID) -> QuerySet[Arrangement]:
    """All drawings of a sitting, the latest first."""
    return Arrangement.objects.filter(sitting=sitting_id).order_by("-arranged_at", "-id")


def candidate_counts(sitting_id: UUID) -> CandidateCount:
    """How many could be seated, still owe the fee, or still wait for their review."""
    rows = Registration.objects.filter(sitting=sitting_id)
    admitted = rows.filter(state="admitted")
    ready = admitted.filter(Q(fee=0) | Q(paid_at__isnull=False)).count()
    return CandidateCount(
        ready=ready,
        unpaid=admitted.count() - ready,
        pending=rows.filter(state__in=["submitted", "returned"]).count(),
    )


def stale(sitting_id: UUID) -> tuple[int, int]:
    """How many candidate-parts lack a seat, and how many seats belong to nobody who sits that part any more."""
    parts = {part.part: part.pk for part in sittings.parts_of(sitting_id)}
    ready = Registration.objects.filter(sitting=sitting_id, state="admitted")
    ready = ready.filter(Q(fee=0) | Q(paid_at__isnull=False))
    wanted = {(parts[part], pk) for pk, sat in ready.values_list("pk", "parts") for part in sat if part in parts}
    given = set(Seat.objects.filter(part__sitting=sitting_id).values_list("part_id", "registration_id"))
    return len(wanted - given), len(given - wanted)


def ticket_of(registration_id: UUID, actor: Actor) -> Ticket | None:
    """The ticket of a registration: for the candidate and for whoever may see the sitting's seats. Or NotFound."""
    registration = Registration.objects.select_related("sitting__station", "person").filter(pk=registration_id).first()
    if registration is None:
        raise NotFound
    if not _is_own(actor, registration) and not policies.may_see(actor, registration.sitting):
        raise NotFound
    return Ticket.objects.select_related("registration").filter(registration=registration_id).first()


def _is_own(actor: Actor, registration: Registration) -> bool:
    return actor.person_id is not None and identity.current(actor.person_id) == identity.current(registration.person_id)


def tickets_of(actor: Actor, sitting_id: UUID) -> QuerySet[Ticket]:
    """All tickets of a sitting, by number. Raises NotFound for whoever may not see its seats."""
    sitting = visible_sitting(actor, sitting_id)
    found = Ticket.objects.filter(registration__sitting=sitting).select_related("registration__person")
    return found.defer("registration__photo").order_by("number")


def ticket_numbers(registration_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Ticket numbers by registration. Without scope, as `seats`."""
    found = Ticket.objects.filter(registration__in=registration_ids)
    return dict(found.values_list("registration_id", "number"))


def successor_of(actor: Actor, number: str) -> Ticket | None:
    """The ticket that took the place of the void one with this number, at a sitting the actor may see; else None."""
    void = Ticket.printed.filter(number=number.strip(), void_at__isnull=False).select_related("registration__sitting")
    found = void.defer("registration__photo").first()
    if found is None or not policies.may_see(actor, found.registration.sitting):
        return None
    return Ticket.objects.select_related("registration").filter(registration=found.registration_id).first()


def void_tickets(actor: Actor, sitting_id: UUID) -> list[Ticket]:
    """The tickets of a sitting that a change of seat made void, the latest first. Raises NotFound."""
    sitting = visible_sitting(actor, sitting_id)
    found = Ticket.printed.filter(registration__sitting=sitting, void_at__isnull=False).select_related("registration")
    return list(found.defer("registration__photo").order_by("-void_at", "number"))


def grouped_number(ticket: Ticket) -> str:
    """A ticket's number with its fields set apart, as it is printed."""
    layout = provision("seating.ticket_layout", on=localdate(ticket.published_at), region_code=ticket.region_code)
    return rules.grouped(ticket.number, layout.value)
