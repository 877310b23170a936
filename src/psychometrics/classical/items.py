"""Items by counting: how hard each is, and how well it and each of its options tell the strong from the weak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from psychometrics.errors import WrongShape, WrongValue
from psychometrics.responses import Flags, Floats, Indices, Responses

KELLEY = 0.27
"""Share of persons in the upper and in the lower group that tells most about an item (Kelley 1939)."""
CHUNK = 8192
"""Persons worked on at once: bounds the memory."""
NOTHING = 1e-12
"""Variance below this share of the square of what can be had is rounding."""


@dataclass(frozen=True)
class ItemStatistics:
    """What counting says of each item; every array is (items,), NaN where it is not defined.

    `n` persons answered the item, `missing` in [0, 1] is the share that did not. `difficulty` in [0, 1] is the mean
    share of the item's points: the higher, the easier. `sd` in points (n - 1). `discrimination` in [-1, 1] is the
    corrected item-total correlation. `upper_lower` in [-1, 1] is the difficulty among the best less that among the
    worst.
    """

    names: tuple[str, ...]
    n: Indices
    missing: Floats
    difficulty: Floats
    sd: Floats
    discrimination: Floats
    upper_lower: Floats


@dataclass(frozen=True)
class OptionStatistics:
    """What counting says of each option; matrices are (items, options), NaN beyond an item's own options.

    `share` in [0, 1] chose it, of those who answered; `upper` and `lower` in [0, 1] of the best and of the worst.
    `correlation` in [-1, 1] of choosing it with the rest score, NaN when nobody or everybody chose it. `rest` in [0, 1]
    is the mean rest score of those who chose it. `omitted` in [0, 1] (items,) is the share that chose nothing. `labels`
    and `key` are those of the responses.
    """

    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    key: Indices
    omitted: Floats
    share: Floats
    upper: Floats
    lower: Floats
    correlation: Floats
    rest: Floats

    @property
    def is_own(self) -> Flags:
        """Where there is an option, (items, options)."""
        return np.asarray(np.arange(self.share.shape[1]) < np.array([len(each) for each in self.labels])[:, None])

    @property
    def is_key(self) -> Flags:
        """Where the right option is, (items, options)."""
        return np.equal(np.arange(self.share.shape[1]), self.key[:, None])


@dataclass(frozen=True, slots=True)
class _Sums:
    """What is summed over persons.

    (items,): answers, points, their squares. (2, items): points and sizes of the lower and the upper group. (6, items)
    `paired`, over those with a rest score r: their number, Σu, Σr, Σu², Σr², Σur.
    """

    n: Floats
    points: Floats
    squares: Floats
    ends: Floats
    sizes: Floats
    paired: Floats


def item_statistics(responses: Responses, *, tail: float = KELLEY) -> ItemStatistics:
    """Difficulty, spread and discrimination of every item.

    p_i = mean(u_i) / most_i. Discrimination = corr(u_i, R_i) with the rest score R_i = (X - u_i) / (M - most_i), the
    share of the points of the *other* items that the person answered, so that no item flatters itself; with complete
    answers it is the customary corr(u_i, X - u_i). Upper-lower = p_i(U) - p_i(L) with the `tail` best and worst by
    share of points; persons who tie at the border enter in part, so that the order of rows does not matter.

    Missing answers are left out of whatever they miss. NaN: nobody answered; for spread fewer than two persons; for
    discrimination an item or a rest score without variance. Raises WrongValue unless 0 < tail <= 0.5.
    Sources: Henrysson (1963); Kelley (1939).
    """
    sums, most = _sums(responses, *extremes(responses, tail=tail)), responses.maxima
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums.points / sums.n
        squares = sums.squares - sums.points * mean
        varies = squares > NOTHING * sums.n * most**2
        ends = sums.ends / sums.sizes / most
        return ItemStatistics(
            names=responses.items,
            n=sums.n.astype(np.intp),
            missing=1 - sums.n / responses.n_persons,
            difficulty=mean / most,
            sd=np.where(sums.n > 1, np.sqrt(np.where(varies, squares, 0.0) / (sums.n - 1)), np.nan),
            discrimination=_correlation(*sums.paired, scale=most),
            upper_lower=ends[1] - ends[0],
        )


def option_statistics(responses: Responses, *, tail: float = KELLEY) -> OptionStatistics:
    """Who chose which option: the work of every distractor.

    Correlation = corr(1[chose k], R_i) over those who answered item i and another, R_i the rest score as in
    `item_statistics`; that of the key of a right-or-wrong item is the item's discrimination. Raises WrongShape when the
    responses do not know what was chosen, WrongValue unless 0 < tail <= 0.5.
    Source: Haladyna & Downing (1993).
    """
    if (choices := responses.choices) is None:
        raise WrongShape("these responses are points; options are needed to judge distractors")
    lower, upper = extremes(responses, tail=tail)
    n_options = int(choices.counts.max())
    # By group of weights (everybody, lower, upper, everybody with a rest score): (4, items, options).
    counts, rests = np.zeros((4, responses.n_items, n_options)), np.zeros((responses.n_items, n_options))
    squares = np.zeros(responses.n_items)
    for rows, _own, rest, both in _with_rest(responses):
        picked, r = choices.chosen[rows], np.where(both, rest, 0.0)
        weights = np.stack([np.ones(rows.stop - rows.start), lower[rows], upper[rows]])
        squares += np.einsum("pi,pi->i", r, r)
        for option in range(n_options):
            took = picked == option
            counts[:3, :, option] += weights @ took
            counts[3, :, option] += (took & both).sum(axis=0)
            rests[:, option] += np.einsum("pi,pi->i", took, r)
    own = np.arange(n_options) < choices.counts[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        share, low, high = (np.where(own, each / each.sum(axis=1, keepdims=True), np.nan) for each in counts[:3])
        n, chose, total = counts[3].sum(axis=1)[:, None], counts[3], rests.sum(axis=1)[:, None]
        found = _correlation(n, chose, total, chose, squares[:, None], rests, scale=1.0)
        return OptionStatistics(
            names=responses.items,
            labels=choices.labels,
            key=choices.key.astype(np.intp),
            omitted=1 - counts[0].sum(axis=1) / responses.n_persons,
            share=share,
            upper=high,
            lower=low,
            correlation=np.where(own, found, np.nan),
            rest=np.where(own, rests / chose, np.nan),
        )


def extremes(responses: Responses, *, tail: float = KELLEY) -> tuple[Floats, Floats]:
    """How much each person belongs to the lower and to the upper group, two arrays (persons,) in [0, 1].

    Each sums to `tail` of the persons who answered anything; they are ranked by their share of the points that they
    could have had. Those who tie at the border share the rest of the group's size. Raises WrongValue unless
    0 < tail <= 0.5.
    """
    if not 0 < tail <= 0.5:
        raise WrongValue(f"a group at either end is above 0 and at most half of the persons, not {tail}")
    could = _could(responses)
    ranked = could > 0
    _levels, level, count = np.unique(responses.totals[ranked] / could[ranked], return_inverse=True, return_counts=True)
    size, below = tail * ranked.sum(), np.concatenate([[0], np.cumsum(count)])
    parts = [np.clip((size - before) / count, 0, 1) for before in (below[:-1], below[-1] - below[1:])]
    lower, upper = (np.zeros(responses.n_persons) for _each in parts)
    lower[ranked], upper[ranked] = (part[level] for part in parts)
    return lower, upper


def _could(responses: Responses) -> Floats:
    """What each person could have had on the items answered, (persons,)."""
    if responses.is_complete:
        return np.full(responses.n_persons, responses.maxima.sum())
    return np.concatenate([responses.is_present[rows] @ responses.maxima for rows in responses.chunks(CHUNK)])


def _with_rest(responses: Responses) -> Iterator[tuple[slice, Floats, Floats, Flags]]:
    """By chunks: the rows, points with 0 for none, rest scores, and where there are both."""
    could = _could(responses)
    for rows in responses.chunks(CHUNK):
        present = responses.is_present[rows]
        own = np.where(present, responses.scores[rows], 0).astype(np.float64)
        others = could[rows, None] - responses.maxima
        both = present & (others > 0)
        rest = np.divide(responses.totals[rows, None] - own, others, out=np.zeros_like(own), where=both)
        yield rows, own, rest, both


def _sums(responses: Responses, lower: Floats, upper: Floats) -> _Sums:
    if responses.is_complete:
        return _sums_of_complete(responses, lower, upper)
    found = _Sums(*(np.zeros((*size, responses.n_items)) for size in ((), (), (), (2,), (2,), (6,))))
    for rows, own, rest, both in _with_rest(responses):
        present = responses.is_present[rows]
        groups = np.stack([lower[rows], upper[rows]])
        u, r = np.where(both, own, 0.0), np.where(both, rest, 0.0)
        found.n[:] += present.sum(axis=0)
        found.points[:] += own.sum(axis=0)
        found.squares[:] += np.einsum("pi,pi->i", own, own)
        found.ends[:] += groups @ own
        found.sizes[:] += groups @ present
        products = (np.einsum("pi,pi->i", *each) for each in ((u, u), (r, r), (u, r)))
        found.paired[:] += [both.sum(axis=0), u.sum(axis=0), r.sum(axis=0), *products]
    return found


def _sums_of_complete(responses: Responses, lower: Floats, upper: Floats) -> _Sums:
    """The same with one small product a chunk: Σ u r and Σ r² follow from Σ u t and Σ t², t the total, r = t - u."""
    most = responses.maxima.sum()
    t = (responses.totals - responses.totals.mean()) / most
    weights = np.column_stack([np.ones_like(t), t, lower, upper])
    products, uu = np.zeros((4, responses.n_items)), np.zeros(responses.n_items)
    for rows in responses.chunks(CHUNK):
        own = responses.scores[rows].astype(np.float64)
        products += weights[rows].T @ own
        uu += np.einsum("pi,pi->i", own, own)
    u, ut, n = products[0], products[1], np.full(responses.n_items, float(responses.n_persons))
    paired = [n, u, t.sum() - u / most, uu, t @ t - 2 * ut / most + uu / most**2, ut - uu / most]
    sizes = np.repeat([[lower.sum()], [upper.sum()]], responses.n_items, axis=1)
    return _Sums(n, u, uu, products[2:], sizes, np.stack(paired))


def _correlation(
    n: Floats, u: Floats, r: Floats, uu: Floats, rr: Floats, ur: Floats, *, scale: Floats | float
) -> Floats:
    """Of two variables from their sums, squares and products; NaN where one has no variance."""
    first, second = uu - u**2 / n, rr - r**2 / n
    varies = (first > NOTHING * n * np.square(scale)) & (second > NOTHING * n)
    return np.where(varies, (ur - u * r / n) / np.sqrt(np.where(varies, first * second, 1.0)), np.nan)
