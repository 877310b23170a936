"""Questions that registration asks and modules downstream answer: earlier certificates, parts passed before.

Both take many persons at once, so that a school's list of hundreds costs one question. Whoever knows the answer
registers a function in its `AppConfig.ready()`; without one the answer is empty.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EarlierAward:
    """A certificate that stands in our own register: level 5 is the lowest, 1 the highest."""

    occupation_code: str
    level: int
    awarded_on: date
    number: str


@dataclass(frozen=True, slots=True)
class PassedPart:
    """A part passed at an earlier sitting and still kept on the day that was asked about."""

    part: str
    passed_on: date
    kept_until: date | None = None
    registration_id: UUID | None = None


class EarlierAwards(Protocol):
    """Answered by `certificates`: the certificates in good standing on `on`, of any occupation and level."""

    def __call__(self, person_ids: Collection[UUID], *, on: date) -> Mapping[UUID, Sequence[EarlierAward]]: ...


class PassedParts(Protocol):
    """Answered by `scoring`: the parts of that occupation and level which are passed and still kept on `on`."""

    def __call__(
        self, person_ids: Collection[UUID], *, occupation_code: str, level: int, on: date
    ) -> Mapping[UUID, Sequence[PassedPart]]: ...


_awards: list[EarlierAwards] = []
_parts: list[PassedParts] = []


def answer_earlier_awards(answer: EarlierAwards) -> None:
    """Make `answer` the one that tells earlier certificates. Called once, by `certificates`."""
    _awards[:] = [answer]


def answer_passed_parts(answer: PassedParts) -> None:
    """Make `answer` the one that tells passed parts. Called once, by `scoring`."""
    _parts[:] = [answer]


def earlier_awards(person_ids: Collection[UUID], *, on: date) -> Mapping[UUID, Sequence[EarlierAward]]:
    """The certificates in good standing of each person; persons without any may be absent."""
    return _awards[0](person_ids, on=on) if _awards else {}


def passed_parts(
    person_ids: Collection[UUID], *, occupation_code: str, level: int, on: date
) -> Mapping[UUID, Sequence[PassedPart]]:
    """The kept parts of each person; persons without any may be absent."""
    return _parts[0](person_ids, occupation_code=occupation_code, level=level, on=on) if _parts else {}
