"""What seating announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPublished(Event):
    """A candidate's ticket can be printed."""

    name: ClassVar[str] = "seating.ticket_published"
    registration_id: UUID
    person_id: UUID
    sitting_id: UUID
    ticket_number: str
    held_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChanged(Event):
    """The ticket must be printed again: its sitting moved (same number), or its seat changed (a new number)."""

    name: ClassVar[str] = "seating.ticket_changed"
    registration_id: UUID
    person_id: UUID
    sitting_id: UUID
    ticket_number: str
    held_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAppointed(Event):
    """Somebody was appointed to a duty at a part of a sitting."""

    name: ClassVar[str] = "seating.member_appointed"
    sitting_id: UUID
    part_id: UUID
    person_id: UUID
    role: str
