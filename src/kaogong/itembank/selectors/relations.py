"""How items of a bank stand to each other: what must not meet in a paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank.models import Item, ItemRelation, ItemVersion
from kaogong.itembank.rules import relations
from kaogong.itembank.rules.assembly import Candidate, Foes
from kaogong.itembank.selectors.items import items_for


@dataclass(frozen=True, slots=True)
class Relative:
    """A relation in force, seen from one of its items: the other one."""

    relation: ItemRelation
    other: Item


def relations_of(actor: Actor, found: Item) -> list[Relative]:
    """The relations of an item in force, with others that the actor finds, by number."""
    rows = in_force().filter(Q(first=found) | Q(second=found)).select_related("first", "second")
    seen = set(items_for(actor).filter(pk__in=[_other(row, found.pk).pk for row in rows]).values_list("pk", flat=True))
    relatives = [Relative(row, _other(row, found.pk)) for row in rows if _other(row, found.pk).pk in seen]
    return sorted(relatives, key=lambda each: (each.relation.kind, each.other.number))


def in_force() -> QuerySet[ItemRelation]:
    """The relations that nobody ended."""
    return ItemRelation.objects.filter(ended_at=None)


def families_among(candidates: Iterable[Candidate]) -> tuple[list[tuple[str, str]], list[frozenset[str]]]:
    """The enemies (pairs) and the lineages (groups of two or more) among versions that a paper may take, in order.

    A lineage holds together also where the item between two others is out of use.
    """
    version_of = _versions_by_item(candidates)
    rows = in_force().order_by("first__number", "second__number", "pk").values_list("kind", "first", "second")
    pairs = {kind: [(one, other) for each, one, other in rows if each == kind] for kind in ItemRelation.Kind.values}
    enemies = [
        (version_of[one], version_of[other])
        for one, other in pairs[ItemRelation.Kind.ENEMY]
        if one in version_of and other in version_of
    ]
    families = [
        frozenset(version_of[each] for each in family if each in version_of)
        for family in relations.lineages(pairs[ItemRelation.Kind.LINEAGE])
    ]
    return enemies, [family for family in families if len(family) > 1]


def foes_among(candidates: Iterable[Candidate]) -> Foes:
    """By version: the others that must not be in a paper with it."""
    return relations.foes(*families_among(candidates))


def _versions_by_item(candidates: Iterable[Candidate]) -> dict[UUID, str]:
    versions = [UUID(each.version) for each in candidates]
    rows = ItemVersion.objects.filter(pk__in=versions).values_list("item", "pk")
    return {item: str(version) for item, version in rows}


def _other(row: ItemRelation, item_id: UUID) -> Item:
    return row.second if row.first_id == item_id else row.first
