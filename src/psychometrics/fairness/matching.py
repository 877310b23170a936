"""Matching: persons of equal ability in two or more groups, counted by what they scored on each item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.errors import EmptyGroup, TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats, Indices, Responses, Scores

CHUNK, BLOCK = 8192, 32
"""Persons and items worked on at once: bounds the memory."""


@dataclass(frozen=True, slots=True)
class Fewest:
    """How many persons a comparison needs: `smaller` in each group, `together` in both.

    By default what ETS asks for when it assembles tests; Zwick (2012) holds that less can do.
    """

    smaller: int = 200
    together: int = 500


@dataclass(frozen=True, slots=True)
class Table:
    """One item: `counts` (levels, groups, scores) of persons, the reference group first.

    `levels` (levels,) ascending matching scores, `values` (scores,) ascending points that the item gave; right-or-wrong
    items have two, 0 and their most. Only levels with somebody in them.
    """

    counts: Floats
    levels: Floats
    values: Floats

    @property
    def is_right_or_wrong(self) -> bool:
        """Whether the item gives its points whole or not at all."""
        return self.values.size == 2 and bool(self.values[0] == 0)

    @property
    def shared(self) -> Table:
        """The levels at which every group has somebody: the others compare nothing."""
        both = (self.counts.sum(axis=2) > 0).all(axis=1)
        return Table(self.counts[both], self.levels[both], self.values)


@dataclass(frozen=True, slots=True)
class _Match:
    """Members by score: `levels` (levels,) ascending; `cell` (members,) is level × groups + group, -1 for none."""

    levels: Floats
    cell: Indices


@dataclass(frozen=True)
class Comparison:
    """Groups of the same items, the reference group first.

    `rows` (members,) are those in one of the `groups`, `group` (members,) a place in them. `external` (members,) is a
    matching score from outside, NaN for who has none; without it the items match.
    """

    responses: Responses
    groups: tuple[str, ...]
    rows: Indices
    group: Indices
    fewest: Fewest
    external: Floats | None

    def tables(self, anchor: Flags) -> Iterator[Table | None]:
        """Each item's table when persons are matched on `anchor` (items,); None where too few answered the item.

        The matching score is the share of points had on the anchor items, times what they all give; the item itself
        counts in it, whether it is an anchor or not (Holland & Thayer 1988; Zwick 1990). It is rounded to whole units,
        a unit being what the cheapest item gives.
        """
        score = self._matched(anchor) if self.external is None else self.external
        plain = self._match(score)
        for first in range(0, self.responses.n_items, BLOCK):
            block = np.ascontiguousarray(self.responses.scores[self.rows, first : first + BLOCK].T)
            for item, own in enumerate(block, start=first):
                is_within = self.external is not None or anchor[item]
                yield self._counted(item, own, plain if is_within else self._match(score + own))

    def _matched(self, anchor: Flags) -> Floats:
        """Everybody's points on the anchor items, as if all were answered, (members,); NaN for who answered none."""
        most = np.where(anchor, self.responses.maxima, 0)
        had, could = (np.empty(self.rows.size) for _each in range(2))
        for begun in range(0, self.rows.size, CHUNK):
            here = slice(begun, begun + CHUNK)
            points = self.responses.scores[self.rows[here]]
            present = ~np.isnan(points)
            had[here] = np.where(present, points, np.float32(0)) @ anchor.astype(np.float32)
            could[here] = np.where(present, most, 0).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(could >= most.sum() * (1 - 1e-9), had, had / could * most.sum())

    def _match(self, score: Floats) -> _Match:
        has = ~np.isnan(score)
        if not has.any():
            return _Match(np.zeros(1), np.full(score.size, -1))
        level = np.zeros(score.size, dtype=np.intp)
        if self.external is None:
            unit = self.responses.maxima.min()
            level[has] = np.rint(score[has] / unit)
            levels = np.arange(level.max() + 1) * unit
        else:
            levels, level[has] = np.unique(score[has], return_inverse=True)
        return _Match(levels, np.where(has, level * len(self.groups) + self.group, -1))

    def _counted(self, item: int, own: Scores, match: _Match) -> Table | None:
        seen = (match.cell >= 0) & ~np.isnan(own)
        cell = match.cell
        if not seen.all():
            own, cell = own[seen], cell[seen]
        values, reached = _reached(own, float(self.responses.maxima[item]))
        shape = (match.levels.size, len(self.groups), values.size)
        found = np.bincount(cell * values.size + reached, minlength=int(np.prod(shape)))
        counts = found.reshape(shape).astype(np.float64)
        sizes = counts.sum(axis=(0, 2))
        if sizes.min() < self.fewest.smaller or sizes[0] + sizes[1:].min() < self.fewest.together:
            return None
        used = counts.any(axis=(1, 2))
        return Table(counts[used], match.levels[used], values)


def compared(
    responses: Responses,
    reference: str,
    focal: Sequence[str],
    *,
    matching: ArrayLike | None = None,
    fewest: Fewest | None = None,
) -> Comparison:
    """The comparison of focal groups with a reference group.

    Raises EmptyGroup (a name that nobody bears), TooFew (a group smaller than `fewest` says), WrongShape (a matching
    score for other persons), WrongValue (a group compared with itself or twice, an infinite score).
    """
    groups, least = (reference, *focal), fewest or Fewest()
    if len(set(groups)) != len(groups) or len(groups) < 2:
        raise WrongValue(f"{reference} needs other groups to be compared with, each once")
    group = np.full(responses.n_persons, -1, dtype=np.intp)
    for place, name in enumerate(groups):
        members = responses.in_group(name)
        if not members.any():
            raise EmptyGroup(f"nobody is in group {name}")
        group[members] = place
    external = None if matching is None else np.asarray(matching, dtype=np.float64)
    if external is not None and external.shape != (responses.n_persons,):
        raise WrongShape(f"{external.size} matching scores for {responses.n_persons} persons")
    if external is not None and np.isinf(external).any():
        raise WrongValue("a matching score is infinite")
    rows = np.flatnonzero(group >= 0)
    _require(np.bincount(group[rows], minlength=len(groups)), groups, least)
    return Comparison(responses, groups, rows, group[rows], least, None if external is None else external[rows])


def focal_groups(responses: Responses, reference: str) -> tuple[str, ...]:
    """Every other group that somebody is in. Raises EmptyGroup when there is none."""
    responses.in_group(reference)
    inhabited = {responses.groups[place] for place in np.unique(responses.group)}
    if not (others := tuple(name for name in responses.groups if name in inhabited - {reference})):
        raise EmptyGroup(f"there is no other group than {reference}")
    return others


def bands(matching: ArrayLike, count: int) -> Floats:
    """A fine matching score in at most `count` bands of about equal size, 0 upward, NaN where it is: (persons,).

    For scores of which hardly two persons have the same, such as abilities. Raises WrongValue unless count > 1.
    """
    if count < 2:
        raise WrongValue("one band matches nobody")
    score = np.asarray(matching, dtype=np.float64)
    edges = np.unique(np.nanquantile(score, np.linspace(0, 1, count + 1)[1:-1]))
    return np.where(np.isnan(score), np.nan, np.searchsorted(edges, score, side="right").astype(np.float64))


def _reached(own: Scores, most: float) -> tuple[Floats, Indices]:
    """The points that an item gave, and which of them each person has."""
    whole = own == np.float32(most)
    if np.count_nonzero(whole) + np.count_nonzero(own == 0) == own.size:
        return np.array([0.0, most]), whole.astype(np.intp)
    values = np.union1d(own, np.array([0, most], dtype=np.float32))
    return values.astype(np.float64), np.searchsorted(values, own)


def _require(sizes: Indices, groups: Sequence[str], fewest: Fewest) -> None:
    for name, size in zip(groups, sizes, strict=True):
        if size < fewest.smaller:
            raise TooFew(f"{size} persons in {name}; {fewest.smaller} at least are needed")
        if name != groups[0] and sizes[0] + size < fewest.together:
            raise TooFew(f"{sizes[0] + size} persons in {groups[0]} and {name}; {fewest.together} at least are needed")
