"""Marginal maximum likelihood by EM (Bock & Aitkin 1981): persons weigh the nodes, items are fitted to the weights.

The E-step is two matrix products in chunks of persons, missing answers having weight 0. Two things make it quick. The
M-step fits the latent distribution as well and then turns the scale back to it (parameter expansion: Liu, Rubin & Wu
1998), which removes the slowest directions of EM on long tests. What remains is extrapolated from the last steps
(Anderson 1965) and taken back when it did not raise the likelihood (as in Henderson & Varadhan 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from psychometrics.calibration.kinds import TIED, Block
from psychometrics.calibration.priors import Priors
from psychometrics.responses import Floats, Indices

Matrix = NDArray[np.floating[Any]]
Columns = Matrix | NDArray[np.int8]
Progress = Callable[[int, int], None]

ROWS = 2048
"""Persons in a chunk: its weights on the nodes stay in the cache."""
MEMORY = 6
"""How many past steps the extrapolation uses."""


@dataclass(frozen=True)
class Answers:
    """Which category each person reached, as a matrix for products: `columns` (persons, columns) of 0 and 1.

    Item i has a column for each category but its first, from `first[i]`; an item that somebody has not answered has one
    more, at `presence[i]` (-1: everybody answered). `member` (persons, groups) of 0 and 1.
    """

    columns: Columns
    member: Matrix
    first: Indices
    n_categories: Indices
    presence: Indices

    @property
    def n_persons(self) -> int:
        """Persons."""
        return int(self.columns.shape[0])

    def chunks(self) -> Iterator[slice]:
        """Slices of persons, ROWS each, the last one shorter."""
        for start in range(0, self.n_persons, ROWS):
            yield slice(start, min(start + ROWS, self.n_persons))

    def part(self, rows: slice | Indices) -> Answers:
        """The same for some persons."""
        return replace(self, columns=self.columns[rows], member=self.member[rows])

    def of(self, block: Block) -> Indices:
        """The columns of a block's categories but the first, (items, categories - 1)."""
        return np.asarray(self.first[block.columns, None] + np.arange(block.n_categories - 1))


@dataclass(frozen=True)
class Fixed:
    """Items whose curves are known: log P(k | node) is (items, nodes, categories), of the items at `columns`."""

    block: Block
    log_chances: Floats


@dataclass(frozen=True)
class Problem:
    """What is to be fitted: blocks of free items beside fixed ones, groups on nodes, and what is believed.

    Unless items are fixed, the scale is that of the group `reference`: mean 0, standard deviation 1, or its own
    (`has_free_spread`) when slopes of 1 hold the unit.
    """

    answers: Answers
    blocks: tuple[Block, ...]
    fixed: tuple[Fixed, ...]
    priors: Priors
    nodes: Floats
    reference: int
    has_free_spread: bool = False

    @property
    def is_anchored(self) -> bool:
        """Whether fixed items hold the scale."""
        return bool(self.fixed)

    @property
    def least_sd(self) -> float:
        """Half the distance of two nodes: the spread of a narrower group cannot be seen on them."""
        return float(self.nodes[1] - self.nodes[0]) / 2


@dataclass(frozen=True)
class State:
    """Parameters of each block, and the latent means and standard deviations of the groups, (groups,)."""

    parameters: tuple[Floats, ...]
    means: Floats
    sds: Floats

    def packed(self) -> Floats:
        """All of it in one vector."""
        return np.concatenate([each.ravel() for each in self.parameters] + [self.means, np.log(self.sds)])

    def unpacked(self, vector: Floats) -> State:
        """A state of the same shape from a vector."""
        cuts = np.cumsum([each.size for each in self.parameters] + [self.means.size])
        *flat, means, logs = np.split(vector, cuts)
        shaped = tuple(new.reshape(old.shape) for new, old in zip(flat, self.parameters, strict=True))
        return State(shaped, means, np.exp(np.minimum(logs, 50.0)))


@dataclass(frozen=True)
class Expected:
    """What an E-step finds: log-likelihood, persons per (column, node), and persons per (group, node)."""

    log_likelihood: float
    counts: Floats
    mass: Floats


@dataclass(frozen=True)
class Fit:
    """Where an iteration ended, and how far each parameter still moved in its last step, packed as a state."""

    state: State
    move: Floats
    iterations: int
    converged: bool


# ------------------------------------------------------------------------------------------------ E
def expected(problem: Problem, state: State, kind: type[np.floating[Any]] = np.float64) -> Expected:
    """The E-step: everybody's distribution over the nodes, summed by answer and by group."""
    counts = np.zeros((problem.answers.columns.shape[1], problem.nodes.size))
    mass = np.zeros((problem.answers.member.shape[1], problem.nodes.size))
    found = 0.0
    for rows, weights, log_likelihoods in posteriors(problem, state, kind):
        counts += problem.answers.columns[rows].astype(kind, copy=False).T @ weights
        mass += problem.answers.member[rows].astype(kind, copy=False).T @ weights
        found += float(log_likelihoods.sum(dtype=np.float64))
    return Expected(found, counts, mass)


def log_likelihood(problem: Problem, state: State) -> float:
    """The marginal log-likelihood, in double precision."""
    return float(sum(found.sum() for _, _, found in posteriors(problem, state)))


def posteriors(
    problem: Problem, state: State, kind: type[np.floating[Any]] = np.float64
) -> Iterator[tuple[slice, Matrix, Matrix]]:
    """Chunks of persons: their rows, weights over the nodes (rows, nodes) that sum to 1, log-likelihoods (rows,)."""
    answers = problem.answers
    by_column, by_group = _log_weights(problem, state)
    by_column, by_group = by_column.astype(kind), by_group.astype(kind)
    for rows in answers.chunks():
        weights = answers.columns[rows].astype(kind, copy=False) @ by_column
        weights += by_group if len(by_group) == 1 else answers.member[rows].astype(kind, copy=False) @ by_group
        top = weights.max(axis=1, keepdims=True)
        weights -= top
        np.exp(weights, out=weights)
        total = weights.sum(axis=1, keepdims=True)
        weights /= total
        yield rows, weights, (np.log(total) + top)[:, 0]


def _log_weights(problem: Problem, state: State) -> tuple[Floats, Floats]:
    """What each column adds to log P(answers | node), (columns, nodes), and what a group begins with."""
    answers = problem.answers
    by_column = np.zeros((answers.columns.shape[1], problem.nodes.size))
    common = np.zeros(problem.nodes.size)
    curves = [(block, block.curves(own, problem.nodes)[0]) for block, own in _each(problem, state)]
    for block, log_chance in curves + [(each.block, each.log_chances) for each in problem.fixed]:
        by_column[answers.of(block)] = (log_chance[:, :, 1:] - log_chance[:, :, :1]).transpose(0, 2, 1)
        place = answers.presence[block.columns]
        by_column[place[place >= 0]] = log_chance[place >= 0, :, 0]
        common += log_chance[place < 0, :, 0].sum(axis=0)
    return by_column, log_densities(problem.nodes, state) + common


def log_densities(nodes: Floats, state: State) -> Floats:
    """log of each group's normal weights on the nodes, (groups, nodes); the weights sum to 1."""
    plain = -(((nodes - state.means[:, None]) / state.sds[:, None]) ** 2) / 2
    return np.asarray(plain - logsumexp(plain, axis=1, keepdims=True))


# ------------------------------------------------------------------------------------------------ M
def table(answers: Answers, block: Block, found: Expected) -> Floats:
    """Persons expected at each node in each category of a block's items, (items, nodes, categories)."""
    upper = found.counts[answers.of(block)].transpose(0, 2, 1)
    place = answers.presence[block.columns]
    present = np.where((place >= 0)[:, None], found.counts[place], found.mass.sum(axis=0))
    # Rounding must not make a count of persons negative.
    none = np.maximum(present - upper.sum(axis=2), 0)
    return np.concatenate([none[:, :, None], upper], axis=2)


def derivatives(problem: Problem, block: Block, parameters: Floats, persons: Floats) -> tuple[Floats, Floats]:
    """Gradient of expected log-likelihood plus log density, (items, parameters), and Fisher's information of it."""
    log_chance, by = block.curves(parameters, problem.nodes)
    count, _, _, n_parameters = by.shape
    flat = by.reshape(count, -1, n_parameters)
    gradient = (persons.reshape(count, 1, -1) @ flat)[:, 0]
    weight = np.sqrt(persons.sum(axis=2, keepdims=True) * np.exp(log_chance)).reshape(count, -1, 1)
    flat = flat * weight
    pull, curvature = problem.priors.pull(block, parameters)
    return gradient + pull, flat.transpose(0, 2, 1) @ flat + curvature


def _fitted(problem: Problem, block: Block, parameters: Floats, persons: Floats, inner: int) -> Floats:
    """The M-step of a block: Fisher scoring of every item at once, no step longer than 1 in any parameter."""
    for _ in range(inner):
        gradient, information = derivatives(problem, block, parameters, persons)
        step = _step(block, gradient, information)
        longest = np.abs(step).max(axis=1, keepdims=True)
        if block.kind in TIED:
            longest = np.full_like(longest, longest.max())
        parameters = block.stepped(parameters, step / np.maximum(longest, 1))
        if longest.max() < 1e-3:
            break
    return parameters


def _step(block: Block, gradient: Floats, information: Floats) -> Floats:
    ridge = 1e-9 * np.trace(information, axis1=1, axis2=2)[:, None, None] + 1e-12
    information = information + ridge * np.eye(gradient.shape[1])
    if block.kind not in TIED:
        return np.asarray(np.linalg.solve(information, gradient[:, :, None])[:, :, 0])
    by_slope, across, by_intercept = information[:, 0, 0], information[:, 0, 1], information[:, 1, 1]
    slope = 0.0
    if not block.has_fixed_slope:
        left = gradient[:, 0] - across / by_intercept * gradient[:, 1]
        slope = left.sum() / (by_slope - across**2 / by_intercept).sum()
    return np.stack([np.full(len(gradient), slope), (gradient[:, 1] - across * slope) / by_intercept], axis=1)


def maximised(problem: Problem, state: State, found: Expected, inner: int = 3) -> State:
    """The M-step: items, then groups, then the scale turned so that the reference group is standard again."""
    parameters = tuple(
        _fitted(problem, block, own, table(problem.answers, block, found), inner)
        for block, own in _each(problem, state)
    )
    persons = found.mass.sum(axis=1)
    means = found.mass @ problem.nodes / persons
    sds = np.sqrt((found.mass * (problem.nodes - means[:, None]) ** 2).sum(axis=1) / persons)
    sds = np.maximum(sds, problem.least_sd)
    if problem.is_anchored:
        return State(parameters, means, sds)
    mean, sd = float(means[problem.reference]), float(sds[problem.reference])
    if problem.priors.holds_scale:
        mean, sd = _compromise(problem, parameters, mean, sd, float(persons[problem.reference]))
    moved = tuple(block.moved(own, mean, sd) for block, own in zip(problem.blocks, parameters, strict=True))
    means, sds = (means - mean) / sd, sds / sd
    means[problem.reference], sds[problem.reference] = 0.0, 1.0
    return State(moved, means, sds)


def _compromise(
    problem: Problem, parameters: Sequence[Floats], mean: float, sd: float, persons: float
) -> tuple[float, float]:
    """The reference group's mean and standard deviation that persons and priors of the turned items like best."""

    def loss(turn: Floats) -> float:
        spread = np.exp(turn[1])
        persons_like = -turn[1] - (sd**2 + (mean - turn[0]) ** 2) / (2 * spread**2)
        priors_like = sum(
            problem.priors.log_density(block, block.moved(own, float(turn[0]), float(spread)))
            for block, own in zip(problem.blocks, parameters, strict=True)
        )
        return float(-persons_like - priors_like / persons)

    best = minimize(loss, np.zeros(2), method="BFGS", options={"gtol": 1e-8}).x
    return float(best[0]), float(np.exp(best[1]))


def _each(problem: Problem, state: State) -> Iterator[tuple[Block, Floats]]:
    return zip(problem.blocks, state.parameters, strict=True)


# ------------------------------------------------------------------------------------------------ iteration
def log_prior(problem: Problem, state: State) -> float:
    """The log density of the priors at a state."""
    return sum(problem.priors.log_density(block, own) for block, own in _each(problem, state))


def fit(problem: Problem, state: State, *, tolerance: float, limit: int, progress: Progress | None = None) -> Fit:
    """Iterate from a state until no parameter moves by more than `tolerance` in an EM step, at most `limit` times."""
    # Products in single precision where there are many; their rounding is far below any standard error.
    is_large = problem.answers.columns.size > 500_000 and tolerance >= 1e-5
    kind, noise = (np.float32, 1e-7) if is_large else (np.float64, 1e-10)
    at, safe, move, highest = state.packed(), state.packed(), np.full_like(state.packed(), np.inf), -np.inf
    history: list[tuple[Floats, Floats]] = []
    for iteration in range(1, limit + 1):
        now = state.unpacked(at)
        found = expected(problem, now, kind)
        value = found.log_likelihood + log_prior(problem, now)
        if progress is not None:
            progress(iteration, limit)
        if not value >= highest - noise * abs(highest) and at is not safe:  # lower, or no number
            at, history = safe, []
            continue
        highest = max(highest, value)
        safe = maximised(problem, now, found, inner=4 if iteration < 3 else 1).packed()
        move = safe - at
        if np.abs(move).max(initial=0.0) < tolerance:
            return Fit(state.unpacked(safe), move, iteration, True)
        history = [*history[-MEMORY:], (safe, move)]
        at = _extrapolated(problem, state, history)
    return Fit(state.unpacked(safe), move, limit, False)


def _extrapolated(problem: Problem, state: State, history: Sequence[tuple[Floats, Floats]]) -> Floats:
    """The combination of the last images whose moves nearly cancel; the last image itself when that is no state."""
    images, moves = (np.array(each) for each in zip(*history, strict=True))
    last: Floats = history[-1][0]
    if len(history) < 2:
        return last
    share = np.linalg.lstsq(np.diff(moves, axis=0).T, moves[-1], rcond=1e-8)[0]
    made = np.asarray(images[-1] - share @ np.diff(images, axis=0))
    tried = state.unpacked(made)
    possible = np.isfinite(made).all() and all(block.is_possible(own).all() for block, own in _each(problem, tried))
    return made if possible else last
