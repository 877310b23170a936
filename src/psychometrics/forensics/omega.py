"""ω: does one person's paper agree with another's more than that person's own ability explains?

The statistic has a direction: given the source's answers, how many of them would somebody of the copier's ability have
chosen. Expectation and variance of every pair are matrix products over (persons × options); only pairs above a limit
are kept, and those are reckoned once more with all digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from psychometrics.forensics.answers import CELLS, Answers, Progress
from psychometrics.forensics.between import alike, between
from psychometrics.forensics.counts import LIMIT, bound, coins, could_reach, upper_tail
from psychometrics.forensics.pairs import blocks, chunked, members, pairs
from psychometrics.responses import NO_OPTION, Flags, Floats, Indices, Scores


@dataclass(frozen=True)
class Omega:
    """ω of pairs: a reason to ask, never a finding of fact.

    `pairs` (pairs, 2) are rows of copier and source; `observed` matches, `expected` ones, `omega`, its one-sided normal
    `p`, and the `exact` chance of as many matches are (pairs,). `compared` counts all the pairs that were looked at,
    kept or not: what a correction for many tests counts.
    """

    pairs: Indices
    observed: Indices
    expected: Floats
    omega: Floats
    p: Floats
    exact: Floats
    compared: int

    def take(self, rows: Flags | Indices) -> Omega:
        """Some of the pairs, by flags or indices; as many were compared."""
        return Omega(
            self.pairs[rows],
            self.observed[rows],
            self.expected[rows],
            self.omega[rows],
            self.p[rows],
            self.exact[rows],
            self.compared,
        )


def omega(answers: Answers, given: ArrayLike) -> Omega:
    """ω = (h - Σ P_i(u_is | θ_c)) / √Σ P_i (1 - P_i) of pairs (copier c, source s), (pairs, 2); about N(0, 1).

    h counts the items on which both chose the same; the sums go over the items that both answered. p = 1 - Φ(ω),
    too small far out; the exact chance treats the P_i as unlike coins (van der Linden & Sotaridona 2006). All three are
    NaN without such an item. Source: Wollack (1997). Raises what `pairs` raises.
    """
    chosen = pairs(given, answers.n_persons)
    made = np.full((4, len(chosen)), np.nan)
    for part in chunked(chosen, CELLS // (answers.n_items * int(answers.n_options.max()))):
        made[:, part] = _reckoned(answers, chosen[part])
    observed, expected, value, exact = made
    return Omega(chosen, observed.astype(np.intp), expected, value, norm.sf(value), exact, len(chosen))


def omega_among(
    answers: Answers,
    rooms: Sequence[str] | ArrayLike | None = None,
    *,
    limit: float = LIMIT,
    progress: Progress | None = None,
) -> Omega:
    """ω of every ordered pair within each room, or within the whole sitting; those with either chance at most `limit`
    are kept.

    `rooms` (persons,) names each person's room. Pairs come with the most surprising first. Memory grows with persons
    and with the pairs kept, time with the square of the persons of a room. `progress` hears comparisons done and all.
    Raises TooFew (nobody to compare), WrongValue (a limit outside (0, 0.1]).
    """
    z = bound(limit)
    kept = [np.empty((0, 2), dtype=np.intp)]
    compared = 0
    held: Indices | None = None
    groups = members(np.zeros(answers.n_persons) if rooms is None else rooms)
    for block in blocks(alike(answers, groups), once=False):
        if held is None or held[0] != block.one[0]:
            held, against = block.one, _against(answers, block.one)
        above = could_reach(*against(answers.marks(block.two)), z)
        if block.is_diagonal:
            np.fill_diagonal(above, False)
        kept.append(block.pairs(above))
        compared += above.size - block.is_diagonal * len(above)
        if progress is not None:
            progress(block.done, block.total)
    found = omega(answers, np.concatenate(kept))
    order = np.flatnonzero((found.p <= limit) | (found.exact <= limit))
    return replace(found.take(order[np.argsort(found.exact[order], kind="stable")]), compared=compared)


def _against(answers: Answers, rows: Indices) -> Callable[[Scores], tuple[Scores, Scores]]:
    """From sources' marks to h - E and the variance, (copiers, sources), of these copiers.

    Where few abilities tell the chances of all (see `between`), E and the variance are thin products.
    """
    thin = between(answers, rows)
    chance = (answers.chances(rows) if thin is None else answers.curves_at(thin[0])).astype(np.float32)
    mean = chance.reshape(len(chance), -1)
    spread: Scores = mean * (1 - mean)
    if thin is None:
        excess: Scores = answers.marks(rows) - mean

        def against(marks: Scores) -> tuple[Scores, Scores]:
            return excess @ marks.T, spread @ marks.T

        return against
    weights = thin[1].astype(np.float32)
    own: Scores = np.concatenate([answers.marks(rows), -weights], axis=1)

    def thinly(marks: Scores) -> tuple[Scores, Scores]:
        theirs: Scores = np.concatenate([marks, marks @ mean.T], axis=1)
        return own @ theirs.T, weights @ (marks @ spread.T).T

    return thinly


def _reckoned(answers: Answers, chosen: Indices) -> tuple[Floats, Floats, Floats, Floats]:
    copier, source = chosen[:, 0], chosen[:, 1]
    own, others = answers.chosen[copier], answers.chosen[source]
    chance = np.take_along_axis(answers.chances(copier), np.maximum(others, 0).astype(np.intp)[:, :, None], axis=2)[
        :, :, 0
    ]
    chance *= others != NO_OPTION
    observed = ((own == others) & (own != NO_OPTION)).sum(axis=1)
    expected, variance = chance.sum(axis=1), (chance * (1 - chance)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(variance > 0, (observed - expected) / np.sqrt(variance), np.nan)
    exact = np.where(variance > 0, upper_tail(coins(chance), observed), np.nan)
    return observed.astype(np.float64), expected, value, exact
