"""A live sitting: the next item, given the answers so far. The same engine as in simulations, one person at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psychometrics.adaptive.engine import NOTHING, Engine, Reason, Verdict
from psychometrics.errors import WrongValue


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a sitting stands after its answers: `item` is the next one's name, None when it has ended for `reason`.

    `theta` and `se` are the estimate and its standard error (inf before the first answer with ML). `log_ratio` is the
    SPRT's, 0 without one. `verdict` is NONE while the sitting goes on; by the SPRT, or NONE without one.
    """

    item: str | None
    answered: int
    theta: float
    se: float
    log_ratio: float
    reason: Reason
    verdict: Verdict


def standing(engine: Engine, answers: Sequence[tuple[str, float | None]], *, seed: int) -> Standing:
    """Where a sitting stands after `answers`: names of items in the order given, with their scores, None where blank.

    Nothing is kept between calls: the same answers and `seed` give the same next item, on a reload, after a crash, on
    another machine. The seed is the sitting's own and secret, or its lotteries can be foreseen.
    Raises WrongValue: an item that is not in the pool, given twice, or given after the end; a score that is none of
    its item's.
    """
    items = engine.design.items
    place = {name: number for number, name in enumerate(items.names)}
    state = engine.begin(np.zeros(1, dtype=np.intp), rng=np.random.default_rng([seed, 0]))
    reason = Reason.UNDER_WAY
    for name, score in answers:
        item = place.get(name, NOTHING)
        if item == NOTHING or item in state.given[0, : state.step]:
            raise WrongValue(f"{name!r} is not in the pool, or was given twice")
        if reason != Reason.UNDER_WAY:
            raise WrongValue(f"the sitting had ended before {name!r}: {reason.name.lower()}")
        if score is not None and score not in range(int(items.maxima[item]) + 1):
            raise WrongValue(f"{name} gives whole points from 0 to {items.maxima[item]:g}, not {score}")
        engine.record(state, np.array([item]), np.array([np.nan if score is None else score], dtype=np.float32))
        reason = Reason(int(engine.ended(state)[0]))
    following = NOTHING
    if reason == Reason.UNDER_WAY:
        following = int(engine.choose(state, rng=np.random.default_rng([seed, 1 + state.step]))[0])
        reason = Reason.EXHAUSTED if following == NOTHING else reason
    return Standing(
        item=None if following == NOTHING else items.names[following],
        answered=state.step,
        theta=float(state.theta[0]),
        se=float(state.se[0]),
        log_ratio=float(state.log_ratio[0]),
        reason=reason,
        verdict=Verdict.NONE if reason == Reason.UNDER_WAY else Verdict(int(engine.verdicts(state)[0])),
    )
