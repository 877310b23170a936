"""What is on offer at a sitting, with every rule that an application for it is held against, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localtime

from kaogong.foundation.regions import selectors as regions
from kaogong.registration import rules
from kaogong.regulations.selectors import Provision, provisions
from kaogong.sittings.models import Round, Sitting
from kaogong.standards import selectors as standards

KEYS = (
    "registration.reference_day",
    "registration.days_in_year",
    "registration.region_rule",
    "registration.territory_digits",
    "registration.months_between_levels",
    "registration.bar_months",
    "registration.correction_days",
)
BY_ORGANISATION = frozenset({"industry_centre", "corps_centre", "enterprise", "college"})
"""Kinds of organiser that serve their own people wherever these live: no rule of residence applies to them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A sitting with its round, the conditions and parts of its level, and the figures in force on the last day."""

    sitting: Sitting
    round: Round
    conditions: tuple[rules.Condition, ...]
    parts: Mapping[str, str]
    case: rules.Case
    territory: tuple[str, ...]
    figures: Mapping[str, Provision]

    @property
    def required(self) -> tuple[str, ...]:
        """The codes of the parts that a certificate of this level needs, in the order of the standard."""
        return tuple(self.parts)

    def figure(self, name: str) -> Provision:
        """A figure of registration by its short name."""
        return self.figures[f"registration.{name}"]

    def judge(self, record: rules.Record) -> rules.Tree:
        """Hold a record against every condition of the level."""
        return rules.judge(record, conditions=self.conditions, case=self.case)

    def condition(self, code: str) -> rules.Condition | None:
        """The condition of that code, or None."""
        return next((each for each in self.conditions if each.code == code), None)


def offer(sitting: Sitting) -> Offer:
    """Everything needed to judge applications for `sitting` (with its round loaded). Raises NoProvision."""
    round_ = sitting.round
    last_day = day_of(round_.applications_until)
    figures = provisions(
        *KEYS,
        on=last_day,
        region_code=sitting.region_code,
        track=round_.track,
        occupation_code=round_.occupation_code,
    )
    standard_id = round_.standard_id
    return Offer(
        sitting=sitting,
        round=round_,
        conditions=tuple(
            rules.condition(each.code, each.text, each.clauses)
            for each in standards.conditions(standard_id, round_.level)
        ),
        parts={part.code: part.name for part in standards.parts(standard_id, round_.level)},
        case=rules.Case(
            occupation_code=round_.occupation_code,
            related_codes=standards.related_codes(standard_id),
            on=_reference_day(figures["registration.reference_day"], sitting, last_day),
            days_in_year=figures["registration.days_in_year"].number,
        ),
        territory=_territory(sitting, figures, last_day),
        figures=figures,
    )


def day_of(moment: datetime) -> date:
    """The day of a moment where the appraisal takes place."""
    return localtime(moment).date()


def _reference_day(provision: Provision, sitting: Sitting, last_day: date) -> date:
    return sitting.held_on if provision.value == "held_on" else last_day


def _territory(sitting: Sitting, figures: Mapping[str, Provision], on: date) -> tuple[str, ...]:
    """The prefixes within which a candidate must live or work; the whole country when no such rule applies."""
    free = figures["registration.region_rule"].value == "free"
    if free or sitting.round.organisation.kind in BY_ORGANISATION:
        return ("",)
    digits = figures["registration.territory_digits"].number
    return regions.territory(sitting.region_code[:digits], on)
