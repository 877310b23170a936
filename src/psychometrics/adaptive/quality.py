"""What came of adaptive sittings: how exact, how fair to the pool, how right about the cut."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.adaptive.engine import Reason, Verdict
from psychometrics.adaptive.simulation import Sittings
from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats

NAN = float("nan")
SELDOM = 0.02
"""An item in fewer sittings than this share is counted as seldom used."""
COVERAGE = 1.959963984540054
"""Standard errors either way in which a normal estimate lies 95 % of the time."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Errors of estimates against the truth over `n` sittings, in units of ability; nan without a truth.

    `bias` is the mean of estimate - truth, `rmse` the root of its mean square, `correlation` that of estimate and truth
    (nan below two different values), `coverage` how often truth lies within 1.96 standard errors. `length` and `se` are
    means over sittings; an infinite standard error makes the mean infinite.
    """

    n: int
    length: float
    se: float
    bias: float
    rmse: float
    correlation: float
    coverage: float


@dataclass(frozen=True)
class Usage:
    """How the pool was used. `rate` (items,) is the share of sittings in which an item was given.

    `highest` is the largest rate; `seldom` the share of items below `SELDOM`; `unused` of those never given. `overlap`
    is the share of a sitting that two sittings have in common, in [0, 1]. `chi_square` measures how far rates lie from
    even ones, Σ (rate - L/N)² / (L/N) (Chang & Ying 1999): 0 is even.
    """

    rate: Floats
    highest: float
    seldom: float
    unused: float
    overlap: float
    chi_square: float


@dataclass(frozen=True, slots=True)
class Classification:
    """Verdicts against the truth at a cut, as shares of `n` sittings in [0, 1].

    `false_pass` and `false_fail` are shares of all sittings; `accuracy` is what is left. `kappa` is agreement beyond
    chance (Cohen 1960), nan when everybody is on one side.
    """

    n: int
    accuracy: float
    false_pass: float
    false_fail: float
    kappa: float


def precision(sittings: Sittings, truth: ArrayLike | None = None) -> Precision:
    """How exact sittings were. `truth` (persons,) stands for the simulated one: in a replay, estimates from all items.

    Raises WrongShape.
    """
    known = sittings.truth if truth is None else np.asarray(truth, dtype=np.float64)
    if known is None:
        return Precision(sittings.n, float(sittings.length.mean()), float(sittings.se.mean()), NAN, NAN, NAN, NAN)
    if known.shape != sittings.theta.shape:
        raise WrongShape(f"{known.size} abilities for {sittings.n} sittings")
    error = sittings.theta - known
    varies = sittings.n > 1 and np.ptp(sittings.theta) > 0 and np.ptp(known) > 0
    return Precision(
        n=sittings.n,
        length=float(sittings.length.mean()),
        se=float(sittings.se.mean()),
        bias=float(error.mean()),
        rmse=float(np.sqrt((error**2).mean())),
        correlation=float(np.corrcoef(sittings.theta, known)[0, 1]) if varies else NAN,
        coverage=float((np.abs(error) <= COVERAGE * sittings.se).mean()),
    )


def precision_by_ability(sittings: Sittings, edges: ArrayLike, truth: ArrayLike | None = None) -> tuple[Precision, ...]:
    """Precision between ascending edges of ability, (edges - 1,): lower ≤ truth < upper. Nobody there gives nan, n = 0.

    Raises WrongValue (edges that do not ascend, no truth to sort by).
    """
    known = sittings.truth if truth is None else np.asarray(truth, dtype=np.float64)
    bounds = np.asarray(edges, dtype=np.float64)
    if known is None or bounds.ndim != 1 or bounds.size < 2 or np.any(np.diff(bounds) <= 0):
        raise WrongValue("true abilities and ascending edges are needed")
    found = []
    for lower, upper in pairwise(bounds):
        inside: Flags = (known >= lower) & (known < upper)
        nobody = Precision(0, NAN, NAN, NAN, NAN, NAN, NAN)
        found.append(precision(sittings.of_persons(inside), known[inside]) if inside.any() else nobody)
    return tuple(found)


def usage(sittings: Sittings) -> Usage:
    """How the pool was used. Overlap is nan for a single sitting."""
    rate = sittings.administered / sittings.n
    even = rate.mean()
    return Usage(
        rate=rate,
        highest=float(rate.max()),
        seldom=float((rate < SELDOM).mean()),
        unused=float((rate == 0).mean()),
        overlap=overlap(sittings),
        chi_square=float(((rate - even) ** 2).sum() / even),
    )


def overlap(sittings: Sittings) -> float:
    """The mean over all pairs of sittings of the items in common, over their mean length; in [0, 1].

    Σ_i m_i(m_i - 1) / (n(n - 1) L̄) with m_i the sittings that had item i: no pair is counted singly. A single sitting
    gives nan. Source: Chen, Ankenmann & Spray (2003).
    """
    if sittings.n < 2:
        return NAN
    times = sittings.administered.astype(np.float64)
    pairs = float(sittings.n) * (sittings.n - 1)
    return float((times * (times - 1)).sum() / (pairs * sittings.length.mean()))


def overlap_of_rates(rate: ArrayLike) -> float:
    """The overlap to which exposure rates (items,) lead among many sittings: (N/L) S² + L/N, L = Σ rates, N items.

    `S²` is the rates' variance over items. Source: Chen, Ankenmann & Spray (2003). Raises WrongValue, TooFew.
    """
    rates = np.asarray(rate, dtype=np.float64)
    if rates.ndim != 1 or rates.size == 0 or not rates.sum() > 0:
        raise TooFew("no item was given")
    if not np.all((rates >= 0) & (rates <= 1)):
        raise WrongValue("exposure rates lie in [0, 1]")
    length, count = rates.sum(), rates.size
    return float(count / length * rates.var() + length / count)


def classification(sittings: Sittings, cut: float, truth: ArrayLike | None = None) -> Classification:
    """How often pass and fail were right: truth passes from `cut` on; a sitting by its SPRT, else by its estimate.

    Raises WrongValue without a truth.
    """
    known = sittings.truth if truth is None else np.asarray(truth, dtype=np.float64)
    if known is None or known.shape != sittings.theta.shape:
        raise WrongValue("a true ability for every sitting is needed")
    said = np.where(sittings.verdict == Verdict.NONE, sittings.theta >= cut, sittings.verdict == Verdict.PASS)
    passes = known >= cut
    false_pass, false_fail = float((said & ~passes).mean()), float((~said & passes).mean())
    right = 1 - false_pass - false_fail
    chance = float(said.mean() * passes.mean() + (~said).mean() * (~passes).mean())
    kappa = (right - chance) / (1 - chance) if chance < 1 else NAN
    return Classification(sittings.n, right, false_pass, false_fail, kappa)


def reasons(sittings: Sittings) -> dict[Reason, int]:
    """How many sittings ended for each reason; reasons that did not occur are left out."""
    return {reason: count for reason in Reason if (count := int((sittings.reason == reason).sum()))}
