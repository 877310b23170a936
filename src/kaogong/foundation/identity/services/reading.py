"""Reading what somebody typed: the rules' faults become refusals here, once for every service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from django.utils import timezone

from kaogong.foundation.identity import rules
from kaogong.foundation.identity.services.refusals import (
    BirthDateDisagrees,
    BirthDateImpossible,
    BirthDateInFuture,
    BirthDateMissing,
    ReasonTooShort,
    SexDisagrees,
    SexMissing,
    refusal_of,
)

T = TypeVar("T")
LEAST_REASON = 4
"""How many characters a reason has at least: our own measure, said in the article of the house rule."""


def read(rule: Callable[..., T], *arguments: object) -> T:
    """Call a rule; its fault is raised as the refusal that says it in words."""
    try:
        return rule(*arguments)
    except rules.Fault as fault:
        raise refusal_of(fault) from None


def day_of(at: datetime) -> date:
    """The calendar day of a moment, in the time of the country."""
    return timezone.localtime(at).date()


def read_reason(reason: str) -> str:
    """A reason worth recording. Raises ReasonTooShort."""
    if len("".join(reason.split())) < LEAST_REASON:
        raise ReasonTooShort(least=LEAST_REASON)
    return reason.strip()


def settle(document: rules.Document, sex: str | None, born_on: date | None, on: date) -> tuple[str, date]:
    """Sex and date of birth: from the number where it tells them, else as stated. Raises when they disagree or lack."""
    if document.sex and document.born_on:
        if sex and sex != document.sex:
            raise SexDisagrees
        if born_on and born_on != document.born_on:
            raise BirthDateDisagrees
        return document.sex, document.born_on
    if sex not in {"1", "2"}:
        raise SexMissing
    if born_on is None:
        raise BirthDateMissing
    if born_on > on:
        raise BirthDateInFuture(field="born_on", birth=born_on.isoformat())
    if born_on.year < on.year - 130:
        raise BirthDateImpossible(field="born_on", birth=born_on.isoformat())
    return sex, born_on
