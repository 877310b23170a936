"""Flags: what in an item's statistics asks for a person to look, by customary figures that the caller may replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from psychometrics.classical.items import ItemStatistics, OptionStatistics
from psychometrics.errors import WrongShape, WrongValue
from psychometrics.responses import Floats


class Flag(StrEnum):
    """Why an item should be looked at."""

    FEW = "few"
    """Too few persons answered: nothing else is judged."""
    CONSTANT = "constant"
    """Everybody answered alike: it tells nothing."""
    HARD = "hard"
    """Harder than its type should be."""
    EASY = "easy"
    """Easier than its type should be."""
    WEAK = "weak"
    """Discriminates too little: review."""
    POOR = "poor"
    """Hardly discriminates or discriminates backwards: reject."""
    FLAT = "flat"
    """The best are hardly better at it than the worst."""
    KEY = "key"
    """A wrong option draws the strong, or draws them more than the key: check the key."""
    IDLE = "idle"
    """A wrong option that hardly anybody chooses."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where an item of one type becomes conspicuous: customary figures, none of them a law.

    `hardest` and `easiest` difficulty, `weak` and `poor` discrimination, `flat` upper-lower index: conspicuous below
    (above `easiest`). `idle` share of an option: below. `persons`: fewest to judge by.
    """

    hardest: float = 0.25
    easiest: float = 0.95
    weak: float = 0.20
    poor: float = 0.10
    flat: float = 0.20
    idle: float = 0.05
    persons: int = 50


CUSTOMARY: Mapping[str, Thresholds] = MappingProxyType(
    {
        "single": Thresholds(),
        "true_false": Thresholds(hardest=0.50),
        "multiple": Thresholds(hardest=0.20),
        "open": Thresholds(hardest=0.20),
    }
)
"""By type of item. A floor of difficulty depends on guessing: one of four options is right by chance in a quarter, true
or false in half, so what lies below has a wrong key rather than a hard stem; who must choose several or write has no
such floor. Sources: Ebel (1965) for discrimination; Kelley (1939); Haladyna & Downing (1993) for options; the band of
difficulty and the fewest persons are customs of licensing bodies, which vary from 0.20 to 0.30 and 0.90 to 0.95."""

SUFFICIENT_ALPHA: Mapping[str, float] = MappingProxyType({"local": 0.80, "high stakes": 0.90})
"""What the alpha of a total should reach, by what hangs on it; customary as well."""


def sufficient_for(alpha: float, *, needed: Mapping[str, float] = SUFFICIENT_ALPHA) -> frozenset[str]:
    """What a total of this alpha is reliable enough for: nothing for NaN."""
    return frozenset(use for use, least in needed.items() if alpha >= least)


def flags(
    items: ItemStatistics,
    options: OptionStatistics | None = None,
    *,
    types: Sequence[str] | None = None,
    thresholds: Mapping[str, Thresholds] = CUSTOMARY,
) -> tuple[frozenset[Flag], ...]:
    """Each item's flags. `types` (items,) names rows of `thresholds`; without it all items are "single".

    `Flag.KEY`: a wrong option correlates more with the rest score than the key does, or at 0 or above without being
    idle. Raises WrongShape (options or types of other items), WrongValue (a type without thresholds).
    """
    kinds = ["single"] * len(items.names) if types is None else list(types)
    if len(kinds) != len(items.names) or (options is not None and options.names != items.names):
        raise WrongShape("types and options belong to other items")
    if unknown := sorted(set(kinds) - set(thresholds)):
        raise WrongValue(f"no thresholds for items of type {', '.join(unknown)}")
    return tuple(frozenset(_flags(items, options, place, thresholds[kind])) for place, kind in enumerate(kinds))


def _flags(items: ItemStatistics, options: OptionStatistics | None, place: int, limit: Thresholds) -> list[Flag]:
    if items.n[place] < limit.persons:
        return [Flag.FEW]
    difficulty, discrimination = items.difficulty[place], items.discrimination[place]
    found = {
        Flag.CONSTANT: items.sd[place] == 0,
        Flag.HARD: difficulty < limit.hardest,
        Flag.EASY: difficulty > limit.easiest,
        Flag.WEAK: limit.poor <= discrimination < limit.weak,
        Flag.POOR: discrimination < limit.poor,
        Flag.FLAT: items.upper_lower[place] < limit.flat,
    }
    if options is not None:
        found |= _of_options(options, place, limit)
    return [flag for flag, holds in found.items() if holds]


def _of_options(options: OptionStatistics, place: int, limit: Thresholds) -> dict[Flag, bool]:
    wrong = options.is_own[place] & ~options.is_key[place]
    share: Floats = options.share[place]
    draws = options.correlation[place]
    idle = wrong & (share < limit.idle)
    backwards = wrong & ((draws > draws[options.key[place]]) | ((draws >= 0) & ~idle))
    return {Flag.KEY: bool(np.any(backwards)), Flag.IDLE: bool(np.any(idle))}
