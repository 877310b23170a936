"""Differential functioning of all items between two groups, against `mirt` (PyPI) and the formula, item by item.

`mirt.utils.empirical.mantel_haenszel` takes one item and bands of the total as strata; the formula counts the four
cells of every total for each item. Logistic regression is another method, and here for its cost alone. Ours is
unpurified here, as they are; with purification each round costs the same again.
The exponent is that of Mantel-Haenszel from half the persons to all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from mirt.utils.empirical import mantel_haenszel

from bench.timing import compare, console, exponent, show
from psychometrics import fairness, irt, responses
from psychometrics.responses import Floats, Indices, Responses

PERSONS = 10_000
ITEMS = 100


def run(size: int) -> None:
    """Answers of `size` persons (default 10,000), half of them in each group, to 100 items; three repetitions."""
    size = size or PERSONS
    made = _answers(size)
    points, focal = made.scores.astype(np.float64), np.asarray(made.in_group("focal"), dtype=np.intp)
    found = fairness.mantel_haenszel(made, reference="reference", focal="focal", purify=False)
    assert np.allclose(found.alpha, [_formula(points, focal, item) for item in range(ITEMS)])
    ways: dict[str, Callable[[int], int]] = {
        "the formula, item by item": lambda turn: len([_formula(points, focal, item) for item in range(ITEMS)]),
        "mirt, item by item": lambda turn: len([_theirs(points, focal, item) for item in range(ITEMS)]),
        "mantel_haenszel": lambda turn: _all(partial(fairness.mantel_haenszel, focal="focal"), made),
        "standardised": lambda turn: _all(partial(fairness.standardised, focal="focal"), made),
        "logistic": lambda turn: _all(fairness.logistic, made),
    }
    rates = compare(ways)
    show(f"Differential functioning, {size:,} × {ITEMS}", rates, against="mirt, item by item", unit="items")
    half = made.of_persons(np.arange(size) % 4 < 2)
    fewer = compare({"half": lambda turn: _all(partial(fairness.mantel_haenszel, focal="focal"), half)})["half"]
    grown = exponent((size // 2, fewer.median * size // 2), (size, rates["mantel_haenszel"].median * size))
    console.print(f"exponent of cost from half the persons to all: {grown:.2f}")


def _answers(n_persons: int) -> Responses:
    rng = np.random.default_rng(1)
    items = irt.logistic(rng.normal(size=ITEMS))
    parts = [
        irt.simulated(items, rng.normal(size=min(5_000, n_persons - begun)), rng=rng)
        for begun in range(0, n_persons, 5_000)
    ]
    groups = np.where(np.arange(n_persons) % 2, "focal", "reference").tolist()
    return responses.scored(np.concatenate(parts), maxima=1, groups=groups)


def _all(
    method: Callable[..., fairness.MantelHaenszel | fairness.Standardised | fairness.Logistic], made: Responses
) -> int:
    return len(method(made, reference="reference", purify=False).classes)


def _theirs(points: Floats, focal: Indices, item: int) -> float:
    return float(mantel_haenszel(points, focal, points.sum(axis=1), item, n_strata=20)[2])


def _formula(points: Floats, focal: Indices, item: int) -> float:
    """Σ A D / T ÷ Σ B C / T over the totals."""
    total, right, inside = points.sum(axis=1), points[:, item] == 1, focal == 1
    up = down = 0.0
    for level in np.unique(total):
        here = total == level
        a, b = (here & ~inside & right).sum(), (here & ~inside & ~right).sum()
        c, d = (here & inside & right).sum(), (here & inside & ~right).sum()
        up, down = up + a * d / here.sum(), down + b * c / here.sum()
    return float(up / down)
