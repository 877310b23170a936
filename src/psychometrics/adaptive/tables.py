"""What is reckoned once for a pool, so that a step of a sitting is look-ups and products of matrices."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from psychometrics import irt
from psychometrics.irt import Items, Quadrature
from psychometrics.responses import Floats, Indices, Scores

STEP = 0.02
"""Spacing of the points at which information is tabulated; an estimate takes the nearest, at most 0.01 away."""
TINY = 1e-300
ROWS = 32
"""Points tabulated at once: bounds the memory of the making to ROWS × items × categories."""


class Tables:
    """Curves of a pool at the prior's points (nodes) and on a finer grid of `STEP` over the same range."""

    def __init__(self, items: Items, prior: Quadrature) -> None:
        self.items = items
        self.prior, self.nodes = prior, prior.nodes
        self.low, self.high = float(prior.nodes[0]), float(prior.nodes[-1])
        self.grid = np.linspace(self.low, self.high, round((self.high - self.low) / STEP) + 1)

    @cached_property
    def chance_at_nodes(self) -> Floats:
        """P(score k | node), (items, categories, nodes), never quite 0."""
        chance = irt.probabilities(self.items, self.nodes)
        return np.ascontiguousarray(np.maximum(chance, TINY).transpose(1, 2, 0))

    @cached_property
    def log_chance_at_nodes(self) -> Floats:
        """Its logarithm, (items, categories, nodes)."""
        return np.asarray(np.log(self.chance_at_nodes))

    @cached_property
    def information(self) -> Scores:
        """Fisher's information on the grid, (points, items); single precision, for every step reads rows of it."""
        parts = [irt.information(self.items, self.grid[rows]).astype(np.float32) for rows in self._rows()]
        return np.concatenate(parts)

    @cached_property
    def chance(self) -> Floats:
        """P(score k | θ) on the grid, (points, items, categories)."""
        return np.concatenate([irt.probabilities(self.items, self.grid[rows]) for rows in self._rows()])

    @cached_property
    def node_information(self) -> Floats:
        """Fisher's information at the nodes, (nodes, items)."""
        return irt.information(self.items, self.nodes)

    @cached_property
    def difficulty(self) -> Floats:
        """The middle of every item's thresholds, (items,)."""
        return np.asarray(np.nanmean(self.items.b, axis=1))

    def row(self, theta: Floats) -> Indices:
        """The grid's nearest point to every estimate, (persons,)."""
        scale = (self.grid.size - 1) / (self.high - self.low)
        return np.clip(np.rint((theta - self.low) * scale), 0, self.grid.size - 1).astype(np.intp)

    def log_ratio(self, upper: float, lower: float) -> Floats:
        """log P(score k | upper) - log P(score k | lower), (items, categories): one answer's share in an SPRT."""
        ends = np.log(np.maximum(irt.probabilities(self.items, [upper, lower]), TINY))
        return np.asarray(ends[0] - ends[1])

    def _rows(self) -> list[slice]:
        return [slice(start, start + ROWS) for start in range(0, self.grid.size, ROWS)]
