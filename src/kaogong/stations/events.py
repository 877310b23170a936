"""What stations announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceChanged(Event):
    """A licence was granted, suspended, resumed or revoked: `state` says which state it is in now."""

    name: ClassVar[str] = "stations.licence_changed"
    station_id: UUID
    licence_id: UUID
    state: str
    on: date
