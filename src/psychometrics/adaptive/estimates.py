"""What answers say about ability: posterior and likelihood on points, and the estimate with its standard error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from psychometrics.adaptive.design import Design, Estimator
from psychometrics.adaptive.state import State
from psychometrics.adaptive.tables import TINY, Tables
from psychometrics.responses import Floats, Indices, Scores


def learn(design: Design, state: State, picked: Indices, scores: Scores, tables: Tables) -> None:
    """Take the scores of the items given, (persons,), into whatever the design reads: posterior, likelihood, or both.

    NaN says nothing. The posterior is multiplied and normed step by step: a point that falls below 1e-308 of the sum is
    lost, and would need as much evidence to come back.
    """
    blank = np.isnan(scores)
    category = np.where(blank, 0, scores).astype(np.intp)
    if design.reads_posterior:
        chance = tables.chance_at_nodes[picked, category]
        chance[blank] = 1
        state.posterior *= chance
        state.posterior /= state.posterior.sum(axis=1, keepdims=True)
    if design.reads_likelihood:
        evidence = tables.log_chance_at_nodes[picked, category]
        evidence[blank] = 0
        state.log_likelihood += evidence


def estimated(estimator: Estimator, state: State, tables: Tables) -> tuple[Floats, Floats]:
    """Estimates and standard errors of all sittings, (persons,) each."""
    return _ESTIMATORS[estimator](state, tables)


def _eap(state: State, tables: Tables) -> tuple[Floats, Floats]:
    mean, square = (state.posterior @ np.stack([tables.nodes, tables.nodes**2], axis=1)).T
    return mean, np.sqrt(np.maximum(square - mean**2, 0))


def _map(state: State, tables: Tables) -> tuple[Floats, Floats]:
    theta = _peak(state.log_likelihood + np.log(np.maximum(tables.prior.weights, TINY)), tables.nodes)
    return theta, 1 / np.sqrt(_test_information(theta, state, tables) + 1 / tables.prior.sd**2)


def _ml(state: State, tables: Tables) -> tuple[Floats, Floats]:
    # Without an answer no ability is the likeliest: the prior's middle stands in, with an infinite error.
    answered = (~np.isnan(state.scores)).any(axis=1)
    theta = np.where(answered, _peak(state.log_likelihood, tables.nodes), tables.prior.mean)
    with np.errstate(divide="ignore"):
        return theta, 1 / np.sqrt(_test_information(theta, state, tables))


def _peak(height: Floats, nodes: Floats) -> Floats:
    """Where a curve on evenly spaced nodes is highest: the top of the parabola through the highest three."""
    top = np.clip(height.argmax(axis=1), 1, nodes.size - 2)
    rows = np.arange(top.size)
    left, middle, right = height[rows, top - 1], height[rows, top], height[rows, top + 1]
    bend = left - 2 * middle + right
    # At an end of the range the parabola's top lies outside, or there is none: the end itself is the peak.
    shift = np.divide(left - right, 2 * bend, out=np.sign(right - left), where=bend < 0)
    return np.asarray(nodes[top] + np.clip(shift, -1, 1) * (nodes[1] - nodes[0]))


def _test_information(theta: Floats, state: State, tables: Tables) -> Floats:
    """Information of the answered items at the estimate, (persons,)."""
    given = state.given[:, : state.step]
    each = tables.information[tables.row(theta)[:, None], given]
    return np.asarray(np.where(np.isnan(state.scores[:, : state.step]), 0.0, each).sum(axis=1))


_ESTIMATORS: dict[Estimator, Callable[[State, Tables], tuple[Floats, Floats]]] = {
    Estimator.EAP: _eap,
    Estimator.MAP: _map,
    Estimator.ML: _ml,
}
