"""The cards on the table: which paper has which item, and what every rule and the goal have of it by now.

Rules of items that exclude each other (0/1 coefficients, nothing asked from below) are kept as groups with a capacity,
looked up by membership; all others are a dense matrix. Exchanges are looked at in thousands at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from psychometrics.assembly.demand import TOLERANCE, Demand
from psychometrics.assembly.rules import Rule
from psychometrics.responses import Flags, Floats, Indices

FREE = -1
"""In place of a paper's number: the items that may still be taken."""


class Table:
    """Papers while they are being made. Items of sets are `locked`: exchanges do not touch them.

    An item's place `n_items` stands for nobody, so that leaving without coming is an exchange too.
    """

    def __init__(self, asked: Demand, papers: Flags) -> None:
        self.asked = asked
        self.nobody = asked.n_items
        plain = [rule for rule in asked.rules if not rule.is_of_sets]
        self.locked = np.zeros(asked.n_items + 1, dtype=bool)
        for rule in asked.rules:
            if rule.is_of_sets:
                self.locked[rule.item] = True
        self.wide, self.lower, self.upper = _wide([rule for rule in plain if not _excludes(rule)], asked.n_items)
        self.member, self.capacity = _groups([rule for rule in plain if _excludes(rule)], asked.n_items)
        self.cell = _cells(self.wide)
        goal = asked.goal
        self.values = np.zeros((self.nobody + 1, 0 if goal is None else goal.wanted.size))
        if goal is not None:
            self.values[:-1] = goal.values.T
        self.ceiling = np.append(asked.ceiling if asked.overlap != 0 else np.minimum(asked.ceiling, 1), 10**9)
        self.has_overlap = bool(asked.overlap) and bool(np.any(asked.ceiling > 1))
        self.has = np.concatenate([papers, np.zeros((asked.n_papers, 1), dtype=bool)], axis=1)
        count = asked.n_papers
        self.sums = np.zeros((count, self.lower.size))
        self.counts = np.zeros((count, self.capacity.size), dtype=np.int64)
        self.reached = np.zeros((count, self.values.shape[1]))
        self.broken = np.zeros(count)
        self.used = self.has.sum(axis=0)
        for paper in range(count):
            self.refresh(paper)

    @property
    def papers(self) -> Flags:
        """Which paper has which item, (papers, items)."""
        return self.has[:, :-1].copy()

    def replace(self, papers: Flags) -> None:
        """Put other papers on the table."""
        self.has[:, :-1] = papers
        self.used = self.has.sum(axis=0)
        for paper in range(self.asked.n_papers):
            self.refresh(paper)

    def refresh(self, paper: int) -> None:
        """Count a paper anew, so that no error of rounding can grow."""
        mine = np.flatnonzero(self.has[paper])
        self.sums[paper] = self.wide[mine].sum(axis=0)
        self.counts[paper] = np.bincount(self.member[mine].ravel(), minlength=self.capacity.size)
        self.reached[paper] = self.values[mine].sum(axis=0)
        self.broken[paper] = self._broken(paper)

    def exchange(self, paper: int, out: int, into: int, partner: int = FREE) -> None:
        """`out` leaves the paper and `into` comes; with a partner the two papers exchange them."""
        for number, leaves, comes in ((paper, out, into), (partner, into, out)):
            if number == FREE:
                continue
            for item, has_it in ((leaves, False), (comes, True)):
                if item != self.nobody:
                    self.has[number, item] = has_it
                    self.used[item] += 1 if has_it else -1
            self.refresh(number)

    def offered(self, paper: int, partner: int) -> Indices:
        """Items that the paper could take: free ones, or the partner's."""
        open_ = ~self.has[paper] & ~self.locked
        open_ &= self.used < self.ceiling if partner == FREE else self.has[partner]
        open_[self.nobody] = False
        return np.flatnonzero(open_)

    def given(self, paper: int, partner: int) -> Indices:
        """Items that the paper could give away."""
        mine = self.has[paper] & ~self.locked
        if partner != FREE:
            mine &= ~self.has[partner]
        return np.flatnonzero(mine)

    def after(self, paper: int, out: Indices, into: Indices) -> Floats:
        """By how much the paper would break its rules after each of these exchanges, (exchanges,), 0 if not at all."""
        sums = self.sums[paper] - self.wide[out] + self.wide[into]
        broken = (np.maximum(self.lower - sums, 0) + np.maximum(sums - self.upper, 0)).sum(axis=1)
        leaving, coming, counts = self.member[out], self.member[into], self.counts[paper]
        stays = coming[:, :, None] == leaving[:, None, :]
        full = counts[coming] - stays.any(axis=2) >= self.capacity[coming]
        eased = counts[leaving] > self.capacity[leaving]
        excess = np.maximum(counts - self.capacity, 0).sum()
        broken += excess + full.sum(axis=1) - eased.sum(axis=1)
        if self.has_overlap:
            shared = self.has[:, self.has[paper]].sum(axis=1) - self.has[:, out].T.astype(int) + self.has[:, into].T
            shared[:, paper] = 0
            broken += np.maximum(shared - self.asked.overlap, 0).sum(axis=1)
        return np.asarray(np.where(broken < TOLERANCE, 0.0, broken))

    def blamed(self, paper: int) -> Indices:
        """Items of the paper in a group that is over its capacity: one of them has to leave."""
        over = self.counts[paper] > self.capacity
        mine = np.flatnonzero(self.has[paper] & ~self.locked)
        return mine[over[self.member[mine]].any(axis=1)] if over.any() else mine[:0]

    def _broken(self, paper: int) -> float:
        nobody = np.array([self.nobody])
        return float(self.after(paper, nobody, nobody)[0])


def _excludes(rule: Rule) -> bool:
    return bool(np.all(rule.value == 1) and np.all(rule.lower <= 0))


def _wide(rules: Sequence[Rule], n_items: int) -> tuple[Floats, Floats, Floats]:
    """A column for every row, each scaled so that its largest coefficient is 1; the bounds with half the tolerance."""
    count = sum(rule.n_rows for rule in rules)
    wide, lower, upper = np.zeros((n_items + 1, count)), np.empty(count), np.empty(count)
    first = 0
    for rule in rules:
        rows = slice(first, first + rule.n_rows)
        np.add.at(wide, (rule.item, rule.row + first), rule.value)
        lower[rows], upper[rows] = rule.lower, rule.upper
        first += rule.n_rows
    scale = np.maximum(np.abs(wide).max(axis=0, initial=0), 1e-300)
    return wide / scale, (lower - TOLERANCE / 2) / scale, (upper + TOLERANCE / 2) / scale


def _groups(rules: Sequence[Rule], n_items: int) -> tuple[Indices, Indices]:
    """Groups of each item, (items + 1, most groups of one), filled up with one without a limit; their capacities."""
    firsts = np.cumsum([0, *(rule.n_rows for rule in rules)])
    row = np.concatenate([np.empty(0, dtype=np.intp), *(r.row + f for r, f in zip(rules, firsts, strict=False))])
    item = np.concatenate([np.empty(0, dtype=np.intp), *(rule.item for rule in rules)])
    most = np.concatenate([np.empty(0), *(rule.upper for rule in rules)])
    capacity = np.append(np.where(np.isfinite(most), np.floor(most + 1e-9), 10**9), 10**9).astype(np.int64)
    table = sparse.csr_array((np.ones(row.size), (item, row)), shape=(n_items + 1, capacity.size))
    per_item = np.diff(table.indptr)
    member = np.full((n_items + 1, max(1, int(per_item.max(initial=0)))), capacity.size - 1, dtype=np.intp)
    member[
        np.repeat(np.arange(n_items + 1), per_item), np.arange(row.size) - np.repeat(table.indptr[:-1], per_item)
    ] = table.indices
    return member, capacity


def _cells(wide: Floats) -> Indices:
    """A number for items that are alike to every dense rule: exchanging them changes none."""
    return np.asarray(np.unique(wide, axis=0, return_inverse=True)[1], dtype=np.intp).ravel()
