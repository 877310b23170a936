"""Sympson–Hetter: the chances of administration that keep every item under a ceiling, found by simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.adaptive.design import Design
from psychometrics.adaptive.engine import Engine
from psychometrics.adaptive.simulation import simulated
from psychometrics.errors import Infeasible, NotConverged, TooFew, WrongValue
from psychometrics.responses import Floats


@dataclass(frozen=True)
class Calibrated:
    """Chances of administration: `design` is the given one with them, `chance` (items,) in (0, 1].

    `highest` (rounds,) is the largest exposure rate of each round; the last one meets the ceiling within the tolerance.
    """

    design: Design
    chance: Floats
    highest: Floats


def sympson_hetter(
    design: Design,
    theta: ArrayLike,
    *,
    ceiling: float,
    rng: np.random.Generator,
    rounds: int = 30,
    tolerance: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Calibrated:
    """Chances with which no item is given to more than a share `ceiling` of persons of these abilities, (persons,).

    Each round simulates everybody; then K_i = ceiling / P(S_i) where item i was selected more often than the ceiling,
    else 1, and the L largest are set to 1, so that L items are left for whoever loses every lottery. Done when no rate
    exceeds ceiling + tolerance in a simulation. Without a `tolerance` it is three standard errors of a rate at the
    ceiling, 3√(ceiling(1 - ceiling) / persons): what chance alone lifts the highest of many items by.
    Raises Infeasible (a ceiling below length / pool, the rate of even use), NotConverged, TooFew, WrongValue.
    Source: Sympson & Hetter (1985).
    """
    if not 0 < ceiling <= 1:
        raise WrongValue(f"a ceiling is a share of sittings, not {ceiling}")
    length, count = design.stopping.most, design.items.n
    if ceiling < length / count:
        raise Infeasible(f"{length} of {count} items a sitting: some are given to {length / count:.3f} at least")
    persons = np.size(theta)
    if persons == 0:
        raise TooFew("nobody sits")
    limit = ceiling + (3 * np.sqrt(ceiling * (1 - ceiling) / persons) if tolerance is None else tolerance)
    engine, chance, highest = Engine(design), np.ones(count), []
    for turn in range(rounds):
        engine = engine.changed(replace(design, exposure=replace(design.exposure, chance=chance)))
        sittings = simulated(engine, theta, rng=rng)
        highest.append(float(sittings.administered.max()) / sittings.n)
        if progress:
            progress(turn + 1, rounds)
        if highest[-1] <= limit:
            return Calibrated(engine.design, chance, np.array(highest))
        selected = sittings.selected / sittings.n
        chance = np.minimum(1.0, ceiling / np.maximum(selected, ceiling))
        chance[np.argsort(-chance, kind="stable")[:length]] = 1.0
    raise NotConverged(f"after {rounds} rounds an item is still given to {highest[-1]:.3f} where {ceiling} is the most")
