"""What a paper must keep: named linear rules over the items, as a test specification states them.

Every rule is a bundle of rows; a row asks lower ≤ Σ value_i x_i ≤ upper of each paper, where x_i is 1 if the paper
has item i. A rule of stimulus sets asks it only of a set that the paper uses. Source: van der Linden (2005), ch. 3–7.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats, Indices

NOBODY = ""
"""A label that stands for no label: such items are in no group."""


@dataclass(frozen=True)
class Rule:
    """Rows that go by one name. Make one with the functions below: they check.

    The coefficients are triples `row`, `item`, `value`, each (coefficients,); `lower` and `upper` (rows,) may be
    infinite; `labels` says what each row is about. `is_of_sets`: a row holds also when its left side is 0.
    """

    name: str
    row: Indices
    item: Indices
    value: Floats
    lower: Floats
    upper: Floats
    labels: tuple[str, ...]
    n_items: int
    is_of_sets: bool = False

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.labels)

    def left(self, chosen: Flags) -> Floats:
        """The left side of every row for a paper given as flags (items,): (rows,)."""
        return np.bincount(self.row, weights=self.value * chosen[self.item], minlength=self.n_rows).astype(np.float64)

    def slack(self, left: Floats) -> Floats:
        """How far each left side is from the nearer bound, (rows,); below 0 by how much the rule is broken."""
        inside = np.minimum(left - self.lower, self.upper - left)
        return np.where(left == 0, np.maximum(inside, 0), inside) if self.is_of_sets else inside


def total(name: str, values: ArrayLike, lower: float = -math.inf, upper: float = math.inf) -> Rule:
    """Σ of `values` (items,) over the paper between `lower` and `upper`: points, minutes, words, difficulty.

    Flags count. Raises WrongShape, WrongValue for a value that is no number or bounds that cross.
    """
    column = np.asarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise WrongShape(f"{name}: one value an item")
    if not np.isfinite(column).all():
        raise WrongValue(f"{name}: item {int(np.argmin(np.isfinite(column))) + 1} has no value")
    places = np.flatnonzero(column)
    return _rule(name, np.zeros(places.size, dtype=np.intp), places, column[places], lower, upper, [""], column.size)


def shares(
    name: str, labels: Sequence[str], wanted: Mapping[str, tuple[float, float]], *, values: ArrayLike | None = None
) -> list[Rule]:
    """For each label its own rule: Σ of `values` (1 unless told) over items so labelled between its two bounds.

    Ranges by weight (the values are points), types, importance, bands of difficulty. Each rule is called
    "name label", so that a clash can name it. Raises WrongValue for a label that no item bears, if it asks for more
    than nothing.
    """
    each = np.asarray(labels, dtype=str)
    worth = np.ones(each.size) if values is None else np.asarray(values, dtype=np.float64)
    if worth.shape != each.shape:
        raise WrongShape(f"{name}: {worth.size} values for {each.size} labels")
    if absent := [label for label, (lower, _upper) in wanted.items() if lower > 0 and label not in set(each)]:
        raise WrongValue(f"{name}: no item is labelled {', '.join(absent)}")
    return [total(f"{name} {label}", np.where(each == label, worth, 0.0), *bounds) for label, bounds in wanted.items()]


def at_most_each(name: str, labels: Sequence[str], most: int = 1) -> Rule:
    """At most so many items of each label: one per assessment point, one of a lineage. A blank label is none."""
    row, place, names = _grouped(labels)
    return _rule(name, row, place, np.ones(place.size), 0, most, names, len(labels))


def enemies(name: str, pairs: ArrayLike, n_items: int) -> Rule:
    """At most one of each pair, `pairs` (pairs, 2) places of items. Raises WrongValue for places that are none."""
    both = np.asarray(pairs, dtype=np.intp).reshape(-1, 2)
    if both.size and (both.min() < 0 or both.max() >= n_items):
        raise WrongValue(f"{name}: there are {n_items} items")
    if np.any(both[:, 0] == both[:, 1]):
        raise WrongValue(f"{name}: an item is no enemy of itself")
    names = [f"{one + 1}–{other + 1}" for one, other in both]
    row = np.repeat(np.arange(len(both)), 2)
    return _rule(name, row, both.ravel(), np.ones(row.size), 0, 1, names, n_items)


def apart(name: str, papers: Sequence[ArrayLike], most: int, n_items: int) -> Rule:
    """At most so many items in common with each of some papers that exist already (places of their items)."""
    places = [np.unique(np.asarray(paper, dtype=np.intp)) for paper in papers]
    if any(each.size and (each[0] < 0 or each[-1] >= n_items) for each in places):
        raise WrongValue(f"{name}: there are {n_items} items")
    row = np.repeat(np.arange(len(places)), [each.size for each in places])
    item = np.concatenate([*places, np.empty(0, dtype=np.intp)])
    names = [f"paper {number}" for number in range(1, len(places) + 1)]
    return _rule(name, row, item, np.ones(item.size), 0, most, names, n_items)


def sets(name: str, labels: Sequence[str], least: int | None = None, most: int | None = None) -> Rule:
    """Items around one stimulus go together: of each label none, or between `least` and `most`.

    Without bounds all or none. A blank label is none. Raises WrongValue when a set has fewer items than `least`: then
    it could never be used, and should not be in the pool.
    """
    row, place, names = _grouped(labels)
    size = np.bincount(row, minlength=len(names)).astype(np.float64)
    lower = size if least is None else np.full(size.size, float(least))
    upper = size if most is None else np.minimum(size, most)
    if np.any(lower > size):
        raise WrongValue(f"{name}: {names[int(np.argmax(lower > size))]} has fewer than {least} items")
    return _rule(name, row, place, np.ones(place.size), lower, upper, names, len(labels), is_of_sets=True)


def _rule(
    name: str,
    row: Indices,
    item: Indices,
    value: Floats,
    lower: ArrayLike,
    upper: ArrayLike,
    labels: Sequence[str],
    n_items: int,
    *,
    is_of_sets: bool = False,
) -> Rule:
    low, high = (
        np.array(np.broadcast_to(np.asarray(each, dtype=np.float64), (len(labels),))) for each in (lower, upper)
    )
    if np.isnan(low).any() or np.isnan(high).any() or np.any(low > high):
        raise WrongValue(f"{name}: the lower bound is above the upper one")
    if n_items == 0:
        raise TooFew("no items")
    for array in (row, item, value, low, high):
        array.setflags(write=False)
    return Rule(name, row, item, value, low, high, tuple(labels), n_items, is_of_sets)


def _grouped(labels: Sequence[str]) -> tuple[Indices, Indices, list[str]]:
    """Row of each labelled item, its place, and the labels in order."""
    each = np.asarray(labels, dtype=str)
    place = np.flatnonzero(each != NOBODY)
    names, row = np.unique(each[place], return_inverse=True)
    return row.astype(np.intp), place, [str(name) for name in names]
