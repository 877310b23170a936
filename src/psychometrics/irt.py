"""Item response models: what is the chance of each score, given the ability; and how much an item tells about it.

One scale for everything: ability θ, logistic, D = 1 (a slope in the normal metric is multiplied by 1.702 first).
Dichotomous items are three-parameter logistic, P(θ) = c + (1-c) / (1 + exp(-a(θ-b))) (Birnbaum 1968), with c = 0 the
two-parameter model, with one a for all the one-parameter model and Rasch's (1960). Items in ordered categories are
graded (Samejima 1969) or generalised partial credit (Muraki 1992). `Nominal` (Bock 1972) gives each option its curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, softmax

from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats, Indices, Scores

NORMAL_METRIC = 1.702
"""A logistic curve with this slope lies within 0.01 of the normal ogive (Haley 1952)."""


class Model(IntEnum):
    """How an item's categories depend on ability."""

    LOGISTIC = 0
    GRADED = 1
    PARTIAL_CREDIT = 2


@dataclass(frozen=True)
class Items:
    """Parameters of items on one scale, checked once; all arrays are read-only.

    `model` (items,) of `Model`; `a` (items,) slopes, above 0; `b` (items, most categories - 1) difficulty or category
    thresholds, NaN beyond the item's own; `c` (items,) lower asymptotes in [0, 1), 0 unless logistic.
    Make them with `logistic`, `graded`, `partial_credit`; put kinds together with `joined`.
    """

    model: Indices
    a: Floats
    b: Floats
    c: Floats
    names: tuple[str, ...]

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.names)

    @property
    def n_categories(self) -> Indices:
        """Scores that each item can give, 0 included, (items,)."""
        return np.asarray((~np.isnan(self.b)).sum(axis=1) + 1, dtype=np.intp)

    @property
    def maxima(self) -> Floats:
        """The most that each item gives, (items,)."""
        return (self.n_categories - 1).astype(np.float64)

    @property
    def is_dichotomous(self) -> bool:
        """Whether every item is right or wrong."""
        return int(self.b.shape[1]) == 1

    def take(self, chosen: ArrayLike) -> Items:
        """Some of the items, by flags or indices. Raises TooFew when none is left."""
        rows = np.flatnonzero(chosen) if np.asarray(chosen).dtype == np.bool_ else np.asarray(chosen, dtype=np.intp)
        if rows.size == 0:
            raise TooFew("no item is left")
        most = int(self.n_categories[rows].max()) - 1
        return _items(
            self.model[rows], self.a[rows], self.b[rows, :most], self.c[rows], [self.names[row] for row in rows]
        )

    def on_scale(self, slope: float, shift: float) -> Items:
        """The same items on the scale θ* = slope·θ + shift: a* = a/slope, b* = slope·b + shift. Slope above 0."""
        if not slope > 0:
            raise WrongValue(f"a scale is turned by a slope above 0, not {slope}")
        return _items(self.model, self.a / slope, self.b * slope + shift, self.c, self.names)


def logistic(b: ArrayLike, a: ArrayLike = 1.0, c: ArrayLike = 0.0, *, names: Sequence[str] | None = None) -> Items:
    """Dichotomous items: difficulties (items,), slopes and lower asymptotes (items,) or one for all."""
    difficulty = np.atleast_1d(np.asarray(b, dtype=np.float64))
    if difficulty.ndim != 1:
        raise WrongShape("difficulties of dichotomous items are one each")
    count = difficulty.size
    return _items(np.full(count, Model.LOGISTIC), _each(a, count), difficulty[:, None], _each(c, count), names)


def graded(a: ArrayLike, b: ArrayLike, *, names: Sequence[str] | None = None) -> Items:
    """Graded items: slopes (items,), thresholds (items, categories - 1) ascending, NaN beyond an item's own."""
    return _ordered(Model.GRADED, a, b, names)


def partial_credit(a: ArrayLike, b: ArrayLike, *, names: Sequence[str] | None = None) -> Items:
    """Generalised partial credit: slopes (items,), step difficulties (items, categories - 1), NaN beyond its own."""
    return _ordered(Model.PARTIAL_CREDIT, a, b, names)


def joined(kinds: Sequence[Items]) -> Items:
    """Items of several kinds as one. Raises TooFew for none, WrongValue when a name stands for two."""
    if not kinds:
        raise TooFew("no items to join")
    most = max(each.b.shape[1] for each in kinds)
    padded = [np.pad(each.b, ((0, 0), (0, most - each.b.shape[1])), constant_values=np.nan) for each in kinds]
    return _items(
        np.concatenate([each.model for each in kinds]),
        np.concatenate([each.a for each in kinds]),
        np.concatenate(padded),
        np.concatenate([each.c for each in kinds]),
        [name for each in kinds for name in each.names],
    )


# ------------------------------------------------------------------------------------------------ curves
def right(items: Items, theta: ArrayLike) -> Floats:
    """P(right | θ) of dichotomous items, (abilities, items), in (0, 1). Raises WrongShape for others."""
    if not items.is_dichotomous:
        raise WrongShape("only dichotomous items are right or wrong; ask for `probabilities`")
    plain = expit(items.a * (_abilities(theta)[:, None] - items.b[:, 0]))
    return np.asarray(items.c + (1 - items.c) * plain)


def probabilities(items: Items, theta: ArrayLike) -> Floats:
    """P(score = k | θ), (abilities, items, categories); 0 beyond an item's own categories. Sums to 1 over k."""
    abilities = _abilities(theta)
    found = np.zeros((abilities.size, items.n, items.b.shape[1] + 1))
    for model, curve in _CURVES.items():
        if (mine := items.model == model).any():
            found[:, mine] = curve(items.a[mine], items.b[mine], items.c[mine], abilities)
    return found


def expected(items: Items, theta: ArrayLike) -> Floats:
    """E(score | θ) of each item, (abilities, items), in [0, most]."""
    return np.asarray(probabilities(items, theta) @ np.arange(items.b.shape[1] + 1))


def information(items: Items, theta: ArrayLike) -> Floats:
    """Fisher's information of each item about θ, (abilities, items), at least 0.

    Σ_k P'_k² / P_k with the derivative in closed form. Source: Birnbaum (1968); Samejima (1969); Muraki (1993).
    """
    abilities = _abilities(theta)
    chance, slope = probabilities(items, abilities), slopes(items, abilities)
    return np.asarray(np.divide(slope**2, chance, out=np.zeros_like(chance), where=chance > 0).sum(axis=2))


def slopes(items: Items, theta: ArrayLike) -> Floats:
    """dP(score = k | θ) / dθ, (abilities, items, categories); 0 beyond an item's own categories. Sums to 0 over k."""
    abilities = _abilities(theta)
    found = np.zeros((abilities.size, items.n, items.b.shape[1] + 1))
    for model, slope in _SLOPES.items():
        if (mine := items.model == model).any():
            found[:, mine] = slope(items.a[mine], items.b[mine], items.c[mine], abilities)
    return found


def curvatures(items: Items, theta: ArrayLike) -> Floats:
    """d²P(score = k | θ) / dθ², (abilities, items, categories); 0 beyond an item's own categories. Sums to 0 over k."""
    abilities = _abilities(theta)
    found = np.zeros((abilities.size, items.n, items.b.shape[1] + 1))
    for model, curvature in _CURVATURES.items():
        if (mine := items.model == model).any():
            found[:, mine] = curvature(items.a[mine], items.b[mine], items.c[mine], abilities)
    return found


def simulated(items: Items, theta: ArrayLike, *, rng: np.random.Generator) -> Scores:
    """Scores of persons of these abilities on all items, (persons, items), local independence."""
    abilities = _abilities(theta)
    if items.is_dichotomous:  # the same draws as below, without the categories
        return (rng.random((abilities.size, items.n)) > 1 - right(items, abilities)).astype(np.float32)
    reached = probabilities(items, abilities).cumsum(axis=2)[:, :, :-1]
    return np.asarray((rng.random((abilities.size, items.n, 1)) > reached).sum(axis=2), dtype=np.float32)


def _logistic(a: Floats, b: Floats, c: Floats, theta: Floats) -> Floats:
    up = c + (1 - c) * expit(a * (theta[:, None] - b[:, 0]))
    return _padded(np.stack([1 - up, up], axis=2), b)


def _logistic_slopes(a: Floats, b: Floats, c: Floats, theta: Floats) -> Floats:
    plain = expit(a * (theta[:, None] - b[:, 0]))
    up = (1 - c) * a * plain * (1 - plain)
    return _padded(np.stack([-up, up], axis=2), b)


def _logistic_curvatures(a: Floats, b: Floats, c: Floats, theta: Floats) -> Floats:
    plain = expit(a * (theta[:, None] - b[:, 0]))
    up = (1 - c) * a**2 * plain * (1 - plain) * (1 - 2 * plain)
    return _padded(np.stack([-up, up], axis=2), b)


def _graded(a: Floats, b: Floats, c: Floats, theta: Floats) -> Floats:
    return np.asarray(-np.diff(_reached(a, b, theta), axis=2))


def _graded_slopes(a: Floats, b: Floats, c: Floats, theta: Floats) -> Floats:
    reached = _reached(a, b, theta)
    return np.asarray(-np.diff(a[:, None] * reached * (1 - reached), axis=2))


def _graded_curvatures(a: Floats, b: Floats, c: Floats, theta: Floats) -> Floats:
    reached = _reached(a, b, theta)
    return np.asarray(-np.diff(a[:, None] ** 2 * reached * (1 - reached) * (1 - 2 * reached), axis=2))


def _reached(a: Floats, b: Floats, theta: Floats) -> Floats:
    """P(score ≥ k | θ) for k = 0 … categories: 1 first, 0 last and beyond an item's own."""
    inner = np.nan_to_num(expit(a[:, None] * (theta[:, None, None] - b)), nan=0.0)
    ends = np.ones((*inner.shape[:2], 1))
    return np.concatenate([ends, inner, 0 * ends], axis=2)


def _partial_credit(a: Floats, b: Floats, c: Floats, theta: Floats) -> Floats:
    steps = a[:, None] * (theta[:, None, None] - b)
    height = np.cumsum(np.concatenate([np.zeros((*steps.shape[:2], 1)), steps], axis=2), axis=2)
    return np.asarray(softmax(np.where(np.isnan(height), -np.inf, height), axis=2))


def _partial_credit_slopes(a: Floats, b: Floats, c: Floats, theta: Floats) -> Floats:
    chance = _partial_credit(a, b, c, theta)
    scores = np.arange(chance.shape[2])
    return np.asarray(a[:, None] * chance * (scores - (chance @ scores)[:, :, None]))


def _partial_credit_curvatures(a: Floats, b: Floats, c: Floats, theta: Floats) -> Floats:
    chance = _partial_credit(a, b, c, theta)
    scores = np.arange(chance.shape[2])
    away = scores - (chance @ scores)[:, :, None]
    return np.asarray(a[:, None] ** 2 * chance * (away**2 - (chance * away**2).sum(axis=2, keepdims=True)))


def _padded(chance: Floats, b: Floats) -> Floats:
    return np.pad(chance, ((0, 0), (0, 0), (0, b.shape[1] - 1)))


_CURVES = {Model.LOGISTIC: _logistic, Model.GRADED: _graded, Model.PARTIAL_CREDIT: _partial_credit}
_SLOPES = {
    Model.LOGISTIC: _logistic_slopes,
    Model.GRADED: _graded_slopes,
    Model.PARTIAL_CREDIT: _partial_credit_slopes,
}
_CURVATURES = {
    Model.LOGISTIC: _logistic_curvatures,
    Model.GRADED: _graded_curvatures,
    Model.PARTIAL_CREDIT: _partial_credit_curvatures,
}


# ------------------------------------------------------------------------------------------------ nominal
@dataclass(frozen=True)
class Nominal:
    """Options as categories without an order: P(option k | θ) ∝ exp(slope_k θ + intercept_k). Source: Bock (1972).

    `slopes` and `intercepts` are (items, options), NaN beyond an item's own options; each item's sum to 0.
    """

    slopes: Floats
    intercepts: Floats
    names: tuple[str, ...]

    def probabilities(self, theta: ArrayLike) -> Floats:
        """P(option k | θ), (abilities, items, options); 0 beyond an item's own options."""
        height = self.slopes * _abilities(theta)[:, None, None] + self.intercepts
        return np.asarray(softmax(np.where(np.isnan(height), -np.inf, height), axis=2))


# ------------------------------------------------------------------------------------------------ quadrature
@dataclass(frozen=True, slots=True)
class Quadrature:
    """A distribution of ability on points: `nodes` ascending and `weights`, both (points,); the weights sum to 1."""

    nodes: Floats
    weights: Floats

    @property
    def mean(self) -> float:
        """The mean ability."""
        return float(self.nodes @ self.weights)

    @property
    def sd(self) -> float:
        """The standard deviation of ability."""
        return float(np.sqrt(self.weights @ (self.nodes - self.mean) ** 2))


def normal_quadrature(points: int = 61, *, mean: float = 0.0, sd: float = 1.0, reach: float = 6.0) -> Quadrature:
    """A normal distribution on evenly spaced points, `reach` standard deviations either way.

    Even spacing with density weights is as exact as Gauss-Hermite for smooth curves, and its nodes do not move when the
    distribution is estimated anew.
    """
    if points < 2 or not sd > 0:
        raise WrongValue("a quadrature needs two points and a standard deviation above 0")
    plain = np.linspace(-reach, reach, points)
    weights = np.exp(-(plain**2) / 2)
    return Quadrature(mean + sd * plain, weights / weights.sum())


# ------------------------------------------------------------------------------------------------ checks
def _ordered(model: Model, a: ArrayLike, b: ArrayLike, names: Sequence[str] | None) -> Items:
    thresholds = np.atleast_2d(np.asarray(b, dtype=np.float64))
    if thresholds.ndim != 2:
        raise WrongShape("thresholds are a matrix of items by categories - 1")
    count = thresholds.shape[0]
    if model is Model.GRADED and np.any(np.diff(thresholds, axis=1) <= 0):
        raise WrongValue("the thresholds of a graded item ascend")
    return _items(np.full(count, model), _each(a, count), thresholds, np.zeros(count), names)


def _items(model: ArrayLike, a: Floats, b: Floats, c: Floats, names: Sequence[str] | None) -> Items:
    kinds = np.asarray(model, dtype=np.intp)
    count = kinds.size
    named = tuple(names) if names is not None else tuple(f"i{place}" for place in range(1, count + 1))
    if count == 0:
        raise TooFew("no items")
    if not (a.shape == c.shape == (count,) and b.shape[0] == count and len(named) == count):
        raise WrongShape(f"{a.size} slopes, {b.shape[0]} difficulties, {c.size} asymptotes, {len(named)} names")
    if len(set(named)) != count:
        raise WrongValue("a name stands for two items")
    _require(np.isfinite(a) & (a > 0), "a slope above 0", named)
    _require((c >= 0) & (c < 1), "an asymptote in [0, 1)", named)
    # Thresholds come first, then NaN to the end of the row.
    own = ~np.isnan(b)
    _require(
        own[:, 0] & ~np.any(own[:, 1:] & ~own[:, :-1], axis=1) & ~np.isinf(b).any(axis=1), "finite thresholds", named
    )
    for array in (kinds, a, b, c):
        array.setflags(write=False)
    return Items(kinds, a, b, c, named)


def _require(holds: Flags, what: str, names: Sequence[str]) -> None:
    if not holds.all():
        raise WrongValue(f"{names[int(np.argmin(holds))]} needs {what}")


def _each(value: ArrayLike, count: int) -> Floats:
    return np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), (count,)))


def _abilities(theta: ArrayLike) -> Floats:
    abilities = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    if abilities.ndim != 1:
        raise WrongShape("abilities are one number each")
    return abilities
