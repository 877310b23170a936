"""Abilities of persons: four estimators over one search.

Each of maximum likelihood, weighted likelihood and posterior mode is the root of an equation. It is looked for on a
grid first, where the integral of the equation tells the highest of several maxima (three-parameter curves have them),
then by Newton's method kept inside the grid's cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from psychometrics import irt
from psychometrics.errors import EmptyGroup
from psychometrics.estimation.answered import Answered, answered, bias_table, log_table, ratio_table
from psychometrics.responses import Flags, Floats, Indices, Responses

Progress: TypeAlias = Callable[[int, int], None]
Population: TypeAlias = irt.Quadrature | Mapping[str, irt.Quadrature]
STANDARD = irt.normal_quadrature()
NODES = 241
STEPS = 60
PRECISE = 1e-8
"""A step shorter than this is the last."""
TRIFLE = 0.01
"""A log-likelihood that is nowhere higher than guessing's by more than this tells no ability."""


class Method(StrEnum):
    """How an ability is estimated."""

    ML = "ml"
    WLE = "wle"
    MAP = "map"
    EAP = "eap"


@dataclass(frozen=True)
class Abilities:
    """Estimates on the items' scale: `theta` and standard `errors`, (persons,), by `method`; answers they rest on.

    NaN, both, for who answered nothing. Maximum likelihood is -inf or +inf, with an error of inf, where the likelihood
    rises without end: every answer of no points, every answer of full points, and -inf where items can be guessed and
    log L is nowhere higher than guessing's by more than 0.01.
    """

    theta: Floats
    errors: Floats
    n_answered: Indices
    method: Method

    @property
    def is_finite(self) -> Flags:
        """Who has a finite estimate, (persons,)."""
        return np.isfinite(self.theta)

    @property
    def reliability(self) -> float:
        """Share of the estimates' variance that is not error, over the finite ones; NaN for fewer than two persons.

        For EAP and MAP var(θ̂) / (var(θ̂) + mean σ²), since these are shrunk; for ML and WLE 1 - mean σ² / var(θ̂).
        """
        theta, errors = self.theta[self.is_finite], self.errors[self.is_finite]
        if theta.size < 2:
            return float("nan")
        spread, noise = float(theta.var(ddof=1)), float((errors**2).mean())
        if self.method in {Method.EAP, Method.MAP}:
            return spread / (spread + noise)
        return 1 - noise / spread if spread > 0 else float("nan")


def abilities(
    responses: Responses,
    items: irt.Items,
    method: Method = Method.WLE,
    *,
    population: Population = STANDARD,
    progress: Progress | None = None,
) -> Abilities:
    """Everybody's ability and its standard error.

    With l = log L, I = Σ P'²/P and J = Σ P'P''/P over the items answered:
    ML solves l' = 0, error 1/√I. WLE solves l' + J/(2I) = 0 (Warm 1989; Samejima 1993), error 1/√I, finite for every
    score. MAP solves l' - (θ-μ)/σ² = 0, error 1/√(I + 1/σ²), normal with the population's mean and SD. EAP is the mean
    of the posterior on the population's nodes, error its standard deviation (Bock & Mislevy 1982).
    `population` is one for all or one for each group; ML and WLE do not ask for it. Items are found by name.
    `progress` hears persons done and all. Raises what `answered` raises, EmptyGroup for a group without population.
    """
    beside = answered(responses, items)
    populations = populations_of(responses, population)
    theta, errors = np.full(responses.n_persons, np.nan), np.full(responses.n_persons, np.nan)
    way = _eap(beside, populations) if method is Method.EAP else _root(beside, method, populations)
    for rows in beside.chunks():
        theta[rows], errors[rows] = way(rows)
        if progress is not None:
            progress(rows.stop, responses.n_persons)
    count = beside.n_answered
    theta[count == 0], errors[count == 0] = np.nan, np.nan
    return Abilities(theta, errors, count, method)


Way: TypeAlias = Callable[[slice], tuple[Floats, Floats]]
At: TypeAlias = Callable[[Indices, Floats], tuple[Floats, Floats, Floats]]


def populations_of(responses: Responses, population: Population) -> tuple[irt.Quadrature, ...]:
    """One for each group of the responses, in their order."""
    if isinstance(population, irt.Quadrature):
        return (population,) * len(responses.groups)
    if missing := [name for name in responses.groups if name not in population]:
        raise EmptyGroup(f"no population is given for {', '.join(missing)}")
    return tuple(population[name] for name in responses.groups)


def _eap(beside: Answered, populations: tuple[irt.Quadrature, ...]) -> Way:
    tables = [log_table(beside.items, each.nodes) for each in populations]

    def estimate(rows: slice) -> tuple[Floats, Floats]:
        group = beside.responses.group[rows]
        theta, errors = np.empty(group.size), np.empty(group.size)
        for place, (each, table) in enumerate(zip(populations, tables, strict=True)):
            if not (mine := group == place).any():
                continue
            height = beside.summed(rows, table)[mine]
            weights: Floats = np.exp(height - height.max(axis=1, keepdims=True)) * each.weights
            weights /= weights.sum(axis=1, keepdims=True)
            theta[mine] = weights @ each.nodes
            errors[mine] = np.sqrt((weights * (each.nodes - theta[mine, None]) ** 2).sum(axis=1))
        return theta, errors

    return estimate


# ------------------------------------------------------------------------------------------------ roots
def _root(beside: Answered, method: Method, populations: tuple[irt.Quadrature, ...]) -> Way:
    means = np.array([each.mean for each in populations])[beside.responses.group]
    # 0 for those who believe nothing beforehand.
    trust = np.array([each.sd**-2 for each in populations])[beside.responses.group] * (method is Method.MAP)
    # A prior pulls no further than its own variance times the slope that is left beyond the items.
    margin = np.array([1 + each.sd**2 for each in populations])[beside.responses.group] * (method is Method.MAP)
    nodes = _grid(beside.items, float((means - margin).min()), float((means + margin).max()))
    ratio = ratio_table(beside.items, nodes)
    known, bias = irt.information(beside.items, nodes).T, bias_table(beside.items, nodes)

    def on_grid(rows: slice) -> Floats:
        height = beside.summed(rows, ratio) - trust[rows, None] * (nodes - means[rows, None])
        if method is Method.WLE:
            height += _half_ratio(beside.presented(rows, bias), beside.presented(rows, known))
        return np.asarray(height)

    def at(persons: Indices, theta: Floats) -> tuple[Floats, Floats, Floats]:
        """The equation, how steeply it falls, and the information, at each person's own ability."""
        here = beside.local(persons, theta)
        height = here.first - trust[persons] * (theta - means[persons])
        if method is Method.WLE:
            height += _half_ratio(here.bias, here.information)
        return height, trust[persons] - here.second, here.information + trust[persons]

    def estimate(rows: slice) -> tuple[Floats, Floats]:
        low, high, theta = _cells(nodes, on_grid(rows), TRIFLE * (method is Method.ML))
        theta[beside.n_answered[rows] == 0] = np.nan
        return _descended(low, high, theta, lambda here, at_: at(here + rows.start, at_), method is Method.WLE)

    return estimate


def _descended(low: Floats, high: Floats, theta: Floats, at: At, is_chord: bool) -> tuple[Floats, Floats]:
    """Roots between `low` and `high` from first guesses, and 1/√information there; what is not finite stays.

    Newton's steps, or (`is_chord`) along the chord of the last two where the slope of the whole equation is not known;
    halving where a step would leave the interval that is known to hold the root.
    """
    errors = np.where(np.isinf(theta), np.inf, np.nan)
    active = np.flatnonzero(np.isfinite(theta))
    last, last_height = np.full(theta.size, np.nan), np.full(theta.size, np.nan)
    for _ in range(STEPS):
        here = theta[active]
        height, fall, information = at(active, here)
        errors[active] = information**-0.5
        low[active], high[active] = np.where(height > 0, (here, high[active]), (low[active], here))
        with np.errstate(divide="ignore", invalid="ignore"):
            if is_chord:
                chord = (last_height[active] - height) / (here - last[active])
                fall = np.where(np.isnan(chord), fall, chord)
            moved = here + height / np.where(fall > 0, fall, np.nan)
        inside = (moved >= low[active]) & (moved <= high[active])
        moved = np.where(inside, moved, (low[active] + high[active]) / 2)
        last[active], last_height[active], theta[active] = here, height, moved
        active = active[np.abs(moved - here) > PRECISE * (1 + np.abs(moved))]
        if active.size == 0:
            break
    return theta, errors


def _half_ratio(bias: Floats, information: Floats) -> Floats:
    return np.asarray(np.divide(bias, 2 * information, out=np.zeros_like(information), where=information > 0))


def _cells(nodes: Floats, height: Floats, head: float) -> tuple[Floats, Floats, Floats]:
    """Where each person's equation falls through 0 at its highest maximum: cell and a first guess inside it.

    The guess is ±inf when the highest point is an end of the grid; the lower end counts for `head` more than it is.
    """
    area = (height[:, 1:] + height[:, :-1]) / 2 * np.diff(nodes)
    total = np.concatenate([np.full((len(height), 1), head), np.cumsum(area, axis=1)], axis=1)
    top, person = total.argmax(axis=1), np.arange(len(height))
    left = np.clip(np.where(height[person, top] > 0, top, top - 1), 0, nodes.size - 2)
    before, after = height[person, left], height[person, left + 1]
    crosses = (before > 0) & (after <= 0)
    share = np.divide(before, before - after, out=np.zeros_like(before), where=crosses)
    guess = nodes[left] + share * (nodes[left + 1] - nodes[left])
    ends = np.where(total[:, -1] > total[:, 0], np.inf, -np.inf)
    return nodes[left].copy(), nodes[left + 1].copy(), np.where(crosses, guess, ends)


def _grid(items: irt.Items, lowest: float, highest: float) -> Floats:
    """Nodes beyond which no finite root lies, from `lowest` to `highest` at least.

    One point on the flattest item is outweighed by the loss on all others within ln(2 Σ most · steepest/flattest) of
    its logistic units; some more are added, and none where curves are no longer numbers.
    """
    flat, steep = float(items.a.min()), float(items.a.max())
    reach = (np.log(2 * items.maxima.sum() * steep / flat) + 4) / flat
    low, high = float(np.nanmin(items.b)), float(np.nanmax(items.b))
    reach = min(reach, max(600 / steep - (high - low), 10.0))
    return np.linspace(min(low - reach, lowest), max(high + reach, highest), NODES)
