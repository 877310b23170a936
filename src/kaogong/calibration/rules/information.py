"""How precisely a bank's papers tell who knows enough: information along ability, held against the cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from psychometrics import irt

CUT = 0.60
"""The share of points that passes: 60 of 100, as every standard has it."""
GRID = np.arange(-40, 41, 4) / 10
REACH = 12.0
"""Abilities beyond which no cut is looked for."""


@dataclass(frozen=True)
class Curve:
    """Information of a paper of average items at `theta`; `cut` is the ability whose expected share is 60 %.

    `at_cut` is the information there, `sem` the standard error of ability that it leaves. NaN-free: a bank whose
    expected share never is 60 % has None.
    """

    theta: Sequence[float]
    information: Sequence[float]
    cut: float | None
    at_cut: float | None
    items: int
    length: int

    @property
    def sem(self) -> float | None:
        """The standard error of ability at the cut, 1 / √information (Birnbaum 1968)."""
        return None if not self.at_cut else float(self.at_cut**-0.5)


def curve_of(items: irt.Items, length: int) -> Curve:
    """The information of a paper of `length` items like these on average, and the ability at its cut."""
    scale = length / items.n

    def over(theta: float) -> float:
        return float(irt.right(items, [theta]).mean()) - CUT

    is_crossed = over(-REACH) < 0 < over(REACH)
    cut = float(brentq(over, -REACH, REACH)) if is_crossed else None
    told = irt.information(items, GRID).sum(axis=1) * scale
    at_cut = None if cut is None else float(irt.information(items, [cut]).sum() * scale)
    return Curve(tuple(map(float, GRID)), tuple(map(float, told)), cut, at_cut, items.n, length)
