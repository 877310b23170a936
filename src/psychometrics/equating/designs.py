"""Who sat what: the two ways of collecting scores of a new and an old form so that the forms can be compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.equating.distributions import counted, counted_jointly
from psychometrics.equating.smoothing import smoothed, smoothed_jointly, within
from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats


@dataclass(frozen=True)
class EquivalentGroups:
    """Two groups drawn alike, each on one form: persons at each score, `new` (scores,) and `old` (scores,)."""

    new: Floats
    old: Floats

    def smoothed(self, degree: int) -> EquivalentGroups:
        """With both distributions presmoothed, keeping `degree` moments."""
        return EquivalentGroups(smoothed(self.new, degree).counts, smoothed(self.old, degree).counts)

    def resampled(self, rng: np.random.Generator) -> EquivalentGroups:
        """As many persons of each group drawn again, with replacement."""
        return EquivalentGroups(_drawn(self.new, rng), _drawn(self.old, rng))


@dataclass(frozen=True)
class CommonItems:
    """Two groups that differ, tied by common items: persons at each (total, anchor score), of `new` and `old`.

    `is_internal` says whether the anchor counts in the totals. `share` of the new form's group in the synthetic
    population that frequency estimation, Tucker and Levine equate for, in [0, 1]; NaN: by the number of persons.
    """

    new: Floats
    old: Floats
    is_internal: bool
    share: float = float("nan")

    @property
    def weight(self) -> float:
        """`share`, or by the number of persons."""
        if np.isnan(self.share):
            return float(self.new.sum() / (self.new.sum() + self.old.sum()))
        return self.share

    def smoothed(self, degree: int, anchor_degree: int | None = None, cross: int = 1) -> CommonItems:
        """With both joint distributions presmoothed; totals that an internal anchor excludes stay impossible."""
        made = [
            smoothed_jointly(
                each,
                degree,
                degree if anchor_degree is None else anchor_degree,
                cross,
                possible=within(each.shape[0] - 1, each.shape[1] - 1) if self.is_internal else None,
            ).counts
            for each in (self.new, self.old)
        ]
        return replace(self, new=made[0], old=made[1])

    def resampled(self, rng: np.random.Generator) -> CommonItems:
        """As many persons of each group drawn again, with replacement; the synthetic population stays."""
        return replace(self, new=_drawn(self.new, rng), old=_drawn(self.old, rng), share=self.weight)


Design: TypeAlias = EquivalentGroups | CommonItems


def equivalent_groups(new: ArrayLike, old: ArrayLike, *, most_new: int, most_old: int) -> EquivalentGroups:
    """From everybody's total on the form that they sat. Raises TooFew, WrongValue."""
    return EquivalentGroups(counted(new, most_new), counted(old, most_old))


def common_items(
    new: ArrayLike,
    new_anchor: ArrayLike,
    old: ArrayLike,
    old_anchor: ArrayLike,
    *,
    most_new: int,
    most_old: int,
    most_anchor: int,
    is_internal: bool,
    share: float = float("nan"),
) -> CommonItems:
    """From everybody's total and anchor score. Raises TooFew, WrongShape, WrongValue."""
    if not (np.isnan(share) or 0 <= share <= 1):
        raise WrongValue("a share of the synthetic population lies in [0, 1]")
    one = counted_jointly(new, new_anchor, most_new, most_anchor)
    other = counted_jointly(old, old_anchor, most_old, most_anchor)
    if is_internal:
        if most_anchor >= min(most_new, most_old):
            raise WrongShape("an internal anchor is a part of each form")
        for each in (one, other):
            if each[~within(each.shape[0] - 1, most_anchor)].any():
                raise WrongValue("a total does not go with its anchor score: is the anchor counted in it?")
    return CommonItems(one, other, is_internal, share)


def _drawn(counts: Floats, rng: np.random.Generator) -> Floats:
    persons = counts.sum()
    if persons < 1:
        raise TooFew("nobody to draw from")
    return np.asarray(rng.multinomial(round(persons), (counts / persons).ravel()).reshape(counts.shape), np.float64)
