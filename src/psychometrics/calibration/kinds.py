"""Kinds of items as calibration sees them: the logarithm of each category's chance, and its derivatives.

Inside, every kind is written with slopes and intercepts, since the likelihood is nearly quadratic in them:
parameters are (items, parameters) with the slope first (a nominal item has one for each option but the first), then an
intercept for each category but the first, then logit c if the item can be guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import expit, log_expit, logsumexp

from psychometrics.responses import Flags, Floats, Indices


class Kind(StrEnum):
    """What is asked of an item: RASCH slopes are 1, ONE share a slope, the others have their own."""

    RASCH = "rasch"
    ONE = "1pl"
    TWO = "2pl"
    THREE = "3pl"
    GRADED = "grm"
    PARTIAL_CREDIT = "gpcm"
    NOMINAL = "nominal"


DICHOTOMOUS = frozenset({Kind.RASCH, Kind.ONE, Kind.TWO, Kind.THREE})
TIED = frozenset({Kind.RASCH, Kind.ONE})
LEAST_SLOPE = 0.02
"""A slope that the data would have at or below nothing stops here and is reported."""
LEAST_LOGIT = -7.0
"""A lower asymptote that the data would have at nothing stops at c = 0.0009 and is reported."""


@dataclass(frozen=True, slots=True)
class Block:
    """Items of one kind with equally many categories: `columns` (items,) are their places in the responses."""

    kind: Kind
    columns: Indices
    n_categories: int
    has_fixed_slope: bool = False

    @property
    def n_slopes(self) -> int:
        """Slopes of one item."""
        return self.n_categories - 1 if self.kind is Kind.NOMINAL else 1

    @property
    def n_parameters(self) -> int:
        """Parameters of one item."""
        return self.n_slopes + self.n_categories - 1 + (self.kind is Kind.THREE)

    @property
    def intercepts(self) -> slice:
        """Where the intercepts are among the parameters."""
        return slice(self.n_slopes, self.n_slopes + self.n_categories - 1)

    def curves(self, parameters: Floats, theta: Floats) -> tuple[Floats, Floats]:
        """log P(k | θ), (items, nodes, categories), and its derivatives, (items, nodes, categories, parameters)."""
        return _CURVES[self.kind](parameters, theta)

    def moved(self, parameters: Floats, mean: float, sd: float) -> Floats:
        """The same items on the scale (θ - mean) / sd."""
        made = parameters.copy()
        made[:, self.intercepts] += mean * self.slope_of_categories(parameters)
        made[:, : self.n_slopes] *= sd
        return made

    def slope_of_categories(self, parameters: Floats) -> Floats:
        """How much each intercept moves when θ moves by one, (items, categories - 1)."""
        slope = parameters[:, : self.n_slopes]
        if self.kind is Kind.PARTIAL_CREDIT:
            return np.asarray(slope * np.arange(1, self.n_categories))
        return np.broadcast_to(slope, (slope.shape[0], self.n_categories - 1))

    def is_possible(self, parameters: Floats) -> Flags:
        """Which items have parameters that make curves, (items,): graded ones need descending intercepts."""
        fine = np.isfinite(parameters).all(axis=1)
        if self.kind is not Kind.NOMINAL:
            fine &= parameters[:, 0] >= LEAST_SLOPE
        if self.kind is Kind.GRADED:
            fine &= (np.diff(parameters[:, self.intercepts], axis=1) < 0).all(axis=1)
        if self.kind is Kind.THREE:
            fine &= parameters[:, 2] >= LEAST_LOGIT
        return np.asarray(fine, dtype=bool)

    def edges(self, parameters: Floats) -> Flags:
        """Which slopes and asymptotes stopped at the least there is, (items, parameters)."""
        found = np.zeros(parameters.shape, dtype=bool)
        if self.kind is not Kind.NOMINAL:
            found[:, 0] = parameters[:, 0] <= LEAST_SLOPE
        if self.kind is Kind.THREE:
            found[:, 2] = parameters[:, 2] <= LEAST_LOGIT
        return found

    def stepped(self, parameters: Floats, step: Floats) -> Floats:
        """Parameters after a step, kept within the edges; an item whose thresholds would cross goes part of the way."""
        made = parameters + step
        if self.kind is not Kind.NOMINAL:
            np.maximum(made[:, 0], LEAST_SLOPE, out=made[:, 0])
        if self.kind is Kind.THREE:
            np.maximum(made[:, 2], LEAST_LOGIT, out=made[:, 2])
        for _ in range(30):
            crossed = ~self.is_possible(made)
            if not crossed.any():
                return made
            made[crossed] = (made[crossed] + parameters[crossed]) / 2
        made[crossed] = parameters[crossed]
        return made

    def difficulties(self, parameters: Floats) -> tuple[Floats, Floats]:
        """b as published, (items, categories - 1), and its derivatives, (items, categories - 1, parameters)."""
        slope, own = parameters[:, :1], parameters[:, self.intercepts]
        # A step of partial credit is the difference of two intercepts, a threshold is one.
        steps = np.eye(own.shape[1])
        if self.kind is Kind.PARTIAL_CREDIT:
            steps -= np.eye(own.shape[1], k=-1)
        b = -(own @ steps.T) / slope
        by = np.zeros((*b.shape, parameters.shape[1]))
        by[:, :, 0] = -b / slope
        by[:, :, self.intercepts] = -steps / slope[:, :, None]
        return b, by


def _two(parameters: Floats, theta: Floats) -> tuple[Floats, Floats]:
    height = parameters[:, :1] * theta + parameters[:, 1:2]
    up = log_expit(height)
    right = np.exp(up)
    by_height = np.stack([-right, 1 - right], axis=2)
    return np.stack([up - height, up], axis=2), np.stack([by_height * theta[:, None], by_height], axis=3)


def _three(parameters: Floats, theta: Floats) -> tuple[Floats, Floats]:
    height = parameters[:, :1] * theta + parameters[:, 1:2]
    plain, c = expit(height), expit(parameters[:, 2:3])
    right = c + (1 - c) * plain
    log_chance = np.stack([log_expit(-height) + log_expit(-parameters[:, 2:3]), np.log(right)], axis=2)
    by_height = np.stack([-plain, (1 - c) * plain * (1 - plain) / right], axis=2)
    by_guess = np.stack([np.broadcast_to(-c, right.shape), (1 - plain) * c * (1 - c) / right], axis=2)
    return log_chance, np.stack([by_height * theta[:, None], by_height, by_guess], axis=3)


def _graded(parameters: Floats, theta: Floats) -> tuple[Floats, Floats]:
    # P(k) = s(x)(1 - s(y))(1 - exp(y - x)) with x, y the heights of reaching k and k + 1: no digits are lost in tails.
    own = parameters[:, 1:]
    height = parameters[:, 0, None, None] * theta[:, None] + own[:, None, :]
    up, down = log_expit(height), log_expit(-height)
    gap = own[:, :-1] - own[:, 1:]
    n_items, n_nodes, n_steps = height.shape
    log_chance = np.zeros((n_items, n_nodes, n_steps + 1))
    log_chance[:, :, 1:] += up
    log_chance[:, :, :-1] += down
    log_chance[:, :, 1:-1] += np.log(-np.expm1(-gap))[:, None, :]
    by = np.zeros((n_items, n_nodes, n_steps + 1, n_steps + 1))
    reached, inner = np.exp(up), (1 / np.expm1(gap))[:, None, :]
    steps = np.arange(n_steps)
    by[:, :, steps + 1, steps + 1] = 1 - reached
    by[:, :, steps, steps + 1] = -reached
    by[:, :, steps[1:], steps[1:]] += inner
    by[:, :, steps[1:], steps[1:] + 1] -= inner
    by[:, :, 1:, 0] += (1 - reached) * theta[:, None]
    by[:, :, :-1, 0] -= reached * theta[:, None]
    return log_chance, by


def _partial_credit(parameters: Floats, theta: Floats) -> tuple[Floats, Floats]:
    scores = np.arange(1, parameters.shape[1])
    log_chance, by_height = _divided(parameters[:, :1] * scores, parameters[:, 1:], theta)
    by_slope = (by_height @ scores.astype(np.float64)) * theta[:, None]
    return log_chance, np.concatenate([by_slope[..., None], by_height], axis=3)


def _nominal(parameters: Floats, theta: Floats) -> tuple[Floats, Floats]:
    half = parameters.shape[1] // 2
    log_chance, by_height = _divided(parameters[:, :half], parameters[:, half:], theta)
    return log_chance, np.concatenate([by_height * theta[:, None, None], by_height], axis=3)


def _divided(slopes: Floats, intercepts: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """log of exp(height_k) / Σ exp(height), the first height 0, and its derivatives by the other heights."""
    height = slopes[:, None, :] * theta[:, None] + intercepts[:, None, :]
    height = np.concatenate([np.zeros((*height.shape[:2], 1)), height], axis=2)
    log_chance = height - logsumexp(height, axis=2, keepdims=True)
    own = np.eye(height.shape[2])[:, 1:]
    return log_chance, own - np.exp(log_chance)[:, :, None, 1:]


_CURVES: dict[Kind, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    Kind.RASCH: _two,
    Kind.ONE: _two,
    Kind.TWO: _two,
    Kind.THREE: _three,
    Kind.GRADED: _graded,
    Kind.PARTIAL_CREDIT: _partial_credit,
    Kind.NOMINAL: _nominal,
}
