"""Facts that standards announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardPublished(Event):
    """A version of a standard was published and fixed."""

    name: ClassVar[str] = "standards.published"
    standard_id: UUID
    occupation_code: str
    edition: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardWithdrawn(Event):
    """A version of a standard ceased to be in force."""

    name: ClassVar[str] = "standards.withdrawn"
    standard_id: UUID
    occupation_code: str
    edition: str
    withdrawn_on: date
