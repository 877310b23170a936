"""Which of many pairs or persons are surprising enough to open an inquiry, when so many were looked at.

Statistics open an inquiry; they never decide one. What is reported here is where people should look: at seats, times,
invigilators' notes and the papers themselves. Nothing here says that anybody copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats

NO_VERDICT = "A statistic opens an inquiry; it never decides one."
"""Stands in every report."""


class Control(StrEnum):
    """Against what the level is held: any false inquiry at all, or their share among those opened."""

    BONFERRONI = "bonferroni"
    BENJAMINI_HOCHBERG = "bh"


@dataclass(frozen=True)
class Inquiry:
    """Where an inquiry opens: `opens` (n,), by `adjusted` chances (n,) in [0, 1], NaN where there was none, at `level`.

    `tests` is how many were looked at.
    """

    opens: Flags
    adjusted: Floats
    level: float
    tests: int
    control: Control


@dataclass(frozen=True)
class Stages:
    """Neighbours first, then everybody else; together no more false inquiries than one stage would open."""

    near: Inquiry
    far: Inquiry


def inquire(
    p: ArrayLike, *, level: float = 0.01, tests: int | None = None, control: Control = Control.BONFERRONI
) -> Inquiry:
    """Open an inquiry where the chance, adjusted for all the tests, is at most `level`.

    `p` (n,) are chances in [0, 1], or NaN where a statistic said nothing. `tests` counts all that were looked at when
    only the smallest are given. Bonferroni: p · tests, which bounds the chance of any false inquiry (Dunn 1961).
    Benjamini & Hochberg (1995): min over j ≥ i of p_(j) · tests / j, which bounds the share of false ones; with only
    the smallest given it opens no more than with all. Raises WrongValue, WrongShape, TooFew (fewer tests than chances).
    """
    chances = np.asarray(p, dtype=np.float64)
    if chances.ndim != 1:
        raise WrongShape("chances are one number each")
    if np.any((chances < 0) | (chances > 1)):
        raise WrongValue("a chance is between 0 and 1")
    if not 0 < level < 1:
        raise WrongValue(f"a level is between 0 and 1, not {level}")
    known = int((~np.isnan(chances)).sum())
    count = known if tests is None else tests
    if count < known:
        raise TooFew(f"{known} chances cannot come from {count} tests")
    adjusted = chances * count if control is Control.BONFERRONI else _stepped_up(chances, count)
    adjusted = np.minimum(adjusted, 1.0)
    with np.errstate(invalid="ignore"):
        return Inquiry(adjusted <= level, adjusted, level, count, control)


def inquire_in_stages(
    near: ArrayLike,
    far: ArrayLike,
    *,
    level: float = 0.01,
    share: float = 0.5,
    near_tests: int | None = None,
    far_tests: int | None = None,
    control: Control = Control.BONFERRONI,
) -> Stages:
    """Spend `share` of the level on pairs that could see each other, the rest on all the others.

    `near` and `far` are chances of pairs that are not in both, as for `inquire`. Few neighbours are so judged by a much
    milder bound than all pairs of a sitting, and with Bonferroni the chance of any false inquiry still is at most
    `level`. Source: Genovese, Roeder & Wasserman (2006). Raises what `inquire` raises, WrongValue for the share.
    """
    if not 0 < share < 1:
        raise WrongValue(f"a share is between 0 and 1, not {share}")
    return Stages(
        inquire(near, level=level * share, tests=near_tests, control=control),
        inquire(far, level=level * (1 - share), tests=far_tests, control=control),
    )


def _stepped_up(chances: Floats, tests: int) -> Floats:
    order = np.argsort(chances)  # NaN last
    known = order[: int((~np.isnan(chances)).sum())]
    found = np.full(chances.size, np.nan)
    scaled = chances[known] * tests / np.arange(1, known.size + 1)
    found[known] = np.minimum.accumulate(scaled[::-1])[::-1]
    return found
