"""Facts that the item bank announces. Never the content of an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueprintApproved(Event):
    """A blueprint was approved and fixed."""

    name: ClassVar[str] = "itembank.blueprint_approved"
    blueprint_id: UUID
    occupation_code: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSealed(Event):
    """A paper was assembled, sealed and signed."""

    name: ClassVar[str] = "itembank.paper_sealed"
    paper_id: UUID
    number: str
    occupation_code: str
    level: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCommitted(Event):
    """The good rows of an import entered the bank."""

    name: ClassVar[str] = "itembank.import_committed"
    batch_id: UUID
    items: int
