"""Rooms: a seat map of `seating` as the component wants it, for the desks of office and station."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from kaogong.seating import selectors
from kaogong.sittings.selectors import PART_NAMES
from kaogong.web.ui.shapes import SeatPlace

if TYPE_CHECKING:
    from kaogong.seating.models import Seat
    from kaogong.seating.selectors import SeatMap
    from kaogong.sittings.models import SittingPart

Rows = list[tuple[str, list[SeatPlace | None]]]
Free = Callable[[UUID, int, int], str]
"""Where a free place leads: by room of the sitting, wave and number."""


@dataclass(frozen=True, slots=True)
class RoomView:
    """One room in one wave: what it is called, when it sits, how full it is, its seats, and where its papers are."""

    room_id: UUID
    wave: int
    title: str
    hours: tuple[object, object]
    taken: int
    places: int
    rows: Rows


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of a sitting with its rooms."""

    part: SittingPart
    name: str
    rooms: list[RoomView]


def no_link(seat: Seat) -> str:
    """A seat that leads nowhere."""
    return ""


def part_view(part: SittingPart, link: Callable[[Seat], str] = no_link, free: Free | None = None) -> PartView:
    """A part's rooms, wave by wave, drawn from the front; `link` says where a seat leads.

    With `free` the places that nobody has are numbered and lead somewhere too, in rooms where nobody sits as well.
    """
    rooms = []
    for shown in selectors.seat_maps(part, with_empty=free is not None):
        title = _("第 {number} 考场 {name}").format(number=f"{shown.room.number:02d}", name=shown.room.room.name)
        if part.waves > 1:
            title += _(" · 第 {wave} 批").format(wave=shown.wave)
        rooms.append(
            RoomView(
                room_id=shown.room.pk,
                wave=shown.wave,
                title=title,
                hours=(part.wave_starts_at(shown.wave), part.wave_ends_at(shown.wave)),
                taken=shown.taken,
                places=shown.room.places,
                rows=[
                    (
                        _("{row} 排").format(row=number),
                        [
                            _free(shown, number, column, free) if seat is None else _place(seat, link)
                            for column, seat in enumerate(row, 1)
                        ],
                    )
                    for number, row in enumerate(shown.rows, 1)
                ],
            )
        )
    return PartView(part, PART_NAMES[part.part], rooms)


def _free(shown: SeatMap, row: int, column: int, free: Free | None) -> SeatPlace | None:
    if free is None:
        return SeatPlace(number="", word="", name=_("空"))
    number = selectors.place_number(row, column, shown.room.room.columns)
    if number > shown.room.places:
        return None
    return SeatPlace(f"{number:02d}", name=_("空"), url=free(shown.room.pk, shown.wave, number))


def _place(seat: Seat, link: Callable[[Seat], str]) -> SeatPlace:
    registration = seat.registration
    group = str(registration.through or "") or registration.employer
    return SeatPlace(f"{seat.number:02d}", "active", group[:4], registration.printed_name, link(seat))
