"""The state of many sittings that have come equally far: what an engine reads to choose, and writes to record."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, fields

import numpy as np

from psychometrics.responses import Flags, Floats, Indices, Scores


@dataclass
class State:
    """Sittings under way, a row each; every one has had `step` items.

    `person` (persons,) says whose row it is. `given` and `scores` are (persons, longest), -1 and NaN beyond `step`.
    `barred` (persons, items): can never be given (any more). `aside` (persons, items): selected, but lost its lottery.
    `eligible` (persons, items): would win it; None without a lottery. `counts` (persons, areas).
    `posterior` (persons, nodes) sums to 1; it and `log_likelihood` (persons, nodes) have no rows where unread.
    `log_ratio`, `theta`, `se` are (persons,).
    """

    step: int
    person: Indices
    given: Indices
    scores: Scores
    barred: Flags
    aside: Flags | None
    eligible: Flags | None
    counts: Indices
    posterior: Floats
    log_likelihood: Floats
    log_ratio: Floats
    theta: Floats
    se: Floats

    @property
    def n(self) -> int:
        """Number of sittings under way."""
        return int(self.person.size)

    def of(self, keep: Flags) -> State:
        """Only some of the sittings."""
        kept = copy(self)
        for each in fields(self):
            if isinstance(part := getattr(self, each.name), np.ndarray) and part.shape[0]:
                setattr(kept, each.name, part[keep])
        return kept
