"""What registration announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationEvent(Event):
    """What every event of a registration carries: enough to find the person's contact and to count by occupation."""

    registration_id: UUID
    person_id: UUID
    number: str
    sitting_id: UUID
    round_id: UUID
    occupation_code: str
    level: int
    track: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted(RegistrationEvent):
    """An application was handed in and holds a place."""

    name: ClassVar[str] = "registration.submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(RegistrationEvent):
    """An application went back to be completed, until `correct_until`."""

    name: ClassVar[str] = "registration.returned"
    correct_until: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted(RegistrationEvent):
    """The candidate was admitted; `fee` is due in fen."""

    name: ClassVar[str] = "registration.admitted"
    fee: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(RegistrationEvent):
    """An admission was undone; the application waits for its review again, in its place. `note` says why."""

    name: ClassVar[str] = "registration.reopened"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(RegistrationEvent):
    """The application was refused after its review; `note` says why, in words meant for the applicant."""

    name: ClassVar[str] = "registration.refused"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(RegistrationEvent):
    """The application was taken back and its place freed."""

    name: ClassVar[str] = "registration.withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeCollected(RegistrationEvent):
    """The fee of an admitted candidate was collected, in fen."""

    name: ClassVar[str] = "registration.fee_collected"
    fee: int
