"""How sure the estimates are: standard errors from the observed information of everything that was estimated.

Louis (1982): I = E(-∂²ℓ) - E(SS') + E(S)E(S)', with the complete-data score S of a person at a node and expectations
over the person's weights. It costs persons × nodes × parameters². For more the cross-product Σ E(S)E(S)' takes its
place, which needs many more persons than parameters. Priors add their curvature.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from psychometrics.calibration.em import Matrix, Problem, State, expected, posteriors, table
from psychometrics.calibration.kinds import TIED, Block
from psychometrics.responses import Floats

LOUIS_LIMIT = 3e10
"""Persons × nodes × parameters² up to which Louis's matrix is made: some seconds."""
CELLS = 2_000_000
"""Numbers held at once while it is made."""


class Information(StrEnum):
    """By which matrix standard errors were found."""

    LOUIS = "louis"
    CROSS_PRODUCT = "cross-product"
    NONE = "none"


@dataclass(frozen=True)
class Covariances:
    """Of the estimates: each block's (items, parameters, parameters), the groups' (groups, 2) errors of mean and SD."""

    blocks: tuple[Floats, ...]
    groups: Floats


def affordable(problem: Problem) -> Information:
    """Louis's matrix where it takes seconds, else the cross-product."""
    work = problem.answers.n_persons * problem.nodes.size * float(mapping_of(problem).shape[1]) ** 2
    return Information.LOUIS if work <= LOUIS_LIMIT else Information.CROSS_PRODUCT


def covariances(problem: Problem, state: State, how: Information) -> Covariances:
    """Covariances of the estimates; NaN throughout when the information is singular (as with too few persons).

    What stopped at an edge counts as given: it has no error, and the others are what they are beside it.
    """
    edges = [block.edges(own).ravel() for block, own in zip(problem.blocks, state.parameters, strict=True)]
    held = np.concatenate([*edges, np.zeros(2 * len(state.means), dtype=bool)])
    mapping = mapping_of(problem)
    mapping = mapping[:, ~mapping[held].any(axis=0)]
    matrix = (
        _complete(problem, state) - _missing(problem, state) if how is Information.LOUIS else _crossed(problem, state)
    )
    reduced = mapping.T @ matrix @ mapping
    try:
        inner = cho_solve(cho_factor(reduced), np.eye(len(reduced)))
    except (LinAlgError, ValueError):  # not positive definite, not finite
        inner = np.full_like(reduced, np.nan)
    free = mapping.any(axis=1)
    known = np.zeros_like(matrix)
    known[np.ix_(free, free)] = mapping[free] @ inner @ mapping[free].T
    blocks = []
    for block, cut in _cuts(problem):
        size = block.n_parameters
        count = block.columns.size
        blocks.append(np.einsum("ipiq->ipq", known[cut, cut].reshape(count, size, count, size)))
    n_items = _n_item_parameters(problem)
    with np.errstate(invalid="ignore"):
        groups = np.sqrt(np.diag(known)[n_items:]).reshape(-1, 2)
    return Covariances(tuple(blocks), groups)


def _cuts(problem: Problem) -> Iterator[tuple[Block, slice]]:
    """Where each block's parameters are in the whole."""
    start = 0
    for block in problem.blocks:
        size = block.columns.size * block.n_parameters
        yield block, slice(start, start + size)
        start += size


def _n_item_parameters(problem: Problem) -> int:
    return sum(block.columns.size * block.n_parameters for block in problem.blocks)


def mapping_of(problem: Problem) -> Floats:
    """All parameters (items', then mean and SD of each group) as sums of the estimated ones: 0 and 1."""
    n_items = _n_item_parameters(problem)
    n_groups = problem.answers.member.shape[1]
    columns = []
    units = np.eye(n_items + 2 * n_groups)
    for block, cut in _cuts(problem):
        mine = units[:, cut]
        if block.kind not in TIED:
            columns.append(mine)
            continue
        columns.append(mine[:, 1::2])
        if not block.has_fixed_slope:
            columns.append(mine[:, ::2].sum(axis=1, keepdims=True))
    for group in range(n_groups):
        place = n_items + 2 * group
        if problem.is_anchored or group != problem.reference:
            columns.append(units[:, place : place + 2])
        elif problem.has_free_spread:
            columns.append(units[:, place + 1 : place + 2])
    return np.concatenate(columns, axis=1)


def _latent_scores(problem: Problem, state: State) -> Floats:
    """∂ log density / ∂(mean, SD) of each group at the nodes, (groups, nodes, 2), of the weights on the nodes."""
    away = problem.nodes - state.means[:, None]
    sd = state.sds[:, None]
    return np.stack([away / sd**2, (away**2 - sd**2) / sd**3], axis=2)


def _indicators(problem: Problem, block: Block, rows: slice) -> Floats:
    """Who is in which category, (rows, items, categories)."""
    answers = problem.answers
    upper = answers.columns[rows][:, answers.of(block)].astype(np.float64)
    place = answers.presence[block.columns]
    present = np.where(place >= 0, answers.columns[rows][:, place], 1.0)
    return np.concatenate([(present - upper.sum(axis=2))[:, :, None], upper], axis=2)


def _crossed(problem: Problem, state: State) -> Floats:
    """Σ over persons of the product of their marginal scores, plus the curvature of the priors."""
    by = [block.curves(own, problem.nodes)[1] for block, own in zip(problem.blocks, state.parameters, strict=True)]
    latent = _latent_scores(problem, state)
    size = _n_item_parameters(problem)
    found = np.zeros((size + latent.shape[0] * 2,) * 2)
    for rows, weights, _ in posteriors(problem, state):
        parts: list[Matrix] = []
        for block, slopes in zip(problem.blocks, by, strict=True):
            who = _indicators(problem, block, rows)
            total = np.zeros((*who.shape[:2], block.n_parameters))
            for category in range(block.n_categories):
                # (rows, nodes) @ (nodes, items · parameters): what this category would add to everybody's score.
                each = weights @ slopes[:, :, category].transpose(1, 0, 2).reshape(problem.nodes.size, -1)
                total += who[:, :, category, None] * each.reshape(total.shape)
            parts.append(total.reshape(len(total), -1))
        member = problem.answers.member[rows]
        parts += [member[:, [group]] * (weights @ each) for group, each in enumerate(latent)]
        scores = np.concatenate(parts, axis=1)
        found += scores.T @ scores
    for (block, cut), own in zip(_cuts(problem), state.parameters, strict=True):
        found[cut, cut] += _diagonal(problem.priors.pull(block, own)[1])
    return found


def _complete(problem: Problem, state: State) -> Floats:
    """E(-∂²ℓ) of the complete data and the priors, by differences of the gradient with the weights held."""
    found = expected(problem, state)
    size, n_groups = _n_item_parameters(problem), len(state.means)
    whole = np.zeros((size + 2 * n_groups,) * 2)
    for (block, cut), own in zip(_cuts(problem), state.parameters, strict=True):
        persons = table(problem.answers, block, found)
        square = np.zeros((*own.shape, own.shape[1]))
        for place in range(own.shape[1]):
            change = np.zeros_like(own)
            change[:, place] = 1e-5 * np.maximum(np.abs(own[:, place]), 1)
            if block.n_categories > 2 and block.intercepts.start == 1:
                change[:, place] = 1e-6
            up, down = (_gradient(problem, block, own + turn, persons) for turn in (change, -change))
            square[:, :, place] = -(up - down) / (2 * change[:, [place]])
        whole[cut, cut] = _diagonal((square + square.transpose(0, 2, 1)) / 2)
    away = problem.nodes - state.means[:, None]
    persons_in, first, second = (((found.mass * away**power).sum(axis=1)) for power in (0, 1, 2))
    for group in range(n_groups):
        sd, start = state.sds[group], size + 2 * group
        across = 2 * first[group] / sd**3
        whole[start : start + 2, start : start + 2] = [
            [persons_in[group] / sd**2, across],
            [across, 3 * second[group] / sd**4 - persons_in[group] / sd**2],
        ]
    return whole


def _gradient(problem: Problem, block: Block, parameters: Floats, persons: Floats) -> Floats:
    _, by = block.curves(parameters, problem.nodes)
    plain = persons.reshape(len(by), 1, -1) @ by.reshape(len(by), -1, by.shape[3])
    return np.asarray(plain[:, 0] + problem.priors.pull(block, parameters)[0])


def _missing(problem: Problem, state: State) -> Floats:
    """Σ over persons of the variance of their complete-data score, given their answers."""
    by = [block.curves(own, problem.nodes)[1] for block, own in zip(problem.blocks, state.parameters, strict=True)]
    latent = _latent_scores(problem, state)
    size = _n_item_parameters(problem) + 2 * len(latent)
    found = np.zeros((size, size))
    step = max(1, CELLS // (size * problem.nodes.size))
    for rows, weights, _ in posteriors(problem, state):
        for start in range(0, len(weights), step):
            some = slice(rows.start + start, min(rows.start + start + step, rows.stop))
            own = weights[start : start + step]
            parts = [
                np.einsum("rik,iqkp->rqip", _indicators(problem, block, some), slopes, optimize=True).reshape(
                    *own.shape, -1
                )
                for block, slopes in zip(problem.blocks, by, strict=True)
            ]
            member = problem.answers.member[some]
            parts += [member[:, [group], None] * each for group, each in enumerate(latent)]
            scores = np.concatenate(parts, axis=2)
            scores -= own[:, None, :] @ scores
            scores *= np.sqrt(own)[:, :, None]
            flat = scores.reshape(-1, size)
            found += flat.T @ flat
    return found


def _diagonal(squares: Floats) -> Floats:
    """Squares (items, size, size) along the diagonal of one matrix."""
    count, size, _ = squares.shape
    whole = np.zeros((count, size, count, size))
    whole[np.arange(count), :, np.arange(count), :] = squares
    return whole.reshape(count * size, count * size)
