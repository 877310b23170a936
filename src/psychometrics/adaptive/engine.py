"""The engine: chooses the next item of many sittings at once, records the answers, says which have ended and why.

Simulations and live sittings run this same code; a live sitting is a state of one row.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from psychometrics.adaptive import coverage
from psychometrics.adaptive.criteria import Worth, valued
from psychometrics.adaptive.design import Balance, Design
from psychometrics.adaptive.estimates import estimated, learn
from psychometrics.adaptive.shadow import WHOLE, Shadows
from psychometrics.adaptive.state import State
from psychometrics.adaptive.tables import Tables
from psychometrics.errors import WrongValue
from psychometrics.responses import Flags, Indices, Scores

Codes: TypeAlias = NDArray[np.int8]

NOTHING = -1
"""In arrays of items: none."""


class Reason(IntEnum):
    """Why a sitting ended; EXHAUSTED: no item was left that the rules allow."""

    UNDER_WAY = 0
    PRECISE = 1
    DECIDED = 2
    FULL_LENGTH = 3
    EXHAUSTED = 4


class Verdict(IntEnum):
    """What a sitting says about the cut."""

    NONE = -1
    FAIL = 0
    PASS = 1


class Engine:
    """One design made ready. Making it costs far more than a step: keep it, and share it between sittings.

    With shadow tests it is for one thread at a time, since its solver is one.
    """

    def __init__(self, design: Design, tables: Tables | None = None) -> None:
        self.design = design
        self.tables = tables or Tables(design.items, design.prior)
        self.shadows = Shadows(design) if design.shadow is not None else None
        sprt = design.stopping.sprt
        self._ratio = self.tables.log_ratio(sprt.cut + sprt.half_width, sprt.cut - sprt.half_width) if sprt else None
        self._enemies: list[list[int]] = [[] for _ in range(design.items.n)]
        for one, other in design.enemies:
            self._enemies[one].append(other)
            self._enemies[other].append(one)
        self._has_enemies = np.array([bool(each) for each in self._enemies])

    def changed(self, design: Design) -> Engine:
        """An engine of a design with the same pool and prior, whose tables it shares. Raises WrongValue for others."""
        if design.items is not self.design.items or design.prior is not self.design.prior:
            raise WrongValue("another pool or prior needs tables of its own")
        return Engine(design, self.tables)

    # -------------------------------------------------------------------------------------------- a sitting's steps
    def begin(self, persons: Indices, *, rng: np.random.Generator, absent: Flags | None = None) -> State:
        """Sittings with nothing given yet, a row for each of `persons`; `absent` (persons, items) cannot be given.

        The lottery of `Exposure.chance` is drawn here, once for every item: it is held at most once a sitting anyway.
        """
        count, items, length = persons.size, self.design.items.n, self.design.stopping.most
        chance, content = self.design.exposure.chance, self.design.content
        state = State(
            step=0,
            person=persons,
            given=np.full((count, length), NOTHING, dtype=np.intp),
            scores=np.full((count, length), np.nan, dtype=np.float32),
            barred=np.zeros((count, items), dtype=np.bool_) if absent is None else absent.copy(),
            aside=None if chance is None else np.zeros((count, items), dtype=np.bool_),
            eligible=None if chance is None else rng.random((count, items)) < chance,
            counts=np.zeros((count, len(content.names) if content else 0), dtype=np.intp),
            posterior=np.tile(self.design.prior.weights, (count if self.design.reads_posterior else 0, 1)),
            log_likelihood=np.zeros((count if self.design.reads_likelihood else 0, self.tables.nodes.size)),
            log_ratio=np.zeros(count),
            theta=np.empty(0),
            se=np.empty(0),
        )
        state.theta, state.se = estimated(self.design.estimator, state, self.tables)
        return state

    def choose(self, state: State, *, rng: np.random.Generator) -> Indices:
        """The next item of every sitting, (persons,), NOTHING where none is left. Notes who lost the lottery."""
        at = state.theta if self.design.at is None else np.full(state.n, self.design.at)
        value = valued(self.design.criterion, state, at, self.tables, rng)
        open_ = ~state.barred
        if self.shadows:
            open_ &= self.shadows.tests(state, value)
        elif self.design.content:
            open_ = self._covering(state, value, open_)
        if self.design.exposure.strata is not None:
            open_ = _narrowed(open_, np.broadcast_to(self.design.exposure.strata == self._stage(state), open_.shape))
        drawn = open_ if state.eligible is None else _narrowed(open_, state.eligible)
        np.copyto(value, -np.inf, where=~open_)
        picked = self._picked(value if drawn is open_ else np.where(drawn, value, -np.inf), state.step, rng)
        rows = np.arange(state.n)
        best = value[rows, picked]
        if state.aside is not None:
            state.aside |= open_ & ~drawn & (value > best[:, None])
        return np.where(best > -np.inf, picked, NOTHING)

    def record(self, state: State, picked: Indices, scores: Scores) -> None:
        """Take the scores of the items given, (persons,): NaN where there was no answer, which says nothing."""
        rows, step = np.arange(state.n), state.step
        state.given[:, step], state.scores[:, step] = picked, scores
        state.barred[rows, picked] = True
        if self.design.enemies:
            for row in np.flatnonzero(self._has_enemies[picked]):
                state.barred[row, self._enemies[picked[row]]] = True
        if self.design.content:
            state.counts[rows, self.design.content.area[picked]] += 1
        learn(self.design, state, picked, scores, self.tables)
        if self._ratio is not None:
            said = np.flatnonzero(~np.isnan(scores))
            state.log_ratio[said] += self._ratio[picked[said], scores[said].astype(np.intp)]
        state.step += 1
        state.theta, state.se = estimated(self.design.estimator, state, self.tables)

    def ended(self, state: State) -> Codes:
        """Why each sitting has ended, `Reason` (persons,), UNDER_WAY where it goes on."""
        stopping, content = self.design.stopping, self.design.content
        reasons = np.full(state.n, Reason.UNDER_WAY, dtype=np.int8)
        if state.step >= stopping.most:
            reasons[:] = Reason.FULL_LENGTH
        if state.step < stopping.least:
            return reasons
        may = coverage.is_covered(content, state) if content else np.ones(state.n, dtype=np.bool_)
        for rule in self.design.shadow or ():
            total = rule.weights[state.given[:, : state.step]].sum(axis=1)
            may &= (total >= rule.least - WHOLE) & (total <= rule.most + WHOLE)
        if stopping.se is not None:
            reasons[may & (state.se <= stopping.se)] = Reason.PRECISE
        if stopping.sprt is not None:
            fail, passed = stopping.sprt.bounds
            reasons[may & ((state.log_ratio <= fail) | (state.log_ratio >= passed))] = Reason.DECIDED
        return reasons

    def verdicts(self, state: State) -> Codes:
        """Pass or fail if the sittings ended now, `Verdict` (persons,); NONE without an SPRT.

        By the nearer bound: it is the one crossed, where one is.
        """
        sprt = self.design.stopping.sprt
        if sprt is None:
            return np.full(state.n, Verdict.NONE, dtype=np.int8)
        return np.where(state.log_ratio >= sum(sprt.bounds) / 2, Verdict.PASS, Verdict.FAIL).astype(np.int8)

    # -------------------------------------------------------------------------------------------- how an item is chosen
    def _covering(self, state: State, value: Worth, open_: Flags) -> Flags:
        """Only items of areas that may be drawn from; by PRIORITY, `value` changes in place."""
        content = self.design.content
        assert content is not None
        areas = coverage.allowed(content, state, self.design.stopping.most)
        open_ &= areas[:, content.area]
        if content.balance is Balance.PRIORITY:
            value *= coverage.priority(content, state)[:, content.area]
        if content.balance is Balance.SPIRAL:
            return _narrowed(open_, coverage.lagging(content, state, areas)[:, content.area])
        return open_

    def _stage(self, state: State) -> int:
        """Which stratum's turn it is: stages of equal length, up to rounding."""
        strata = self.design.exposure.strata
        assert strata is not None
        return state.step * (int(strata.max()) + 1) // self.design.stopping.most

    def _picked(self, value: Worth, step: int, rng: np.random.Generator) -> Indices:
        """The best item, or one drawn from among the best ones, (persons,). Items not open have -inf."""
        among = self.design.exposure.among[min(step, len(self.design.exposure.among) - 1)]
        if among == 1:
            return np.asarray(value.argmax(axis=1))
        best = np.argsort(-value, axis=1, kind="stable")[:, :among]
        rows = np.arange(value.shape[0])
        there = (value[rows[:, None], best] > -np.inf).sum(axis=1)
        return np.asarray(best[rows, (rng.random(rows.size) * there).astype(np.intp)])


def _narrowed(open_: Flags, wished: Flags) -> Flags:
    """Open and wished, in every sitting where something is both; else open."""
    both = open_ & wished
    empty = ~both.any(axis=1)
    if empty.any():
        both[empty] = open_[empty]
    return both
