"""How much good each item would do next, for many sittings at once: (persons, items), at least 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from psychometrics.adaptive.design import Criterion
from psychometrics.adaptive.state import State
from psychometrics.adaptive.tables import Tables
from psychometrics.responses import Floats

Worth: TypeAlias = NDArray[np.floating[Any]]
"""In whichever precision a criterion reckons."""

REACH = 3.0
"""Kullback–Leibler information is summed over estimate ± REACH / √n (Chang & Ying 1996)."""


def valued(criterion: Criterion, state: State, theta: Floats, tables: Tables, rng: np.random.Generator) -> Worth:
    """The worth of every item to every sitting whose items are chosen at `theta` (persons,): a new array."""
    return _CRITERIA[criterion](state, theta, tables, rng)


def _information(state: State, theta: Floats, tables: Tables, rng: np.random.Generator) -> Worth:
    return tables.information[tables.row(theta)]


def _posterior_information(state: State, theta: Floats, tables: Tables, rng: np.random.Generator) -> Worth:
    return np.asarray(state.posterior @ tables.node_information)


def _kl(state: State, theta: Floats, tables: Tables, rng: np.random.Generator) -> Worth:
    # Never narrower than two points either way: one point alone is the estimate itself, where it is 0.
    reach = max(REACH / np.sqrt(max(state.step, 1)), 2 * (tables.nodes[1] - tables.nodes[0]))
    near = (np.abs(tables.nodes - theta[:, None]) <= reach).astype(np.float64)
    return _divergence(near, theta, tables)


def _posterior_kl(state: State, theta: Floats, tables: Tables, rng: np.random.Generator) -> Worth:
    return _divergence(state.posterior, theta, tables)


def _divergence(weights: Floats, theta: Floats, tables: Tables) -> Floats:
    """Σ_q w_q Σ_k P_k(θ̂) log(P_k(θ̂) / P_k(θ_q)): one product of (persons × nodes) with (nodes × items·categories)."""
    here = tables.chance[tables.row(theta)]
    _n_persons, n_items, n_categories = here.shape
    there = (weights @ tables.log_chance_at_nodes.reshape(-1, tables.nodes.size).T).reshape(-1, n_items, n_categories)
    itself = np.log(np.maximum(here, np.finfo(float).tiny)) * weights.sum(axis=1)[:, None, None]
    return np.asarray(np.maximum((here * (itself - there)).sum(axis=2), 0.0))


def _nearest(state: State, theta: Floats, tables: Tables, rng: np.random.Generator) -> Worth:
    return np.asarray(1 / (1 + np.abs(tables.difficulty - theta[:, None])))


def _random(state: State, theta: Floats, tables: Tables, rng: np.random.Generator) -> Worth:
    return rng.random((state.n, tables.items.n))


_CRITERIA: dict[Criterion, Callable[[State, Floats, Tables, np.random.Generator], Worth]] = {
    Criterion.INFORMATION: _information,
    Criterion.POSTERIOR_INFORMATION: _posterior_information,
    Criterion.KL: _kl,
    Criterion.POSTERIOR_KL: _posterior_kl,
    Criterion.NEAREST: _nearest,
    Criterion.RANDOM: _random,
}
