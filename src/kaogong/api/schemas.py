"""What the API takes and gives: plain fields, each with its meaning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema


class OccupationQuery(Schema):
    """How to search the classification."""

    q: str = Field("", max_length=60, description="Name, part of a name, code, pinyin or its initials")
    limit: int = Field(20, ge=1, le=100, description="How many at most")


class RoundQuery(Schema):
    """Which announced rounds to list."""

    open: bool = Field(True, description="Only rounds that take applications now")
    occupation: str = Field("", max_length=10, description="Code of the occupation")
    region: str = Field("", max_length=6, description="Prefix of an administrative code, such as 32 or 3201")
    level: int | None = Field(None, ge=1, le=5, description="5 is the lowest, 1 the highest")
    page: int = Field(1, ge=1)


class OccupationOut(Schema):
    """One node of the classification."""

    code: str = Field(description="Code in the classification, such as 6-31-01-03")
    name: str
    parent_code: str
    is_occupation: bool = Field(description="True for an occupation (细类), false for a group above")
    is_green: bool
    is_digital: bool


class OccupationList(Schema):
    """Occupations that match, the best first."""

    edition: str = Field(description="Edition of the classification, such as 2022")
    items: list[OccupationOut]


class SittingOut(Schema):
    """One exam, one day, one place."""

    id: UUID
    number: str
    station: str
    region_code: str
    held_on: date
    capacity: int
    places_left: int
    state: str


class RoundOut(Schema):
    """What a centre announced: an occupation and level, when to apply, and how many places are left."""

    id: UUID
    number: str
    name: str
    track: str
    organiser: str
    region_code: str
    occupation_code: str
    occupation_name: str
    level: int = Field(description="5 is the lowest, 1 the highest")
    applications_from: datetime
    applications_until: datetime
    is_open: bool
    places: int
    places_left: int
    fees_fen: dict[str, int] = Field(description="Fee of each part in fen (1/100 yuan)")


class RoundDetail(RoundOut):
    """A round with its sittings."""

    notice: str
    sittings: list[SittingOut]


class RoundPage(Schema):
    """One page of rounds."""

    count: int
    page: int
    pages: int
    items: list[RoundOut]


class VerificationIn(Schema):
    """What a stranger holds in hand. Both are needed: a number alone is never answered."""

    number: str = Field(max_length=40, description="16 digits, or 22 characters beginning with Y or S")
    name: str = Field(max_length=100, description="The holder's name as printed")


class StatusOut(Schema):
    """One event in a certificate's life."""

    at: datetime
    move: Literal["issue", "replace", "suspend", "resume", "revoke"]


class VerificationOut(Schema):
    """The dated verdict. When nothing matches, every other field is empty, whatever the reason."""

    outcome: Literal["valid", "suspended", "revoked", "broken", "no_match"] = Field(
        description="`broken`: the register differs from what was signed. `no_match`: wrong name or no such number."
    )
    verified_at: datetime
    number: str
    kind: str
    occupation_code: str
    occupation_name: str
    level: int | None
    issuer: str
    body: str
    issued_on: date | None
    history: list[StatusOut]
    key_id: str = Field(description="Id of the Ed25519 key that signed the certificate")


class Problem(Schema):
    """Why a request was not answered, and what to do now."""

    code: str
    message: str
    advice: str = ""
    clause: str = Field(default="", description="The rule it rests on: instrument/article")


class Busy(Problem):
    """Too many questions from one network."""

    retry_after_seconds: int
