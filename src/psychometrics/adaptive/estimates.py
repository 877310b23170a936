"""Ability and its standard error from a likelihood on points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from psychometrics.adaptive.design import Estimator
from psychometrics.adaptive.state import State
from psychometrics.adaptive.tables import Tables
from psychometrics.responses import Floats


def posterior(log_likelihood: Floats, log_prior: Floats) -> Floats:
    """P(node | answers), (persons, nodes); sums to 1."""
    height = log_likelihood + log_prior
    height -= height.max(axis=1, keepdims=True)
    np.exp(height, out=height)
    height /= height.sum(axis=1, keepdims=True)
    return height


def estimated(estimator: Estimator, state: State, tables: Tables) -> tuple[Floats, Floats]:
    """Estimates and standard errors of all sittings, (persons,) each."""
    return _ESTIMATORS[estimator](state, tables)


def _eap(state: State, tables: Tables) -> tuple[Floats, Floats]:
    weights = posterior(state.log_likelihood, tables.log_prior)
    mean = weights @ tables.nodes
    square = weights @ tables.nodes**2
    return mean, np.sqrt(np.maximum(square - mean**2, 0))


def _map(state: State, tables: Tables) -> tuple[Floats, Floats]:
    theta = _peak(state.log_likelihood + tables.log_prior, tables.nodes)
    return theta, 1 / np.sqrt(_test_information(theta, state, tables) + 1 / tables.prior_sd**2)


def _ml(state: State, tables: Tables) -> tuple[Floats, Floats]:
    # Without an answer no ability is the likeliest: the prior's middle stands in, with an infinite error.
    answered = (~np.isnan(state.scores)).any(axis=1)
    theta = np.where(answered, _peak(state.log_likelihood, tables.nodes), np.exp(tables.log_prior) @ tables.nodes)
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
