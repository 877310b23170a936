"""What personnel announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChanged(Event):
    """A card was granted, suspended, resumed or withdrawn: `state` says which state it is in now."""

    name: ClassVar[str] = "personnel.card_changed"
    card_id: UUID
    person_id: UUID
    state: str
