"""Items that must not meet in a paper: enemies in pairs, and everybody of one lineage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def lineages(pairs: Iterable[tuple[T, T]]) -> list[frozenset[T]]:
    """The families that pairs of relatives make up: a relative's relative is one too. By first appearance."""
    family: dict[T, set[T]] = {}
    for one, other in pairs:
        joined = family.get(one, {one}) | family.get(other, {other})
        for each in joined:
            family[each] = joined
    return list(dict.fromkeys(frozenset(each) for each in family.values()))


def foes(enemies: Iterable[tuple[T, T]], families: Iterable[frozenset[T]]) -> Mapping[T, frozenset[T]]:
    """For each item that has any: those that must not be in a paper with it."""
    found: defaultdict[T, set[T]] = defaultdict(set)
    for one, other in enemies:
        found[one].add(other)
        found[other].add(one)
    for family in families:
        for each in family:
            found[each] |= family - {each}
    return {item: frozenset(others) for item, others in found.items()}
