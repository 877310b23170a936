"""How many matches two papers have: their exact chance if both worked alone (GBT), and in two dimensions (M4).

Neither has a direction: they ask whether two persons of these abilities would agree so often, whoever copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.forensics.answers import CELLS, Answers, Progress
from psychometrics.forensics.between import alike, between
from psychometrics.forensics.counts import LIMIT, bound, coins, could_reach, three_ways, upper_tail
from psychometrics.forensics.pairs import blocks, chunked, members, pairs
from psychometrics.responses import Flags, Floats, Indices, Scores


@dataclass(frozen=True)
class Matches:
    """Matches of pairs, (pairs,) each: a reason to ask, never a finding of fact.

    `pairs` (pairs, 2) are rows; `observed` matches, `expected` ones, `p` the chance of as many or more. `compared`
    counts all the pairs that were looked at, kept or not.
    """

    pairs: Indices
    observed: Indices
    expected: Floats
    p: Floats
    compared: int


@dataclass(frozen=True)
class M4:
    """Matches of pairs on the right and on a wrong option, (pairs,) each: a reason to ask, never a finding of fact."""

    pairs: Indices
    right: Indices
    wrong: Indices
    expected_right: Floats
    expected_wrong: Floats
    p: Floats


def gbt(answers: Answers, given: ArrayLike) -> Matches:
    """Chance of at least the observed matches, with M_i = Σ_k P_ik(θ_1) P_ik(θ_2) on each item that both answered.

    The number of matches is a sum of unlike coins; its distribution is built item by item as Lord & Wingersky (1984)
    do. p is 1 for a pair without such an item. Source: van der Linden & Sotaridona (2006). Raises what `pairs` raises.
    """
    chosen = pairs(given, answers.n_persons)
    observed, expected, p = np.empty(len(chosen), dtype=np.intp), np.empty(len(chosen)), np.empty(len(chosen))
    width = answers.n_items * int(answers.n_options.max())
    for part in chunked(chosen, CELLS // (4 * width)):
        same, right, wrong = _alike(answers, chosen[part])
        chance = right + wrong
        observed[part], expected[part] = same.sum(axis=1), chance.sum(axis=1)
        p[part] = upper_tail(coins(chance), observed[part])
    return Matches(chosen, observed, expected, p, len(chosen))


def gbt_among(
    answers: Answers,
    rooms: Sequence[str] | ArrayLike | None = None,
    *,
    limit: float = LIMIT,
    progress: Progress | None = None,
) -> Matches:
    """`gbt` of every pair within each room, or within the whole sitting; those with p at most `limit` are kept.

    Mean and variance of all pairs' matches are matrix products, thin ones between full papers (see `between`). A pair
    that could have so small a chance by them (see `could_reach`) is reckoned exactly. Pairs come with the most
    surprising first. `progress` hears comparisons done and all. Raises TooFew (nobody to compare), WrongValue (a limit
    outside (0, 0.1]).
    """
    least = bound(limit)
    kept: list[Matches] = []
    compared = 0
    held: Indices | None = None
    groups = members(np.zeros(answers.n_persons) if rooms is None else rooms)
    for block in blocks(alike(answers, groups), once=True):
        if held is None or held[0] != block.one[0]:
            held, one = block.one, _features(answers, block.one)
        likely = _likely(one, one if block.is_diagonal else _features(answers, block.two), least)
        if block.is_diagonal:
            likely = np.triu(likely, k=1)
        found = gbt(answers, np.sort(block.pairs(likely), axis=1))
        kept.append(_at_most(found, limit))
        compared += likely.size if not block.is_diagonal else len(likely) * (len(likely) - 1) // 2
        if progress is not None:
            progress(block.done, block.total)
    p = np.concatenate([each.p for each in kept])
    order = np.argsort(p, kind="stable")
    return Matches(
        np.concatenate([each.pairs for each in kept])[order],
        np.concatenate([each.observed for each in kept])[order],
        np.concatenate([each.expected for each in kept])[order],
        p[order],
        compared,
    )


def m4(answers: Answers, given: ArrayLike, *, progress: Progress | None = None) -> M4:
    """Chance of matches on right and on wrong options at least as extreme as those seen.

    On each item that both answered a pair matches rightly with P_1 P_2 of the key, wrongly with the sum over the other
    options, or not: the joint count is a generalised trinomial. A point (m, n) is as extreme as the chance of reaching
    both, U(m, n) = P(M ≥ m, N ≥ n); p adds all points whose U is at most that of the point seen. Costs items³ a pair:
    for pairs that something else brought up. Source: Maynes (2014). Raises what `pairs` raises.
    """
    chosen = pairs(given, answers.n_persons)
    made = np.empty((5, len(chosen)))
    for part in chunked(chosen, CELLS // (16 * (answers.n_items + 1) ** 2)):
        same, right, wrong = _alike(answers, chosen[part])
        is_key = answers.is_right[chosen[part, 0]]
        seen = (same & is_key).sum(axis=1), (same & ~is_key).sum(axis=1)
        joint = three_ways(right, wrong)
        made[:, part] = *seen, right.sum(axis=1), wrong.sum(axis=1), _extreme(joint, *seen)
        if progress is not None:
            progress(min(part.stop, len(chosen)), len(chosen))
    return M4(chosen, made[0].astype(np.intp), made[1].astype(np.intp), *made[2:])


def _extreme(joint: Floats, right: Indices, wrong: Indices) -> Floats:
    reached = np.flip(np.flip(joint, (1, 2)).cumsum(axis=1).cumsum(axis=2), (1, 2))
    seen = reached[np.arange(len(joint)), right, wrong] * (1 + 1e-9)
    return np.asarray(np.minimum(np.where(reached <= seen[:, None, None], joint, 0.0).sum(axis=(1, 2)), 1.0))


def _alike(answers: Answers, chosen: Indices) -> tuple[Flags, Floats, Floats]:
    """Where a pair chose the same; chances of that on the right option and on wrong ones; (pairs, items) each."""
    one, two = chosen[:, 0], chosen[:, 1]
    both = answers.chances(one) * answers.chances(two)
    right = np.take_along_axis(both, answers.right.astype(np.intp)[None, :, None], axis=2)[:, :, 0]
    same = (answers.chosen[one] == answers.chosen[two]) & answers.is_answered[one]
    return same, right, np.maximum(both.sum(axis=2) - right, 0.0)


@dataclass(frozen=True)
class _Features:
    """Marks (rows, items × options), and chances and products of two chances on one item, each as weights @ table.

    The inner products of two persons' are h, Σ M and Σ M².
    """

    marks: Scores
    weights: Scores | None
    mean: Scores
    square: Scores


def _features(answers: Answers, rows: Indices) -> _Features:
    thin = between(answers, rows)
    chance = (answers.chances(rows) if thin is None else answers.curves_at(thin[0])).astype(np.float32)
    one, two = np.triu_indices(chance.shape[2])
    doubled = np.where(one == two, 1, np.sqrt(2)).astype(np.float32)
    products = chance[:, :, one] * chance[:, :, two] * doubled
    return _Features(
        answers.marks(rows),
        None if thin is None else thin[1].astype(np.float32),
        chance.reshape(len(chance), -1),
        products.reshape(len(chance), -1),
    )


def _likely(one: _Features, two: _Features, z: float) -> Flags:
    """Where the exact chance could be at most that of z."""
    mean, square = (
        _product(one.weights, mine @ yours.T, two.weights)
        for mine, yours in ((one.mean, two.mean), (one.square, two.square))
    )
    return could_reach(one.marks @ two.marks.T - mean, mean - square, z)


def _product(left: Scores | None, middle: Scores, right: Scores | None) -> Scores:
    if left is not None:
        middle = left @ middle
    return middle if right is None else middle @ right.T


def _at_most(found: Matches, limit: float) -> Matches:
    kept = found.p <= limit
    return Matches(found.pairs[kept], found.observed[kept], found.expected[kept], found.p[kept], found.compared)
