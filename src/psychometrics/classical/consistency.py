"""Decisions at a cut: how often two papers, or a paper and the truth, would judge a person alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc
from scipy.stats import binom

from psychometrics import irt, sumscores
from psychometrics.classical.truth import ROUNDING, TrueScores, fitted
from psychometrics.errors import ConstantItem, TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats

Tail = Callable[[Floats, float], Floats]


@dataclass(frozen=True)
class Consistency:
    """How sure decisions are. Classes run from below the first cut (failed) upward; all rates are in [0, 1].

    `agreement` (classes, classes) is P(class on one paper, class on another); `truth` (classes, classes) is
    P(true class, class on a paper), NaN where the method knows no true scores. `length` is the (effective) number of
    items; `kappa` at most 1, NaN when chance agrees always.
    """

    cuts: tuple[float, ...]
    length: int
    reliability: float
    agreement: Floats
    truth: Floats
    true_scores: TrueScores | None

    @property
    def consistency(self) -> float:
        """P(two papers put a person in the same class)."""
        return float(np.trace(self.agreement))

    @property
    def chance(self) -> float:
        """What consistency would be if papers told nothing of the person."""
        return float((self.agreement.sum(axis=0) * self.agreement.sum(axis=1)).sum())

    @property
    def kappa(self) -> float:
        """Consistency beyond chance, (p - p_c) / (1 - p_c) (Cohen 1960)."""
        rest = 1 - self.chance
        return (self.consistency - self.chance) / rest if rest > 1e-12 else float("nan")

    @property
    def accuracy(self) -> float:
        """P(a paper puts a person in the class of the true score)."""
        return float(np.trace(self.truth))

    @property
    def false_positive(self) -> float:
        """P(a paper puts a person above the true class): for one cut, passed who should have failed."""
        return float(np.triu(self.truth, 1).sum())

    @property
    def false_negative(self) -> float:
        """P(a paper puts a person below the true class): for one cut, failed who should have passed."""
        return float(np.tril(self.truth, -1).sum())

    def at(self, cut: int) -> Consistency:
        """The same for the decision at one cut alone, by its place."""
        edge = [0, cut + 1]
        return Consistency(
            cuts=(self.cuts[cut],),
            length=self.length,
            reliability=self.reliability,
            agreement=np.add.reduceat(np.add.reduceat(self.agreement, edge, axis=0), edge, axis=1),
            truth=np.add.reduceat(np.add.reduceat(self.truth, edge, axis=0), edge, axis=1),
            true_scores=self.true_scores,
        )


def livingston_lewis(
    scores: ArrayLike, *, reliability: float, most: float, cuts: Sequence[float], least: float = 0.0
) -> Consistency:
    """Consistency and accuracy of any scores of known reliability ρ: papers with weights, parts, points in part.

    `scores` (persons,) between `least` and `most`, NaN where none (left out); a person passes a cut with a score at or
    above it. The paper is taken for one of n' = ((μ - least)(most - μ) - ρσ²) / (σ²(1 - ρ)) equal items, rounded; true
    scores are a beta of four parameters, errors binomial. A cut that falls between two numbers of those items
    takes the tail of the binomial there as the incomplete beta function continues it.

    Raises TooFew (fewer than two scores, an effective length below two), ConstantItem (all scores alike), WrongValue (a
    reliability outside of (0, 1), a score or cut outside of the range, cuts that do not ascend).
    Source: Livingston & Lewis (1995).
    """
    known = _known(scores, least, most)
    _check(reliability, cuts, least, most)
    share = (known - least) / (most - least)
    mean, variance = share.mean(), share.var(ddof=1)
    length = round((mean * (1 - mean) - reliability * variance) / (variance * (1 - reliability)))
    if length < 2:
        raise TooFew(f"scores of reliability {reliability:.3g} are worth {length} items; two at least are needed")
    edges = [(cut - least) / (most - least) for cut in cuts]
    truth = fitted(_moments(share * length, length, 0.0))
    return _judged(truth, [length * edge for edge in edges], edges, _binomial(length), cuts, length, reliability)


def hanson_brennan(scores: ArrayLike, *, length: int, cuts: Sequence[float], reliability: float) -> Consistency:
    """Consistency and accuracy of number-right scores of `length` items, which need not be equally hard.

    `scores` (persons,) whole numbers from 0 to `length`, NaN where none. As `livingston_lewis`, but on their own scale,
    with Lord's two-term approximation of the compound binomial, P(x | τ) = b(x; n, τ) - kτ(1-τ)[b(x; n-2, τ)
    - 2b(x-1; n-2, τ) + b(x-2; n-2, τ)], whose k gives the true scores the variance ρσ². Raises as `livingston_lewis`.
    Sources: Hanson & Brennan (1990); Lord (1965).
    """
    known = _known(scores, 0, length)
    _check(reliability, cuts, 0, length)
    if length < 4:
        raise TooFew("four items at least are needed")
    if np.any(known % 1):
        raise WrongValue("number-right scores are whole numbers")
    mean, variance = known.mean(), known.var(ddof=1)
    second = (reliability * variance + mean**2) / length**2
    k = (variance + mean**2 - mean - second * length * (length - 1)) / (2 * (second - mean / length))
    truth = fitted(_moments(known, length, k))
    steps, edges = [float(np.ceil(cut)) for cut in cuts], [cut / length for cut in cuts]
    return _judged(truth, steps, edges, _two_terms(length, k), cuts, length, reliability)


def subkoviak(scores: ArrayLike, *, length: int, cuts: Sequence[float], reliability: float) -> Consistency:
    """Consistency of number-right scores of `length` items from one paper, person by person.

    Each person's true proportion is regressed to the mean, τ = ρ x/n + (1 - ρ) μ/n, errors are binomial. It knows
    nothing of accuracy. `scores` (persons,), NaN where none. Raises as `livingston_lewis`. Source: Subkoviak (1976).
    """
    known = _known(scores, 0, length)
    _check(reliability, cuts, 0, length)
    tau = np.clip((reliability * known + (1 - reliability) * known.mean()) / length, 0, 1)
    rates = _classes(tau, [float(np.ceil(cut)) for cut in cuts], _binomial(length))
    size = len(cuts) + 1
    return Consistency(
        tuple(map(float, cuts)),
        length,
        reliability,
        rates.T @ rates / known.size,
        np.full((size, size), np.nan),
        None,
    )


def from_curves(
    items: irt.Items, ability: irt.Quadrature, *, cuts: Sequence[float], points: ArrayLike = 1
) -> Consistency:
    """Consistency and accuracy of a paper whose items are known, before or after anybody sits it.

    Given θ the sum is a convolution of its items (`sumscores.distribution`), its true value their expectation; both are
    weighted over the points of `ability`, which should be many (some hundreds). `cuts` and `points` in units of the
    sum, as in `sumscores.units`; the reliability is Var E(X | θ) / Var X. Raises TooFew, WrongShape, WrongValue.
    Source: Lee (2010).
    """
    chances = sumscores.distribution(items, ability.nodes, points)
    sums = np.arange(chances.shape[1])
    _check(0.5, cuts, 0, sums[-1])
    truth = sumscores.expected(items, ability.nodes, points)
    steps = [0, *(int(np.ceil(cut)) for cut in cuts), sums.size]
    rates = np.stack([chances[:, low:high].sum(axis=1) for low, high in pairwise(steps)], axis=1)
    true_class = np.searchsorted(np.asarray(cuts), truth + ROUNDING, side="right")
    weighted = rates * ability.weights[:, None]
    mean = ability.weights @ truth
    variance = ability.weights @ (chances @ sums**2) - mean**2
    return Consistency(
        tuple(map(float, cuts)),
        items.n,
        float((ability.weights @ truth**2 - mean**2) / variance),
        weighted.T @ rates,
        np.stack([weighted[true_class == place].sum(axis=0) for place in range(len(cuts) + 1)]),
        None,
    )


def _judged(
    truth: TrueScores,
    steps: Sequence[float],
    edges: Sequence[float],
    tail: Tail,
    cuts: Sequence[float],
    length: int,
    reliability: float,
) -> Consistency:
    """Integrate over true scores: `steps` are the cuts on the scale of the items, `edges` as proportions."""
    agreement, rows = np.zeros((len(cuts) + 1, len(cuts) + 1)), []
    for tau, weights in truth.between(edges):
        rates = _classes(tau, steps, tail)
        agreement += (rates.T * weights) @ rates
        rows.append(weights @ rates)
    return Consistency(tuple(map(float, cuts)), length, reliability, agreement, np.stack(rows), truth)


def _classes(tau: Floats, steps: Sequence[float], tail: Tail) -> Floats:
    """P(class | τ), (true scores, classes)."""
    above = np.stack([np.ones_like(tau), *(tail(tau, step) for step in steps), np.zeros_like(tau)], axis=1)
    return np.clip(-np.diff(above, axis=1), 0, 1)


def _binomial(length: int) -> Tail:
    """P(X ≥ step | τ) of a binomial, continued between whole numbers: the incomplete beta I_τ(step, n - step + 1)."""

    def tail(tau: Floats, step: float) -> Floats:
        return np.ones_like(tau) if step <= 0 else np.asarray(betainc(step, length - step + 1, tau))

    return tail


def _two_terms(length: int, k: float) -> Tail:
    """P(X ≥ step | τ) of Lord's two-term approximation, whole steps."""
    plain = _binomial(length)

    def tail(tau: Floats, step: float) -> Floats:
        bend = binom.pmf(step - 2, length - 2, tau) - binom.pmf(step - 1, length - 2, tau)
        return np.asarray(np.clip(plain(tau, step) - k * tau * (1 - tau) * bend, 0, 1))

    return tail


def _moments(scores: Floats, length: int, k: float) -> list[float]:
    """E τ^r for r = 1 to 4 (fewer on a short paper), from the factorial moments E x(x-1)…(x-r+1).

    Given τ these are n(n-1)…(n-r+1) τ^r - k r(r-1) (n-2)…(n-r+1) (τ^(r-1) - τ^r).
    """
    found, falling, descending, shorter = [1.0], np.ones_like(scores), 1.0, 1.0
    for r in range(1, min(4, length) + 1):
        falling, descending = falling * (scores - (r - 1)), descending * (length - (r - 1))
        shorter = shorter * (length - (r - 1)) if r > 2 else 1.0
        bend = k * r * (r - 1) * shorter
        found.append(float((falling.mean() + bend * found[-1]) / (descending + bend)))
    return found[1:]


def _known(scores: ArrayLike, least: float, most: float) -> Floats:
    given = np.asarray(scores, dtype=np.float64)
    if given.ndim != 1:
        raise WrongShape("scores are one number a person")
    known = given[~np.isnan(given)]
    if known.size < 2:
        raise TooFew(f"{known.size} scores; two at least are needed")
    if not least < most or known.min() < least or known.max() > most:
        raise WrongValue(f"scores from {known.min():g} to {known.max():g} leave the range {least:g} to {most:g}")
    if np.ptp(known) == 0:
        raise ConstantItem(f"everybody has {known[0]:g}: nothing is known of errors")
    return known


def _check(reliability: float, cuts: Sequence[float], least: float, most: float) -> None:
    if not 0 < reliability < 1:
        raise WrongValue(f"a reliability lies between 0 and 1, not at {reliability}")
    if not cuts or np.any(np.diff([least, *cuts, most]) < 0) or np.any(np.diff(cuts) <= 0):
        raise WrongValue("cuts ascend, one at least, from the least to the most score")
