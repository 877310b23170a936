"""Answers for the tests of classical statistics, some of them missing."""

from __future__ import annotations

import numpy as np

from psychometrics.responses import Responses, scored
from tests.psychometrics.drawn import sat, two


def sample(n_persons: int = 400, n_items: int = 12, *, seed: int = 3, missing: float = 0.0) -> Responses:
    """Answers of persons of normal ability to two-parameter items, some of them missing at random."""
    scores = sat(two(n_items, seed), n_persons, seed=seed)
    is_missing = np.random.default_rng(seed + 1).random(scores.shape) < missing
    return scored(np.where(is_missing, np.nan, scores), maxima=1)
