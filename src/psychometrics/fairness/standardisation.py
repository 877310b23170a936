"""Any items in two groups, by mean scores at equal totals, weighted as the focal group is spread."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from psychometrics.fairness.matching import Comparison, Fewest, Table, compared
from psychometrics.fairness.purification import Progress, purified, told
from psychometrics.responses import Flags, Floats, Responses


@dataclass(frozen=True)
class Standardised:
    """Every item's difference between two groups; arrays are (items,), NaN as documented in `standardised`.

    `difference` in [-1, 1] is the focal group's mean share of the item's points less that of the reference group, at
    equal totals; `se` of it; `effect` is the difference in standard deviations of the item; `chi2`, `p` are Mantel's.
    `classes` are A, B, C for right-or-wrong items, AA, BB, CC for others, or "". `anchor` and `is_settled` as in
    `MantelHaenszel`.
    """

    names: tuple[str, ...]
    reference: str
    focal: str
    difference: Floats
    se: Floats
    effect: Floats
    chi2: Floats
    p: Floats
    classes: tuple[str, ...]
    anchor: Flags
    is_settled: bool

    @property
    def is_suspect(self) -> Flags:
        """Items of other classes than A or AA, (items,)."""
        return np.isin(self.classes, ["B", "C", "BB", "CC"])


def standardised(
    responses: Responses,
    *,
    reference: str,
    focal: str,
    purify: bool = True,
    matching: ArrayLike | None = None,
    fewest: Fewest | None = None,
    progress: Progress | None = None,
) -> Standardised:
    """Differential functioning of items of any points between two groups.

    STD = Σ n_Fk (mean_Fk - mean_Rk) / Σ n_Fk over totals k at which both groups have somebody, as a share of the item's
    most. Mantel's χ² = (Σ F_k - E F_k)² / Σ Var F_k with F_k the focal group's points. Unless p < 0.05 items are A or
    AA; otherwise right-or-wrong ones are B from a difference of 0.05 and C from 0.10 on, others BB above 0.17 and CC
    above 0.25 standard deviations.

    Matching, purification, NaN and errors as in `mantel_haenszel`, but any points will do; NaN also where no total is
    common to both groups.
    Sources: Dorans & Kulick (1986); Mantel (1963); Zwick, Thayer & Mazzeo (1997).
    """
    comparison = compared(responses, reference, [focal], matching=matching, fewest=fewest)
    found, anchor, settled = purified(
        responses.n_items,
        lambda anchor: _judged(comparison, anchor, progress),
        purify=purify and matching is None,
    )
    return replace(found, anchor=anchor, is_settled=settled)


def _judged(comparison: Comparison, anchor: Flags, progress: Progress | None) -> Standardised:
    figures, whole = [], []
    for table in told(comparison.tables(anchor), comparison.responses.n_items, progress):
        figures.append(_figures(table.shared) if table is not None else (np.nan,) * 4)
        whole.append(table is None or table.is_right_or_wrong)
    points, error, effect, square = np.array(figures).T
    difference, p = points / comparison.responses.maxima, chi2.sf(square, 1)
    return Standardised(
        names=comparison.responses.items,
        reference=comparison.groups[0],
        focal=comparison.groups[1],
        difference=difference,
        se=error / comparison.responses.maxima,
        effect=effect,
        chi2=square,
        p=p,
        classes=_classes(np.array(whole), difference, effect, p),
        anchor=anchor,
        is_settled=False,
    )


def _figures(table: Table) -> tuple[float, float, float, float]:
    """Difference in points, its standard error, in standard deviations, and Mantel's χ²."""
    counts, values = table.counts, table.values
    pooled = counts.sum(axis=(0, 1))
    n = pooled.sum()
    if n < 2 or not (variance := (pooled @ values**2 - (pooled @ values) ** 2 / n) / (n - 1)) > 0:
        return np.nan, np.nan, np.nan, np.nan
    sizes = counts.sum(axis=2)
    means = counts @ values / sizes
    weights = sizes[:, 1] / sizes[:, 1].sum()
    difference = weights @ (means[:, 1] - means[:, 0])
    error = np.sqrt(weights**2 @ ((counts @ values**2 / sizes - means**2) / sizes).sum(axis=1))
    total, margin = sizes.sum(axis=1), counts.sum(axis=1)
    off = (counts[:, 1] @ values).sum() - (sizes[:, 1] * (margin @ values) / total).sum()
    spread = sizes.prod(axis=1) * (total * (margin @ values**2) - (margin @ values) ** 2) / (total**2 * (total - 1))
    return difference, error, difference / np.sqrt(variance), off**2 / spread.sum() if spread.sum() > 0 else np.nan


def _classes(whole: Flags, difference: Floats, effect: Floats, p: Floats) -> tuple[str, ...]:
    size, deviations, sure = np.abs(difference), np.abs(effect), p < 0.05
    dichotomous = np.select([~sure | (size < 0.05), size >= 0.10], ["A", "C"], "B")
    graded = np.select([~sure | (deviations <= 0.17), deviations > 0.25], ["AA", "CC"], "BB")
    return tuple(np.where(np.isnan(difference), "", np.where(whole, dichotomous, graded)).tolist())
