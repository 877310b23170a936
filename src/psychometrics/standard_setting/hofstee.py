"""Hofstee's compromise: between the cuts and the failure rates that a panel can accept, where the scores decide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats, Indices
from psychometrics.standard_setting.cuts import tail


@dataclass(frozen=True, slots=True)
class Hofstee:
    """The `cut` in points and the share `failing` there; NaN when the scores never meet what the panel accepts.

    `lowest_cut`, `highest_cut` (points), `lowest_failing`, `highest_failing` (shares) are the panel's means. `error`
    and the interval are by bootstrap over judges and persons, NaN unless asked for; `met` is the share of resamples
    that had a cut. `would_fail` are the shares failing at the lowest and at the highest cut: why there is none.
    """

    cut: float
    failing: float
    error: float
    low: float
    high: float
    met: float
    lowest_cut: float
    highest_cut: float
    lowest_failing: float
    highest_failing: float
    would_fail: tuple[float, float]


def hofstee(
    scores: ArrayLike,
    judgements: ArrayLike,
    *,
    rng: np.random.Generator | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
) -> Hofstee:
    """Where the share failing, rising with the cut, crosses the line from (lowest cut, highest share) to the opposite.

    `scores` (persons,) in points, NaN missing; `judgements` (judges, 4): lowest and highest acceptable cut, lowest and
    highest acceptable share failing in [0, 1]. The share scoring below a cut rises in a straight line from each score
    that occurs to the next possible one: the smallest difference between scores, at most 1 point, further. With `rng`
    the error is found from so many resamples of judges and of persons.

    Raises WrongShape, WrongValue (a share outside [0, 1], a lowest above its highest), TooFew (no judge, no person).
    Source: Hofstee (1983).
    """
    points, panel = np.asarray(scores, dtype=np.float64), np.asarray(judgements, dtype=np.float64)
    if points.ndim != 1 or panel.ndim != 2 or panel.shape[1] != 4:
        raise WrongShape("scores are one each, judgements four each")
    points = points[~np.isnan(points)]
    if points.size < 2 or len(panel) < 1:
        raise TooFew(f"{points.size} persons and {len(panel)} judges give no compromise")
    in_order = (panel[:, 0] <= panel[:, 1]) & (panel[:, 2] <= panel[:, 3])
    if not (np.isfinite(panel).all() and in_order.all() and (panel[:, 2:] >= 0).all() and (panel[:, 2:] <= 1).all()):
        raise WrongValue("each judge gives lowest and highest cut, then lowest and highest share in [0, 1]")
    seen, counts = np.unique(points, return_counts=True)
    means = panel.mean(axis=0)
    cut, failing, would_fail = _crossed(seen, counts / points.size, means)
    error, low, high, met = (float("nan"),) * 4
    if rng is not None:
        error, low, high, met = _resampled(seen, counts, panel, rng, resamples, confidence)
    lowest, highest, fewest, most = map(float, means)
    return Hofstee(cut, failing, error, low, high, met, lowest, highest, fewest, most, would_fail)


def _crossed(seen: Floats, share: Floats, means: Floats) -> tuple[float, float, tuple[float, float]]:
    """Cut, share failing, and the shares that would fail at both ends."""
    low, high, fewest, most = means
    # Whoever has a score fails gradually from there to the next possible one, at most a point on.
    step = min(1.0, float(np.diff(seen).min())) if seen.size > 1 else 1.0
    at = np.unique(np.concatenate([seen, seen + step]))
    failing = np.concatenate([[0.0], share.cumsum()])[np.searchsorted(seen, at)]
    inside = at[(at > low) & (at < high)]
    places = np.concatenate([[low], inside, [high]])
    rising = np.interp(places, at, failing)
    along = (places - low) / (high - low) if high > low else np.array([0.0, 1.0])
    away = rising - (most + along * (fewest - most))
    ends = (float(rising[0]), float(rising[-1]))
    if away[0] > 0 or away[-1] < 0:
        return float("nan"), float("nan"), ends
    cut = float(np.interp(0.0, away, places))
    return cut, float(np.interp(cut, at, failing)), ends


def _resampled(
    seen: Floats, counts: Indices, panel: Floats, rng: np.random.Generator, resamples: int, confidence: float
) -> tuple[float, float, float, float]:
    beyond = tail(confidence)
    persons = counts.sum()
    drawn = rng.multinomial(persons, counts / persons, size=resamples) / persons
    judges = panel[rng.integers(0, len(panel), (resamples, len(panel)))].mean(axis=1)
    cuts = np.array([_crossed(seen, share, means)[0] for share, means in zip(drawn, judges, strict=True)])
    had = cuts[~np.isnan(cuts)]
    if had.size < 2:
        return float("nan"), float("nan"), float("nan"), had.size / resamples
    low, high = np.quantile(had, [beyond, 1 - beyond])
    return float(had.std(ddof=1)), float(low), float(high), had.size / resamples
