"""What others may ask about seats, tickets and panels."""

from __future__ import annotations

from kaogong.seating.policies import may_see
from kaogong.seating.selectors.panels import (
    candidates_of,
    checks_of,
    duties_of,
    duty_reference,
    eligible_cards,
    is_ready,
    member,
    panel,
    panels_of,
    rotation_notes,
)
from kaogong.seating.selectors.papers import attendance_pdf, door_pdf, own_tickets, ticket_form, ticket_pdf
from kaogong.seating.selectors.seats import (
    CandidateCount,
    SeatMap,
    arrangement_of,
    arrangements_of,
    candidate_counts,
    grouped_number,
    seat_map,
    seat_maps,
    seats,
    seats_of,
    seats_of_sitting,
    stale,
    ticket_numbers,
    ticket_of,
    tickets_of,
)

__all__ = [
    "CandidateCount",
    "SeatMap",
    "arrangement_of",
    "arrangements_of",
    "attendance_pdf",
    "candidate_counts",
    "candidates_of",
    "checks_of",
    "door_pdf",
    "duties_of",
    "duty_reference",
    "eligible_cards",
    "grouped_number",
    "is_ready",
    "may_see",
    "member",
    "own_tickets",
    "panel",
    "panels_of",
    "rotation_notes",
    "seat_map",
    "seat_maps",
    "seats",
    "seats_of",
    "seats_of_sitting",
    "stale",
    "ticket_form",
    "ticket_numbers",
    "ticket_of",
    "ticket_pdf",
    "tickets_of",
]
