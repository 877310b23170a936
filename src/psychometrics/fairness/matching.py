"""Matching: persons of equal ability in two or more groups, counted by what they scored on each item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.errors import EmptyGroup, TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats, Indices, Responses

CHUNK = 8192
"""Persons worked on at once: bounds the memory."""


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


@dataclass(frozen=True)
class Comparison:
    """Groups of the same items, the reference group first; `group` (persons,) is a place in `groups`, -1 for others.

    `external` (persons,) is a matching score from outside, NaN for who has none; without it the items match.
    """

    responses: Responses
    groups: tuple[str, ...]
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
        for item in range(self.responses.n_items):
            own = self.responses.scores[:, item].astype(np.float64)
            added = own if self.external is None and not anchor[item] else np.zeros_like(own)
            seen = (self.group >= 0) & ~np.isnan(own) & ~np.isnan(score)
            yield self._counted(item, own[seen], (score + added)[seen], self.group[seen])

    def _matched(self, anchor: Flags) -> Floats:
        """Everybody's matching score without the item itself, (persons,), in points; NaN without an anchor answered."""
        most = self.responses.maxima[anchor]
        score = np.empty(self.responses.n_persons)
        for rows in self.responses.chunks(CHUNK):
            points, present = (part[rows][:, anchor] for part in (self.responses.scores, self.responses.is_present))
            had, could = np.nansum(points, axis=1, dtype=np.float64), present @ most
            whole = could == most.sum()
            with np.errstate(invalid="ignore", divide="ignore"):
                score[rows] = np.where(whole, had, had / could * most.sum())
        return score

    def _counted(self, item: int, own: Floats, score: Floats, group: Indices) -> Table | None:
        sizes = np.bincount(group, minlength=len(self.groups))
        if sizes.min() < self.fewest.smaller or sizes[0] + sizes[1:].min() < self.fewest.together:
            return None
        values, reached = _reached(own, float(self.responses.maxima[item]))
        if self.external is None:
            unit = self.responses.maxima.min()
            level = np.rint(score / unit).astype(np.intp)
            levels = np.arange(level.max() + 1) * unit
        else:
            levels, level = np.unique(score, return_inverse=True)
        shape = (levels.size, len(self.groups), values.size)
        cells = (level * shape[1] + group) * shape[2] + reached
        counts = np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)
        used = counts.any(axis=(1, 2))
        return Table(counts[used], levels[used], values)


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
    _require(np.bincount(group[group >= 0], minlength=len(groups)), groups, least)
    return Comparison(responses, groups, group, least, external)


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


def _reached(own: Floats, most: float) -> tuple[Floats, Indices]:
    """The points that an item gave, and which of them each person has."""
    whole = own == float(np.float32(most))
    if np.all(whole | (own == 0)):
        return np.array([0.0, most]), whole.astype(np.intp)
    values = np.union1d(own, [0, most])
    return values, np.searchsorted(values, own)


def _require(sizes: Indices, groups: Sequence[str], fewest: Fewest) -> None:
    for name, size in zip(groups, sizes, strict=True):
        if size < fewest.smaller:
            raise TooFew(f"{size} persons in {name}; {fewest.smaller} at least are needed")
        if name != groups[0] and sizes[0] + size < fewest.together:
            raise TooFew(f"{sizes[0] + size} persons in {groups[0]} and {name}; {fewest.together} at least are needed")
