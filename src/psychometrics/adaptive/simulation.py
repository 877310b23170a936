"""Many sittings at once: of persons of known ability, or replayed on a matrix of real responses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from psychometrics import irt
from psychometrics.adaptive.engine import NOTHING, Codes, Engine, Reason
from psychometrics.adaptive.state import State
from psychometrics.errors import EmptyGroup, TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats, Indices, Responses, Scores

CELLS = 400_000
"""Persons × items that are worked on at once: bounds the memory."""
SHADOWED = 50
"""Persons at once with shadow tests, where a program is solved for each: they gain nothing from more."""


@dataclass(frozen=True)
class Sittings:
    """Finished sittings: `given` and `scores` are (persons, longest), NOTHING and NaN beyond a sitting's length.

    `theta` and `se` (persons,) are the final estimates; `reason` and `verdict` (persons,) hold `Reason` and `Verdict`.
    `selected` (items,) is in how many of all sittings an item was selected, its lottery won or lost.
    `truth` (persons,) are the abilities simulated, None in a replay. `names` are the items'.
    """

    given: Indices
    scores: Scores
    theta: Floats
    se: Floats
    reason: Codes
    verdict: Codes
    selected: Indices
    truth: Floats | None
    names: tuple[str, ...]

    @property
    def n(self) -> int:
        """Number of sittings."""
        return int(self.theta.size)

    @property
    def length(self) -> Indices:
        """Items in every sitting, (persons,)."""
        return np.asarray((self.given != NOTHING).sum(axis=1))

    @property
    def administered(self) -> Indices:
        """In how many sittings each item was given, (items,)."""
        return np.bincount(self.given[self.given != NOTHING], minlength=len(self.names))

    def of_persons(self, chosen: ArrayLike) -> Sittings:
        """Some of the sittings, by flags or indices; `selected` stays that of all. Raises EmptyGroup for none."""
        rows = np.arange(self.n)[np.asarray(chosen)]
        if rows.size == 0:
            raise EmptyGroup("no sitting is left")
        return replace(
            self,
            given=self.given[rows],
            scores=self.scores[rows],
            theta=self.theta[rows],
            se=self.se[rows],
            reason=self.reason[rows],
            verdict=self.verdict[rows],
            truth=None if self.truth is None else self.truth[rows],
        )


def simulated(
    engine: Engine,
    theta: ArrayLike,
    *,
    rng: np.random.Generator,
    progress: Callable[[int, int], None] | None = None,
) -> Sittings:
    """Sittings of persons of these abilities, (persons,), who answer as the pool's curves say.

    Memory is bounded by chunks of persons. Raises TooFew (nobody), WrongShape, WrongValue (an ability that is none).
    """
    truth = np.array(theta, dtype=np.float64)
    if truth.ndim != 1:
        raise WrongShape("abilities are one number each")
    if not np.isfinite(truth).all():
        raise WrongValue("a simulated person needs a finite ability")

    def answers(rows: Indices) -> Scores:
        return irt.simulated(engine.design.items, truth[rows], rng=rng)

    return replace(_run(engine, truth.size, answers, rng, progress), truth=truth)


def replayed(
    engine: Engine,
    responses: Responses,
    *,
    rng: np.random.Generator,
    progress: Callable[[int, int], None] | None = None,
) -> Sittings:
    """What the sittings of real persons would have been (post-hoc simulation): only items that they answered are given.

    Columns of `responses` are found by name. Raises WrongShape when an item of the pool has none, WrongValue when a
    score is no category of its item.
    """
    pool = engine.design.items
    place = {name: column for column, name in enumerate(responses.items)}
    if missing := [name for name in pool.names if name not in place]:
        raise WrongShape(f"the responses lack {len(missing)} items of the pool: {', '.join(missing[:10])}")
    scores = responses.scores[:, [place[name] for name in pool.names]]
    bad = (scores != np.rint(scores)) & ~np.isnan(scores) | (scores > pool.maxima.astype(np.float32))
    if bad.any():
        row, column = map(int, np.argwhere(bad)[0])
        raise WrongValue(
            f"{responses.persons[row]} has {scores[row, column]:g} on {pool.names[column]}, which is none of its scores"
        )
    return _run(engine, responses.n_persons, lambda rows: scores[rows], rng, progress)


def _run(
    engine: Engine,
    count: int,
    answers: Callable[[Indices], Scores],
    rng: np.random.Generator,
    progress: Callable[[int, int], None] | None,
) -> Sittings:
    if count == 0:
        raise TooFew("nobody sits")
    result = _blank(engine, count)
    size = SHADOWED if engine.shadows else max(1, CELLS // engine.design.items.n)
    for start in range(0, count, size):
        rows = np.arange(start, min(start + size, count))
        _sit(engine, rows, answers(rows), rng, result)
        if progress:
            progress(int(rows[-1]) + 1, count)
    return result


def _sit(engine: Engine, rows: Indices, answers: Scores, rng: np.random.Generator, result: Sittings) -> None:
    """One chunk of persons from their first item to their last."""
    absent = np.isnan(answers)
    state = engine.begin(rows, rng=rng, absent=absent if absent.any() else None)
    while state.n:
        picked = engine.choose(state, rng=rng)
        if (none_left := picked == NOTHING).any():
            _finish(engine, state.of(none_left), np.full(int(none_left.sum()), Reason.EXHAUSTED, np.int8), result)
            state, picked = state.of(~none_left), picked[~none_left]
        if not state.n:
            return
        engine.record(state, picked, answers[state.person - rows[0], picked])
        reasons = engine.ended(state)
        if (over := reasons != Reason.UNDER_WAY).any():
            _finish(engine, state.of(over), reasons[over], result)
            state = state.of(~over)


def _finish(engine: Engine, state: State, reasons: Codes, result: Sittings) -> None:
    who = state.person
    result.given[who], result.scores[who] = state.given, state.scores
    result.theta[who], result.se[who] = state.theta, state.se
    result.reason[who], result.verdict[who] = reasons, engine.verdicts(state)
    given: Flags = np.zeros(state.barred.shape, dtype=np.bool_)
    for step in range(state.step):
        given[np.arange(state.n), state.given[:, step]] = True
    result.selected[:] += (given if state.aside is None else given | state.aside).sum(axis=0)


def _blank(engine: Engine, count: int) -> Sittings:
    length, names = engine.design.stopping.most, engine.design.items.names
    return Sittings(
        given=np.full((count, length), NOTHING, dtype=np.intp),
        scores=np.full((count, length), np.nan, dtype=np.float32),
        theta=np.empty(count),
        se=np.empty(count),
        reason=np.zeros(count, dtype=np.int8),
        verdict=np.zeros(count, dtype=np.int8),
        selected=np.zeros(len(names), dtype=np.intp),
        truth=None,
        names=names,
    )
