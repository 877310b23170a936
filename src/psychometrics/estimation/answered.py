"""Answers beside the curves of their items: sums over what each person answered, on common nodes or at each's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from psychometrics import irt
from psychometrics.errors import WrongShape, WrongValue
from psychometrics.responses import Flags, Floats, Indices, Responses

CELLS = 400_000
"""Persons times items in a chunk: its arrays stay within a few megabytes."""
LEAST = 1e-300
"""Below this a probability is none; its logarithm stays finite."""


@dataclass(frozen=True)
class Local:
    """At each person's own ability, over the items that they answered, (persons,) each.

    `first` and `second` are the derivatives of log L, `information` is Fisher's Σ P'²/P, `bias` is Warm's Σ P'P''/P.
    """

    first: Floats
    second: Floats
    information: Floats
    bias: Floats


@dataclass(frozen=True)
class Answered:
    """Responses and the parameters of their items in the same order, checked. Made by `answered`."""

    responses: Responses
    items: irt.Items

    @property
    def n_answered(self) -> Indices:
        """Items that each person answered, (persons,)."""
        return np.asarray(self.responses.is_present.sum(axis=1), dtype=np.intp)

    def chunks(self) -> Iterator[slice]:
        """Slices of persons that keep memory bounded."""
        return self.responses.chunks(max(1, CELLS // self.items.n))

    def summed(self, rows: slice, table: Floats) -> Floats:
        """Σ over a person's answers of table[item, score], (persons, nodes); `table` is (items, categories, nodes)."""
        scores = self.responses.scores[rows]
        if self.responses.is_complete:
            total = np.broadcast_to(table[:, 0].sum(axis=0), (scores.shape[0], table.shape[2])).copy()
            for score in range(1, table.shape[1]):
                total += (scores == score).astype(np.float64) @ (table[:, score] - table[:, 0])
            return total
        return np.asarray(
            sum((scores == score).astype(np.float64) @ table[:, score] for score in range(table.shape[1]))
        )

    def presented(self, rows: slice, table: Floats) -> Floats:
        """Σ over the items that a person answered of table[item], (persons, nodes); `table` is (items, nodes)."""
        if self.responses.is_complete:
            return np.asarray(np.broadcast_to(table.sum(axis=0), (rows.stop - rows.start, table.shape[1])))
        return np.asarray(self.responses.is_present[rows].astype(np.float64) @ table)

    def local(self, rows: Indices, theta: Floats) -> Local:
        """Derivatives, information and bias of some persons, each at an ability of their own, (persons,)."""
        scores, present = self.responses.scores[rows], self.responses.is_present[rows]
        if self.items.is_dichotomous:
            return _dichotomous(self.items, scores == 1, None if self.responses.is_complete else present, theta)
        return _categories(self.items, np.where(present, scores, 0).astype(np.intp), present, theta)


def answered(responses: Responses, items: irt.Items) -> Answered:
    """Put responses beside the parameters of their items, found by name; parameters of other items are left out.

    Raises WrongShape when an item has no parameters, WrongValue when scores are no categories of it.
    """
    if missing := [name for name in responses.items if name not in set(items.names)]:
        raise WrongShape(f"no parameters for {', '.join(missing[:10])}")
    place = {name: at for at, name in enumerate(items.names)}
    own = items.take([place[name] for name in responses.items])
    with np.errstate(invalid="ignore"):
        bad = responses.is_present & (
            (responses.scores != np.floor(responses.scores)) | (responses.scores > own.maxima.astype(np.float32))
        )
    if bad.any():
        row, column = (int(each) for each in np.argwhere(bad)[0])
        raise WrongValue(
            f"{responses.persons[row]} has {responses.scores[row, column]:g} on {own.names[column]}, "
            f"whose categories are 0 to {own.maxima[column]:g}"
        )
    return Answered(responses, own)


def log_table(items: irt.Items, nodes: Floats) -> Floats:
    """log P(score | node), (items, categories, nodes); 0 beyond an item's own categories."""
    chance = irt.probabilities(items, nodes).transpose(1, 2, 0)
    own = np.arange(chance.shape[1]) < items.n_categories[:, None]
    return np.where(own[:, :, None], np.log(np.maximum(chance, LEAST)), 0.0)


def ratio_table(items: irt.Items, nodes: Floats) -> Floats:
    """d log P(score | node) / dθ, (items, categories, nodes); 0 beyond an item's own categories."""
    chance, slope = irt.probabilities(items, nodes), irt.slopes(items, nodes)
    return np.asarray((slope / np.maximum(chance, LEAST)).transpose(1, 2, 0))


def bias_table(items: irt.Items, nodes: Floats) -> Floats:
    """Warm's Σ_k P'P''/P of each item, (items, nodes)."""
    chance, slope, bend = (each(items, nodes) for each in (irt.probabilities, irt.slopes, irt.curvatures))
    return np.asarray((slope * bend / np.maximum(chance, LEAST)).sum(axis=2).T)


def _dichotomous(items: irt.Items, right: Flags, present: Flags | None, theta: Floats) -> Local:
    # With p the logistic curve and s = (1-c)p/P, which is 1 without guessing, all four are products that cannot divide
    # by nothing; the slopes come in last, as matrix products.
    a = items.a
    plain = expit(a * (theta[:, None] - items.b[:, 0]))
    rest = 1 - plain
    spread = plain * rest
    if items.c.any():
        share = (1 - items.c) * plain / np.maximum(items.c + (1 - items.c) * plain, LEAST)
        gain = rest * share
        first = np.where(right, gain, -plain)
        second = np.where(right, gain * (rest * (1 - share) - plain), -spread)
        known = spread * share
    else:
        first, second, known = right - plain, -spread, spread
    bias = known * (rest - plain)
    if present is not None:
        first, second, known, bias = (present * each for each in (first, second, known, bias))
    return Local(first @ a, second @ a**2, known @ a**2, bias @ a**3)


def _categories(items: irt.Items, scores: Indices, present: Flags, theta: Floats) -> Local:
    chance = np.maximum(irt.probabilities(items, theta), LEAST)
    slope, bend = irt.slopes(items, theta), irt.curvatures(items, theta)
    at = scores[:, :, None]
    own, rise, turn = (np.take_along_axis(each, at, axis=2)[:, :, 0] for each in (chance, slope, bend))
    return Local(
        first=(present * rise / own).sum(axis=1),
        second=(present * (turn / own - (rise / own) ** 2)).sum(axis=1),
        information=(present * (slope**2 / chance).sum(axis=2)).sum(axis=1),
        bias=(present * (slope * bend / chance).sum(axis=2)).sum(axis=1),
    )
