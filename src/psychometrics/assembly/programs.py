"""The demand as a (mixed-integer) linear program, solved by HiGHS: for the bound, for repairs, for clashes.

The average of papers that meet a demand meets every rule within papers, and has no item more than ceiling/papers
times. So the linear relaxation of *all* papers together is one paper with small columns: `relaxation`. Two papers that
share at most o items add, for the uses u_i of the items, Σ u_i (u_i - 1)/2 ≤ o F (F - 1)/2, whose tangents are linear.
`program` is the exact one, for some of the papers while the others stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from psychometrics.assembly.demand import Demand
from psychometrics.assembly.goals import Goal, Sense
from psychometrics.errors import NotConverged
from psychometrics.responses import Flags, Floats, Indices
from psychometrics.solver import solver

TANGENTS = 3
"""How many tangents bound the sharing of items; more are tighter and slower, fewer still a bound."""


class State(StrEnum):
    """How a program ended: with the optimum, with some solution, proved to have none, or without either."""

    OPTIMAL = "optimal"
    FOUND = "found"
    IMPOSSIBLE = "impossible"
    OPEN = "open"


@dataclass(frozen=True)
class Limits:
    """When a program stops: nodes of the tree, gap (share, see Goal.gap), solutions found; seconds are the brake."""

    nodes: int = 500
    seconds: float = 60.0
    gap: float = 1e-4
    solutions: int | None = None


@dataclass(frozen=True)
class Solution:
    """`values` (papers, items) in [0, 1] (None unless found), the program's `bound` on the goal's loss, and whether
    the clock ended it: then another run may end elsewhere."""

    state: State
    values: Floats | None
    bound: float
    is_by_clock: bool


@dataclass
class _Builder:
    """Columns and rows as they come."""

    n_columns: int = 0
    scale: float = 0.0
    cost: list[Floats] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    integral: list[Flags] = field(default_factory=list)
    blocks: list[Any] = field(default_factory=list)
    row_low: list[Floats] = field(default_factory=list)
    row_high: list[Floats] = field(default_factory=list)

    def columns(self, low: Floats, high: Floats, *, cost: Floats | float = 0.0, integral: Flags | bool = False) -> int:
        """Add columns; returns the place of the first."""
        first = self.n_columns
        self.n_columns += low.size
        self.low.append(low)
        self.high.append(high)
        self.cost.append(np.broadcast_to(cost, low.shape))
        self.integral.append(np.broadcast_to(integral, low.shape))
        return first

    def rows(self, row: Indices, column: Indices, value: Floats, low: Floats, high: Floats) -> None:
        """Add rows from triples."""
        self.blocks.append((row, column, value, low.size))
        self.row_low.append(low)
        self.row_high.append(high)

    def lp(self) -> Any:
        """The program as HiGHS takes it, row by row."""
        starts = np.cumsum([0, *(count for *_triple, count in self.blocks)])
        row = np.concatenate([block[0] + start for block, start in zip(self.blocks, starts, strict=False)] or [[]])
        column = np.concatenate([block[1] for block in self.blocks] or [[]])
        value = np.concatenate([block[2] for block in self.blocks] or [[]])
        matrix = sparse.csr_array(
            (value, (row.astype(np.intp), column.astype(np.intp))), shape=(int(starts[-1]), self.n_columns)
        )
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.n_columns, int(starts[-1])
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = (np.concatenate(x) for x in (self.cost, self.low, self.high))
        lp.row_lower_ = np.concatenate([*self.row_low, np.empty(0)])
        lp.row_upper_ = np.concatenate([*self.row_high, np.empty(0)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
        lp.a_matrix_.value_ = matrix.data
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(each)] for each in np.concatenate(self.integral)]
        return lp


def relaxation(asked: Demand, *, fixed: Floats | None = None) -> Solution:
    """One averaged paper, by linear programming. Its `values` are (1, items): shares of papers that have each item.

    Its bound holds for every choice of papers, and if it is impossible so are they. Exact as the linear relaxation of
    all papers together when nothing is said about overlap. `fixed` (items,) are shares given beforehand, else nan.
    """
    share = asked.ceiling / asked.n_papers
    given = np.full(asked.n_items, np.nan) if fixed is None else fixed
    made = _Builder()
    first = made.columns(np.nan_to_num(given, nan=0.0), np.where(np.isnan(given), share, given))
    _within(made, asked, np.arange(asked.n_items), first, average=True)
    if asked.overlap is not None:
        _average_overlap(made, asked, first)
    if asked.goal is not None:
        _towards(made, asked.goal, np.arange(asked.n_items), [first])
    return _solved(made, 1, asked.n_items, np.arange(asked.n_items), Limits(), None)


def program(
    asked: Demand,
    papers: Flags,
    free: Sequence[int],
    *,
    limits: Limits,
    prefer: Floats | None = None,
    shares: Floats | None = None,
    start: bool = False,
) -> Solution:
    """The papers numbered `free` chosen anew, the others as they are in `papers` (papers, items).

    With `prefer` (items,) or (free, items) the sum of these values is made large instead of the goal. `shares`
    (items,) lets items be split, each up to its share, where it is not NaN. `start`: begin from what `papers` has.
    """
    others = np.delete(np.arange(asked.n_papers), free)
    left = asked.ceiling - papers[others].sum(axis=0)
    open_ = np.flatnonzero(left > 0)
    most = np.full(open_.size, np.nan) if shares is None else shares[open_]
    whole = np.isnan(most)
    made, firsts = _Builder(), []
    wishes = (
        np.zeros((len(free), asked.n_items)) if prefer is None else np.broadcast_to(prefer, (len(free), asked.n_items))
    )
    for wish in wishes:
        high = np.where(whole, 1.0, most)
        firsts.append(made.columns(np.zeros(open_.size), high, cost=-wish[open_], integral=whole))
    for first in firsts:
        _within(made, asked, open_, first)
    _between(made, asked, papers, others, open_, left[open_], firsts)
    if asked.goal is not None and prefer is None:
        _towards(made, asked.goal, open_, firsts)
    return _solved(made, len(free), asked.n_items, open_, limits, papers[free][:, open_] if start else None)


def _within(made: _Builder, asked: Demand, open_: Indices, first: int, *, average: bool = False) -> None:
    """The rules of one paper, or of the average paper; a set gets a column that says whether it is used.

    On average no set is used more often than its items suffice for.
    """
    column = np.full(asked.n_items, -1)
    column[open_] = np.arange(first, first + open_.size)
    for rule in asked.rules:
        here = column[rule.item] >= 0
        row, place, value = rule.row[here], column[rule.item[here]], rule.value[here]
        if not rule.is_of_sets:
            made.rows(row, place, value, rule.lower, rule.upper)
            continue
        uses = np.bincount(rule.row, weights=asked.ceiling[rule.item], minlength=rule.n_rows) // np.maximum(
            rule.lower, 1
        )
        most = np.minimum(1.0, uses / asked.n_papers) if average else np.ones(rule.n_rows)
        used = made.columns(np.zeros(rule.n_rows), most, integral=not average)
        rows, nothing = np.arange(rule.n_rows), np.full(rule.n_rows, np.inf)
        row, place = np.concatenate([row, rows]), np.concatenate([place, used + rows])
        made.rows(row, place, np.concatenate([value, -rule.lower]), np.zeros(rule.n_rows), nothing)
        made.rows(row, place, np.concatenate([value, -rule.upper]), -nothing, np.zeros(rule.n_rows))


def _between(
    made: _Builder, asked: Demand, papers: Flags, others: Indices, open_: Indices, left: Indices, firsts: list[int]
) -> None:
    """Exposure and overlap: of the free papers with each other, and with those that stay."""
    scarce = np.flatnonzero(left < len(firsts))
    if scarce.size and len(firsts) > 1:
        row = np.tile(np.arange(scarce.size), len(firsts))
        column = np.concatenate([first + scarce for first in firsts])
        made.rows(row, column, np.ones(row.size), np.full(scarce.size, -np.inf), left[scarce].astype(np.float64))
    if asked.overlap is None:
        return
    most = float(asked.overlap)
    row, place = np.nonzero(papers[others][:, open_])
    for first in firsts:
        made.rows(row, first + place, np.ones(row.size), np.full(others.size, -np.inf), np.full(others.size, most))
    several = np.flatnonzero(left > 1)
    for one, other in combinations(firsts, 2):
        both = made.columns(np.zeros(several.size), np.ones(several.size))
        rows = np.tile(np.arange(several.size), 3)
        columns = np.concatenate([one + several, other + several, both + np.arange(several.size)])
        signs = np.repeat([1.0, 1.0, -1.0], several.size)
        made.rows(rows, columns, signs, np.full(several.size, -np.inf), np.ones(several.size))
        zero = np.zeros(several.size, dtype=np.intp)
        made.rows(zero, both + np.arange(several.size), np.ones(several.size), np.array([-np.inf]), np.array([most]))


def _average_overlap(made: _Builder, asked: Demand, first: int) -> None:
    """v_i ≥ k u_i - k (k + 1)/2 with u_i = F x_i, for some k; Σ v_i ≤ o F (F - 1)/2."""
    count = asked.n_papers
    several = np.flatnonzero(asked.ceiling > 1)
    places = np.arange(several.size)
    shared = made.columns(np.zeros(several.size), np.full(several.size, np.inf))
    for step in range(1, min(TANGENTS, count - 1) + 1):
        columns = np.concatenate([first + several, shared + places])
        values = np.repeat([float(step * count), -1.0], several.size)
        high = np.full(several.size, step * (step + 1) / 2)
        made.rows(np.tile(places, 2), columns, values, np.full(several.size, -np.inf), high)
    assert asked.overlap is not None  # asked by the caller
    high = np.array([asked.overlap * count * (count - 1) / 2])
    made.rows(np.zeros_like(places), shared + places, np.ones(places.size), np.array([-np.inf]), high)


def _towards(made: _Builder, goal: Goal, open_: Indices, firsts: list[int]) -> None:
    """One column for the loss of the worst paper, which alone costs."""
    is_near = goal.sense is Sense.NEAR
    made.scale = float(np.abs(goal.wanted).min()) if is_near else 0.0
    loss = made.columns(np.array([0.0 if is_near else -np.inf]), np.array([np.inf]), cost=1.0)
    for first in firsts:
        for values, wanted in zip(goal.values[:, open_], goal.wanted, strict=True):
            columns = np.append(first + np.arange(open_.size), loss)
            zero = np.zeros(columns.size, dtype=np.intp)
            scale = 1.0 if is_near else wanted
            low = np.array([wanted if is_near else 0.0])
            made.rows(zero, columns, np.append(values, scale), low, np.array([np.inf]))
            if is_near:
                made.rows(zero, columns, np.append(values, -1.0), np.array([-np.inf]), np.array([wanted]))


def _solved(made: _Builder, count: int, n_items: int, open_: Indices, limits: Limits, start: Flags | None) -> Solution:
    model = solver()
    options: dict[str, float | str] = {
        "parallel": "off",
        "random_seed": 0,
        "time_limit": limits.seconds,
        "mip_max_nodes": limits.nodes,
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": limits.gap * made.scale,
    }
    if limits.solutions is not None:
        options["mip_max_improving_sols"] = limits.solutions
    for name, value in options.items():
        model.setOptionValue(name, value)
    is_integer = any(bool(each.any()) for each in made.integral)
    model.passModel(made.lp())
    if start is not None:
        places = np.arange(count * open_.size, dtype=np.int32)
        model.setSolution(places.size, places, start.ravel().astype(np.float64))
    model.solve()
    return _read(model, is_integer, count, n_items, open_)


def _read(model: Any, is_integer: bool, count: int, n_items: int, open_: Indices) -> Solution:
    status, info = model.getModelStatus(), model.getInfo()
    kinds = highspy.HighsModelStatus
    by_clock = status == kinds.kTimeLimit
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        return Solution(State.IMPOSSIBLE, None, np.inf, by_clock)
    bound = float(info.mip_dual_bound if is_integer else info.objective_function_value)
    has_one = info.primal_solution_status == 2
    if not is_integer and status != kinds.kOptimal:
        raise NotConverged(f"the linear program ended as {model.modelStatusToString(status)}")
    if not has_one:
        return Solution(State.OPEN, None, bound, by_clock)
    values = np.zeros((count, n_items))
    values[:, open_] = np.asarray(model.getSolution().col_value)[: count * open_.size].reshape(count, -1)
    return Solution(State.OPTIMAL if status == kinds.kOptimal else State.FOUND, values, bound, by_clock)
