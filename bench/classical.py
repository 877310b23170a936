"""Items, options and reliability counted for a whole season, against `mirt` (PyPI) and against one item at a time.

`mirt.traditional` gives difficulty, corrected item-total correlation, alpha and alpha without each item; ours adds the
upper-lower index, all covariances and omega. One item at a time is what the formula says: `corrcoef` with the total of
the others.
The exponent is that of `item_statistics` from half the persons to all.
"""

from __future__ import annotations

from collections.abc import Callable

import mirt
import numpy as np

from bench.timing import compare, console, exponent, show
from psychometrics import classical, irt, responses
from psychometrics.responses import Floats, Responses

PERSONS = 20_000
ITEMS = 200


def run(size: int) -> None:
    """Answers of `size` persons (default 20,000) to 200 items; three repetitions."""
    size = size or PERSONS
    made = _answers(size)
    points = made.scores.astype(np.float64)
    _same(made, points)
    answers = size * ITEMS
    ways: dict[str, Callable[[int], int]] = {
        "one item at a time": lambda turn: _singly(points) * 0 + answers,
        "mirt.traditional": lambda turn: _theirs(points) * 0 + answers,
        "items and reliability": lambda turn: _ours(made) * 0 + answers,
        "items only": lambda turn: classical.item_statistics(made).n.size * size,
    }
    rates = compare(ways)
    show(f"Item analysis, {size:,} × {ITEMS}", rates, against="mirt.traditional", unit="answers", note="one process")
    half = made.of_persons(np.arange(size // 2))
    fewer = compare({"half": lambda turn: classical.item_statistics(half).n.size * (size // 2)})["half"]
    grown = exponent((size // 2 * ITEMS, fewer.median), (answers, rates["items only"].median))
    console.print(f"exponent of cost from half the persons to all: {grown:.2f}")


def _answers(n_persons: int) -> Responses:
    rng = np.random.default_rng(1)
    items = irt.logistic(rng.normal(size=ITEMS), rng.lognormal(0, 0.3, ITEMS))
    parts = [
        irt.simulated(items, rng.normal(size=min(5_000, n_persons - begun)), rng=rng)
        for begun in range(0, n_persons, 5_000)
    ]
    return responses.scored(np.concatenate(parts), maxima=1)


def _ours(made: Responses) -> int:
    return int(classical.item_statistics(made).n.size + classical.reliability(made).without.size)


def _theirs(points: Floats) -> int:
    return int(mirt.traditional(points).discrimination.size)


def _singly(points: Floats) -> int:
    total = points.sum(axis=1)
    return len([np.corrcoef(own, total - own)[0, 1] for own in points.T])


def _same(made: Responses, points: Floats) -> None:
    """All say the same, or there is nothing to compare."""
    theirs, ours = mirt.traditional(points), classical.item_statistics(made)
    assert np.allclose(theirs.discrimination, ours.discrimination, atol=1e-6)
    assert np.isclose(theirs.alpha, classical.reliability(made).alpha, atol=1e-6)
