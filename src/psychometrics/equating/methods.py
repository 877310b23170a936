"""Equating by scores: which score of the old form is worth each score of the new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.equating.designs import CommonItems, Design, EquivalentGroups
from psychometrics.equating.distributions import equipercentile, moments
from psychometrics.errors import ConstantItem, PsychometricsError, TooFew, WrongShape
from psychometrics.responses import Floats


class Method(StrEnum):
    """The first three are for equivalent groups, the others for common items."""

    MEAN = "mean"
    LINEAR = "linear"
    EQUIPERCENTILE = "equipercentile"
    TUCKER = "tucker"
    LEVINE = "levine"
    LEVINE_TRUE = "levine-true"
    CHAINED_LINEAR = "chained-linear"
    FREQUENCY_ESTIMATION = "frequency-estimation"
    CHAINED_EQUIPERCENTILE = "chained-equipercentile"


@dataclass(frozen=True)
class Equating:
    """What each new score is worth: `equivalents` (scores 0, 1, … of the new form,) in scores of the old form.

    They may lie beyond the old form's 0 … `most_old`, by half a point or, linear ones, more. `errors` (scores,) are
    standard errors, NaN unless they were bootstrapped. `slope` and `intercept` of a line, else NaN.
    """

    method: str
    equivalents: Floats
    errors: Floats
    most_old: int
    slope: float = float("nan")
    intercept: float = float("nan")

    def at(self, scores: ArrayLike) -> Floats:
        """The worth of new scores, between whole ones by a line; NaN beyond the new form's."""
        places = np.arange(self.equivalents.size)
        asked = np.asarray(scores, dtype=np.float64)
        return np.interp(asked, places, self.equivalents, left=np.nan, right=np.nan)


def equate(design: Design, method: Method) -> Equating:
    """Equate a new form to an old one; presmooth the design first for equipercentile methods.

    With means μ, deviations σ, anchor V, new X in group 1, old Y in group 2, synthetic population of shares w₁, w₂:
    *mean* x - μ(X) + μ(Y). *linear* σ(Y)/σ(X) (x - μ(X)) + μ(Y). *tucker*, *levine* linear in the synthetic population,
    whose moments follow from γ: Tucker's cov(X,V)/var(V); Levine's (1955) var(X)/cov(X,V) with an internal anchor,
    (var(X) + cov)/(var(V) + cov) with an external one. *levine-true* γ₂/γ₁ (x - μ₁(X)) + μ₂(Y) + γ₂ (μ₁(V) - μ₂(V)).
    *chained-linear* X to V in group 1, then V to Y in group 2; *chained-equipercentile* likewise by ranks.
    *equipercentile* by ranks. *frequency-estimation* by ranks in the synthetic population, in which the totals given an
    anchor score are those of the group that sat the form (Angoff 1971; Braun & Holland 1982).
    Raises WrongShape (a method of the other design), ConstantItem (scores that do not vary), TooFew (frequency
    estimation where an anchor score is missing in one group: presmooth). Source: Kolen & Brennan (2014), ch. 2, 4, 5.
    """
    wanted = EquivalentGroups if method in _ALIKE else CommonItems
    if not isinstance(design, wanted):
        raise WrongShape(f"{method.value} is not for this design")
    most = design.old.shape[0] - 1
    if method in _LINES:
        slope, intercept = _LINES[method](design)
        scores = np.arange(design.new.shape[0], dtype=np.float64)
        return Equating(method.value, intercept + slope * scores, unknown(scores), most, slope, intercept)
    found = _CURVES[method](design)
    return Equating(method.value, found, unknown(found), most)


def bootstrap(
    design: Design,
    equating: Callable[[Design], Equating],
    *,
    replications: int = 500,
    rng: np.random.Generator,
    progress: Callable[[int, int], None] | None = None,
) -> Equating:
    """The equating of the design with standard errors: the deviation of equivalents over persons drawn again.

    `equating` takes a design and returns its equating, presmoothing included, so that its error is counted. Draws on
    which it fails by name (an anchor score nobody has) are left out. Raises TooFew for fewer than 2 that succeed.
    Source: Efron (1982); Kolen & Brennan (2014), ch. 7.
    """
    made = []
    for done in range(1, replications + 1):
        try:
            made.append(equating(design.resampled(rng)).equivalents)
        except PsychometricsError:
            continue
        finally:
            if progress is not None:
                progress(done, replications)
    if len(made) < 2:
        raise TooFew(f"{len(made)} of {replications} draws could be equated")
    return replace(equating(design), errors=np.std(made, axis=0, ddof=1))


def unknown(equivalents: Floats) -> Floats:
    """Standard errors that nobody has worked out, (scores,)."""
    return np.full(equivalents.size, np.nan)


# ------------------------------------------------------------------------------------------------ lines
@dataclass(frozen=True)
class _Joint:
    """Moments of a total and an anchor."""

    mean: float
    sd: float
    anchor_mean: float
    anchor_sd: float
    covariance: float


def _joint(counts: Floats) -> _Joint:
    mean, sd = moments(counts.sum(axis=1))
    anchor_mean, anchor_sd = moments(counts.sum(axis=0))
    away = np.outer(np.arange(counts.shape[0]) - mean, np.arange(counts.shape[1]) - anchor_mean)
    covariance = float((counts * away).sum() / counts.sum())
    if min(sd, anchor_sd) == 0 or covariance <= 0:
        raise ConstantItem("totals and anchor scores must vary, and together")
    return _Joint(mean, sd, anchor_mean, anchor_sd, covariance)


def _mean(design: EquivalentGroups) -> tuple[float, float]:
    return 1.0, moments(design.old)[0] - moments(design.new)[0]


def _linear(design: EquivalentGroups) -> tuple[float, float]:
    (mean, sd), (old_mean, old_sd) = moments(design.new), moments(design.old)
    if sd == 0:
        raise ConstantItem("everybody has the same score on the new form")
    return old_sd / sd, old_mean - old_sd / sd * mean


def _tucker_slopes(one: _Joint, other: _Joint, is_internal: bool) -> tuple[float, float]:
    return one.covariance / one.anchor_sd**2, other.covariance / other.anchor_sd**2


def _levine_slopes(one: _Joint, other: _Joint, is_internal: bool) -> tuple[float, float]:
    if is_internal:
        return one.sd**2 / one.covariance, other.sd**2 / other.covariance
    first, second = ((each.sd**2 + each.covariance) / (each.anchor_sd**2 + each.covariance) for each in (one, other))
    return first, second


def _synthetic(slopes: Callable[[_Joint, _Joint, bool], tuple[float, float]]) -> Callable[..., tuple[float, float]]:
    """Linear in the synthetic population, whose moments these slopes of total on anchor give."""

    def line(design: CommonItems) -> tuple[float, float]:
        one, other = _joint(design.new), _joint(design.old)
        first, second = slopes(one, other, design.is_internal)
        w, v = design.weight, 1 - design.weight
        gap, spread = one.anchor_mean - other.anchor_mean, one.anchor_sd**2 - other.anchor_sd**2
        mean, old_mean = one.mean - v * first * gap, other.mean + w * second * gap
        variance = one.sd**2 + first**2 * (w * v * gap**2 - v * spread)
        old_variance = other.sd**2 + second**2 * (w * v * gap**2 + w * spread)
        if min(variance, old_variance) <= 0:
            raise ConstantItem("the synthetic population would have no spread: the groups differ too much")
        slope = float(np.sqrt(old_variance / variance))
        return slope, old_mean - slope * mean

    return line


def _levine_true(design: CommonItems) -> tuple[float, float]:
    one, other = _joint(design.new), _joint(design.old)
    first, second = _levine_slopes(one, other, design.is_internal)
    slope = second / first
    return slope, other.mean + second * (one.anchor_mean - other.anchor_mean) - slope * one.mean


def _chained_linear(design: CommonItems) -> tuple[float, float]:
    one, other = _joint(design.new), _joint(design.old)
    to_anchor, to_old = one.anchor_sd / one.sd, other.sd / other.anchor_sd
    slope = to_old * to_anchor
    return slope, other.mean + to_old * (one.anchor_mean - other.anchor_mean) - slope * one.mean


# ------------------------------------------------------------------------------------------------ ranks
def _by_rank(design: EquivalentGroups) -> Floats:
    return equipercentile(design.new, design.old)


def _chained(design: CommonItems) -> Floats:
    anchored = equipercentile(design.new.sum(axis=1), design.new.sum(axis=0))
    return equipercentile(design.old.sum(axis=0), design.old.sum(axis=1), anchored)


def _estimated(design: CommonItems) -> Floats:
    one, other = design.new / design.new.sum(), design.old / design.old.sum()
    w = design.weight
    anchor, old_anchor = one.sum(axis=0), other.sum(axis=0)
    if (w < 1 and (old_anchor[anchor == 0] > 0).any()) or (w > 0 and (anchor[old_anchor == 0] > 0).any()):
        raise TooFew("an anchor score of one group nobody has in the other: presmooth")
    synthetic = w * one.sum(axis=1) + (1 - w) * _given(one, anchor) @ old_anchor
    old_synthetic = w * _given(other, old_anchor) @ anchor + (1 - w) * other.sum(axis=1)
    return equipercentile(synthetic, old_synthetic)


def _given(joint: Floats, anchor: Floats) -> Floats:
    return np.divide(joint, anchor, out=np.zeros_like(joint), where=anchor > 0)


_ALIKE = {Method.MEAN, Method.LINEAR, Method.EQUIPERCENTILE}
_LINES: dict[Method, Callable[..., tuple[float, float]]] = {
    Method.MEAN: _mean,
    Method.LINEAR: _linear,
    Method.TUCKER: _synthetic(_tucker_slopes),
    Method.LEVINE: _synthetic(_levine_slopes),
    Method.LEVINE_TRUE: _levine_true,
    Method.CHAINED_LINEAR: _chained_linear,
}
_CURVES: dict[Method, Callable[..., Floats]] = {
    Method.EQUIPERCENTILE: _by_rank,
    Method.FREQUENCY_ESTIMATION: _estimated,
    Method.CHAINED_EQUIPERCENTILE: _chained,
}
