"""Events of access: who came into and out of a post, and who claimed a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonClaimed(Event):
    """An account showed that a person's record is its owner's."""

    name: ClassVar[str] = "access.person_claimed"
    account_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostGiven(Event):
    """A post was given for a term."""

    name: ClassVar[str] = "access.post_given"
    post_id: UUID
    account_id: UUID
    organisation_id: UUID
    role: str
