"""The K-index and its kin: shared wrong answers against those of everybody who was wrong equally often.

No model of the items is needed: what others who got as many wrong share with the source says what chance gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom, poisson

from psychometrics.errors import WrongShape, WrongValue
from psychometrics.forensics.answers import CELLS, Progress
from psychometrics.forensics.pairs import chunked, pairs
from psychometrics.responses import NO_OPTION, Flags, Floats, Indices, Responses

EDGE = 0.001
"""Smoothed shares stay this far from 0 and 1."""


@dataclass(frozen=True)
class KFamily:
    """Chances of sharing so many wrong answers (with `s2` also right ones), (pairs,) each: a reason to ask, no more.

    `pairs` (pairs, 2) are rows of copier and source, `shared` counts the wrong options both chose. `k` is NaN when
    nobody but the source was wrong as often as the copier; `k1`, `s1`, `s2` (`k2`) when fewer than two (three) counts
    of wrong answers occur.
    """

    pairs: Indices
    shared: Indices
    k: Floats
    k1: Floats
    k2: Floats
    s1: Floats
    s2: Floats


def k_family(responses: Responses, given: ArrayLike, *, progress: Progress | None = None) -> KFamily:
    """K, K1, K2, S1 and S2 of pairs (copier c, source s), (pairs, 2), among all the responses.

    With w wrong answers of each person, m wrong options shared by c and s, and p_r the mean over those with r wrong
    (the source left out) of the share of w_s that they have in common with s:
    K = P(Bin(w_s, p_{w_c}) ≥ m) (Holland 1996); K1 and K2 take p from a straight line or a parabola through p_r over
    r / items (Sotaridona & Meijer 2002); S1 = P(m ≤ Poisson(μ) ≤ w_s), log μ_r = β_0 + β_1 r fitted to the means by
    Poisson likelihood; S2 the same for m* = m + ⌈Σ δ_i⌉ up to all items, where each shared right answer counts
    δ_i = (e (1+g)/(1-g))^(-P_i (1+g)/g), P_i the share of the copier's group that got i right and g one over its
    options (Sotaridona & Meijer 2003). Every count of wrong answers weighs alike. A blank is neither right nor wrong.
    Costs persons × options for each source. `progress` hears sources done and all. Raises WrongValue when the choices
    are not known, WrongShape for an item of one option, and what `pairs` raises.
    """
    if responses.choices is None:
        raise WrongValue("which options were chosen is not known; read the responses with a key")
    chosen = pairs(given, responses.n_persons)
    if np.any(responses.choices.counts < 2):
        raise WrongShape("every item needs two options")
    sources, place = np.unique(chosen[:, 1], return_inverse=True)
    everybody = _Everybody.of(responses)
    made = np.full((6, len(chosen)), np.nan)
    order = np.argsort(place, kind="stable")
    for part in chunked(sources[:, None], CELLS // (responses.n_persons + everybody.total.size)):
        beside = everybody.beside(sources[part])
        first, last = np.searchsorted(place[order], [part.start, part.stop])
        for some in chunked(chosen[first:last], CELLS // responses.n_items):
            mine = order[first:last][some]
            made[:, mine] = everybody.compared(beside, chosen[mine, 0], place[mine] - part.start)
        if progress is not None:
            progress(min(part.stop, sources.size), sources.size)
    return KFamily(chosen, made[0].astype(np.intp), *made[1:])


@dataclass(frozen=True)
class _Beside:
    """What everybody shares with some sources: wrong options (sources, persons), and their means in each group.

    `shares` are means over the source's wrong answers, `rates` and `rates_with_right` the smoothed means, (sources,
    groups); `weights` of shared right answers (sources, groups, items).
    """

    sources: Indices
    shared: Floats
    shares: Floats
    rates: Floats
    rates_with_right: Floats
    weights: Floats


@dataclass(frozen=True)
class _Everybody:
    """Persons in the order of their groups, which are formed by how many answers were wrong; none is empty.

    `marks` (persons, items × options) are 1 on wrong options chosen; `order` puts persons so that groups begin at
    `starts`; `total` (groups, items) counts right answers.
    """

    marks: NDArray[np.int8]
    is_right: Flags
    guess: Floats
    wrong: Indices
    group: Indices
    levels: Indices
    order: Indices
    starts: Indices
    total: Floats

    @classmethod
    def of(cls, responses: Responses) -> _Everybody:
        assert responses.choices is not None
        chosen = responses.choices.chosen
        is_right = np.asarray(chosen == responses.choices.key)
        is_wrong = ~is_right & (chosen != NO_OPTION)
        options = np.arange(int(responses.choices.counts.max()))
        marks = np.empty((*chosen.shape, options.size), dtype=np.int8)
        for option in options:
            marks[:, :, option] = (chosen == option) & is_wrong
        wrong = np.asarray(is_wrong.sum(axis=1), dtype=np.intp)
        levels, group = np.unique(wrong, return_inverse=True)
        order = np.argsort(group, kind="stable")
        starts = np.searchsorted(group[order], np.arange(levels.size))
        total = np.stack([is_right[each].sum(axis=0) for each in np.split(order, starts[1:])]).astype(np.float64)
        flat = marks.reshape(len(chosen), -1)
        return cls(flat, is_right, 1 / responses.choices.counts, wrong, group, levels, order, starts, total)

    def beside(self, sources: Indices) -> _Beside:
        """What everybody shares with these sources; they themselves left out of their groups."""
        shared = self._shared(sources)
        own = np.zeros((sources.size, self.levels.size))
        own[np.arange(sources.size), self.group[sources]] = 1
        count = np.bincount(self.group, minlength=self.levels.size) - own
        sums = np.add.reduceat(shared[:, self.order], self.starts, axis=1)
        sums -= own * shared[np.arange(sources.size), sources][:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            means = np.where(count > 0, sums / count, np.nan)
            shares = means / self.wrong[sources][:, None]
        weighted, weights = self._rights(sources, count)
        rates, more = _log_linear(means, self.levels), _log_linear(means + weighted, self.levels)
        return _Beside(sources, shared, shares, rates, more, weights)

    def compared(self, beside: _Beside, copier: Indices, at: Indices) -> tuple[Floats, ...]:
        """Shared wrong answers and the five chances of pairs; `at` points from each pair to its source."""
        source, mine, n_items = beside.sources[at], self.group[copier], self.is_right.shape[1]
        m, ws = beside.shared[at, copier], self.wrong[source]
        both = self.is_right[copier] & self.is_right[source]
        extra = np.ceil((beside.weights[at, mine] * both).sum(axis=1) - 1e-9)
        rate = np.minimum(beside.rates[at, mine], ws)
        more = np.minimum(beside.rates_with_right[at, mine], n_items)
        line, bow = (
            np.clip(_curve(beside.shares, self.levels / n_items, degree)[at, mine], EDGE, 1 - EDGE) for degree in (1, 2)
        )
        found = (
            *(binom.sf(m - 1, ws, share) for share in (beside.shares[at, mine], line, bow)),
            poisson.sf(m - 1, rate) - poisson.sf(ws, rate),
        )
        # A source without a wrong answer shares none: that is certain, and says nothing.
        certain = (np.where(ws == 0, 1.0, each) for each in found)
        return m, *certain, poisson.sf(m + extra - 1, more) - poisson.sf(n_items, more)

    def _shared(self, sources: Indices) -> Floats:
        """Wrong options that each source shares with everybody, (sources, persons)."""
        theirs = self.marks[sources].astype(np.float32)
        found = np.empty((sources.size, len(self.marks)))
        for rows in chunked(self.order[:, None], CELLS // self.marks.shape[1]):
            found[:, rows] = theirs @ self.marks[rows].astype(np.float32).T
        return found

    def _rights(self, sources: Indices, count: Floats) -> tuple[Floats, Floats]:
        """Mean weighted right answers shared with each source, (sources, groups), and the weights of the items there.

        Weights are (sources, groups, items).
        """
        sums = np.broadcast_to(self.total, (sources.size, *self.total.shape)).copy()
        sums[np.arange(sources.size), self.group[sources]] -= self.is_right[sources].astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(count[:, :, None] > 0, sums / count[:, :, None], np.nan)
        g = self.guess
        weights = (np.e * (1 + g) / (1 - g)) ** (-share * (1 + g) / g)
        return (share * weights * self.is_right[sources][:, None, :]).sum(axis=2), weights


def _curve(shares: Floats, where: Floats, degree: int) -> Floats:
    """A polynomial through each row's shares by least squares, at all the groups, (rows, groups)."""
    found = np.full_like(shares, np.nan)
    design = np.vander(where, degree + 1)
    known = ~np.isnan(shares)
    for pattern in np.unique(known, axis=0):
        if pattern.sum() <= degree:
            continue
        rows = (known == pattern).all(axis=1)
        fitted = np.linalg.lstsq(design[pattern], shares[rows][:, pattern].T, rcond=None)[0]
        found[rows] = (design @ fitted).T
    return found


def _log_linear(means: Floats, levels: Indices) -> Floats:
    """exp(β_0 + β_1 level) of each row by Poisson likelihood, Newton's method, at all the groups, (rows, groups)."""
    known = ~np.isnan(means)
    seen = np.where(known, means, 0.0)
    x = (levels - levels.mean()) / max(float(levels.std()), 1.0)
    average = np.maximum(seen.sum(axis=1) / np.maximum(known.sum(axis=1), 1), 1e-12)
    beta = np.stack([np.log(average), np.zeros(len(seen))], axis=1)
    for _ in range(100):
        rate = np.exp(np.clip(beta[:, :1] + beta[:, 1:] * x, -50, 50)) * known
        away = seen - rate
        s0, s1, s2 = rate.sum(axis=1), rate @ x, rate @ x**2
        g0, g1 = away.sum(axis=1), away @ x
        determinant = np.maximum(s0 * s2 - s1**2, 1e-12)
        step = np.stack([s2 * g0 - s1 * g1, s0 * g1 - s1 * g0], axis=1) / determinant[:, None]
        beta += np.clip(step, -1, 1)
        if np.abs(step).max(initial=0) < 1e-10:
            break
    found: Floats = np.exp(np.clip(beta[:, :1] + beta[:, 1:] * x, -50, 50))
    found[known.sum(axis=1) < 2] = np.nan
    return found
