"""Events of identity: who turned out to be the same person, and whose name was put right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsMerged(Event):
    """Two records of one human being became one."""

    name: ClassVar[str] = "identity.persons_merged"
    kept_id: UUID
    lost_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NameCorrected(Event):
    """A legal name was corrected on the strength of a document."""

    name: ClassVar[str] = "identity.name_corrected"
    person_id: UUID
