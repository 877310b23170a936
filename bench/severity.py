"""Severity of examiners from sparse ratings, against `mirt` (PyPI), which fits the same model by code of its own.

Everybody is rated on three tasks by two of the examiners, one examiner for every fifty persons. Both find the same
measures, errors and fit, or there is nothing to compare. The exponent is ours, from a quarter of the persons to all.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from mirt.estimation import fit_mfrm
from mirt.models import Facet, MFRMResult, PolytomousMFRM

from bench.timing import compare, console, exponent, show
from psychometrics.agreement import Ratings, ratings, severity

PERSONS = 8_000
PERSONS_PER_EXAMINER, EXAMINERS_EACH, TASKS, MOST = 50, 2, 3, 5


def run(size: int) -> None:
    """Ratings of a quarter of `size` persons (default 8,000), then of all; three repetitions."""
    size = size or PERSONS
    small, large = (_measured(_ratings(persons)) for persons in (size // 4, size))
    console.print(f"exponent of cost from a quarter of the persons to all: {exponent(small, large):.2f}")


def _measured(given: Ratings) -> tuple[int, float]:
    _same(given)
    ways: dict[str, Callable[[int], int]] = {
        "mirt": lambda turn: _theirs(given).n_observations,
        "severity": lambda turn: severity(given).n_ratings,
    }
    rates = compare(ways)
    title = f"Many-facet Rasch, {len(given.persons):,} persons, {len(given.examiners):,} examiners"
    show(title, rates, against="mirt", unit="ratings", note="one process; measures, errors, fit, abilities")
    return given.n, rates["severity"].median


def _ratings(persons: int) -> Ratings:
    rng = np.random.default_rng(1)
    examiners = max(4, persons // PERSONS_PER_EXAMINER)
    who = np.repeat(np.arange(persons), EXAMINERS_EACH * TASKS)
    pairs = (
        rng.integers(examiners, size=persons)[:, None] + [0, 1] * rng.integers(1, examiners, (persons, 1))
    ) % examiners
    whom, what = np.repeat(pairs, TASKS, axis=1).ravel(), np.tile(np.arange(TASKS), persons * EXAMINERS_EACH)
    ahead = (
        rng.normal(0.3, 1.2, persons)[who] - rng.normal(0, 0.6, examiners)[whom] - np.linspace(-0.5, 0.5, TASKS)[what]
    )
    height = ahead[:, None] * np.arange(MOST + 1) - np.concatenate([[0], np.linspace(-1, 1, MOST).cumsum()])
    chance = np.exp(height - height.max(axis=1, keepdims=True))
    reached = chance.cumsum(axis=1) / chance.sum(axis=1, keepdims=True)
    score = (rng.random((who.size, 1)) > reached[:, :-1]).sum(axis=1)
    names = [[f"{letter}{place:06d}" for place in column] for letter, column in (("p", who), ("e", whom), ("t", what))]
    return ratings(names[0], names[1], score, tasks=names[2], maxima=MOST)


def _theirs(given: Ratings) -> MFRMResult:
    shape = (len(given.persons), EXAMINERS_EACH * TASKS)
    points = given.score.reshape(shape)
    raters, items = given.examiner.reshape(shape), given.task.reshape(shape)
    model = PolytomousMFRM(TASKS, MOST + 1, [Facet("rater", len(given.examiners))])
    return fit_mfrm(model, points, {"rater": raters}, item_indices=items)


def _same(given: Ratings) -> None:
    ours, theirs = severity(given), _theirs(given)
    assert abs(ours.log_likelihood - theirs.log_likelihood) < 0.01
    assert np.allclose(ours.examiners.measure, theirs.facet_parameters["rater"], atol=1e-3)
    assert np.allclose(ours.examiners.error, theirs.facet_se["rater"], rtol=1e-3)
    assert np.allclose(ours.examiners.outfit, theirs.outfit["rater"], atol=1e-3)
