"""Intraclass correlation: what share of the spread of marks comes from those who are marked (Shrout & Fleiss 1979).

Three forms, each for one rater and for the mean of all. `ONE_WAY`: every target is marked by raters of its own, whoever
they are. `AGREEMENT`: the same raters, drawn from many, mark all, and a severe rater counts as error.
`CONSISTENCY`: the same raters mark all, and severity is forgiven. In Shrout and Fleiss's words (1), (2) and (3).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats

NAN = float("nan")


class Form(StrEnum):
    """Which spread counts as error."""

    ONE_WAY = "one-way"
    AGREEMENT = "agreement"
    CONSISTENCY = "consistency"


@dataclass(frozen=True, slots=True)
class Reliability:
    """An intraclass correlation, at most 1 (below 0, to -∞, when targets differ less than chance), and its interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Intraclass:
    """Reliability of one rater (`single`) and of the mean of `n_raters` (`average`).

    `n_targets` were used, `n_left_out` were not, for want of marks. `n_raters` is the harmonic mean of marks per target
    where their number differs. `f` with `df` tests that targets do not differ, `p` is its chance. `variance_targets`,
    `variance_raters` (NaN one-way) and `variance_error` are in squared points and may be below 0; `error` is the
    standard error of one mark in points.
    """

    form: Form
    single: Reliability
    average: Reliability
    n_targets: int
    n_left_out: int
    n_raters: float
    f: float
    df: tuple[float, float]
    p: float
    variance_targets: float
    variance_raters: float
    variance_error: float

    @property
    def error(self) -> float:
        """Standard error of measurement of a single mark in points: √(error variance, and raters' for agreement)."""
        raters = max(self.variance_raters, 0.0) if self.form is Form.AGREEMENT else 0.0
        return float(np.sqrt(self.variance_error + raters))


def intraclass(marks: ArrayLike, form: Form = Form.AGREEMENT, *, confidence: float = 0.95) -> Intraclass:
    """Intraclass correlation of marks, (targets, raters), NaN where a rater did not mark.

    With mean squares between targets R, between raters C, and the rest E (W within targets), n targets, k raters:
    one-way (R-W)/(R+(k-1)W), agreement (R-E)/(R+(k-1)E+k(C-E)/n), consistency (R-E)/(R+(k-1)E); intervals by F, for
    agreement with Satterthwaite's degrees of freedom; the mean's by Spearman and Brown.

    One-way uses every target with two marks; where their number differs, k is the harmonic mean and R is k times the
    variance of the unweighted means (Thomas & Hultquist 1978), the interval then being approximate. The other forms
    need all raters' marks and leave out targets that lack one. Marks that never differ give NaN.

    Raises WrongShape, WrongValue (an infinite mark, confidence outside (0, 1)), TooFew (two targets, two raters).
    Source: Shrout & Fleiss (1979); McGraw & Wong (1996).
    """
    table = np.asarray(marks, dtype=np.float64)
    if table.ndim != 2:
        raise WrongShape(f"marks are a matrix of targets by raters, not of {table.ndim} dimensions")
    if np.isinf(table).any():
        raise WrongValue("a mark is infinite")
    if not 0 < confidence < 1:
        raise WrongValue(f"confidence lies between 0 and 1, not at {confidence}")
    counts = (~np.isnan(table)).sum(axis=1)
    usable = counts >= 2 if form is Form.ONE_WAY else (counts == table.shape[1]) & (table.shape[1] >= 2)
    if usable.sum() < 2:
        raise TooFew(f"{form} needs two targets with two marks or more; there are {usable.sum()}")
    reckon = {Form.ONE_WAY: _one_way, Form.AGREEMENT: _agreement, Form.CONSISTENCY: _consistency}[form]
    return reckon(table[usable], int((~usable).sum()), confidence)


def _one_way(table: Floats, left_out: int, confidence: float) -> Intraclass:
    counts = (~np.isnan(table)).sum(axis=1)
    means = np.nanmean(table, axis=1)
    k = len(counts) / float((1 / counts).sum())
    df = (float(len(counts) - 1), float((counts - 1).sum()))
    between = k * float(means.var(ddof=1))
    within = float(np.nansum((table - means[:, None]) ** 2)) / df[1]
    return _by_f(Form.ONE_WAY, between, within, NAN, df, (len(counts), left_out, k), confidence)


def _consistency(table: Floats, left_out: int, confidence: float) -> Intraclass:
    n, k = table.shape
    rows, columns, rest = _mean_squares(table)
    df = (float(n - 1), float((n - 1) * (k - 1)))
    return _by_f(Form.CONSISTENCY, rows, rest, (columns - rest) / n, df, (n, left_out, float(k)), confidence)


def _by_f(
    form: Form,
    between: float,
    rest: float,
    variance_raters: float,
    df: tuple[float, float],
    sizes: tuple[int, int, float],
    confidence: float,
) -> Intraclass:
    n, left_out, k = sizes
    tail = (1 - confidence) / 2
    # The quotient of mean squares over its own expectation is F: move it by either tail.
    turned = [(between, rest), (between, rest * stats.f.isf(tail, *df)), (between, rest * stats.f.ppf(tail, *df))]
    single = Reliability(*(_ratio(one - other, one + (k - 1) * other) for one, other in turned))
    average = Reliability(*(_ratio(one - other, one) for one, other in turned))
    f = _ratio(between, rest)
    return Intraclass(
        form, single, average, n, left_out, k, f, df, float(stats.f.sf(f, *df)), (between - rest) / k,
        variance_raters, rest,
    )  # fmt: skip


def _agreement(table: Floats, left_out: int, confidence: float) -> Intraclass:
    n, k = table.shape
    rows, columns, rest = _mean_squares(table)
    df = (float(n - 1), float((n - 1) * (k - 1)))
    tail = (1 - confidence) / 2
    rho = _ratio(n * (rows - rest), n * rows + k * columns + (n * k - n - k) * rest)
    noise = k * columns + (n * k - n - k) * rest
    freedom = _satterthwaite(max(rho, 0.0), columns, rest, n, k)
    upper, lower = stats.f.isf(tail, n - 1, freedom), stats.f.isf(tail, freedom, n - 1)
    single = Reliability(
        rho,
        _ratio(n * (rows - upper * rest), upper * noise + n * rows),
        _ratio(n * (lower * rows - rest), noise + n * lower * rows),
    )
    if noise == 0:  # raters agree wholly: nothing to be unsure of, and no degrees of freedom to be had
        single = Reliability(rho, rho, rho)
    average = Reliability(*(_of_mean(each, k) for each in (single.estimate, single.low, single.high)))
    f = _ratio(rows, rest)
    return Intraclass(
        Form.AGREEMENT, single, average, n, left_out, float(k), f, df, float(stats.f.sf(f, *df)), (rows - rest) / k,
        (columns - rest) / n, rest,
    )  # fmt: skip


def _of_mean(single: float, k: int) -> float:
    """Spearman and Brown's reliability of the mean of k; -∞ where one rater's is below -1 / (k-1)."""
    below = 1 + (k - 1) * single
    return k * single / below if below > 1e-12 else _ratio(single, 0.0)


def _satterthwaite(rho: float, columns: float, rest: float, n: int, k: int) -> float:
    """Degrees of freedom of aC + bE with a = kρ / n(1-ρ), b = 1 + a(n-1), both multiplied by n(1-ρ)."""
    of_columns, of_rest = k * rho * columns, (n * (1 - rho) + k * rho * (n - 1)) * rest
    return _ratio((of_columns + of_rest) ** 2, of_columns**2 / (k - 1) + of_rest**2 / ((n - 1) * (k - 1)))


def _mean_squares(table: Floats) -> tuple[float, float, float]:
    """Between rows, between columns, and the rest of a full table."""
    n, k = table.shape
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    rest = table - rows[:, None] - columns + table.mean()
    between_rows, between_columns = k * rows.var(ddof=1), n * columns.var(ddof=1)
    # What floating point leaves of nothing is nothing.
    least = 1e-24 * float((table**2).sum())
    found = (between_rows, between_columns, float((rest**2).sum()) / ((n - 1) * (k - 1)))
    row, column, left = (0.0 if each <= least else float(each) for each in found)
    return row, column, left


def _ratio(above: float, below: float) -> float:
    if below == 0:
        return NAN if above == 0 or np.isnan(above) else float(np.copysign(np.inf, above))
    return float(above / below)
