"""What calibration finds, as it is published: a, b and c with their errors, the groups, and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from psychometrics import irt
from psychometrics.calibration.em import Problem, State
from psychometrics.calibration.information import Covariances, Information
from psychometrics.calibration.kinds import Block, Kind
from psychometrics.errors import EmptyGroup
from psychometrics.responses import Flags, Floats, Responses


@dataclass(frozen=True)
class Latent:
    """The normal distributions of ability: `groups` with their `means` and `sds`, (groups,), and standard errors.

    The errors are NaN for what was not estimated. `nodes` (points,) are those on which it was fitted.
    """

    groups: tuple[str, ...]
    means: Floats
    sds: Floats
    mean_errors: Floats
    sd_errors: Floats
    nodes: Floats

    def quadrature(self, group: str) -> irt.Quadrature:
        """A group's distribution on the nodes. Raises EmptyGroup for an unknown group."""
        if group not in self.groups:
            raise EmptyGroup(f"no group is called {group!r}; there are: {', '.join(self.groups)}")
        place = self.groups.index(group)
        weights = np.exp(-(((self.nodes - self.means[place]) / self.sds[place]) ** 2) / 2)
        return irt.Quadrature(self.nodes, weights / weights.sum())


@dataclass(frozen=True)
class Course:
    """How a calibration went: marginal log-likelihood, log density of the priors, and the way there.

    `n_parameters` counts the estimated ones, `n_persons` those who answered anything; `information` says where standard
    errors come from.
    """

    log_likelihood: float
    log_prior: float
    n_parameters: int
    n_persons: int
    iterations: int
    converged: bool
    information: Information

    @property
    def aic(self) -> float:
        """Akaike's criterion (1974), 2k - 2 log L; without priors."""
        return 2 * self.n_parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion (1978), k log(persons) - 2 log L; without priors."""
        return float(self.n_parameters * np.log(self.n_persons) - 2 * self.log_likelihood)


@dataclass(frozen=True)
class Calibration:
    """Items on their scale, in the order of the responses, with standard errors shaped as their parameters.

    `a_errors` (items,), `b_errors` (items, most categories - 1), `c_errors` (items,): NaN where a parameter was fixed
    or on an edge, and everywhere when the information is not positive definite (as with c of easy items without a
    prior). `is_fixed` (items,). `is_on_edge` (items,): the data would have a slope at or below 0, or c at 0; such an
    item is to be looked at, its parameters are not to be used. Items that share a slope share this.
    """

    items: irt.Items
    a_errors: Floats
    b_errors: Floats
    c_errors: Floats
    is_fixed: Flags
    is_on_edge: Flags
    latent: Latent
    course: Course


@dataclass(frozen=True)
class NominalCalibration:
    """Curves of options with standard errors, (items, options), NaN beyond an item's own options."""

    items: irt.Nominal
    slope_errors: Floats
    intercept_errors: Floats
    latent: Latent
    course: Course


def published(
    responses: Responses,
    problem: Problem,
    state: State,
    known: Covariances,
    course: Course,
    keeps: irt.Items | None,
    held: Flags,
    edge: Flags,
) -> Calibration:
    """Slopes and intercepts turned into a, b and c, their errors by the delta method, fixed items in their places."""
    count, most = responses.n_items, int(problem.answers.n_categories.max()) - 1
    kinds: list[irt.Items] = [] if keeps is None else [keeps]
    order = [np.flatnonzero(held)]
    a, b, c = np.full(count, np.nan), np.full((count, most), np.nan), np.full(count, np.nan)
    for block, own, square in zip(problem.blocks, state.parameters, known.blocks, strict=True):
        difficulty, by = block.difficulties(own)
        variance = np.einsum("nkp,npq,nkq->nk", by, square, by)
        if not block.has_fixed_slope:
            a[block.columns] = _root(square[:, 0, 0])
        b[block.columns, : variance.shape[1]] = _root(variance)
        names = [responses.items[place] for place in block.columns]
        asymptote = np.zeros(len(own))
        if block.kind is Kind.THREE:
            asymptote = expit(own[:, 2])
            c[block.columns] = asymptote * (1 - asymptote) * _root(square[:, 2, 2])
        kinds.append(_items(block, own[:, 0], difficulty, asymptote, names))
        order.append(block.columns)
    back = np.argsort(np.concatenate(order))
    latent = _latent(responses, problem, state, known)
    return Calibration(irt.joined(kinds).take(back), a, b, c, held, edge, latent, course)


def published_options(
    responses: Responses, problem: Problem, state: State, known: Covariances, course: Course
) -> NominalCalibration:
    """Slopes and intercepts of options measured from their item's mean, with their errors."""
    curves = np.full((4, responses.n_items, int(problem.answers.n_categories.max())), np.nan)
    for block, own, square in zip(problem.blocks, state.parameters, known.blocks, strict=True):
        _centre(curves, block, own, square)
    items = irt.Nominal(curves[0], curves[1], responses.items)
    return NominalCalibration(items, curves[2], curves[3], _latent(responses, problem, state, known), course)


def _items(block: Block, a: Floats, b: Floats, c: Floats, names: Sequence[str]) -> irt.Items:
    if block.kind is Kind.GRADED:
        return irt.graded(a, b, names=names)
    if block.kind is Kind.PARTIAL_CREDIT:
        return irt.partial_credit(a, b, names=names)
    return irt.logistic(b[:, 0], a, c, names=names)


def _latent(responses: Responses, problem: Problem, state: State, known: Covariances) -> Latent:
    errors = known.groups.copy()
    if not problem.is_anchored:
        errors[problem.reference, : 1 if problem.has_free_spread else 2] = np.nan
    return Latent(responses.groups, state.means, state.sds, errors[:, 0], errors[:, 1], problem.nodes)


def _centre(curves: Floats, block: Block, parameters: Floats, square: Floats) -> None:
    """Options measured from their item's mean, and their errors, into (slopes, intercepts, their errors)."""
    count, half = block.n_categories, block.n_categories - 1
    turn = (np.eye(count) - 1 / count)[:, 1:]
    places = np.ix_(block.columns, np.arange(count))
    for part in range(2):
        mine = slice(part * half, (part + 1) * half)
        curves[part][places] = parameters[:, mine] @ turn.T
        curves[2 + part][places] = _root(np.einsum("kp,npq,kq->nk", turn, square[:, mine, mine], turn))


def _root(variance: Floats) -> Floats:
    """Square roots; NaN of what is no variance."""
    return np.sqrt(np.where(variance > 0, variance, np.nan))
