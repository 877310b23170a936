"""Answers that tests of calibration begin with: two published sets, and answers drawn from known items."""

from __future__ import annotations

import numpy as np

from psychometrics import irt
from psychometrics.responses import Responses, Scores, scored

# Counts of the patterns 00000, 00001, …, 11111 (Bock & Lieberman 1970).
LSAT6 = "3 6 2 11 1 1 3 4 1 8 0 16 0 3 2 15 10 29 14 81 3 28 15 80 16 56 21 173 11 61 28 298"
LSAT7 = "12 19 1 7 3 19 3 17 10 5 3 7 7 23 8 28 7 39 11 34 14 51 15 90 6 25 7 35 18 136 32 308"


def lsat(counts: str) -> Responses:
    """A section of the Law School Admission Test: 1,000 persons on five items."""
    patterns = (np.arange(32)[:, None] >> np.arange(4, -1, -1)) & 1
    return scored(np.repeat(patterns, [int(each) for each in counts.split()], axis=0))


def sat(items: irt.Items, persons: int, *, seed: int, mean: float = 0.0, sd: float = 1.0) -> Scores:
    """Scores of persons whose abilities are normal."""
    rng = np.random.default_rng(seed)
    return irt.simulated(items, rng.normal(mean, sd, persons), rng=rng)


def two(count: int, seed: int) -> irt.Items:
    """Two-parameter items, b about 0 and a about 1.1."""
    rng = np.random.default_rng(seed)
    return irt.logistic(rng.normal(0, 1, count), rng.lognormal(0.1, 0.3, count))


def steps(kind: str, count: int, categories: int, seed: int) -> irt.Items:
    """Graded ("grm") or partial-credit ("gpcm") items, thresholds at least 0.3 apart."""
    rng = np.random.default_rng(seed)
    apart = 0.3 * np.arange(categories - 1) - 0.15 * (categories - 2)
    b = np.sort(rng.normal(0, 1, (count, categories - 1)), axis=1) + apart
    make = irt.graded if kind == "grm" else irt.partial_credit
    return make(rng.uniform(0.8, 1.6, count), b, names=[f"{kind}{place}" for place in range(1, count + 1)])
