"""What others may read of personnel: cards, the diary, relations, and who must stand aside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.personnel import policies
from kaogong.personnel.models import Card, Duty, Relation
from kaogong.personnel.rules import CardFacts, Conflict, RelationFacts, Shortfall, conflicts, may_assess
from kaogong.personnel.states import CARD
from kaogong.regulations.selectors import provision

__all__ = [
    "CARD",
    "available",
    "busy",
    "card",
    "card_for",
    "cards_for",
    "cards_of",
    "conflict_reasons",
    "diary",
    "may",
    "may_view_diary",
    "relations_between",
    "relations_of",
    "shortfalls",
]

SIDES = ("first", "second")
LEVEL_PROVISION = {"examiner": "personnel.examiner_levels", "senior_examiner": "personnel.senior_examiner_levels"}


def cards_for(actor: Actor, *powers: str) -> QuerySet[Card]:
    """Cards within the actor's reach, with holder and employer."""
    return (
        Card.objects.filter(policies.visible_to(actor, *powers))
        .select_related("person", "employer", "issued_by")
        .order_by("region_code", "number")
    )


def card_for(actor: Actor, card_id: UUID) -> Card:
    """One card within the actor's reach. Raises NotFound."""
    found = cards_for(actor).filter(pk=card_id).first()
    if found is None:
        raise NotFound
    return found


def may(actor: Actor, power: str, card: Card) -> bool:
    """Whether the actor holds `power` over the card's region, its employer or its issuer."""
    return policies.may(actor, power, card)


def card(card_id: UUID) -> Card:
    """One card, for a module that has found its own row under scope. Raises NotFound."""
    found = Card.objects.select_related("person", "employer").filter(pk=card_id).first()
    if found is None:
        raise NotFound
    return found


def cards_of(person_id: UUID) -> QuerySet[Card]:
    """All cards of a person, the latest first."""
    return Card.objects.filter(person_id=person_id).order_by("-since", "number")


def shortfalls(card: Card, *, occupation_code: str, level: int, on: date) -> list[Shortfall]:
    """What keeps the card's holder from assessing this occupation and level on that day, by the rule of that day."""
    key = LEVEL_PROVISION.get(card.kind, "personnel.examiner_levels")
    rule = provision(key, on=on, region_code=card.region_code, occupation_code=occupation_code)
    facts = CardFacts(
        card.number, card.kind, card.occupation_code, frozenset(card.levels), card.since, card.until, card.state
    )
    return may_assess(
        facts,
        occupation_code=occupation_code,
        level=level,
        on=on,
        levels_allowed=frozenset(rule.value),
        levels_clause=rule.clause,
    )


def diary(person_id: UUID, *, since: datetime | None = None, include_cancelled: bool = False) -> QuerySet[Duty]:
    """A person's duties in order of time."""
    found = Duty.objects.filter(person_id=person_id).select_related("organisation").order_by("starts_at")
    if since is not None:
        found = found.filter(ends_at__gte=since)
    return found if include_cancelled else found.filter(cancelled_at__isnull=True)


def may_view_diary(actor: Actor, person_id: UUID) -> bool:
    """Whether the actor may see a person's diary: her own, or that of somebody whose card lies within reach."""
    return actor.person_id == person_id or cards_for(actor).filter(person_id=person_id).exists()


def busy(starts_at: datetime, ends_at: datetime, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of the persons who have a live duty in that time."""
    found = Duty.objects.filter(
        person_id__in=person_ids, cancelled_at__isnull=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    return set(found.values_list("person_id", flat=True))


def available(starts_at: datetime, ends_at: datetime, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of the persons who are free in that time."""
    return set(person_ids) - busy(starts_at, ends_at, person_ids)


def relations_between(persons: Collection[UUID], others: Collection[UUID], on: date) -> list[Relation]:
    """Relations that hold on that day between one of `persons` and one of `others`, whichever way they were entered."""
    either_way = Q(first__in=persons, second__in=others) | Q(first__in=others, second__in=persons)
    on_the_day = (Q(since__isnull=True) | Q(since__lte=on)) & (Q(until__isnull=True) | Q(until__gte=on))
    return list(Relation.objects.filter(either_way & on_the_day).order_by("id"))


def relations_of(person_id: UUID) -> QuerySet[Relation]:
    """All facts of relation of a person, in either direction."""
    either = Q(first=person_id) | Q(second=person_id)
    return Relation.objects.filter(either).select_related("first", "second").order_by("-id")


def conflict_reasons(person: UUID, others: Collection[UUID], on: date, *, region_code: str = "") -> list[Conflict]:
    """Why `person` must stand aside for some of `others` on that day; which relations count is a provision."""
    kinds = provision("personnel.avoidance_kinds", on=on, region_code=region_code)
    living = {asked: found.pk for asked, found in identity.by_id([person, *others]).items()}
    asked_as = {living.get(each, each): each for each in others}
    herself = living.get(person, person)
    rows = _relations_of_living(herself, asked_as, on)
    facts = [RelationFacts(_living(row.first), _living(row.second), row.kind, row.since, row.until) for row in rows]
    found = conflicts(herself, others=set(asked_as), relations=facts, on=on, kinds=frozenset(kinds.value))
    return [replace(each, person=person, other=asked_as[each.other]) for each in found]


def _relations_of_living(person: UUID, others: Collection[UUID], on: date) -> list[Relation]:
    """Relations between the living person and the living others, under whichever record they were entered."""
    mine = identity.is_human("first", person), identity.is_human("second", person)
    first, second = (Q(**{f"{side}__in": others}) | Q(**{f"{side}__merged_into__in": others}) for side in SIDES)
    on_the_day = (Q(since__isnull=True) | Q(since__lte=on)) & (Q(until__isnull=True) | Q(until__gte=on))
    found = Relation.objects.filter((mine[0] & second) | (mine[1] & first), on_the_day)
    return list(found.select_related("first", "second").order_by("id"))


def _living(person: Person) -> UUID:
    return person.merged_into_id or person.pk
