"""What delivery announces. Never an answer, a question or a mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersReleased(Event):
    """The papers of a part (of one wave) were unsealed at their hour."""

    name: ClassVar[str] = "delivery.papers_released"
    part_id: UUID
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn(Event):
    """A candidate handed in; the receipt tells the rest."""

    name: ClassVar[str] = "delivery.handed_in"
    attempt_id: UUID
    registration_id: UUID
    receipt_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecorded(Event):
    """Something went wrong in a room and was written down."""

    name: ClassVar[str] = "delivery.incident_recorded"
    part_id: UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartClosed(Event):
    """A part is over: everything handed in is sealed."""

    name: ClassVar[str] = "delivery.part_closed"
    part_id: UUID
    sealed: int
    absent: int
    late: int
    barred: int
