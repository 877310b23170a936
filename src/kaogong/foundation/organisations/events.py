"""Facts that organisations announce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationEstablished(Event):
    """A body now stands in the matrix."""

    name: ClassVar[str] = "organisations.established"
    organisation_id: UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationClosed(Event):
    """A body takes on nothing new from a day on."""

    name: ClassVar[str] = "organisations.closed"
    organisation_id: UUID
