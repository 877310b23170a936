"""The many-facet Rasch model (Linacre 1989) as a likelihood: abilities integrated out, everything else in one vector.

ln P(k) / P(k-1) = θ - task's difficulty - examiner's severity - step k, with θ normal. `Facets` holds the data and
gives the marginal log-likelihood, its slope, and its curvature by Louis (1982); `severity` fits it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from scipy.sparse import block_diag, coo_array, csr_array, eye_array, vstack

from psychometrics.agreement.ratings import Ratings
from psychometrics.errors import WrongValue
from psychometrics.irt import Quadrature
from psychometrics.responses import Flags, Floats, Indices

NOBODY = 1e-9
"""A share of a person that is none."""


class Steps(StrEnum):
    """How points rise with ability: one rating scale for all tasks (Andrich 1978), one for each (Masters 1982), or
    every point a trial of its own (binomial), for many points."""

    SHARED = "shared"
    BY_TASK = "by-task"
    BINOMIAL = "binomial"


@dataclass(frozen=True)
class Posterior:
    """Where the persons are: `log_likelihood`, `weights` (persons, nodes) that sum to 1 over nodes."""

    log_likelihood: float
    weights: Floats


@dataclass(frozen=True)
class Curves:
    """Every pair of task and examiner at every node.

    `log_chance`, `chance` (cells, scores, nodes); `mean`, `variance` of the score (cells, nodes); `theta` (nodes,).
    """

    theta: Floats
    log_chance: Floats
    chance: Floats
    mean: Floats
    variance: Floats

    @cached_property
    def reached(self) -> Floats:
        """P(score ≥ k) for k from 1, (cells, most, nodes)."""
        return at_least(self.chance)


@dataclass(frozen=True)
class Facets:
    """Ratings, the kind of steps, and standard nodes: a likelihood of free parameters.

    Everything is a linear map of them, `whole = base + spread @ free`, in the order: mean and log sd of ability, tasks'
    difficulties, examiners' severities, steps of every scale. Difficulties, severities and a scale's steps sum to 0.
    """

    ratings: Ratings
    steps: Steps
    nodes: Quadrature

    # ------------------------------------------------------------------------------------------- the shape of the data
    @cached_property
    def maxima(self) -> Indices:
        """The most of each task, that of the common scale when it is shared, (tasks,)."""
        own = self.ratings.maxima
        return np.full_like(own, own.max()) if self.steps is Steps.SHARED else own

    @cached_property
    def scale(self) -> Indices:
        """Which scale each task has, (tasks,)."""
        count = len(self.ratings.tasks)
        return np.zeros(count, dtype=np.intp) if self.steps is Steps.SHARED else np.arange(count)

    @cached_property
    def cells(self) -> tuple[Indices, Indices, Indices]:
        """The pairs of task and examiner there are: (cells,) each, and each rating's cell, (ratings,)."""
        width = len(self.ratings.examiners)
        pairs, cell = np.unique(self.ratings.task * width + self.ratings.examiner, return_inverse=True)
        return pairs // width, pairs % width, cell.astype(np.intp)

    @cached_property
    def rows(self) -> Indices:
        """Each rating's place among cells by scores, (ratings,)."""
        return np.asarray(self.cells[2] * (self.most + 1) + self.ratings.score)

    @cached_property
    def most(self) -> int:
        """The most points that any task gives."""
        return int(self.maxima.max())

    @cached_property
    def given(self) -> csr_array:
        """Which scores each person got in which cell, (persons, cells x scores)."""
        shape = (len(self.ratings.persons), self.cells[0].size * (self.most + 1))
        return csr_array(coo_array((np.ones(self.ratings.n), (self.ratings.person, self.rows)), shape=shape))

    # ------------------------------------------------------------------------------------------- the parameters
    @cached_property
    def base(self) -> Floats:
        """What is fixed: the steps of binomial trials, ln k / (m-k+1); 0 elsewhere."""
        fixed = np.zeros((int(self.scale.max()) + 1, self.most))
        if self.steps is Steps.BINOMIAL:
            for task, most in enumerate(self.maxima):
                k = np.arange(1, most + 1)
                fixed[task, :most] = np.log(k / (most - k + 1))
        return np.concatenate([np.zeros(2 + len(self.ratings.tasks) + len(self.ratings.examiners)), fixed.ravel()])

    @cached_property
    def spread(self) -> csr_array:
        """Free to whole parameters; tasks and examiners without ratings stay at 0."""
        blocks = [eye_array(2), _contrasts(np.bincount(self.ratings.task, minlength=len(self.ratings.tasks)) > 0)]
        blocks.append(_contrasts(np.bincount(self.ratings.examiner, minlength=len(self.ratings.examiners)) > 0))
        for scale in range(int(self.scale.max()) + 1):
            task = int(np.argmax(self.scale == scale))
            used = np.arange(self.most) < self.maxima[task]
            is_rated = self.steps is Steps.SHARED or bool((self.ratings.task == task).any())
            if self.steps is Steps.BINOMIAL or not is_rated:
                used = np.zeros(self.most, dtype=np.bool_)
            blocks.append(_contrasts(used))
        return csr_array(block_diag(blocks))

    def split(self, whole: Floats) -> tuple[float, float, Floats, Floats, Floats]:
        """Mean, sd, difficulties (tasks,), severities (examiners,), steps (scales, most)."""
        tasks, examiners = len(self.ratings.tasks), len(self.ratings.examiners)
        difficulty, severity, steps = np.split(whole[2:], [tasks, tasks + examiners])
        return float(whole[0]), float(np.exp(whole[1])), difficulty, severity, steps.reshape(-1, self.most)

    def require_every_score(self) -> None:
        """Raise WrongValue when a scale has a score that nobody was given: its steps would be infinite."""
        if self.steps is Steps.BINOMIAL:
            return
        scale = self.scale[self.ratings.task]
        for each in np.unique(scale):
            task = int(np.argmax(self.scale == each))
            seen = np.bincount(self.ratings.score[scale == each], minlength=self.maxima[task] + 1)
            if (seen == 0).any():
                where = "" if self.steps is Steps.SHARED else f" on {self.ratings.tasks[task]}"
                raise WrongValue(f"nobody was given {int(np.argmin(seen))}{where}: join scores, or use binomial steps")

    # ------------------------------------------------------------------------------------------- the likelihood
    def curves(self, whole: Floats) -> Curves:
        """The chance of every score in every cell at every node."""
        mean, sd, difficulty, severity, steps = self.split(whole)
        task, examiner, _ = self.cells
        theta = mean + sd * self.nodes.nodes
        ahead = theta - (difficulty[task] + severity[examiner])[:, None]
        scores = np.arange(self.most + 1)
        climbed = np.concatenate([np.zeros((steps.shape[0], 1)), steps.cumsum(axis=1)], axis=1)[self.scale[task]]
        height = ahead[:, None, :] * scores[:, None] - climbed[:, :, None]
        height[scores > self.maxima[task][:, None]] = -np.inf
        height -= height.max(axis=1, keepdims=True)
        chance = np.exp(height)
        total = chance.sum(axis=1, keepdims=True)
        height -= np.log(total)
        chance /= total
        expected = scores @ chance
        return Curves(theta, height, chance, expected, scores**2 @ chance - expected**2)

    def posterior(self, curves: Curves) -> Posterior:
        """Where each person is, given the ratings."""
        joint = self.given @ curves.log_chance.reshape(self.given.shape[1], -1)
        joint += np.log(self.nodes.weights)
        most = joint.max(axis=1, keepdims=True)
        joint -= most
        weights = np.exp(joint, out=joint)
        total = weights.sum(axis=1, keepdims=True)
        weights /= total
        return Posterior(float(np.log(total).sum() + most.sum()), weights)

    def slope(self, curves: Curves, posterior: Posterior, sd: float) -> Floats:
        """The slope of the log-likelihood in the free parameters."""
        task, examiner, _ = self.cells
        counts = self._counts(posterior)
        persons = counts.sum(axis=1)
        away = np.arange(self.most + 1) @ counts - persons * curves.mean
        steps = np.zeros((int(self.scale.max()) + 1, self.most))
        if self.steps is not Steps.BINOMIAL:
            reached = at_least(counts) - persons[:, None, :] * curves.reached
            np.add.at(steps, self.scale[task], -reached.sum(axis=2))
        whole = [
            np.array([away.sum(), sd * (away @ self.nodes.nodes).sum()]),
            -np.bincount(task, away.sum(axis=1), len(self.ratings.tasks)),
            -np.bincount(examiner, away.sum(axis=1), len(self.ratings.examiners)),
            steps.ravel(),
        ]
        return np.asarray(self.spread.T @ np.concatenate(whole))

    def complete(self, curves: Curves, posterior: Posterior, sd: float) -> Floats:
        """The information there would be if abilities were known, (free, free)."""
        persons = self._counts(posterior).sum(axis=1)
        width = self._columns.shape[1]
        found = np.zeros((len(self._columns), width, width))
        for node in range(self.nodes.nodes.size):
            each = self._slopes(curves, node, sd)
            expected = curves.chance[:, :, node, None] * persons[:, node, None, None]
            found += (each * expected).transpose(0, 2, 1) @ each
        rows, columns = np.broadcast_arrays(self._columns[:, :, None], self._columns[:, None, :])
        places = (rows.ravel(), columns.ravel())
        return self._of_free(csr_array(coo_array((found.ravel(), places), shape=(self.base.size,) * 2)).toarray())

    def information(self, curves: Curves, posterior: Posterior, sd: float) -> tuple[Floats, Floats]:
        """The observed information, complete less missing (Louis 1982), and the sum of squared slopes of persons.

        Both (free, free), node by node, leaving out nodes where nobody is.
        """
        size = self.base.size
        columns = np.repeat(self._columns, self.most + 1, axis=0)
        starts, shape = np.arange(len(columns) + 1) * columns.shape[1], (len(columns), size)
        missing, centre = np.zeros((size, size)), csr_array((len(self.ratings.persons), size))
        for node in np.flatnonzero(posterior.weights.max(axis=0) > NOBODY):
            values = self._slopes(curves, int(node), sd).ravel()
            mine = self.given @ csr_array((values, columns.ravel(), starts), shape=shape)
            weighted = _times(mine, posterior.weights[:, node])
            missing += (mine.T @ weighted).toarray()
            centre = centre + weighted
        crossed = self._of_free((centre.T @ centre).toarray())
        return self.complete(curves, posterior, sd) - self._of_free(missing) + crossed, crossed

    def _counts(self, posterior: Posterior) -> Floats:
        """Persons by what they got, where they are, (cells, scores, nodes)."""
        found = self.given.T @ posterior.weights
        return np.asarray(found.reshape(self.cells[0].size, self.most + 1, -1))

    def _of_free(self, whole: Floats) -> Floats:
        return np.asarray(self.spread.T @ (self.spread.T @ whole).T)

    @cached_property
    def _columns(self) -> Indices:
        """Which parameters each cell depends on, (cells, 4 + its steps), in the order of `_slopes`."""
        task, examiner, _ = self.cells
        tasks, examiners = len(self.ratings.tasks), len(self.ratings.examiners)
        columns = np.stack([0 * task, 0 * task + 1, 2 + task, 2 + tasks + examiner], axis=1)
        if self.steps is Steps.BINOMIAL:
            return columns
        first = 2 + tasks + examiners + self.scale[task] * self.most
        return np.concatenate([columns, first[:, None] + np.arange(self.most)], axis=1)

    def _slopes(self, curves: Curves, node: int, sd: float) -> Floats:
        """At a node ∂ ln P(score) / ∂ parameter, (cells, scores, parameters of the cell)."""
        scores = np.arange(self.most + 1)
        away = (scores - curves.mean[:, node, None])[:, :, None]
        own = [away, sd * self.nodes.nodes[node] * away, -away, -away]
        if self.steps is not Steps.BINOMIAL:
            own.append(curves.reached[:, None, :, node] - (scores[:, None] >= scores[1:]))
        return np.concatenate(own, axis=2)


def at_least(table: Floats) -> Floats:
    """Sums over the scores from k up, for k from 1: (cells, scores, nodes) to (cells, most, nodes)."""
    return np.asarray(table[:, :0:-1].cumsum(axis=1)[:, ::-1])


def _contrasts(used: Flags) -> csr_array:
    """Free parameters to those used, which sum to 0; the others stay 0. Shape (all, used - 1)."""
    count = int(used.sum())
    if count < 2:
        return csr_array((used.size, 0))
    core = vstack([eye_array(count - 1), csr_array(-np.ones((1, count - 1)))])
    place = coo_array((np.ones(count), (np.flatnonzero(used), np.arange(count))), shape=(used.size, count))
    return csr_array(place @ core)


def _times(matrix: csr_array, rows: Floats) -> csr_array:
    """Each row of a sparse matrix times a number of its own."""
    values = matrix.data * np.repeat(rows, np.diff(matrix.indptr))
    return csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)
