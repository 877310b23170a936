"""Sum scores under an item response model: how likely is each total, given the ability, and which ability it speaks of.

The distribution of a sum of independent item scores is their convolution, one item after the other (Lord & Wingersky
1984). An item may count for several units of the total, so that papers with questions of half a mark and of one mark
are summed in half marks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from psychometrics import irt
from psychometrics.errors import WrongShape, WrongValue
from psychometrics.responses import Floats, Indices


def units(items: irt.Items, points: ArrayLike = 1) -> Indices:
    """How many units of the total each step of an item's score counts for, (items,), checked.

    `points` is one whole number or (items,), at least 1. Raises WrongShape, WrongValue.
    """
    given = np.asarray(points, dtype=np.float64)
    if given.shape not in {(), (items.n,)}:
        raise WrongShape(f"{given.size} weights for {items.n} items")
    if not np.all((given >= 1) & (given == np.floor(given))):
        raise WrongValue("items count for whole units of the total, at least 1: take the smallest mark as the unit")
    return np.broadcast_to(given, (items.n,)).astype(np.intp)


def distribution(items: irt.Items, theta: ArrayLike, points: ArrayLike = 1) -> Floats:
    """P(sum = s | θ), (abilities, sums 0 … most); each row sums to 1. Source: Lord & Wingersky (1984).

    `points` as in `units`. Costs items × sums × abilities × categories.
    """
    return _joined(irt.probabilities(items, theta), items.n_categories, units(items, points))


def without_each(items: irt.Items, theta: ArrayLike, points: ArrayLike = 1) -> Floats:
    """P(sum of all the other items = s | θ), (items, abilities, sums 0 … most); 0 beyond what the others can give.

    The items are halved again and again, each half convolved with the whole of the other, so that it costs log₂(items)
    times one distribution instead of `items` times.
    """
    chances, counts, steps = irt.probabilities(items, theta), items.n_categories, units(items, points)
    most = int(((counts - 1) * steps).sum())
    found = np.zeros((items.n, chances.shape[0], most + 1))

    def fill(places: Indices, others: Floats) -> None:
        if places.size == 1:
            found[places[0], :, : others.shape[1]] = others
            return
        half = places.size // 2
        for mine, left in ((places[:half], places[half:]), (places[half:], places[:half])):
            fill(mine, _joined(chances[:, left], counts[left], steps[left], others))

    fill(np.arange(items.n), np.ones((chances.shape[0], 1)))
    return found


def expected(items: irt.Items, theta: ArrayLike, points: ArrayLike = 1) -> Floats:
    """E(sum | θ), the test characteristic curve, (abilities,), from the sum of asymptotes to the most."""
    return np.asarray(irt.expected(items, theta) @ units(items, points))


def ability_at(items: irt.Items, sums: ArrayLike, points: ArrayLike = 1) -> Floats:
    """The ability whose expected sum is the given one, (sums,).

    -inf at the sum of asymptotes, +inf at the most, NaN outside. Found by halving an interval that holds the root.
    """
    steps = units(items, points)
    wanted = np.atleast_1d(np.asarray(sums, dtype=np.float64))
    lowest, most = float(items.c @ steps), float(items.maxima @ steps)
    found = np.where(wanted == lowest, -np.inf, np.where(wanted == most, np.inf, np.nan))
    inside = (wanted > lowest) & (wanted < most)
    target = wanted[inside]
    low, high = np.full(target.size, -8.0), np.full(target.size, 8.0)
    for _ in range(12):
        low = np.where(expected(items, low, points) > target, 2 * low, low)
        high = np.where(expected(items, high, points) < target, 2 * high, high)
    for _ in range(64):
        middle = (low + high) / 2
        under = expected(items, middle, points) < target
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    found[inside] = (low + high) / 2
    return found


def _joined(chances: Floats, counts: Indices, steps: Indices, begun: Floats | None = None) -> Floats:
    """The distribution of the sum of items, (abilities, sums), upon one that is there already."""
    found = np.ones((chances.shape[0], 1)) if begun is None else begun
    for place in range(chances.shape[1]):
        step, size = int(steps[place]), found.shape[1]
        wider = np.zeros((found.shape[0], size + step * int(counts[place] - 1)))
        for score in range(int(counts[place])):
            wider[:, step * score : step * score + size] += chances[:, place, score, None] * found
        found = wider
    return found
