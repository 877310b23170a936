"""Conversion tables: what a candidate is told for each raw score of a form, such that the same ability passes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psychometrics.equating.methods import Equating
from psychometrics.errors import WrongValue
from psychometrics.responses import Flags, Floats

ROUNDING = 1e-9


@dataclass(frozen=True)
class Conversion:
    """For each raw score 0, 1, … of the new form, (scores,): its worth on the old form, and what is reported.

    `worth` lies within the old form's scores, `reported` within 0 and the highest reported score, in whole `step`s, and
    neither falls. `passes` from `cut` on, the lowest raw score that does; the cut is one more than the most when none
    does.
    """

    raw: Floats
    worth: Floats
    reported: Floats
    passes: Flags
    cut: int


def conversion(
    equating: Equating, old_cut: float, *, passing: float = 60.0, highest: float = 100.0, step: float = 1.0
) -> Conversion:
    """Report equated scores so that the old form's cut is `passing`.

    Two straight stretches, 0 … `old_cut` onto 0 … `passing` and on to the old form's most onto `highest`, rounded half
    up to `step`. Who does not reach the cut is not rounded over it: they get at most `passing` - `step`.
    Raises WrongValue (a cut outside of the old form, a passing score that is no whole number of steps, or not below
    `highest`, equivalents that fall).
    """
    if not 0 < old_cut < equating.most_old:
        raise WrongValue(f"the cut lies between 0 and {equating.most_old}, not at {old_cut:g}")
    if not 0 < step <= passing < highest:
        raise WrongValue("steps are above 0, and the passing score lies from one step to below the highest")
    if abs(passing / step - round(passing / step)) > ROUNDING:
        raise WrongValue(f"a passing score of {passing:g} is no whole number of steps of {step:g}")
    worth = np.clip(equating.equivalents, 0, equating.most_old)
    if (np.diff(worth) < -ROUNDING).any():
        raise WrongValue("a higher raw score is worth less: presmooth before equating")
    passes = worth >= old_cut - ROUNDING
    lower = worth / old_cut * passing
    upper = passing + (worth - old_cut) / (equating.most_old - old_cut) * (highest - passing)
    plain = np.where(passes, upper, lower)
    rounded = np.floor(plain / step + 0.5 + ROUNDING) * step
    reported = np.where(passes, np.clip(rounded, passing, highest), np.minimum(rounded, passing - step))
    cut = int(np.argmax(passes)) if passes.any() else worth.size
    return Conversion(np.arange(worth.size, dtype=np.float64), worth, reported, passes, cut)
