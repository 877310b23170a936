"""Items' curves against what was answered: by sum score (S-X²), and over ability (RMSD)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from psychometrics import irt, sumscores
from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.estimation.abilities import STANDARD, Population, Progress, populations_of
from psychometrics.estimation.answered import Answered, answered, log_table
from psychometrics.responses import Floats, Indices, Responses


# ------------------------------------------------------------------------------------------------ by sum score
@dataclass(frozen=True)
class ScoreFit:
    """S-X² of each item, (items,): `statistic` at least 0, `df`, `p` in [0, 1]; over `n_persons` complete rows.

    `df` and `p` are NaN where no degree of freedom is left. `rmsea` is √max(0, (X² - df) / (df (n - 1))).
    """

    statistic: Floats
    df: Floats
    p: Floats
    n_persons: int

    @property
    def rmsea(self) -> Floats:
        """Misfit per degree of freedom, (items,), free of the number of persons; NaN without degrees of freedom."""
        return np.sqrt(np.maximum(0.0, (self.statistic - self.df) / (self.df * (self.n_persons - 1))))


def score_fit(
    responses: Responses,
    items: irt.Items,
    *,
    n_parameters: ArrayLike | None = None,
    population: Population = STANDARD,
    least: float = 1.0,
    progress: Progress | None = None,
) -> ScoreFit:
    """S-X²: for each sum score s and category k, Σ (O_sk - E_sk)² / E_sk.

    E_sk = N_s ∫ P_k(θ) S*(s-k | θ) φ dθ / ∫ S(s | θ) φ dθ, S the distribution of sums, S* that of the other items; with
    several groups the N_s E of each are added. Sums of nothing and of everything say nothing and are left out.
    From both ends inward neighbouring sums, then categories, are put together until a cell expects `least` persons.
    Degrees of freedom: cells less rows less the item's own estimated parameters, `n_parameters` (items,) or one for
    all; unless told a slope, the thresholds, and c where it is above 0; tell 1 for Rasch items, 0 for fixed ones.
    Only persons who answered every item count. Raises TooFew when there are none or one item, WrongValue, and what
    `answered` raises. Source: Orlando & Thissen (2000); in ordered categories Kang & Chen (2008).
    """
    beside = answered(responses, items)
    if beside.items.n < 2:
        raise TooFew("one item has no other items to be held against")
    if not least > 0:
        raise WrongValue("a cell expects more than 0 persons")
    whole = responses.is_present.all(axis=1)
    if not whole.any():
        raise TooFew("nobody answered every item: fit the persons of one form at a time")
    spent = _spent(beside.items, n_parameters)
    scores = responses.scores[whole].astype(np.intp)
    expects = _expected(beside.items, scores.sum(axis=1), responses.group[whole], populations_of(responses, population))
    statistic, df = np.zeros(beside.items.n), np.zeros(beside.items.n)
    sums, most = scores.sum(axis=1), expects.shape[2] - 1
    for place in range(beside.items.n):
        cells = scores[:, place] * (most + 1) + sums
        seen = np.bincount(cells, minlength=expects[place].size).reshape(expects.shape[1:]).astype(np.float64)
        own = slice(0, int(beside.items.n_categories[place]))
        statistic[place], df[place] = _compared(seen[own, 1:most].T, expects[place, own, 1:most].T, least)
        if progress is not None:
            progress(place + 1, beside.items.n)
    df -= spent
    df[df <= 0] = np.nan
    return ScoreFit(statistic, df, np.asarray(chdtrc(df, statistic)), int(whole.sum()))


def _spent(items: irt.Items, n_parameters: ArrayLike | None) -> Floats:
    if n_parameters is None:
        return np.asarray(items.n_categories + (items.c > 0), dtype=np.float64)
    given = np.asarray(n_parameters, dtype=np.float64)
    if given.shape not in {(), (items.n,)}:
        raise WrongShape(f"{given.size} counts of parameters for {items.n} items")
    if (given < 0).any():
        raise WrongValue("an item has no fewer than 0 parameters")
    return np.broadcast_to(given, (items.n,))


def _expected(items: irt.Items, sums: Indices, group: Indices, populations: Sequence[irt.Quadrature]) -> Floats:
    """Persons expected in each category at each sum, (items, categories, sums)."""
    total = np.zeros((items.n, items.b.shape[1] + 1, int(items.maxima.sum()) + 1))
    for place, population in enumerate(populations):
        persons = np.bincount(sums[group == place], minlength=total.shape[2])
        if not persons.any():
            continue
        nodes, weights = population.nodes, population.weights
        others = sumscores.without_each(items, nodes)
        all_items = weights @ sumscores.distribution(items, nodes)
        rate = np.divide(persons, all_items, out=np.zeros(total.shape[2]), where=all_items > 0)
        chance = irt.probabilities(items, nodes) * weights[:, None, None]
        for score in range(total.shape[1]):
            joint = np.einsum("qi,iqs->is", chance[:, :, score], others[:, :, : total.shape[2] - score])
            total[:, score, score:] += joint * rate[score:]
    return total


def _compared(seen: Floats, expects: Floats, least: float) -> tuple[float, float]:
    """Pearson's statistic over (sums, categories) put together where thin, and the freedom of its cells."""
    bounds = _bounds(expects.tolist(), least, cells=2)
    if len(bounds) < 2:
        return 0.0, 0.0
    one, other = (np.add.reduceat(each, bounds[:-1]) for each in (seen, expects))
    full = (other >= least).all(axis=1)
    statistic = float(((one[full] - other[full]) ** 2 / other[full]).sum())
    freedom = float(full.sum() * (expects.shape[1] - 1))
    for o, e in zip(one[~full], other[~full], strict=True):
        parts = _bounds([[each] for each in e.tolist()], least, cells=1)[:-1]
        o, e = np.add.reduceat(o, parts), np.add.reduceat(e, parts)
        statistic += float(((o - e) ** 2 / e).sum())
        freedom += e.size - 1
    return statistic, freedom


def _bounds(expects: list[list[float]], least: float, *, cells: int) -> list[int]:
    """Where neighbouring rows, from both ends inward, together have `cells` cells of `least`: 0, each end, the count.

    What is left over in the middle joins the rows before it, or after it when there are none; [] when all are too few.
    """
    count = len(expects)
    half, middle = sum(map(sum, expects)) / 2, 0
    total = 0.0
    while middle < count and total < half:
        total += sum(expects[middle])
        middle += 1
    lower = _cuts(expects[:middle], least, cells)
    upper = [count - cut for cut in reversed(_cuts(expects[middle:][::-1], least, cells))]
    left = expects[lower[-1] if lower else 0 : upper[0] if upper else count]
    if _n_cells([sum(column) for column in zip(*left, strict=True)], least) < cells:
        if not lower and not upper:
            return []
        lower, upper = (lower[:-1], upper) if lower else (lower, upper[1:])
    return sorted({0, *lower, *upper, count})


def _cuts(expects: list[list[float]], least: float, cells: int) -> list[int]:
    """After which rows a group is full, from the first row on."""
    found: list[int] = []
    held = [0.0] * len(expects[0]) if expects else []
    for end, row in enumerate(expects, start=1):
        held = [one + other for one, other in zip(held, row, strict=True)]
        if _n_cells(held, least) >= cells:
            found.append(end)
            held = [0.0] * len(row)
    return found


def _n_cells(expects: list[float], least: float) -> int:
    """How many cells of at least `least` neighbouring categories can make."""
    count, held = 0, 0.0
    for each in expects:
        held += each
        if held >= least:
            count, held = count + 1, 0.0
    return count


# ------------------------------------------------------------------------------------------------ over ability
@dataclass(frozen=True)
class Rmsd:
    """Distance of the curves seen from the curves believed, in [0, 1]: `overall` (items,), `by_group` (items, groups).

    Above 0.10 an item is looked at. A group that differs from the others is a sign of differential functioning.
    NaN where nobody answered. `persons` (items, groups) answered.
    """

    overall: Floats
    by_group: Floats
    groups: tuple[str, ...]
    persons: Indices


def rmsd(
    responses: Responses, items: irt.Items, *, population: Population = STANDARD, progress: Progress | None = None
) -> Rmsd:
    """√(Σ_q f_q Σ_k (p_kq - P_k(θ_q))² / categories): p_kq is the share of persons at node q who reached k.

    Persons lie over the nodes by their posterior under the curves believed; f is how those who answered the item lie.
    For two categories it is √∫ (p - P)² f. Groups keep their own population, and must share its nodes to be added up.
    Missing answers weigh nothing. Raises WrongValue (different nodes) and what `answered` raises.
    Source: Yamamoto, Khorramdel & von Davier (2013), chapter 12 of the PIAAC technical report.
    """
    beside = answered(responses, items)
    populations = populations_of(responses, population)
    nodes = populations[0].nodes
    if any(not np.array_equal(each.nodes, nodes) for each in populations):
        raise WrongValue("the groups' populations lie on different nodes")
    counts = _placed(beside, nodes, np.array([each.weights for each in populations]), progress)
    believed = irt.probabilities(beside.items, nodes).transpose(1, 2, 0)
    apart = np.stack([_distance(each, believed, beside.items) for each in counts], axis=1)
    persons = np.stack(
        [responses.is_present[responses.group == place].sum(axis=0) for place in range(len(populations))], axis=1
    )
    return Rmsd(_distance(counts.sum(axis=0), believed, beside.items), apart, responses.groups, persons)


def _placed(beside: Answered, nodes: Floats, weights: Floats, progress: Progress | None) -> Floats:
    """Persons by posterior, (groups, items, categories, nodes); `weights` (groups, nodes)."""
    table = log_table(beside.items, nodes)
    counts = np.zeros((len(weights), *table.shape))
    for rows in beside.chunks():
        scores, group = beside.responses.scores[rows], beside.responses.group[rows]
        height = beside.summed(rows, table)
        lies: Floats = np.exp(height - height.max(axis=1, keepdims=True)) * weights[group]
        lies /= lies.sum(axis=1, keepdims=True)
        for place in np.unique(group):
            mine = group == place
            for score in range(table.shape[1]):
                counts[place, :, score] += (scores[mine] == score).astype(np.float64).T @ lies[mine]
        if progress is not None:
            progress(rows.stop, beside.responses.n_persons)
    return counts


def _distance(counts: Floats, believed: Floats, items: irt.Items) -> Floats:
    at_node = counts.sum(axis=1, keepdims=True)
    total = at_node.sum(axis=2, keepdims=True)
    share = np.divide(counts, at_node, out=believed.copy(), where=at_node > 0)
    mass = np.divide(at_node, total, out=np.full_like(at_node, np.nan), where=total > 0)
    return np.asarray(np.sqrt((mass * (share - believed) ** 2).sum(axis=(1, 2)) / items.n_categories))
