"""What makes one paper better than another: nearness to target curves, or the most of the least information."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from psychometrics import irt
from psychometrics.errors import WrongShape, WrongValue
from psychometrics.responses import Floats


class Sense(StrEnum):
    """NEAR: the least of the largest deviation. MOST: the most of the least share."""

    NEAR = "target"
    MOST = "maximin"


@dataclass(frozen=True)
class Goal:
    """Sums over the paper that should be near `wanted`, or as large as they can be in the proportions `wanted`.

    `values` (points, items) is what each item gives at each point; `wanted` (points,) the target T or the weights R,
    above 0; `labels` names the points. The figure of a paper is
    NEAR: max_k |Σ_i values_ki x_i - T_k|, in the unit of the values, at least 0, smaller is better;
    MOST: min_k Σ_i values_ki x_i / R_k, at least 0, larger is better. The figure of several is that of the worst.
    """

    sense: Sense
    values: Floats
    wanted: Floats
    labels: tuple[str, ...]

    def figure(self, sums: Floats) -> Floats:
        """The figure of papers with these sums, (…, points) to (…,)."""
        if self.sense is Sense.NEAR:
            return np.asarray(np.abs(sums - self.wanted).max(axis=-1))
        return np.asarray((sums / self.wanted).min(axis=-1))

    def loss(self, sums: Floats) -> Floats:
        """The figure, turned so that smaller is better."""
        return self.figure(sums) if self.sense is Sense.NEAR else -self.figure(sums)

    def gap(self, figure: float, bound: float) -> float:
        """How far a figure may be from the optimum as a share, at least 0: of the smallest target, or of the bound."""
        if self.sense is Sense.NEAR:
            return max(figure - bound, 0.0) / float(np.abs(self.wanted).min())
        return max(bound - figure, 0.0) / bound if bound > 0 else math.nan


def near(values: ArrayLike, wanted: ArrayLike, labels: tuple[str, ...] | None = None) -> Goal:
    """Sums of `values` (points, items) near `wanted` (points,), which are not 0."""
    return _goal(Sense.NEAR, values, wanted, labels)


def most(values: ArrayLike, weights: ArrayLike = 1.0, labels: tuple[str, ...] | None = None) -> Goal:
    """The least of the sums of `values` (points, items), each by its weight, as large as can be."""
    return _goal(Sense.MOST, values, weights, labels)


def information_near(items: irt.Items, theta: ArrayLike, wanted: ArrayLike) -> Goal:
    """Information near a target at several abilities θ (points,): parallel papers measure alike. In 1/θ²."""
    return near(irt.information(items, theta), wanted, _abilities(theta))


def information_most(items: irt.Items, theta: ArrayLike, weights: ArrayLike = 1.0) -> Goal:
    """As much information as can be at several abilities: maximin (van der Linden & Boekkooi-Timminga 1989)."""
    return most(irt.information(items, theta), weights, _abilities(theta))


def scores_near(items: irt.Items, theta: ArrayLike, wanted: ArrayLike) -> Goal:
    """Expected scores near a target at several abilities: papers of one difficulty (their curves of raw scores)."""
    return near(irt.expected(items, theta), wanted, _abilities(theta))


def _abilities(theta: ArrayLike) -> tuple[str, ...]:
    return tuple(f"θ={value:g}" for value in np.atleast_1d(np.asarray(theta, dtype=np.float64)))


def _goal(sense: Sense, values: ArrayLike, wanted: ArrayLike, labels: tuple[str, ...] | None) -> Goal:
    table = np.atleast_2d(np.array(values, dtype=np.float64))
    if table.ndim != 2 or table.shape[0] == 0:
        raise WrongShape("values are a matrix of points by items")
    each = np.array(np.broadcast_to(np.asarray(wanted, dtype=np.float64), (table.shape[0],)))
    if not (np.isfinite(table).all() and np.isfinite(each).all()):
        raise WrongValue("a value or a target is no number")
    if np.any(each == 0) or (sense is Sense.MOST and np.any(each < 0)):
        raise WrongValue("a target is not 0, and a weight above it")
    for array in (table, each):
        array.setflags(write=False)
    return Goal(sense, table, each, labels or tuple(str(place) for place in range(1, each.size + 1)))
