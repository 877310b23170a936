"""Cuts from persons whose competence is known otherwise: contrasting groups, and those on the border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import expit
from scipy.stats import mstats

from psychometrics.errors import EmptyGroup, NotConverged, TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats
from psychometrics.standard_setting.cuts import Cut, by_student, tail


@dataclass(frozen=True, slots=True)
class Contrast:
    """The cut in points; `intercept` and `slope` of the logistic curve; what the cut does to the persons given.

    The interval is Fieller's: -∞ to ∞ when scores hardly tell the groups apart. `false_pass` and `false_fail` are the
    shares, in [0, 1], of those not competent who pass (score at least the cut) and of the competent who fail.
    `n_left_out` had no score.
    """

    cut: Cut
    intercept: float
    slope: float
    false_pass: float
    false_fail: float
    n_competent: int
    n_not_competent: int
    n_left_out: int


@dataclass(frozen=True, slots=True)
class Regression:
    """The cut in points where the line of scores over global ratings passes the borderline rating.

    `intercept` and `slope` in points (per step of the rating), `r_squared` in [0, 1], `residual_sd` in points, `n`
    persons.
    """

    cut: Cut
    intercept: float
    slope: float
    r_squared: float
    residual_sd: float
    n: int


def contrasting_groups(
    scores: ArrayLike, competent: ArrayLike, *, loss_ratio: float = 1.0, confidence: float = 0.95
) -> Contrast:
    """The score at which passing and failing are equally bad: P(competent | score) = L / (1 + L).

    P is logistic in the score, fitted by maximum likelihood to persons judged `competent` or not, (persons,). L is how
    many times worse it is to pass one who is not competent than to fail one who is; above 1 it raises the cut.
    The persons must be a sample of those who will be tested: P depends on how many are competent among them.

    Raises WrongShape, WrongValue (L not above 0; the competent do not score higher), EmptyGroup, NotConverged (scores
    tell the groups wholly apart: any cut between does). Source: Livingston & Zieky (1982); Fieller (1954).
    """
    points, judged = np.asarray(scores, dtype=np.float64), np.asarray(competent, dtype=np.bool_)
    if points.ndim != 1 or points.shape != judged.shape:
        raise WrongShape(f"scores of shape {points.shape}, judgements of shape {judged.shape}")
    if not (np.isfinite(loss_ratio) and loss_ratio > 0):
        raise WrongValue(f"the ratio of losses is above 0, not {loss_ratio}")
    known = ~np.isnan(points)
    left_out, points, judged = int((~known).sum()), points[known], judged[known]
    _require_overlap(points, judged)
    centre, unit = float(points.mean()), float(points.std())
    at, covariance = _logistic((points - centre) / unit, judged)
    turn = np.array([[1, -centre / unit], [0, 1 / unit]])
    (intercept, slope), covariance = turn @ at, turn @ covariance @ turn.T
    cut = _fieller(np.log(loss_ratio) - intercept, slope, covariance, confidence)
    passing = points >= cut.cut
    return Contrast(
        cut, float(intercept), float(slope),
        float(passing[~judged].mean()), float((~passing[judged]).mean()),
        int(judged.sum()), int((~judged).sum()), left_out,
    )  # fmt: skip


def borderline_group(scores: ArrayLike, *, confidence: float = 0.95) -> Cut:
    """The median score of persons judged to be on the border, (persons,), NaN missing.

    The error is Maritz and Jarrett's (1978); the interval lies between order statistics, whatever the distribution, and
    holds at least `confidence`: NaN when there are too few for it (6 for .95). Raises WrongShape, TooFew (two persons).
    Source: Zieky & Livingston (1977).
    """
    points = np.asarray(scores, dtype=np.float64)
    if points.ndim != 1:
        raise WrongShape("scores are one each")
    points = np.sort(points[~np.isnan(points)])
    if points.size < 2:
        raise TooFew(f"{points.size} persons on the border do not tell where it lies")
    error = float(mstats.mjci(points, prob=[0.5])[0])
    # Fewer than `place` of the persons lie below the median with a chance of at most the tail.
    place = int(stats.binom.ppf(tail(confidence), points.size, 0.5))
    if stats.binom.cdf(place, points.size, 0.5) > tail(confidence):
        place -= 1
    low, high = (points[place], points[-1 - place]) if place >= 0 else (np.nan, np.nan)
    return Cut(float(np.median(points)), error, float(low), float(high))


def borderline_regression(scores: ArrayLike, ratings: ArrayLike, *, at: float, confidence: float = 0.95) -> Regression:
    """The score expected of a person whose global rating is `at`, by a line through everybody, (persons,) each.

    Error and Student's interval are those of the line's mean there. Persons without a score or a rating are left out.
    Raises WrongShape, TooFew (three persons, two different ratings). Source: Wood, Humphrey-Murto & Norman (2006).
    """
    y, x = np.asarray(scores, dtype=np.float64), np.asarray(ratings, dtype=np.float64)
    if y.ndim != 1 or y.shape != x.shape:
        raise WrongShape(f"scores of shape {y.shape}, ratings of shape {x.shape}")
    known: Flags = ~np.isnan(y) & ~np.isnan(x)
    y, x = y[known], x[known]
    if y.size < 3 or np.unique(x).size < 2:
        raise TooFew("a line needs three persons and two different ratings")
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread
    intercept = float(y.mean() - slope * x.mean())
    left, total = float(((y - intercept - slope * x) ** 2).sum()), float(((y - y.mean()) ** 2).sum())
    sd = float(np.sqrt(left / (y.size - 2)))
    error = sd * float(np.sqrt(1 / y.size + (at - x.mean()) ** 2 / spread))
    explained = 1 - left / total if total > 0 else float("nan")
    return Regression(
        by_student(intercept + slope * at, error, y.size - 2, confidence), intercept, slope, explained, sd, y.size
    )


def _require_overlap(points: Floats, judged: Flags) -> None:
    if judged.all() or not judged.any():
        raise EmptyGroup(f"nobody with a score was judged {'not ' if judged.all() else ''}competent")
    able, others = points[judged], points[~judged]
    if able.mean() <= others.mean():
        raise WrongValue("those judged competent do not score higher: these scores cannot tell them from the others")
    if others.max() <= able.min():
        raise NotConverged(f"any cut from {others.max():g} to {able.min():g} tells these groups apart")


def _logistic(x: Floats, outcome: Flags) -> tuple[Floats, Floats]:
    """Intercept and slope of a logistic curve, and their covariance, by Newton's steps, halved when they overshoot."""
    design = np.stack([np.ones_like(x), x], axis=1)

    def log_likelihood(beta: Floats) -> float:
        height = design @ beta
        return float((outcome * height - np.logaddexp(0, height)).sum())

    at = np.zeros(2)
    for _ in range(100):
        chance = expit(design @ at)
        information = design.T @ (design * (chance * (1 - chance))[:, None])
        step = np.linalg.solve(information, design.T @ (outcome - chance))
        while log_likelihood(at + step) < log_likelihood(at) - 1e-9:
            step = step / 2
        at = at + step
        if np.abs(step).max() < 1e-10:
            return at, np.linalg.inv(information)
    raise NotConverged("the logistic curve did not settle")


def _fieller(height: float, slope: float, covariance: Floats, confidence: float) -> Cut:
    """height / slope, where height is a constant less the intercept: error by the delta method, Fieller's interval."""
    cut = height / slope
    # The intercept enters with a minus: so does its covariance with the slope.
    own, cross, other = covariance[0, 0], -covariance[0, 1], covariance[1, 1]
    error = float(np.sqrt(own - 2 * cut * cross + cut**2 * other) / slope)
    z = float(stats.norm.isf(tail(confidence)))
    g = z**2 * other / slope**2
    if g >= 1:
        return Cut(float(cut), error, -np.inf, np.inf)
    inner = own - 2 * cut * cross + cut**2 * other - g * (own - cross**2 / other)
    middle, away = cut - g * cross / other, z / slope * float(np.sqrt(max(inner, 0.0)))
    return Cut(float(cut), error, float((middle - away) / (1 - g)), float((middle + away) / (1 - g)))
