"""Papers to a demand: dealt, mended, improved; what is left broken repaired by integer programming; then proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count as counting

import numpy as np

from psychometrics.assembly import swaps
from psychometrics.assembly.clashes import clash, impossible_for_one
from psychometrics.assembly.demand import Check, Demand, prove, sums
from psychometrics.assembly.goals import Goal, Sense
from psychometrics.assembly.programs import Limits, Solution, State, program, relaxation
from psychometrics.assembly.table import Table
from psychometrics.errors import NotConverged
from psychometrics.responses import Floats, Indices

PATIENCE = 2
"""Programs in a row that did not help before polishing ends."""
Progress = Callable[[int, int], None]
ROUGH = 0.05
"""The gap at which sets are chosen: the items beside them make up for it."""


@dataclass(frozen=True)
class Effort:
    """How hard to try. Everything but `seconds` is counted in work, so that a seed gives the same papers anywhere.

    `moves` of mending per paper; `rounds` of improving per paper; `enough`: a gap (share, see Goal.gap) at which
    improving stops. Where the gap stays above `polish`, integer programs of at most `columns` (items × papers) choose
    the worst paper anew with another, at most `turns` times a paper; of `columns_of_one` for the most information of a
    single paper, found soon. `nodes` of each program that is needed or has all papers, `few` of the others; `seconds`:
    the emergency brake of each.
    """

    moves: int = 200
    rounds: int = 12
    enough: float = 1e-5
    polish: float = 1e-3
    turns: int = 2
    nodes: int = 200
    few: int = 10
    columns: int = 600
    columns_of_one: int = 20_000
    seconds: float = 60.0

    @property
    def limits(self) -> Limits:
        """The same for one integer program."""
        return Limits(self.nodes, self.seconds, self.polish / 10)


@dataclass(frozen=True)
class Assembly:
    """Papers, what they reach, and the proof that they keep every rule.

    `papers` are places of items, ascending. `reached` (papers, points) is what each has of the goal; `figure` that of
    the worst paper (see Goal), `bound` a figure that no papers to this demand can better, `gap` the share between the
    two (see Goal.gap): all nan without a goal. `is_reproducible` is False when a clock ended a program: then the same
    seed may give other papers on another machine. `repairs` counts integer programs used to mend.
    """

    demand: Demand
    papers: tuple[Indices, ...]
    checks: tuple[Check, ...]
    reached: Floats
    figure: float
    bound: float
    gap: float
    is_reproducible: bool
    repairs: int

    @property
    def use(self) -> float:
        """The share of the items that are in some paper, in [0, 1]."""
        return float(np.unique(np.concatenate(self.papers)).size / self.demand.n_items)


class _Work:
    """One assembly while it is made."""

    def __init__(self, asked: Demand, effort: Effort, rng: np.random.Generator, progress: Progress | None) -> None:
        self.asked, self.effort, self.rng = asked, effort, rng
        self.advance: Progress = progress or (lambda done, total: None)
        self.by_clock = False
        self.repairs = 0
        self.table = Table(asked, np.zeros((asked.n_papers, asked.n_items), dtype=bool))

    def solve(self, free: list[int], **how: object) -> Solution:
        """An integer program for some of the papers on the table."""
        limits = how.pop("limits", self.effort.limits)
        found = program(self.asked, self.table.papers, free, limits=limits, **how)  # type: ignore[arg-type]  # by name
        self.by_clock |= found.is_by_clock
        return found

    def losses(self, goal: Goal) -> Floats:
        """The loss of every paper, (papers,)."""
        return goal.loss(self.table.reached)

    def put(self, free: list[int], values: Floats) -> None:
        """Put a program's papers on the table."""
        papers = self.table.papers
        papers[free] = values > 0.5
        self.table.replace(papers)


def assemble(
    asked: Demand,
    *,
    rng: np.random.Generator,
    effort: Effort | None = None,
    progress: Progress | None = None,
) -> Assembly:
    """Papers that keep every rule, near the best that can be. The same demand, seed and effort give the same papers.

    Raises Clash (an Infeasible) naming rules that cannot be kept together, none of which can be left out of the
    list; NotConverged when neither papers nor a proof that there are none were found within the effort.
    """
    work = _Work(asked, effort or Effort(), rng, progress)
    relaxed = relaxation(asked)
    if relaxed.values is None:
        raise clash(asked, work.effort.limits)
    work.advance(1, 5)
    fixed = _choose_sets(work, relaxed.values[0])
    beside = None if fixed is None else relaxation(asked, fixed=fixed).values
    shares = relaxed.values if beside is None else beside
    work.table.replace(swaps.deal(asked, shares[0], work.table, rng))
    swaps.mend(work.table, rng, moves=work.effort.moves * asked.n_papers)
    work.advance(2, 5)
    _repair(work)
    work.advance(3, 5)
    bound = _improve(work, relaxed.bound)
    work.advance(5, 5)
    return _result(work, bound)


def _choose_sets(work: _Work, wanted: Floats) -> Floats | None:
    """Let integer programs choose the sets of each paper in turn, its other items still divisible.

    They prefer what the relaxation has, `wanted` (items,), by chance where that is even. Returns in which share of the
    papers each of the sets' items is, (items,), nan for others; None without sets.
    """
    locked = work.table.locked[:-1]
    if not locked.any():
        return None
    for paper in range(work.asked.n_papers):
        left = (work.asked.ceiling - work.table.used[:-1]) / (work.asked.n_papers - paper)
        shares = np.where(locked, np.nan, np.minimum(left, 1.0))
        prefer = np.where(locked, wanted + 0.1 * work.rng.random(wanted.size), 0.0)
        found = work.solve(
            [paper], shares=shares, prefer=prefer, limits=replace(work.effort.limits, gap=ROUGH, solutions=2)
        )
        if found.values is not None:
            work.put([paper], np.where(locked, found.values, 0.0))
    return np.where(locked, work.table.papers.mean(axis=0), np.nan)


def _repair(work: _Work) -> None:
    """Choose broken papers anew by an integer program, with ever more of the others, until all rules are kept."""
    for size in _sizes(work.asked.n_papers):
        while (bad := np.flatnonzero(work.table.broken > 0)).size:
            free = _around(work, int(bad[np.argmax(work.table.broken[bad])]), size)
            prefer = np.where(work.table.papers[free], 1.0, 0.0)
            found = work.solve(free, prefer=prefer, limits=replace(work.effort.limits, solutions=1))
            work.repairs += 1
            if found.values is None:
                _refuse_if_hopeless(work, found, size)
                break
            work.put(free, found.values)


def _sizes(n_papers: int) -> Iterator[int]:
    for power in counting():
        if 2**power >= n_papers:
            break
        yield int(2**power)
    yield n_papers


def _around(work: _Work, paper: int, size: int) -> list[int]:
    """The paper, the other broken ones as far as there is room, and some others by chance."""
    others = np.delete(np.arange(work.asked.n_papers), paper)
    order = np.lexsort((work.rng.random(others.size), -work.table.broken[others]))
    return sorted([paper, *(int(other) for other in others[order][: size - 1])])


def _refuse_if_hopeless(work: _Work, found: Solution, size: int) -> None:
    """After a program without papers: raise Clash if that proves one, NotConverged if nothing larger can be tried."""
    is_all = size >= work.asked.n_papers
    if (is_all and found.state is State.IMPOSSIBLE) or (
        size == 1 and impossible_for_one(work.asked, work.effort.limits)
    ):
        raise clash(work.asked, work.effort.limits)
    if is_all:
        broken = [check.rule for check in prove(work.asked, _places(work.table)) if not check.holds]
        names = ", ".join(sorted(set(broken)))
        raise NotConverged(f"no papers were found, and no proof that there are none; the nearest break: {names}")


def _improve(work: _Work, loss_bound: float) -> float:
    """Towards the goal; returns the bound on the loss."""
    goal, effort = work.asked.goal, work.effort
    if goal is None:
        return np.nan
    wanted = _loss(goal, loss_bound, effort.enough)
    swaps.improve(work.table, goal, work.rng, rounds=effort.rounds, enough=wanted)
    work.advance(4, 5)
    failed = 0
    for _turn in range(effort.turns * work.asked.n_papers):
        free = _neighbours(work, goal)
        if not free or failed == PATIENCE or work.losses(goal).max() <= _loss(goal, loss_bound, effort.polish):
            break
        nodes = effort.nodes if len(free) == work.asked.n_papers else effort.few
        found = work.solve(free, start=True, limits=replace(effort.limits, nodes=nodes))
        is_all = len(free) == work.asked.n_papers
        if is_all:
            loss_bound = max(loss_bound, found.bound)
        failed = 0 if _accepted(work, goal, free, found) else failed + 1
        if is_all and (failed or found.state is State.OPTIMAL):
            break
        swaps.improve(work.table, goal, work.rng, rounds=1, enough=wanted)
    return loss_bound


def _neighbours(work: _Work, goal: Goal) -> list[int]:
    """The worst paper and another, if an integer program may have columns for."""
    count, items = work.asked.n_papers, work.asked.n_items
    most = work.effort.columns_of_one if count == 1 and goal.sense is Sense.MOST else work.effort.columns
    size = min(count, 2, most // items)
    others = work.rng.permutation(count)
    worst = int(np.argmax(work.losses(goal)))
    return sorted([worst, *(int(other) for other in others[others != worst][: size - 1])]) if size else []


def _accepted(work: _Work, goal: Goal, free: list[int], found: Solution) -> bool:
    """Put a program's papers on the table if they are better than those that are there."""
    if found.values is None:
        return False
    before, kept = work.losses(goal)[free].max(), work.table.papers
    work.put(free, found.values)
    if not work.table.broken.any() and work.losses(goal)[free].max() < before - 1e-9:
        return True
    work.table.replace(kept)
    return False


def _loss(goal: Goal, bound: float, gap: float) -> float:
    """The loss that has this gap."""
    return bound + gap * float(np.abs(goal.wanted).min()) if goal.sense is Sense.NEAR else bound * (1 - gap)


def _result(work: _Work, loss_bound: float) -> Assembly:
    papers, goal = _places(work.table), work.asked.goal
    checks = tuple(prove(work.asked, papers))
    if broken := [check for check in checks if not check.holds]:
        raise NotConverged(f"{broken[0].rule} is broken in paper {broken[0].paper}")
    common = (work.asked, tuple(papers), checks)
    if goal is None:
        nothing = np.empty((len(papers), 0))
        return Assembly(*common, nothing, np.nan, np.nan, np.nan, not work.by_clock, work.repairs)
    reached = sums(goal, papers)
    loss = float(goal.loss(reached).max())
    sign = 1.0 if goal.sense is Sense.NEAR else -1.0
    figure, bound = sign * loss, sign * min(loss_bound, loss)
    gap = goal.gap(figure, bound)
    return Assembly(*common, reached, figure, bound, gap, not work.by_clock, work.repairs)


def _places(table: Table) -> list[Indices]:
    return [np.flatnonzero(row) for row in table.papers]
