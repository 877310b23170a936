"""Local dependence: two items that still go together when ability is taken out (Yen's Q3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics import irt
from psychometrics.errors import WrongShape, WrongValue
from psychometrics.estimation.abilities import Progress
from psychometrics.estimation.answered import answered
from psychometrics.fit.residuals import residuals
from psychometrics.responses import Floats, Indices, Responses

FEWEST = 3


@dataclass(frozen=True)
class Pair:
    """Two items that go together: their Q3, and by how much it is above the mean of all pairs."""

    one: str
    other: str
    q3: float
    excess: float


@dataclass(frozen=True)
class Dependence:
    """`q3` (items, items), symmetric, in [-1, 1], NaN on the diagonal and where it is not known; `persons` likewise.

    NaN for a pair that fewer than 3 persons answered, or where residuals do not vary.
    """

    q3: Floats
    persons: Indices
    items: tuple[str, ...]

    @property
    def mean(self) -> float:
        """Mean Q3 of all known pairs, about -1/(items - 1) when nothing depends; NaN when no pair is known."""
        known = self.q3[np.isfinite(self.q3)]
        return float(known.mean()) if known.size else float("nan")

    def above(self, limit: float = 0.2) -> list[Pair]:
        """Pairs whose Q3 is above the mean by more than `limit` (Christensen, Makransky & Horton 2017), worst first."""
        excess = np.triu(self.q3 - self.mean, 1)
        with np.errstate(invalid="ignore"):
            places = np.argwhere(excess > limit)
        pairs = [Pair(self.items[i], self.items[j], float(self.q3[i, j]), float(excess[i, j])) for i, j in places]
        return sorted(pairs, key=lambda pair: -pair.excess)


def dependence(
    responses: Responses, items: irt.Items, theta: ArrayLike, *, progress: Progress | None = None
) -> Dependence:
    """Q3: the correlation over persons of the residuals x - E(x | θ̂) of two items (Yen 1984).

    `theta` (persons,); who has no finite ability is left out, and from each pair who did not answer both. Four matrix
    products a chunk. Raises WrongShape, WrongValue for one item, and what `answered` raises.
    """
    beside = answered(responses, items)
    ability = np.asarray(theta, dtype=np.float64)
    if ability.shape != (responses.n_persons,):
        raise WrongShape(f"{ability.size} abilities for {responses.n_persons} persons")
    if beside.items.n < 2:
        raise WrongValue("a pair needs two items")
    persons, sums, squares, products = np.zeros((4, beside.items.n, beside.items.n))
    for rows in beside.chunks():
        known = np.isfinite(ability[rows])
        away, _, _ = residuals(beside.items, responses.scores[rows][known].astype(np.float64), ability[rows][known])
        present = (~np.isnan(away)).astype(np.float64)
        away = np.nan_to_num(away)
        persons += present.T @ present
        sums += away.T @ present
        squares += (away**2).T @ present
        products += away.T @ away
        if progress is not None:
            progress(rows.stop, responses.n_persons)
    return Dependence(_correlated(persons, sums, squares, products), persons.astype(np.intp), beside.items.names)


def _correlated(persons: Floats, sums: Floats, squares: Floats, products: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = squares - sums**2 / persons
        found = (products - sums * sums.T / persons) / np.sqrt(spread * spread.T)
        unknown = (persons < FEWEST) | ~(spread > 1e-12 * squares) | ~(spread.T > 1e-12 * squares.T)
    found[unknown] = np.nan
    np.fill_diagonal(found, np.nan)
    return np.clip(found, -1, 1)
