"""Purification: items that differ between groups may not match persons for the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

import numpy as np

from psychometrics.errors import TooFew
from psychometrics.fairness.matching import Table
from psychometrics.responses import Flags

ROUNDS = 10
"""Most rounds of judging before the anchor is taken as it is."""
FEWEST_ANCHORS = 2
"""Fewest items that may match persons."""

Progress = Callable[[int, int], None]


class Judged(Protocol):
    """What any method finds in one round."""

    @property
    def is_suspect(self) -> Flags:
        """Items that differ too much to be anchors, (items,)."""


Result = TypeVar("Result", bound=Judged)


def purified(n_items: int, judge: Callable[[Flags], Result], *, purify: bool) -> tuple[Result, Flags, bool]:
    """Judge with all items for anchors, drop the suspects from the anchor, and again until it stays.

    `judge` takes an anchor (items,). Returns the last result, the anchor that it was found with, and whether that stays
    (an anchor may come and go in a circle; then the last of the rounds stands). Raises TooFew when hardly an anchor is
    left. Sources: Holland & Thayer (1988); Candell & Drasgow (1988).
    """
    anchor = np.ones(n_items, dtype=np.bool_)
    result = judge(anchor)
    for _round in range(ROUNDS - 1 if purify else 0):
        fresh = ~result.is_suspect
        if fresh.sum() < FEWEST_ANCHORS:
            raise TooFew(f"{n_items - fresh.sum()} of {n_items} items differ between the groups: no anchor is left")
        if np.array_equal(fresh, anchor):
            break
        anchor = fresh
        result = judge(anchor)
    return result, anchor, not purify or np.array_equal(~result.is_suspect, anchor)


def told(tables: Iterable[Table | None], total: int, progress: Progress | None) -> Iterator[Table | None]:
    """The tables as they come, telling after each how many are done."""
    for done, table in enumerate(tables, start=1):
        yield table
        if progress is not None:
            progress(done, total)
