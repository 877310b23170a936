"""A whole sitting searched for copying: neighbours first, then everybody else, with the many tests allowed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.forensics.answers import Answers, Progress
from psychometrics.forensics.counts import LIMIT
from psychometrics.forensics.inquiry import Control, inquire, inquire_in_stages
from psychometrics.forensics.omega import Omega, omega, omega_among
from psychometrics.forensics.pairs import both_ways, members, pairs
from psychometrics.responses import Flags, Floats, Indices

REACH = 10_000
"""Inquiries that Benjamini and Hochberg's control can open before pairs that were not kept could have mattered."""


@dataclass(frozen=True)
class Search:
    """Pairs worth listing, the most surprising first: `found`; `opens` (pairs,) says on which an inquiry opens.

    `adjusted` (pairs,) are exact chances allowing for all tests, `is_near` (pairs,) marks neighbours; `near_tests` and
    `far_tests` count the ordered pairs that were looked at.
    """

    found: Omega
    adjusted: Floats
    is_near: Flags
    opens: Flags
    near_tests: int
    far_tests: int


def search(
    answers: Answers,
    rooms: Sequence[str] | ArrayLike | None = None,
    near: ArrayLike | None = None,
    *,
    level: float = 0.01,
    share: float = 0.5,
    limit: float = LIMIT,
    control: Control = Control.BONFERRONI,
    progress: Progress | None = None,
) -> Search:
    """ω of all ordered pairs of each room, or of the whole sitting without `rooms`, in two stages if `near` is given.

    `near` (pairs, 2) are those who could see each other (`neighbours`), taken both ways: they have `share` of the
    `level`, all other pairs the rest (see `inquire_in_stages`). Chances are the exact ones. Listed are pairs with one
    of at most `limit`, and all on which an inquiry opens. `progress` hears comparisons done and all.
    Raises TooFew, WrongValue.
    """
    labels = np.zeros(answers.n_persons) if rooms is None else np.asarray(rooms)
    tests = sum(each.size * (each.size - 1) for each in members(labels))
    reach = REACH if control is Control.BENJAMINI_HOCHBERG else 1
    kept = omega_among(answers, labels, limit=min(0.1, max(limit, level * reach / tests)), progress=progress)
    if near is None or not len(beside := both_ways(pairs(near, answers.n_persons))):
        only = inquire(kept.exact, level=level, tests=tests, control=control)
        return _listed(kept, only.adjusted, np.zeros(kept.p.size, dtype=bool), only.opens, limit, 0, tests)
    close = omega(answers, np.unique(beside, axis=0))
    away = kept.take(~np.isin(_numbers(kept.pairs, answers), _numbers(close.pairs, answers)))
    far_tests = tests - int((labels[close.pairs[:, 0]] == labels[close.pairs[:, 1]]).sum())
    stages = inquire_in_stages(close.exact, away.exact, level=level, share=share, far_tests=far_tests, control=control)
    return _listed(
        _joined(close, away),
        np.concatenate([stages.near.adjusted, stages.far.adjusted]),
        np.arange(close.p.size + away.p.size) < close.p.size,
        np.concatenate([stages.near.opens, stages.far.opens]),
        limit,
        close.compared,
        far_tests,
    )


def _listed(
    found: Omega, adjusted: Floats, is_near: Flags, opens: Flags, limit: float, near_tests: int, far_tests: int
) -> Search:
    order = np.flatnonzero(opens | (np.nan_to_num(found.exact, nan=1.0) <= limit))
    order = order[np.lexsort((found.exact[order], adjusted[order], ~opens[order]))]
    return Search(found.take(order), adjusted[order], is_near[order], opens[order], near_tests, far_tests)


def _joined(one: Omega, two: Omega) -> Omega:
    return Omega(
        np.concatenate([one.pairs, two.pairs]),
        np.concatenate([one.observed, two.observed]),
        np.concatenate([one.expected, two.expected]),
        np.concatenate([one.omega, two.omega]),
        np.concatenate([one.p, two.p]),
        np.concatenate([one.exact, two.exact]),
        one.compared + two.compared,
    )


def _numbers(given: Indices, answers: Answers) -> Indices:
    """One number for each ordered pair."""
    return np.asarray(given[:, 0] * answers.n_persons + given[:, 1], dtype=np.intp)
