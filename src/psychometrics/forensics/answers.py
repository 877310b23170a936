"""Chosen options beside what a person of that ability would have chosen: what every comparison of two papers needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from psychometrics import irt
from psychometrics.errors import WrongShape, WrongValue
from psychometrics.estimation import Method, abilities
from psychometrics.estimation import answered as beside
from psychometrics.responses import NO_OPTION, Flags, Floats, Indices, Options, Responses, Scores

Progress: TypeAlias = Callable[[int, int], None]
Rows: TypeAlias = Indices | slice
NODES = np.linspace(-8, 8, 801)
CELLS = 4_000_000
"""Numbers in one block of work: its arrays stay within some tens of megabytes."""


@dataclass(frozen=True)
class Answers:
    """Persons, what each chose, and the curves of the options. Made by `answers`, which checks.

    `chosen` is (persons, items), an index into the item's options or NO_OPTION; `right` (items,) the right option;
    `theta` (persons,) finite abilities, NaN for who answered nothing. Options are scores when `curves` are `irt.Items`.
    """

    persons: tuple[str, ...]
    chosen: Options
    right: Options
    theta: Floats
    curves: irt.Nominal | irt.Items

    @property
    def n_persons(self) -> int:
        """Number of persons."""
        return len(self.persons)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return int(self.right.size)

    @property
    def n_options(self) -> Indices:
        """Options of each item, (items,)."""
        return _n_options(self.curves)

    @property
    def is_answered(self) -> Flags:
        """Where an option was chosen, (persons, items)."""
        return np.asarray(self.chosen != NO_OPTION)

    @property
    def is_right(self) -> Flags:
        """Where the right option was chosen, (persons, items)."""
        return np.asarray(self.chosen == self.right)

    def chances(self, rows: Rows) -> Floats:
        """P(option | θ) of some persons, (persons, items, options), 0 on items that they did not answer."""
        found = self.curves_at(np.nan_to_num(self.theta[rows]))
        return np.asarray(found * self.is_answered[rows][:, :, None])

    def curves_at(self, theta: ArrayLike) -> Floats:
        """P(option | θ) on every item, (abilities, items, options)."""
        return _chances(self.curves, theta)

    def marks(self, rows: Rows) -> Scores:
        """1 where a person chose the option, else 0, (persons, items × options)."""
        chosen, width = self.chosen[rows], int(self.n_options.max())
        made = np.zeros(chosen.size * width, dtype=np.float32)
        places = np.arange(0, made.size, width) + chosen.ravel()
        made[places[chosen.ravel() != NO_OPTION]] = 1
        return made.reshape(len(chosen), -1)


def answers(responses: Responses, curves: irt.Nominal | irt.Items, theta: ArrayLike | None = None) -> Answers:
    """Put responses beside the curves of their items, found by name; curves of other items are left out.

    With `irt.Nominal` options are compared: the responses know the choices, each item has as many labels as curves, in
    the same order. With `irt.Items` scores are compared, and two wrong answers are alike. `theta` (persons,) is
    estimated by weighted likelihood unless given (`option_abilities`, `estimation.abilities`).
    Raises WrongShape (an item without curves, other numbers of options or persons), WrongValue (choices not known,
    an infinite ability).
    """
    own: irt.Nominal | irt.Items
    if isinstance(curves, irt.Items):
        own = beside(responses, curves).items
        chosen = np.where(responses.is_present, responses.scores, NO_OPTION).astype(np.int16)
        right = own.maxima.astype(np.int16)
    else:
        own, chosen, right = _options(responses, curves)
    if theta is not None:
        own_theta = np.array(theta, dtype=np.float64)
    elif isinstance(own, irt.Items):
        own_theta = abilities(responses, own, Method.WLE).theta.copy()
    else:
        own_theta = option_abilities(chosen, own)
    if own_theta.shape != (responses.n_persons,):
        raise WrongShape(f"{own_theta.size} abilities for {responses.n_persons} persons")
    if np.isinf(own_theta).any():
        raise WrongValue("abilities are finite here: estimate them by weighted likelihood")
    for array in (chosen, right, own_theta):
        array.setflags(write=False)
    return Answers(responses.persons, chosen, right, own_theta, own)


def option_abilities(chosen: Options, curves: irt.Nominal) -> Floats:
    """Abilities from chosen options, (persons,), in [-8, 8]: the highest point of log L(θ) + ½ log I(θ).

    For the nominal model this is Warm's weighted likelihood estimate, finite for every row; NaN for who chose nothing.
    Found on nodes 0.02 apart and the parabola through the highest three. Source: Warm (1989); Bock (1972).
    """
    logs = np.log(np.maximum(curves.probabilities(NODES), 1e-300))
    known = _nominal_information(curves)
    found = np.full(len(chosen), np.nan)
    step = max(1, CELLS // (logs.shape[1] * logs.shape[2] + NODES.size))
    for start in range(0, len(chosen), step):
        some = chosen[start : start + step]
        marks = (some[:, :, None] == np.arange(logs.shape[2])).reshape(len(some), -1).astype(np.float64)
        answered = some != NO_OPTION
        told = answered.astype(np.float64) @ known.T
        height = marks @ logs.reshape(NODES.size, -1).T + np.log(np.maximum(told, 1e-300)) / 2
        found[start : start + step] = np.where(answered.any(axis=1), _tops(height), np.nan)
    return found


def _tops(height: Floats) -> Floats:
    top = np.clip(height.argmax(axis=1), 1, NODES.size - 2)
    person = np.arange(len(height))
    before, at, after = (height[person, top + move] for move in (-1, 0, 1))
    bend = before - 2 * at + after
    aside = np.divide(before - after, 2 * bend, out=np.zeros_like(bend), where=bend < 0)
    return np.asarray(NODES[top] + np.clip(aside, -1, 1) * (NODES[1] - NODES[0]))


def _nominal_information(curves: irt.Nominal) -> Floats:
    """Σ_k P_k (slope_k - mean slope)² at each node, (nodes, items)."""
    chance, slopes = curves.probabilities(NODES), np.nan_to_num(curves.slopes)
    mean = (chance * slopes).sum(axis=2)
    return np.asarray((chance * slopes**2).sum(axis=2) - mean**2)


def _options(responses: Responses, curves: irt.Nominal) -> tuple[irt.Nominal, Options, Options]:
    if responses.choices is None:
        raise WrongValue("which options were chosen is not known; read the responses with a key")
    if missing := [name for name in responses.items if name not in set(curves.names)]:
        raise WrongShape(f"no curves for {', '.join(missing[:10])}")
    places = [curves.names.index(name) for name in responses.items]
    most = int(_n_options(curves)[places].max())
    own = irt.Nominal(curves.slopes[places, :most], curves.intercepts[places, :most], responses.items)
    for name, labels, known in zip(responses.items, responses.choices.counts, _n_options(own), strict=True):
        if labels != known:
            raise WrongShape(f"{name} has {labels} labels and {known} curves")
    return own, responses.choices.chosen.copy(), responses.choices.key.copy()


def _n_options(curves: irt.Nominal | irt.Items) -> Indices:
    if isinstance(curves, irt.Items):
        return curves.n_categories
    return np.asarray((~np.isnan(curves.slopes)).sum(axis=1), dtype=np.intp)


def _chances(curves: irt.Nominal | irt.Items, theta: ArrayLike) -> Floats:
    return irt.probabilities(curves, theta) if isinstance(curves, irt.Items) else curves.probabilities(theta)
