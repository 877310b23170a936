"""Response times: how fast is a person, which answers came quicker than that explains, and who did not try.

Logarithms of times are normal: log T = β - τ + ε / α, with an item's labour β and precision α, and a person's speed τ
(van der Linden 2006). Seconds everywhere; NaN where nothing was timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2, norm

from psychometrics import irt
from psychometrics.errors import ConstantItem, NotConverged, TooFew, WrongShape, WrongValue
from psychometrics.estimation import Method, abilities, answered
from psychometrics.forensics.counts import coins, upper_tail
from psychometrics.responses import Floats, Indices, Responses

Progress: TypeAlias = Callable[[int, int], None]
QUICK = -1.96
"""A standardised residual below this is quick: one answer in forty."""
EFFORT = 0.90
"""Below this share of answers that took their time a paper says little about its writer (Wise & Kong 2005)."""
ROWS = 8_000


@dataclass(frozen=True)
class TimeModel:
    """`labour` β in log seconds and `precision` α > 0 per log second, (items,); speed is normal (0, `speed_sd`²)."""

    labour: Floats
    precision: Floats
    speed_sd: float

    @property
    def typical(self) -> Floats:
        """The median seconds of a person of average speed, (items,)."""
        return np.asarray(np.exp(self.labour))


@dataclass(frozen=True)
class Pace:
    """How persons took their time: a reason to ask, never a finding of fact.

    `speed` τ in log units and its standard `error`, (persons,), NaN for who has no time. `residual` (persons, items) is
    standard normal when the model holds; low is quick. `misfit` (persons,) is chi-square with `df`, large for a rhythm
    unlike everybody's; `p` its upper tail, NaN without a degree of freedom.
    """

    speed: Floats
    error: Floats
    residual: Floats
    misfit: Floats
    df: Indices
    p: Floats


@dataclass(frozen=True)
class QuickRights:
    """Hard items answered rightly and too quickly, (persons,) each: `count`, the `expected` count, and its chance `p`.

    NaN for who has no ability or no hard item with a time.
    """

    count: Floats
    expected: Floats
    p: Floats


@dataclass(frozen=True)
class Effort:
    """Shares of answers that took their time, in [0, 1]: of each person (persons,), of each item (items,); else NaN."""

    persons: Floats
    items: Floats
    thresholds: Floats


def fit_times(
    seconds: ArrayLike, *, tolerance: float = 1e-6, limit: int = 500, progress: Progress | None = None
) -> TimeModel:
    """β, α and the standard deviation of speed that maximise the marginal likelihood, by EM with free mean of speed.

    `seconds` is (persons, items). Ends when no β, log α or log SD moves by `tolerance`; `progress` hears the iteration
    and the limit. Source: van der Linden (2006); the algorithm: Liu, Rubin & Wu (1998). Raises WrongShape, WrongValue
    (a time not above 0), TooFew (an item with fewer than two times), ConstantItem (an item with no spread of its own),
    NotConverged.
    """
    logs = np.log(_checked(seconds))
    moments = np.zeros((3, logs.shape[1]))
    for some in _chunks(logs):
        timed = ~np.isnan(some)
        plain = np.where(timed, some, 0.0)
        moments += timed.sum(axis=0), plain.sum(axis=0), (plain**2).sum(axis=0)
    count = moments[0]
    if (count < 2).any():
        raise TooFew(f"item {int(np.argmax(count < 2)) + 1} has fewer than two times")
    labour = moments[1] / count
    spread = moments[2] / count - labour**2
    if not (spread > 1e-10).all():
        raise ConstantItem(f"everybody took the same time over item {int(np.argmin(spread)) + 1}")
    values = np.concatenate([labour, np.log(spread) / -2, [np.log(spread.mean()) / 2 - 0.35]])
    for iteration in range(limit):
        before, values = values, _improved(logs, values)
        if progress is not None:
            progress(iteration + 1, limit)
        if values[labour.size : -1].max() > 12:
            raise ConstantItem(f"item {int(np.argmax(values[labour.size : -1])) + 1} has no spread but that of speed")
        if np.abs(values - before).max() < tolerance:
            return TimeModel(values[: labour.size], np.exp(values[labour.size : -1]), float(np.exp(values[-1])))
    raise NotConverged(f"times still moved by {np.abs(values - before).max():.1e} after {limit} iterations")


def pace(seconds: ArrayLike, model: TimeModel) -> Pace:
    """Speed τ̂ = Σ α²(β - log T) / Σ α², error 1/√Σ α², and residuals α(log T - β + τ̂) / √(1 - α² / Σ α²).

    A residual is so the distance of a time from what the person's other times foretell. Misfit is Σ α²(log T - β + τ̂)²
    with times - 1 degrees of freedom. Source: van der Linden & Guo (2008). Raises WrongShape, WrongValue.
    """
    given = _checked(seconds)
    if given.shape[1] != model.labour.size:
        raise WrongShape(f"times of {given.shape[1]} items, a model of {model.labour.size}")
    parts = [_paced(np.log(some), model) for some in _chunks(given)]
    speed, error, residual, misfit, df = (np.concatenate(part) for part in zip(*parts, strict=True))
    p = np.where(df > 0, chi2.sf(misfit, np.maximum(df, 1)), np.nan)
    return Pace(speed, error, residual, misfit, df.astype(np.intp), p)


def quick_rights(
    found: Pace, responses: Responses, items: irt.Items, *, limit: float = QUICK, hard: float = 0.5
) -> QuickRights:
    """Right answers on hard items with a residual below `limit`: preknowledge answers quickly what it should not know.

    Hard is an item that somebody of the mean ability gets right with a chance below `hard`: one's own ability would
    hide what one knew beforehand. Given ability and speed, time and answer are independent (van der Linden 2007), so
    each counts with Φ(limit) · P(θ̂), and p is the chance of as many or more of such unlike coins.
    Raises WrongShape (other persons or items), what `estimation.answered` raises.
    """
    if found.residual.shape != responses.scores.shape:
        raise WrongShape(f"times are {found.residual.shape}, responses {responses.scores.shape}")
    own = answered(responses, items).items
    theta = abilities(responses, own, Method.WLE).theta
    known = theta[np.isfinite(theta)]
    is_hard = irt.right(own, known.mean() if known.size else 0.0)[0] < hard
    made = np.full((3, responses.n_persons), np.nan)
    for rows in responses.chunks(ROWS):
        residual = found.residual[rows]
        present = responses.is_present[rows] & ~np.isnan(residual) & np.isfinite(theta[rows])[:, None]
        counted = present & is_hard
        with np.errstate(invalid="ignore"):
            seen = (counted & (residual < limit) & (responses.scores[rows] == 1)).sum(axis=1)
        each = np.where(counted, norm.cdf(limit) * irt.right(own, np.nan_to_num(theta[rows])), 0.0)
        part = np.stack([seen, each.sum(axis=1), upper_tail(coins(each[:, is_hard]), seen)])
        made[:, rows] = np.where(counted.any(axis=1), part, np.nan)
    return QuickRights(made[0], made[1], made[2])


def normative_thresholds(seconds: ArrayLike, *, share: float = 0.10, most: float = 10.0) -> Floats:
    """Seconds below which nobody can have read the item, (items,): a `share` of its mean time, at most `most`.

    NaN for an item without times. Source: Wise & Ma (2012). Raises WrongShape, WrongValue.
    """
    given = _checked(seconds)
    if not (0 < share < 1 and most > 0):
        raise WrongValue("a share is between 0 and 1, the most seconds above 0")
    count = (~np.isnan(given)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(count > 0, np.nansum(given, axis=0) / count, np.nan)
    return np.asarray(np.minimum(mean * share, most))


def effort(seconds: ArrayLike, thresholds: ArrayLike) -> Effort:
    """Response-time effort: the share of a person's times at or above the item's threshold (Wise & Kong 2005).

    `thresholds` in seconds are one for all or (items,). Of an item it is response-time fidelity (Wise 2006).
    Raises WrongShape, WrongValue.
    """
    given = _checked(seconds)
    limits = np.asarray(thresholds, dtype=np.float64)
    if limits.shape not in {(), (given.shape[1],)}:
        raise WrongShape(f"{limits.size} thresholds for {given.shape[1]} items")
    limits = np.array(np.broadcast_to(limits, (given.shape[1],)))
    timed = ~np.isnan(given) & ~np.isnan(limits)
    with np.errstate(invalid="ignore", divide="ignore"):
        took = timed & (given >= limits)
        shares = [np.where((count := timed.sum(axis=axis)) > 0, took.sum(axis=axis) / count, np.nan) for axis in (1, 0)]
    return Effort(shares[0], shares[1], limits)


def _improved(logs: Floats, values: Floats) -> Floats:
    """One cycle of EM on β, log α and log SD of speed."""
    size = logs.shape[1]
    labour, square, prior = values[:size], np.exp(2 * values[size:-1]), float(np.exp(-2 * values[-1]))
    count, total, squares, unsure = (np.zeros(size) for _ in range(4))
    speeds = []
    for some in _chunks(logs):
        timed = ~np.isnan(some)
        plain = np.where(timed, some, 0.0)
        variance = 1 / (timed @ square + prior)
        speed = variance * (timed @ (square * labour) - plain @ square)
        shifted = np.where(timed, some + speed[:, None], 0.0) - labour * timed
        count += timed.sum(axis=0)
        total += shifted.sum(axis=0)
        squares += (shifted**2).sum(axis=0)
        unsure += variance @ timed
        speeds.append((speed, variance))
    speed, variance = (np.concatenate(part) for part in zip(*speeds, strict=True))
    mean = total / count
    spread = squares / count - mean**2 + unsure / count
    sd = np.sqrt(speed.var() + variance.mean())
    return np.concatenate([labour + mean - speed.mean(), np.log(spread) / -2, [np.log(sd)]])


def _paced(logs: Floats, model: TimeModel) -> tuple[Floats, ...]:
    """Speed, error, residuals, misfit and its degrees of freedom of some persons."""
    timed = ~np.isnan(logs)
    square = np.where(timed, model.precision**2, 0.0)
    weight = square.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = np.where(weight > 0, np.nansum(square * (model.labour - logs), axis=1) / weight, np.nan)
        away = model.precision * (logs - model.labour + speed[:, None])
        left = 1 - square / weight[:, None]
        residual = np.where(left > 1e-9, away / np.sqrt(left), np.nan)
        error = np.where(weight > 0, weight**-0.5, np.nan)
    df = np.maximum(timed.sum(axis=1) - 1, 0).astype(np.float64)
    return speed, error, residual, np.where(df > 0, np.nansum(away**2, axis=1), np.nan), df


def _chunks(matrix: Floats) -> Iterator[Floats]:
    for start in range(0, len(matrix), ROWS):
        yield matrix[start : start + ROWS]


def _checked(seconds: ArrayLike) -> Floats:
    given = np.asarray(seconds, dtype=np.float64)
    if given.ndim != 2 or given.size == 0:
        raise WrongShape("times are a matrix of persons by items")
    if np.any(given <= 0) or np.isinf(given).any():
        raise WrongValue("a time is above 0 seconds; leave what was not timed blank")
    return given
