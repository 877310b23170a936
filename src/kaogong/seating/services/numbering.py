"""Ticket numbers: by the seat, each given once; a place that changes hands is numbered in a further series."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max

from kaogong.regulations.selectors import provisions
from kaogong.seating import refusals, rules
from kaogong.seating.models import Seat, Ticket, TicketSeries
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting

ATTEMPTS = 5
"""How often a sequence that somebody else took in the meantime is drawn again."""
LAYOUT, THEORY_ROOMS = "seating.ticket_layout", "seating.theory_rooms_max"


class Numbering:
    """The ticket numbers of one sitting; figures and series are looked up once.

    A number is never given twice: whoever comes to a place that somebody had a ticket for gets the number of that
    place in the sitting's next series, so that it still ends with the seat.
    """

    def __init__(self, sitting: Sitting) -> None:
        figures = provisions(LAYOUT, THEORY_ROOMS, on=sitting.held_on, region_code=sitting.region_code)
        self.sitting = sitting
        self.layout = figures[LAYOUT].value
        self.theory_rooms = figures[THEORY_ROOMS].number
        self.series: dict[int, TicketSeries] = {}
        self.rooms_per_wave = {
            part.pk: max((room.number for room in sittings.rooms_of(part.pk)), default=0)
            for part in sittings.parts_of(sitting.pk)
        }
        under = Ticket.printed.filter(registration__sitting=sitting)
        self.given = set(under.values_list("number", flat=True))

    def number_of(self, seat: Seat) -> str:
        """A number for `seat` that nobody ever had. Raises TicketNumbersExhausted."""
        issue = 1
        while (number := self._in_series(seat, issue)) in self.given:
            issue += 1
        self.given.add(number)
        return number

    def _in_series(self, seat: Seat, issue: int) -> str:
        series = self.series.get(issue) or self.series.setdefault(issue, _series(self.sitting, issue))
        is_theory = seat.part.part == "theory"
        room = seat.room.number + (seat.wave - 1) * self.rooms_per_wave[seat.part_id]
        if is_theory and room > self.theory_rooms:
            raise refusals.TicketNumbersExhausted(what=f"理论考场号 {room} 大于 {self.theory_rooms}")
        try:
            return rules.ticket_number(
                self.layout,
                held_on=series.held_on,
                sitting=series.sequence,
                room=room if is_theory else self.theory_rooms + room,
                seat=seat.number,
            )
        except rules.DoesNotFit as error:
            raise refusals.TicketNumbersExhausted(what=str(error)) from error


def _series(sitting: Sitting, issue: int) -> TicketSeries:
    """The sitting's place among those of its day, given once an issue: of two that ask at once one draws again."""
    found = TicketSeries.objects.filter(sitting=sitting, issue=issue).first()
    for _attempt in range(ATTEMPTS):
        if found is not None:
            return found
        taken = TicketSeries.objects.filter(held_on=sitting.held_on).aggregate(last=Max("sequence"))["last"] or 0
        try:
            with transaction.atomic():
                found = TicketSeries.objects.create(
                    sitting=sitting, issue=issue, held_on=sitting.held_on, sequence=taken + 1
                )
        except IntegrityError:
            found = TicketSeries.objects.filter(sitting=sitting, issue=issue).first()
    if found is None:
        raise refusals.TicketNumbersExhausted(what=f"{sitting.held_on:%Y-%m-%d} 的场次序号争用过多，请重试")
    return found
