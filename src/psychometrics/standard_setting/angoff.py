"""Angoff's method, modified: each judge says of each item how many points a borderline person gets; in rounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics import irt
from psychometrics.agreement import Form, Reliability, intraclass
from psychometrics.errors import Disconnected, TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats
from psychometrics.standard_setting.cuts import Cut, ability_at, mean_cut


@dataclass(frozen=True)
class Angoff:
    """A panel's cut in points, with the spread between judges as its error, and what stands behind it.

    `most` is what the items give in all. `error_with_items` is the error if not only the judges but also the items are
    a sample. `cuts` (judges,) are the judges' own, NaN for those without a judgement; `agreement` (judges,) correlates
    a judge's judgements with the mean of the others', in [-1, 1] or NaN; `item_means`, `item_sds` (items,) are over
    judges. `reliability` is that of the panel's mean judgement of an item. `n_filled` judgements were missing and
    filled in.
    """

    cut: Cut
    most: float
    error_with_items: float
    cuts: Floats
    agreement: Floats
    item_means: Floats
    item_sds: Floats
    reliability: Reliability
    n_judges: int
    n_filled: int


@dataclass(frozen=True)
class Movement:
    """From one round to the next: `moved` (judges,) points each judge's cut rose, NaN for whoever missed a round.

    `shift` is the mean of it with its error; `spread` the quotient of the judges' SD, below 1 when they came closer;
    `changed` the mean absolute change of a judgement, in points.
    """

    moved: Floats
    shift: Cut
    spread: float
    changed: float


@dataclass(frozen=True)
class Reading:
    """One judge against items of known parameters: is what he says of the items possible for one person?

    `theta` (judges,) is the ability that his cut stands for. `consistency` (judges,), at most 1, is 1 when every
    judgement is what that ability expects, 0 when they are as far off as can be on the average.
    """

    theta: Floats
    consistency: Floats


def angoff(judgements: ArrayLike, *, maxima: ArrayLike = 1.0, confidence: float = 0.95) -> Angoff:
    """The cut of a panel: judgements (judges, items) are points expected of a borderline person, 0 to the item's most.

    cut = mean over judges of Σ_i p_ij; error SD / √judges (Angoff 1971). With judges and items as samples (Brennan &
    Lockwood 1980) the variance of the cut is n_i² (σ²_j / n_j + σ²_i / n_i + σ²_ji / (n_i n_j)), n_i items, n_j judges.

    A missing judgement (NaN: a judge passes over his own item) is filled in with judge's plus item's effect by least
    squares, so that nobody's cut depends on which items he skipped; judges without any are left out. Raises WrongShape,
    WrongValue (a judgement out of range), TooFew (two judges, two items, an item that nobody judged), Disconnected
    (judges who share no item).
    """
    given, most = _checked(judgements, maxima)
    present = ~np.isnan(given)
    takes_part = present.any(axis=1)
    if takes_part.sum() < 2 or given.shape[1] < 2:
        raise TooFew("a panel is two judges or more, on two items or more")
    full = _filled(given[takes_part], most)
    cuts = np.full(len(given), np.nan)
    cuts[takes_part] = full.sum(axis=1)
    agreement = np.full(len(given), np.nan)
    agreement[takes_part] = _with_others(full)
    seen = given[takes_part]
    counts = (~np.isnan(seen)).sum(axis=0)
    sds = np.full(counts.size, np.nan)
    sds[counts > 1] = np.nanstd(seen[:, counts > 1], axis=0, ddof=1)
    found = intraclass(full.T, Form.AGREEMENT, confidence=confidence)
    n_items, n_judges = full.shape[1], full.shape[0]
    parts = (found.variance_raters / n_judges, found.variance_targets / n_items)
    variance = sum(max(each, 0.0) for each in parts) + found.variance_error / (n_items * n_judges)
    return Angoff(
        mean_cut(full.sum(axis=1), confidence), float(most.sum()), float(n_items * np.sqrt(variance)), cuts, agreement,
        np.nanmean(seen, axis=0), sds, found.average, n_judges, int((~present[takes_part]).sum()),
    )  # fmt: skip


def movement(before: ArrayLike, after: ArrayLike, *, maxima: ArrayLike = 1.0, confidence: float = 0.95) -> Movement:
    """What a round of discussion did: the same judges (rows) and items before and after. Raises as `angoff`."""
    (first, _), (second, _) = (_checked(each, maxima) for each in (before, after))
    if first.shape != second.shape:
        raise WrongShape(f"rounds of shapes {first.shape} and {second.shape}")
    one, other = angoff(before, maxima=maxima).cuts, angoff(after, maxima=maxima).cuts
    moved = other - one
    both: Flags = ~np.isnan(moved)
    earlier, later = (float(each[both].std(ddof=1)) if both.sum() > 1 else float("nan") for each in (one, other))
    return Movement(
        moved,
        mean_cut(moved[both], confidence),
        later / earlier if earlier > 0 else float("nan"),
        float(np.nanmean(np.abs(second - first))),
    )


def readings(judgements: ArrayLike, items: irt.Items) -> Reading:
    """Each judge's ability and consistency, (judges,): C = 1 - E / M (van der Linden 1982).

    E is the mean over items of |p - P(θ)| as a share of the item's points, M the mean of the largest that it could be,
    max(P, 1 - P). θ is where the judge's own items expect his points. NaN for a judge without judgements and for one
    whose points no ability expects. Raises as `angoff` for shapes and values.
    """
    given, _ = _checked(judgements, items.maxima)
    theta, consistency = np.full((2, len(given)), np.nan)
    for judge, row in enumerate(given):
        own = ~np.isnan(row)
        if not own.any():
            continue
        mine = items.take(own)
        try:
            theta[judge] = ability_at(mine, float(row[own].sum())).theta
        except WrongValue:
            continue
        expected = irt.expected(mine, theta[judge])[0] / mine.maxima
        off = np.abs(row[own] / mine.maxima - expected)
        consistency[judge] = 1 - off.sum() / np.maximum(expected, 1 - expected).sum()
    return Reading(theta, consistency)


def _checked(judgements: ArrayLike, maxima: ArrayLike) -> tuple[Floats, Floats]:
    given = np.asarray(judgements, dtype=np.float64)
    if given.ndim != 2:
        raise WrongShape(f"judgements are a matrix of judges by items, not of {given.ndim} dimensions")
    try:
        most = np.array(np.broadcast_to(np.asarray(maxima, dtype=np.float64), given.shape[1:]))
    except ValueError:
        raise WrongShape(f"{np.size(maxima)} maxima for {given.shape[1]} items") from None
    if ((given < 0) | (given > most)).any():
        judge, item = map(int, np.argwhere((given < 0) | (given > most))[0])
        raise WrongValue(
            f"judge {judge + 1} expects {given[judge, item]:g} on item {item + 1}, which gives 0 to {most[item]:g}"
        )
    return given, most


def _filled(given: Floats, most: Floats) -> Floats:
    """Missing judgements as judge's and item's effect, within the item's points."""
    present = ~np.isnan(given)
    if present.all():
        return given
    if not present.any(axis=0).all():
        raise TooFew(f"nobody judged item {int(np.argmin(present.any(axis=0))) + 1}")
    judge, item = np.nonzero(present)
    n_judges, n_items = given.shape
    design = np.zeros((judge.size, n_judges + n_items))
    design[np.arange(judge.size), judge] = 1
    design[np.arange(judge.size), n_judges + item] = 1
    effects, _, rank, _ = np.linalg.lstsq(design, given[present], rcond=None)
    if rank < n_judges + n_items - 1:
        raise Disconnected("some judges share no item with the others: their severity cannot be compared")
    guess = np.clip(effects[:n_judges, None] + effects[n_judges:], 0, most)
    return np.asarray(np.where(present, given, guess))


def _with_others(full: Floats) -> Floats:
    """Each judge's correlation with the mean of the others over items, NaN where either does not vary."""
    others = (full.sum(axis=0) - full) / (len(full) - 1)
    mine, theirs = (each - each.mean(axis=1, keepdims=True) for each in (full, others))
    size = np.sqrt((mine**2).sum(axis=1) * (theirs**2).sum(axis=1))
    alike = np.divide((mine * theirs).sum(axis=1), size, out=np.full(len(full), np.nan), where=size > 1e-12)
    return np.asarray(alike)
