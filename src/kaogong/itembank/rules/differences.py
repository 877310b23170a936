"""What changed between two blueprints of a level, point by point, so that items can follow their points."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kaogong.itembank.rules.blueprints import Codes, PointEntry, Table


@dataclass(frozen=True, slots=True)
class Pair:
    """A point before and after."""

    old: PointEntry
    new: PointEntry

    @property
    def is_weighed_anew(self) -> bool:
        """Whether its importance changed."""
        return self.old.importance != self.new.importance


@dataclass(frozen=True, slots=True)
class Share:
    """A weighted range, by name, with its percent before and after; None where it is not there."""

    name: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Differences:
    """Two blueprints side by side. Every point of either stands in exactly one list."""

    same: Sequence[Pair]
    """Same code and name."""
    moved: Sequence[Pair]
    """Same name, another code: items follow."""
    renamed: Sequence[Pair]
    """Same code, another name: a person says whether the items still fit."""
    removed: Sequence[PointEntry]
    added: Sequence[PointEntry]
    shares: Sequence[Share]
    """Ranges whose percent changed, came or went."""

    @property
    def weighed_anew(self) -> list[Pair]:
        """Points whose importance changed."""
        return [pair for pair in (*self.same, *self.moved, *self.renamed) if pair.is_weighed_anew]

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.moved or self.renamed or self.removed or self.added or self.shares or self.weighed_anew)


def compare(old: Table, new: Table) -> Differences:
    """Pair the points of two tables: by code and name, then by a name that stands once in each, then by code."""
    before = {point.codes: point for point in old.points}
    after = {point.codes: point for point in new.points}
    same = [Pair(before[c], after[c]) for c in before if c in after and _name(before[c]) == _name(after[c])]
    left = {codes: point for codes, point in before.items() if codes not in {pair.old.codes for pair in same}}
    come = {codes: point for codes, point in after.items() if codes not in {pair.new.codes for pair in same}}
    moved = _by_name(left, come)
    for pair in moved:
        del left[pair.old.codes], come[pair.new.codes]
    renamed = [Pair(left.pop(codes), come.pop(codes)) for codes in sorted(left.keys() & come.keys())]
    return Differences(same, moved, renamed, list(left.values()), list(come.values()), _shares(old, new))


def _by_name(left: Mapping[Codes, PointEntry], come: Mapping[Codes, PointEntry]) -> list[Pair]:
    old_names, new_names = Counter(map(_name, left.values())), Counter(map(_name, come.values()))
    once = {_name(point): point for point in come.values() if new_names[_name(point)] == 1}
    return [
        Pair(point, once[_name(point)])
        for point in left.values()
        if old_names[_name(point)] == 1 and _name(point) in once
    ]


def _name(point: PointEntry) -> str:
    return "".join(unicodedata.normalize("NFKC", point.name).casefold().split())


def _shares(old: Table, new: Table) -> list[Share]:
    before = {entry.name: entry.percent for entry in old.weighted}
    after = {entry.name: entry.percent for entry in new.weighted}
    names = dict.fromkeys([*before, *after])
    return [Share(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]
