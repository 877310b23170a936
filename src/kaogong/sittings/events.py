"""What sittings announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundAnnounced(Event):
    """A round was announced: from now on the public sees it."""

    name: ClassVar[str] = "sittings.round_announced"
    round_id: UUID
    number: str
    occupation_code: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingMoved(Event):
    """A sitting was moved to another day."""

    name: ClassVar[str] = "sittings.moved"
    sitting_id: UUID
    from_day: date
    to_day: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingCancelled(Event):
    """A sitting was cancelled; whoever had a place is to be told."""

    name: ClassVar[str] = "sittings.cancelled"
    sitting_id: UUID
    held_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingHeld(Event):
    """A sitting has taken place."""

    name: ClassVar[str] = "sittings.held"
    sitting_id: UUID
    held_on: date
