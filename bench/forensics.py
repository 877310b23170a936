"""ω of all pairs of a sitting by matrix products against its formula, pair by pair in NumPy.

OMP_NUM_THREADS=1 makes it one thread each. 100 items of 4 options, the curves and abilities given to both; the formula
takes each person's chances from a table. Equal means: every pair that is kept has the formula's ω within 0.001, and
none that the formula would keep is missing. R's aberrance, measured once, did 26,000 pairs/s: the goal is 500 times.
"""

from __future__ import annotations

import os

import numpy as np
from scipy.stats import norm

from bench.timing import Rate, compare, console, exponent, show
from psychometrics import forensics, irt, responses
from psychometrics.responses import Floats, Indices

ITEMS, OPTIONS = 100, 4
LIMIT = 1e-6
ABERRANCE = 26_000
SAMPLE = 4_000
TOLERANCE = 1e-3
THREADS = os.environ.get("OMP_NUM_THREADS", "its own choice")


def run(size: int) -> None:
    """Compare all ordered pairs of a quarter of `size` persons (default 4,000), then of all of them."""
    size = size or 4_000
    small, large = ((each * (each - 1), _measured(each).median) for each in (max(200, size // 4), size))
    console.print(f"Cost grows with the pairs to the power {exponent(small, large):.2f}")


def _measured(persons: int) -> Rate:
    answers = _sitting(persons)
    chances = answers.curves_at(answers.theta)
    sample = _sample(persons)
    ways = {
        "formula, pair by pair": lambda _turn: len(_by_formula(answers, chances, sample)),
        "all pairs": lambda _turn: forensics.omega_among(answers, limit=LIMIT).compared,
        "all pairs, GBT": lambda _turn: forensics.gbt_among(answers, limit=LIMIT).compared,
    }
    rates = compare(ways)
    note = f"p at most {LIMIT:g} kept; BLAS threads: {THREADS}; median of 3 interleaved repetitions"
    show(f"ω of all ordered pairs of {persons:,}", rates, against="formula, pair by pair", unit="pairs", note=note)
    console.print(f"{rates['all pairs'].median / ABERRANCE:,.0f} times the rate of aberrance")
    console.print(f"largest difference from the formula: {_difference(answers, chances):.1e}")
    return rates["all pairs"]


def _difference(answers: forensics.Answers, chances: Floats) -> float:
    """Between the formula and all pairs at a mild limit, over some persons; raises where they differ too much."""
    some = np.arange(min(300, answers.n_persons))
    small = forensics.Answers(
        tuple(answers.persons[row] for row in some),
        answers.chosen[some],
        answers.right,
        answers.theta[some],
        answers.curves,
    )
    kept = forensics.omega_among(small, limit=0.1)
    every = np.argwhere(~np.eye(some.size, dtype=bool))
    expects = _by_formula(small, chances[some], every)
    found = np.full((some.size, some.size), np.nan)
    found[kept.pairs[:, 0], kept.pairs[:, 1]] = kept.omega
    mine = found[every[:, 0], every[:, 1]]
    assert np.isfinite(mine[norm.sf(expects) <= 0.1]).all()
    worst = float(np.nanmax(np.abs(mine - expects)))
    assert worst < TOLERANCE
    return worst


def _by_formula(answers: forensics.Answers, chances: Floats, pairs: Indices) -> Floats:
    items = np.arange(ITEMS)
    found = np.empty(len(pairs))
    for place, (copier, source) in enumerate(pairs.tolist()):
        theirs = answers.chosen[source]
        chance = chances[copier, items, theirs]
        matches = (answers.chosen[copier] == theirs).sum()
        found[place] = (matches - chance.sum()) / np.sqrt((chance * (1 - chance)).sum())
    return found


def _sample(persons: int) -> Indices:
    rng = np.random.default_rng(2)
    one, away = rng.integers(0, persons, SAMPLE), rng.integers(1, persons, SAMPLE)
    return np.stack([one, (one + away) % persons], axis=1)


def _sitting(persons: int) -> forensics.Answers:
    rng = np.random.default_rng(1)
    key = rng.integers(0, OPTIONS, ITEMS)
    slopes, intercepts = rng.normal(0, 0.3, (ITEMS, OPTIONS)), rng.normal(0, 0.7, (ITEMS, OPTIONS))
    slopes[np.arange(ITEMS), key] = rng.uniform(0.6, 1.4, ITEMS)
    intercepts[np.arange(ITEMS), key] += 0.8
    curves = irt.Nominal(slopes, intercepts, tuple(f"i{place}" for place in range(1, ITEMS + 1)))
    theta = rng.standard_normal(persons)
    reached = curves.probabilities(theta).cumsum(axis=2)[:, :, :-1]
    chosen = (rng.random((persons, ITEMS, 1)) > reached).sum(axis=2)
    letters = np.array(list("ABCD"))
    rows = responses.chosen(
        letters[chosen].tolist(), key=letters[key].tolist(), items=curves.names, labels=[list("ABCD")] * ITEMS
    )
    return forensics.answers(rows, curves, theta)
