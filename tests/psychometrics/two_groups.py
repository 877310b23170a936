"""Answers of groups that differ in ability, on items of which some work differently."""

from __future__ import annotations

from typing import Any

import numpy as np

from psychometrics import fairness, irt, responses
from psychometrics.responses import Responses

NAN = float("nan")


def answers(
    n_items: int = 30,
    *,
    n: int = 1000,
    impact: float = -0.5,
    harder: dict[int, float] | None = None,
    flatter: dict[int, float] | None = None,
    third: dict[int, float] | None = None,
    missing: float = 0.0,
    seed: int = 0,
) -> Responses:
    """Rasch items in "han", in "uyghur" of another mean ability where some are harder or flatter, and in a third."""
    rng = np.random.default_rng(seed)
    b, a = rng.normal(0, 0.8, n_items), np.ones(n_items)
    scores, names = [irt.simulated(irt.logistic(b), rng.normal(size=n), rng=rng)], ["han"] * n
    moved, turned = b.copy(), a.copy()
    for item, more in (harder or {}).items():
        moved[item] += more
    for item, slope in (flatter or {}).items():
        turned[item] = slope
    scores.append(irt.simulated(irt.logistic(moved, turned), rng.normal(impact, 1, n), rng=rng))
    names += ["uyghur"] * n
    if third is not None:
        moved = b + np.array([third.get(item, 0.0) for item in range(n_items)])
        scores.append(irt.simulated(irt.logistic(moved), rng.normal(size=n), rng=rng))
        names += ["korean"] * n
    points = np.concatenate(scores)
    return responses.scored(np.where(rng.random(points.shape) < missing, NAN, points), maxima=1, groups=names)


def against(method: Any, made: Responses, **options: Any) -> Any:
    """The comparison of "uyghur" with "han"."""
    focal = ["uyghur"] if method is fairness.logistic else "uyghur"
    return method(made, reference="han", focal=focal, **options)
