"""Ticket numbers: day, sitting of that day, room and seat, with the seat last.

No national layout is known (exam-affairs §3.3); the widths are a provision of our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

FIELDS = ("date", "sitting", "room", "seat")


class DoesNotFit(ValueError):
    """A figure has more digits than the layout gives it."""


def ticket_number(layout: Mapping[str, int], *, held_on: date, sitting: int, room: int, seat: int) -> str:
    """`2604180010105`: 18 April 2026, the first sitting of that day, room 1, seat 5. Raises DoesNotFit.

    `layout` gives the digits of each field; six digits of date are year, month and day, eight the full year.
    """
    day = f"{held_on:%Y%m%d}" if layout["date"] == 8 else f"{held_on:%y%m%d}"
    figures = {"date": day, "sitting": str(sitting), "room": str(room), "seat": str(seat)}
    parts = [figures[field].zfill(layout[field]) for field in FIELDS]
    for field, part in zip(FIELDS, parts, strict=True):
        if len(part) != layout[field]:
            raise DoesNotFit(f"{field} {part}")
    return "".join(parts)


def grouped(number: str, layout: Mapping[str, int]) -> str:
    """The number with a space between its fields, as it is printed; a number of another length stays as it is."""
    if len(number) != sum(layout[field] for field in FIELDS):
        return number
    pieces = []
    for field in FIELDS:
        pieces.append(number[: layout[field]])
        number = number[layout[field] :]
    return " ".join(pieces)
