"""Years of work: cumulative (累计) without counting a day twice, or continuous (连续), the longest unbroken time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from kaogong.registration.rules.phrases import calendar_length, years_later
from kaogong.registration.rules.record import Spell


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """An unbroken time of work, counted as an age is counted: from `since` to `until`, the anniversary included."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Worked:
    """What was worked, as years and left-over days, and what is short of the years asked for, as a calendar length."""

    spans: tuple[Span, ...]
    years: int
    days: int
    short: tuple[int, int, int]
    is_enough: bool


def spans_of(spells: Iterable[Spell], *, codes: Collection[str], since: date | None, on: date) -> tuple[Span, ...]:
    """The spells in those occupations as spans within [`since`, `on`]; overlapping and adjoining ones are joined.

    A spell that ends on one day and one that begins on the next adjoin: the work was not interrupted.
    """
    clipped = sorted(
        Span(max(spell.since, since or spell.since), min(spell.until or on, on))
        for spell in spells
        if spell.occupation_code in codes
    )
    joined: list[Span] = []
    for span in clipped:
        if span.until <= span.since:
            continue
        if joined and span.since <= joined[-1].until + timedelta(days=1):
            joined[-1] = Span(joined[-1].since, max(joined[-1].until, span.until))
        else:
            joined.append(span)
    return tuple(joined)


def worked(
    spans: tuple[Span, ...], *, at_least: int, mode: Literal["cumulative", "continuous"], days_in_year: int
) -> Worked:
    """Hold `spans` against `at_least` years, inclusively: 4 years to the day are 4 years, a day less is not.

    Each span gives its whole calendar years; the days left over are added up and make a further year for every
    `days_in_year` of them. Continuous years are those of the longest span alone.
    """
    if mode == "continuous" and spans:
        spans = (max(spans, key=lambda span: (span.until - span.since).days),)
    years = days = 0
    for span in spans:
        whole = calendar_length(span.since, span.until)[0]
        years += whole
        days += (span.until - years_later(span.since, whole)).days
    years, days = years + days // days_in_year, days % days_in_year
    is_enough = years >= at_least
    return Worked(
        spans, years, days, (0, 0, 0) if is_enough else _short(spans, at_least, years, days, days_in_year), is_enough
    )


def _short(spans: tuple[Span, ...], at_least: int, years: int, days: int, days_in_year: int) -> tuple[int, int, int]:
    if not spans:
        return at_least, 0, 0
    if len(spans) == 1:
        return calendar_length(spans[0].until, years_later(spans[0].since, at_least))
    last = spans[-1].until
    return calendar_length(last, last + timedelta(days=(at_least - years) * days_in_year - days))
