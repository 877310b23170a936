"""What scoring announces. Never a mark: readers look it up under their own scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPublished(Event):
    """A result was published; `recheck_until` is the last day to ask for a recheck."""

    name: ClassVar[str] = "scoring.result_published"
    result_id: UUID
    registration_id: UUID
    is_passed: bool
    recheck_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCorrected(Event):
    """A recheck found an error: a new result took the place of the old one."""

    name: ClassVar[str] = "scoring.result_corrected"
    result_id: UUID
    registration_id: UUID
    supersedes_id: UUID
    is_passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckRequested(Event):
    """A candidate asked for a recheck of one part."""

    name: ClassVar[str] = "scoring.recheck_requested"
    recheck_id: UUID
    result_id: UUID
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckDecided(Event):
    """A recheck was decided: upheld or corrected."""

    name: ClassVar[str] = "scoring.recheck_decided"
    recheck_id: UUID
    registration_id: UUID
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionDecided(Event):
    """A question that somebody objected to was decided; the reason is published."""

    name: ClassVar[str] = "scoring.objection_decided"
    objection_id: UUID
    registration_id: UUID
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRescored(Event):
    """A ruling on a question changed a published result: a new one took its place."""

    name: ClassVar[str] = "scoring.result_rescored"
    result_id: UUID
    registration_id: UUID
    supersedes_id: UUID
    is_passed: bool
