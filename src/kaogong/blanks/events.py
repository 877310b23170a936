"""What blanks announce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BlanksReceived(Event):
    """A body received a range of blanks from the print works."""

    name: ClassVar[str] = "blanks.received"
    series_id: UUID
    organisation_id: UUID
    first: str
    last: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlanksTransferred(Event):
    """A range of blanks went from one body's stock to another's."""

    name: ClassVar[str] = "blanks.transferred"
    series_id: UUID
    source_id: UUID
    target_id: UUID
    first: str
    last: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlanksSpoilt(Event):
    """A range of blanks was spoilt: its serials are to be filed upwards and are never used again."""

    name: ClassVar[str] = "blanks.spoilt"
    series_id: UUID
    organisation_id: UUID
    first: str
    last: str
    reason: str
