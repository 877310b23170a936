"""The whole demand for one or several papers, and the proof that papers meet it: from the rules alone, no solver."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psychometrics.assembly.goals import Goal
from psychometrics.assembly.rules import Rule
from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats, Indices

EXPOSURE, OVERLAP = "exposure", "overlap"
"""Names of the two rules that hold between papers."""
TOLERANCE = 1e-6
"""By how much a sum of floating numbers may miss a bound."""


@dataclass(frozen=True)
class Demand:
    """What is asked for. `ceiling` (items,) is in how many of the papers an item may be; `overlap` how many items two
    of the papers may share, None when that is free."""

    n_items: int
    n_papers: int
    rules: tuple[Rule, ...]
    ceiling: NDArray[np.int64]
    overlap: int | None = None
    goal: Goal | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all rules that can clash, those between papers last."""
        between = [EXPOSURE] if np.any(self.ceiling < self.n_papers) else []
        return (*(rule.name for rule in self.rules), *between, *([OVERLAP] if self.overlap is not None else []))

    def only(self, names: Iterable[str], n_papers: int | None = None) -> Demand:
        """The same demand with some of its rules (by name), without a goal."""
        kept, papers = set(names), self.n_papers if n_papers is None else n_papers
        ceiling = np.minimum(self.ceiling, papers) if EXPOSURE in kept else np.full_like(self.ceiling, papers)
        rules = tuple(rule for rule in self.rules if rule.name in kept)
        return Demand(self.n_items, papers, rules, ceiling, self.overlap if OVERLAP in kept else None)


@dataclass(frozen=True)
class Check:
    """One rule on one paper (`paper` from 1), or between papers (`paper` 0): its row with the least slack.

    `left` is the left side of that row, `label` what the row is about, `n_rows` how many rows were looked at; `slack`
    is how far `left` is from the nearer bound, below 0 where the rule is broken.
    """

    rule: str
    paper: int
    label: str
    left: float
    lower: float
    upper: float
    slack: float
    n_rows: int

    @property
    def holds(self) -> bool:
        """Whether the rule is kept, all its rows."""
        return self.slack >= -TOLERANCE


def demand(
    n_items: int,
    rules: Sequence[Rule],
    *,
    n_papers: int = 1,
    goal: Goal | None = None,
    ceiling: ArrayLike = 1,
    overlap: int | None = None,
) -> Demand:
    """A checked demand. `ceiling` is one number or (items,), 0 for an item that must rest.

    Raises WrongShape when a rule or the goal is about other items, WrongValue for two rules of one name or numbers
    below 0, TooFew for no item or no paper.
    """
    if n_items < 1 or n_papers < 1:
        raise TooFew(f"{n_papers} papers from {n_items} items")
    for rule in rules:
        if rule.n_items != n_items:
            raise WrongShape(f"{rule.name} is about {rule.n_items} items, not {n_items}")
    if goal is not None and goal.values.shape[1] != n_items:
        raise WrongShape(f"the goal is about {goal.values.shape[1]} items, not {n_items}")
    names = [rule.name for rule in rules]
    if twice := {name for name in names if names.count(name) > 1} | ({EXPOSURE, OVERLAP} & set(names)):
        raise WrongValue(f"two rules are called {', '.join(sorted(twice))}")
    most = np.array(np.broadcast_to(np.asarray(ceiling, dtype=np.int64), (n_items,)))
    if most.min() < 0 or (overlap is not None and overlap < 0):
        raise WrongValue("a ceiling or an overlap is a count")
    most = np.minimum(most, n_papers)
    most.setflags(write=False)
    return Demand(n_items, n_papers, tuple(rules), most, overlap if n_papers > 1 else None, goal)


def prove(asked: Demand, papers: Sequence[ArrayLike]) -> list[Check]:
    """Every rule on every paper, computed anew from the rules: the proof that goes with the papers.

    `papers` are places of items. Raises WrongShape when there are not as many as asked for, WrongValue for a place
    twice in a paper.
    """
    if len(papers) != asked.n_papers:
        raise WrongShape(f"{len(papers)} papers instead of {asked.n_papers}")
    flags = np.stack([_flags(paper, asked.n_items) for paper in papers])
    checks = [_check(rule, number, row) for rule in asked.rules for number, row in enumerate(flags, 1)]
    names = set(asked.names)
    if EXPOSURE in names:
        checks.append(_exposure(asked, flags))
    if OVERLAP in names:
        checks.append(_overlap(asked, flags))
    return checks


def sums(goal: Goal, papers: Sequence[Indices]) -> Floats:
    """What each paper has of the goal, (papers, points)."""
    return np.stack([goal.values[:, paper].sum(axis=1) for paper in papers])


def _flags(paper: ArrayLike, n_items: int) -> Flags:
    places = np.asarray(paper, dtype=np.intp)
    flags = np.zeros(n_items, dtype=bool)
    flags[places] = True
    if flags.sum() != places.size:
        raise WrongValue("an item is twice in a paper")
    return flags


def _check(rule: Rule, number: int, flags: Flags) -> Check:
    left = rule.left(flags)
    if not left.size:
        return Check(rule.name, number, "", 0.0, -np.inf, np.inf, np.inf, 0)
    slack = rule.slack(left)
    worst = int(np.argmin(slack))
    return Check(
        rule.name,
        number,
        rule.labels[worst],
        float(left[worst]),
        float(rule.lower[worst]),
        float(rule.upper[worst]),
        float(slack[worst]),
        rule.n_rows,
    )


def _exposure(asked: Demand, flags: Flags) -> Check:
    used = flags.sum(axis=0)
    worst = int(np.argmin(asked.ceiling - used))
    most, left = float(asked.ceiling[worst]), float(used[worst])
    return Check(EXPOSURE, 0, f"item {worst + 1}", left, 0.0, most, most - left, asked.n_items)


def _overlap(asked: Demand, flags: Flags) -> Check:
    assert asked.overlap is not None  # so says `names`
    pairs = list(combinations(range(asked.n_papers), 2))
    shared = [int((flags[one] & flags[other]).sum()) for one, other in pairs]
    worst = int(np.argmax(shared))
    label = f"papers {pairs[worst][0] + 1} and {pairs[worst][1] + 1}"
    most, left = float(asked.overlap), float(shared[worst])
    return Check(OVERLAP, 0, label, left, 0.0, most, most - left, len(pairs))
