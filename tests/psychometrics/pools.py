"""Pools and persons that the tests of adaptive tests share."""

from __future__ import annotations

from collections import Counter

import numpy as np

from psychometrics import irt
from psychometrics.adaptive import NOTHING, Sittings


def pool(count: int = 120, seed: int = 3) -> irt.Items:
    rng = np.random.default_rng(seed)
    return irt.logistic(rng.normal(0, 1, count), rng.lognormal(0.1, 0.3, count), rng.uniform(0.1, 0.25, count))


def people(count: int = 400, seed: int = 5) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(seed).normal(0, 1, count)


def rng(seed: int = 11) -> np.random.Generator:
    return np.random.default_rng(seed)


def areas(count: int = 120) -> list[str]:
    return ["law" if place % 6 == 0 else "safety" if place % 2 else "craft" for place in range(count)]


def tally(sittings: Sittings, area_of: list[str]) -> list[Counter[str]]:
    return [Counter(area_of[item] for item in row if item != NOTHING) for row in sittings.given]
