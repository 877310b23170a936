"""Parallel sets of papers: what is asked for, and what came of it. Plain values; `solving` does the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kaogong.itembank.rules.assembly import Candidate, Order
from kaogong.itembank.rules.problems import Problem


@dataclass(frozen=True, slots=True)
class SetRules:
    """The figures of a set: counts of papers and items, percents in 0-100, abilities on the scale of the bank.

    An item is in at most `papers_percent` of the papers (in one at least); above `exposure_percent` it rests. Each
    importance and each difficulty may be so many items off the bank's own mix. Information is held level at `abilities`
    when at least `known_percent` of the candidates have parameters.
    """

    papers: int
    importance_off: int
    difficulty_off: int
    papers_percent: int
    exposure_percent: int
    abilities: tuple[float, ...]
    known_percent: int

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> SetRules:
        """From the library's value."""
        return cls(**{**value, "abilities": tuple(float(each) for each in value["abilities"])})


@dataclass(frozen=True, slots=True)
class SetOrder:
    """So many papers to one order, all at once.

    `avoid` are the versions of papers that exist; `enemies` and `families` must not meet; `parameters` (a, b, c) and
    `exposure` (a share) are known of some versions only.
    """

    bank: Sequence[Candidate]
    order: Order
    size: int
    seed: int
    rules: SetRules
    avoid: Sequence[frozenset[str]] = ()
    enemies: Sequence[tuple[str, str]] = ()
    families: Sequence[frozenset[str]] = ()
    parameters: Mapping[str, tuple[float, float, float]] | None = None
    exposure: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class FoundSet:
    """Papers in the order of their places, each with its proof, and the report of the whole set: plain values."""

    papers: tuple[tuple[Candidate, ...], ...]
    proofs: tuple[list[dict[str, str]], ...]
    report: dict[str, Any]


class Impossible(ValueError):
    """No such set: `reasons` are the rules that clash, each with its clause; `is_proved` that none can be left out."""

    def __init__(self, reasons: Sequence[tuple[Problem, str]], *, is_proved: bool) -> None:
        super().__init__("; ".join(str(problem) for problem, _clause in reasons))
        self.reasons = list(reasons)
        self.is_proved = is_proved
