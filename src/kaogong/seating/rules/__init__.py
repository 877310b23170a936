"""Judgements of seating: who sits where, what a ticket is numbered, whether a panel is complete. Pure."""

from kaogong.seating.rules.arrangement import (
    Arrangement,
    NotEnoughPlaces,
    Placement,
    Seated,
    Space,
    arrange,
    neighbours_alike,
    seat_apart,
    seat_at,
    serpentine,
)
from kaogong.seating.rules.panels import (
    PanelCheck,
    PanelRule,
    RoomFacts,
    examiner_checks,
    examiners_needed,
    invigilator_checks,
    invigilators_needed,
    rule_from,
)
from kaogong.seating.rules.tickets import DoesNotFit, grouped, ticket_number

__all__ = [
    "Arrangement",
    "DoesNotFit",
    "NotEnoughPlaces",
    "PanelCheck",
    "PanelRule",
    "Placement",
    "RoomFacts",
    "Seated",
    "Space",
    "arrange",
    "examiner_checks",
    "examiners_needed",
    "grouped",
    "invigilator_checks",
    "invigilators_needed",
    "neighbours_alike",
    "rule_from",
    "seat_apart",
    "seat_at",
    "serpentine",
    "ticket_number",
]
