"""The gate: what an application must satisfy, held against facts that are looked up once for any number of persons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localtime

from kaogong.foundation.regions import selectors as regions
from kaogong.registration import hooks, refusals, rules, selectors
from kaogong.registration.models import Bar, Registration
from kaogong.registration.selectors.offers import Offer, day_of
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as sitting_services
from kaogong.sittings.models import Sitting
from kaogong.sittings.selectors import LEVEL_NAMES


@dataclass(frozen=True, slots=True)
class EarlierSitting:
    """Another level of the same occupation that a person applied for, and the day of its sitting."""

    level: int
    held_on: date


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some persons beforehand, by person."""

    live: Mapping[UUID, str]
    bars: Mapping[UUID, Bar]
    awards: Mapping[UUID, Sequence[hooks.EarlierAward]]
    passed: Mapping[UUID, Mapping[str, date]]
    sittings: Mapping[UUID, Sequence[EarlierSitting]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A claim read and judged: the tree of all conditions, and the one that was chosen."""

    record: rules.Record
    tree: rules.Tree
    chosen: rules.Alternative | None
    faults: Sequence[rules.Fault]

    def plain(self) -> dict[str, Any]:
        """What is kept with the registration."""
        return {
            "tree": self.tree.plain(),
            "faults": [{"place": fault.place, "words": fault.words.plain()} for fault in self.faults],
            "warnings": [],
        }


def known(offer: Offer, person_ids: Collection[UUID], at: datetime, *, apart_from: UUID | None = None) -> Known:
    """Look up live applications, bars, certificates, passed parts and other levels of these persons, one query each.

    `apart_from` is a registration that does not count against itself.
    """
    live = dict(selectors.live_in_round(offer.round.pk, person_ids))
    if apart_from is not None:
        own = Registration.objects.filter(pk=apart_from).values_list("person_id", flat=True).first()
        if own is not None:
            live.pop(own, None)
    return Known(
        live=live,
        bars=selectors.bars_on(person_ids, day_of(at)),
        awards=hooks.earlier_awards(person_ids, on=offer.case.on),
        passed=selectors.passed_parts(offer, person_ids),
        sittings=_other_levels(offer, person_ids),
    )


def _other_levels(offer: Offer, person_ids: Collection[UUID]) -> Mapping[UUID, Sequence[EarlierSitting]]:
    if not offer.figure("months_between_levels").number:
        return {}
    same_occupation = Q(round__occupation_code=offer.round.occupation_code) & ~Q(round__level=offer.round.level)
    rows = Registration.objects.filter(same_occupation, person__in=person_ids, state__in=("submitted", "admitted"))
    found: dict[UUID, list[EarlierSitting]] = {}
    for person, level, held_on in rows.values_list("person_id", "round__level", "sitting__held_on"):
        found.setdefault(person, []).append(EarlierSitting(level, held_on))
    return found


def check_open(sitting: Sitting, at: datetime) -> None:
    """Raise RoundNotOpen, RoundClosed or RoundFull for a sitting that takes no applications at that moment.

    Only spares the candidate the trouble: `claim_place` decides, when the application is handed in.
    """
    round_ = sitting.round
    if sittings.is_open(sitting, at):
        return
    if at < round_.applications_from:
        raise sitting_services.RoundNotOpen(number=round_.number, opens=_clock(round_.applications_from))
    if round_.state != "announced" or sitting.state != "scheduled" or at >= round_.applications_until:
        raise sitting_services.RoundClosed(number=round_.number, closed=_clock(round_.applications_until))
    raise sitting_services.RoundFull(number=sitting.number, capacity=sitting.capacity)


def _clock(moment: datetime) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}"


def check_person(offer: Offer, person_id: UUID, facts: Known) -> None:
    """Raise AlreadyRegistered, Barred, AlreadyHolds or TwoLevelsTooSoon."""
    if (number := facts.live.get(person_id)) is not None:
        raise refusals.AlreadyRegistered(number=number)
    if (bar := facts.bars.get(person_id)) is not None:
        raise refusals.Barred(until=bar.until, reason=bar.reason, clause=offer.figure("bar_months").clause)
    _check_awards(offer, facts.awards.get(person_id, ()))
    _check_interval(offer, facts.sittings.get(person_id, ()))


def _check_awards(offer: Offer, awards: Sequence[hooks.EarlierAward | rules.Award]) -> None:
    for award in awards:
        if award.occupation_code == offer.round.occupation_code and award.level <= offer.round.level:
            name = LEVEL_NAMES.get(award.level, str(award.level))
            raise refusals.AlreadyHolds(level=name, number=award.number or "—")


def _check_interval(offer: Offer, others: Sequence[EarlierSitting]) -> None:
    rule = offer.figure("months_between_levels")
    for other in others:
        earlier, later = sorted((other.held_on, offer.sitting.held_on))
        if rules.months_later(earlier, rule.number) > later:
            raise refusals.TwoLevelsTooSoon(
                day=other.held_on, level=LEVEL_NAMES[other.level], months=rule.number, clause=rule.clause
            )


def check_parts(offer: Offer, parts: Sequence[str], passed: Collection[str]) -> tuple[str, ...]:
    """The chosen parts in the order of the standard. Raises UnknownPart, PartsMissing."""
    unknown = [part for part in parts if part not in offer.parts]
    if unknown or not parts:
        raise refusals.UnknownPart(part="、".join(unknown) or "—")
    if missing := rules.parts_missing(parts, required=offer.required, passed=passed):
        raise refusals.PartsMissing(parts="、".join(offer.parts[part] for part in missing))
    return tuple(part for part in offer.required if part in parts)


def check_region(offer: Offer, residence_code: str, employer_code: str) -> None:
    """Raise OutOfRegion unless the candidate lives or works in the territory."""
    if any(rules.is_within(code, offer.territory) for code in (residence_code, employer_code)):
        return
    if "" in offer.territory:
        return
    digits = offer.figure("territory_digits").number
    place = regions.name_of(regions.full_code(offer.sitting.region_code[:digits]))
    raise refusals.OutOfRegion(territory=place, clause=offer.figure("region_rule").clause)


def judge(
    offer: Offer, claim: Mapping[str, Any], condition_code: str, awards: Sequence[hooks.EarlierAward]
) -> Judgement:
    """Read a claim, join it with our register, and hold it against the conditions. Raises UnknownCondition."""
    record, faults = selectors.record_of(claim, awards=awards, on=offer.case.on)
    tree = offer.judge(record)
    if condition_code and offer.condition(condition_code) is None:
        raise refusals.UnknownCondition(code=condition_code)
    return Judgement(record, tree, tree.alternative(condition_code), faults)


def check_judgement(offer: Offer, judgement: Judgement) -> None:
    """Raise ClaimFaulty, UnknownCondition, AlreadyHolds or NotEligible unless the chosen condition is met."""
    if judgement.faults:
        words = "；".join(f"{_place_words(fault.place)}{fault.words}" for fault in judgement.faults)
        raise refusals.ClaimFaulty(faults=words)
    if judgement.chosen is None:
        raise refusals.UnknownCondition(code="")
    _check_awards(offer, judgement.record.awards)
    if not judgement.chosen.is_met:
        raise refusals.NotEligible(
            code=judgement.chosen.code,
            missing="；".join(str(each) for each in judgement.chosen.missing),
            on=offer.case.on.isoformat(),
        )


def _place_words(place: str) -> str:
    section, _, position = place.partition(".")
    name = rules.SECTIONS.get(section, section)
    return f"{name}第 {position} 项：" if position else f"{name}："
