"""Scores: how much of their spread is real, and how far one score may be from the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.stats import f as fisher

from psychometrics.classical.items import CHUNK, NOTHING
from psychometrics.errors import NotConverged, TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats, Indices, Responses, Scores


@dataclass(frozen=True)
class Reliability:
    """How reliable total scores are.

    `mean` and `sd` of the total in points (n - 1). `alpha` at most 1 (KR-20 when every item is right or wrong), within
    `interval`; `without` (items,) is alpha when that item is left out. `omega` in [0, 1]. `sem` = sd √(1 - alpha), in
    points. NaN where a total has no variance.
    """

    n_persons: int
    n_items: int
    mean: float
    sd: float
    alpha: float
    interval: tuple[float, float]
    without: Floats
    omega: float
    sem: float


@dataclass(frozen=True)
class ConditionalSem:
    """The standard error of measurement at each score that somebody has: `scores` ascending, `sem` and `n` beside."""

    scores: Floats
    sem: Floats
    n: Indices


def reliability(responses: Responses, *, confidence: float = 0.95) -> Reliability:
    """Alpha with its interval, omega, and the standard error of measurement of the total.

    Missing answers: covariances are over those who answered both items, the mean is the sum of the items' means; the
    interval counts all persons. Omega is NaN with fewer than three items that vary. Raises TooFew (fewer than two
    items; a pair of items that fewer than two persons answered), WrongValue unless 0 < confidence < 1.
    """
    shared = covariances(responses)
    variance = float(shared.sum())
    found = alpha(shared)
    sd = float(np.sqrt(variance)) if variance > 0 else 0.0
    return Reliability(
        n_persons=responses.n_persons,
        n_items=responses.n_items,
        mean=float(np.nanmean(responses.scores, axis=0, dtype=np.float64).sum()),
        sd=sd,
        alpha=found,
        interval=alpha_interval(found, responses.n_persons, responses.n_items, confidence=confidence),
        without=_alpha_without(shared),
        omega=omega(shared) if (np.diag(shared) > 0).sum() >= 3 else float("nan"),
        sem=sd * float(np.sqrt(1 - found)),
    )


def covariances(responses: Responses) -> Floats:
    """Covariances of the items' points (n - 1), (items, items), each over those who answered both items.

    Those of an item that everybody answered alike are 0. Raises TooFew when fewer than two persons answered some pair.
    """
    products, sums, counts = (np.zeros((responses.n_items, responses.n_items)) for _each in range(3))
    for rows in responses.chunks(CHUNK):
        points, present = _points(responses, rows), responses.is_present[rows]
        products += points.T @ points
        if responses.is_complete:
            sums += points.sum(axis=0, dtype=np.float64)[:, None]
            counts += len(points)
        else:
            ones = present.astype(np.float32)
            sums += points.T @ ones
            counts += ones.T @ ones
    if counts.min() < 2:
        first, second = (responses.items[place] for place in np.unravel_index(counts.argmin(), counts.shape))
        raise TooFew(f"{counts.min():.0f} persons answered both {first} and {second}; two at least are needed")
    shared = np.asarray((products - sums * sums.T / counts) / (counts - 1))
    constant = np.diag(shared) <= NOTHING * responses.maxima**2
    shared[constant], shared[:, constant] = 0.0, 0.0
    return shared


def alpha(covariances: ArrayLike) -> float:
    """Coefficient alpha, k/(k-1) · (1 - Σσ_i² / σ_X²), at most 1; KR-20 when every item is right or wrong.

    `covariances` is (items, items) with σ_X² its sum. NaN when that is not above 0, or so large beside Σσ_i² that the
    covariances contradict each other, as pairs answered by few persons may. Raises WrongShape, TooFew (one item).
    Sources: Kuder & Richardson (1937); Cronbach (1951).
    """
    shared = _square(covariances)
    k, variance = shared.shape[0], shared.sum()
    if k < 2:
        raise TooFew("one item says nothing about its reliability")
    if not variance > 0 or k * np.trace(shared) < variance * (1 - 1e-9):
        return float("nan")
    return min(float(k / (k - 1) * (1 - np.trace(shared) / variance)), 1.0)


def stratified_alpha(covariances: ArrayLike, strata: Sequence[str]) -> float:
    """Alpha of a paper in parts, 1 - Σ σ_h² (1 - α_h) / σ_X², with `strata` (items,) naming each item's part.

    Not below plain alpha when parts measure somewhat different things. NaN when σ_X² is not above 0; a part without
    variance adds no error. Raises WrongShape, TooFew (a part of one item).
    Source: Cronbach, Schönemann & McKie (1965).
    """
    shared, labels = _square(covariances), np.asarray(strata)
    if labels.shape != (shared.shape[0],):
        raise WrongShape(f"{labels.size} strata for {shared.shape[0]} items")
    if not (variance := shared.sum()) > 0:
        return float("nan")
    error = 0.0
    for label in np.unique(labels):
        part = shared[np.ix_(labels == label, labels == label)]
        if (found := alpha(part)) == found:
            error += part.sum() * (1 - found)
    return float(1 - error / variance)


def alpha_interval(alpha: float, n_persons: int, n_items: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Bounds of alpha, 1 - (1 - alpha)·F with F_{n-1, (n-1)(k-1)} at either end. NaN for NaN.

    Raises WrongValue unless 0 < confidence < 1. Source: Feldt (1965).
    """
    if not 0 < confidence < 1:
        raise WrongValue(f"a confidence lies between 0 and 1, not at {confidence}")
    ends = np.array([(1 + confidence) / 2, (1 - confidence) / 2])
    low, high = 1 - (1 - alpha) * fisher.ppf(ends, n_persons - 1, (n_persons - 1) * (n_items - 1))
    return float(low), float(high)


def kr21(mean: float, variance: float, n_items: int) -> float:
    """KR-21, k/(k-1) · (1 - μ(k-μ) / (kσ²)), of number-right scores: KR-20 if all items were equally hard.

    NaN without variance. Raises TooFew (one item), WrongValue (a mean outside of 0 to k).
    Source: Kuder & Richardson (1937).
    """
    if n_items < 2:
        raise TooFew("one item says nothing about its reliability")
    if not 0 <= mean <= n_items:
        raise WrongValue(f"the mean number right of {n_items} items is not {mean}")
    if not variance > 0:
        return float("nan")
    return n_items / (n_items - 1) * (1 - mean * (n_items - mean) / (n_items * variance))


def omega(covariances: ArrayLike) -> float:
    """McDonald's omega, (Σλ_i)² / σ_X², in [0, 1]: what one common factor explains of the variance of the total.

    λ are loadings by unweighted least squares on the correlations between different items, min Σ_{i≠j}(r_ij - l_i l_j)²
    with |l_i| ≤ 1, times the items' standard deviations. Items without variance have no loading. NaN when σ_X² is not
    above 0. Raises WrongShape, TooFew (fewer than three items that vary), NotConverged.
    Sources: McDonald (1999); Harman & Jones (1966).
    """
    shared = _square(covariances)
    varies = np.diag(shared) > 0
    if varies.sum() < 3:
        raise TooFew("three items that vary are the fewest for a common factor")
    if not (variance := shared.sum()) > 0:
        return float("nan")
    sd = np.sqrt(np.diag(shared)[varies])
    loadings = sd * _one_factor(shared[np.ix_(varies, varies)] / np.outer(sd, sd))
    return float(min(loadings.sum() ** 2 / variance, 1.0))


def sem(sd: float, reliability: float) -> float:
    """The standard error of measurement, sd √(1 - reliability), in the unit of `sd`.

    Raises WrongValue for a negative sd or a reliability above 1.
    """
    if sd < 0 or reliability > 1:
        raise WrongValue(f"a standard deviation of {sd} with a reliability of {reliability} cannot be")
    return float(sd * np.sqrt(1 - reliability))


def conditional_sem(
    responses: Responses, *, strata: Sequence[str] | None = None, reliability: float | None = None
) -> ConditionalSem:
    """The standard error at each total, by compound binomial error: √ mean of Σ_h m_h² x_h (k_h - x_h) / (k_h - 1).

    For right-or-wrong items in strata h of k_h items that give m_h points each, x_h of them right; `strata` names each
    item's, (items,), otherwise items of equal points make one. With one stratum it is Lord's. A `reliability` scales
    it so that its mean square is σ²(1 - reliability), as Keats does with KR-20. Persons without every answer are left
    out. Raises WrongShape, WrongValue (partial points; unequal points in a stratum), TooFew (nobody answered
    everything; a stratum of one item). Sources: Lord (1957); Keats (1957); Feldt (1984).
    """
    whole = responses.is_present.all(axis=1)
    if not whole.any():
        raise TooFew("nobody answered every item")
    labels = np.asarray(responses.maxima.astype(str) if strata is None else strata)
    if labels.shape != (responses.n_items,):
        raise WrongShape(f"{labels.size} strata for {responses.n_items} items")
    variances = np.zeros(int(whole.sum()))
    for label in np.unique(labels):
        mine = labels == label
        points, k = responses.maxima[mine], int(mine.sum())
        if k < 2 or np.ptp(points) > 0:
            raise (TooFew if k < 2 else WrongValue)(f"stratum {label} needs two items or more, of equal points")
        scores = responses.scores[np.ix_(whole, mine)]
        if not np.isin(scores, np.array([0, points[0]], dtype=np.float32)).all():
            raise WrongValue(f"an item of stratum {label} gives points in part; binomial error needs right or wrong")
        right = (scores > 0).sum(axis=1)
        variances += points[0] ** 2 * right * (k - right) / (k - 1)
    totals = responses.totals[whole]
    if reliability is not None and variances.any():
        variances *= totals.var(ddof=1 if totals.size > 1 else 0) * (1 - reliability) / variances.mean()
    levels, level, count = np.unique(totals, return_inverse=True, return_counts=True)
    return ConditionalSem(levels, np.sqrt(np.bincount(level, weights=variances) / count), count.astype(np.intp))


def _alpha_without(shared: Floats) -> Floats:
    """Alpha of the other items, for each, (items,); NaN when fewer than two are left or their total is constant."""
    k = shared.shape[0] - 1
    if k < 2:
        return np.full(k + 1, np.nan)
    own = np.diag(shared)
    variance = shared.sum() - 2 * shared.sum(axis=0) + own
    part = np.divide(own.sum() - own, variance, out=np.full(k + 1, np.nan), where=variance > 0)
    return np.asarray(k / (k - 1) * (1 - part))


def _one_factor(correlations: Floats) -> Floats:
    """Loadings (items,) in [-1, 1] that reproduce the correlations best, their sum at least 0."""

    def misfit(loadings: Floats) -> tuple[float, Floats]:
        residual = correlations - np.outer(loadings, loadings)
        np.fill_diagonal(residual, 0.0)
        return float((residual**2).sum()), -4 * residual @ loadings

    values, vectors = np.linalg.eigh(correlations)
    start = np.clip(vectors[:, -1] * np.sqrt(values[-1]), -1, 1)
    found = minimize(
        misfit, start, jac=True, method="L-BFGS-B", bounds=[(-1, 1)] * start.size, options={"ftol": 1e-14, "gtol": 1e-9}
    )
    if not found.success and np.abs(found.jac).max() > 1e-4:
        raise NotConverged(f"no common factor was found: {found.message}")
    return np.asarray(found.x * (1 if found.x.sum() >= 0 else -1))


def _square(covariances: ArrayLike) -> Floats:
    shared = np.asarray(covariances, dtype=np.float64)
    if shared.ndim != 2 or shared.shape[0] != shared.shape[1]:
        raise WrongShape(f"covariances are a square matrix, not {shared.shape}")
    return shared


def _points(responses: Responses, rows: slice) -> Scores | Floats:
    """Points of a chunk, 0 where missing; in single precision when every sum of products is exact in it."""
    points = np.where(responses.is_present[rows], responses.scores[rows], np.float32(0))
    halves = 2 * points
    is_exact = halves.max() ** 2 * len(points) < 2**24 and np.array_equal(halves, np.rint(halves))
    return points if is_exact else points.astype(np.float64)
