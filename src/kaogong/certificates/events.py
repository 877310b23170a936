"""What certificates announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from kaogong.foundation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIssued(Event):
    """A certificate was issued: its number is fixed and signed in the register."""

    name: ClassVar[str] = "certificates.issued"
    certificate_id: UUID
    person_id: UUID
    number: str
    occupation_code: str
    occupation_name: str
    level: int
    sitting_id: UUID
    issuer_id: UUID
    body_id: UUID
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateReplaced(Event):
    """A lost or damaged certificate was printed again: the same number on a new blank."""

    name: ClassVar[str] = "certificates.replaced"
    certificate_id: UUID
    person_id: UUID
    number: str
    copy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCorrected(Event):
    """The name on a certificate was put right: the same number with the right name, on a new blank."""

    name: ClassVar[str] = "certificates.corrected"
    certificate_id: UUID
    person_id: UUID
    number: str
    copy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSuspended(Event):
    """A certificate may not be used for the time being."""

    name: ClassVar[str] = "certificates.suspended"
    certificate_id: UUID
    person_id: UUID
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateResumed(Event):
    """A suspension was lifted."""

    name: ClassVar[str] = "certificates.resumed"
    certificate_id: UUID
    person_id: UUID
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRevoked(Event):
    """A certificate was revoked for good; its number stays on record."""

    name: ClassVar[str] = "certificates.revoked"
    certificate_id: UUID
    person_id: UUID
    number: str
