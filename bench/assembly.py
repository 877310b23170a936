"""Parallel papers of 160 items against HiGHS paper by paper: deviation and time, at three uses of a bank.

A paper keeps six ranges exactly, two types, the mix of importance, five bands of difficulty, one item per point and 300
pairs of enemies, shares no item with another, and should have the pool's own information at three abilities. The peer
is the customary way: HiGHS chooses one paper after the other from what is left, 3 seconds each, from the same rows.
Every way has one thread, and seconds are the processor's, but the peer's limit is of the clock: on a busy machine it
searches less. Ours draws three banks, the peer the first of them, for it takes minutes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median

import numpy as np
from rich.table import Table

from bench.timing import console, exponent
from psychometrics import assembly, irt
from psychometrics.assembly.demand import sums
from psychometrics.assembly.programs import Limits, program

SIZE = 4
LENGTH = 160
USES = (0.3, 0.6, 0.8)
BANKS = 3
SECONDS = 3.0
THETA = [-1.0, 0.0, 1.0]
WEIGHTS = {"ethics": 8, "basics": 16, "analysis": 32, "training": 48, "design": 48, "guidance": 8}
"""Items of each range: a real outline's weights 5, 10, 20, 30, 30, 5."""


@dataclass(frozen=True)
class Outcome:
    """Seconds of the processor, the largest deviation of any paper (nan when one could not be made), and the gap."""

    seconds: float
    deviation: float
    gap: float = float("nan")


def run(size: int) -> None:
    """Make `size` papers (default 4; a national round has 20, from 10,000 items at 30 % use) from each bank."""
    size = size or SIZE
    table = Table(title=f"Assembly of {size} papers of {LENGTH}", title_justify="left", caption_justify="left")
    table.caption = "deviation: largest |information - target|; gap: share of it; HiGHS: 3 s a paper; ratios to HiGHS"
    for heading in ("bank", "use", "way", "solved", "seconds", "deviation", "gap", "time", "smaller"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for use in USES:
        _at_use(table, size, use)
    console.print(table)
    small, large = max(1, size // 2), size
    rates = [(papers, papers / _own(demanded(papers, USES[0], 0)).seconds) for papers in (small, large)]
    console.print(f"cost grows with the papers (and the bank) to the power {exponent(*rates):.2f}")


def demanded(papers: int, use: float, seed: int) -> assembly.Demand:
    """A bank of which the papers use this share, and what is asked of them."""
    rng = np.random.default_rng(seed)
    count = round(papers * LENGTH / use)
    items = irt.logistic(rng.normal(size=count), rng.lognormal(0, 0.25, count))
    point = rng.permutation(count) % (2 * LENGTH)
    ends = 2 * np.cumsum(list(WEIGHTS.values()))
    ranges = np.array(list(WEIGHTS))[np.searchsorted(ends, point, side="right")].tolist()
    types = np.where(rng.random(count) < 0.8, "single", "truefalse").tolist()
    importance = np.array(["X"] * 16 + ["Y"] * 3 + ["Z"])[point % 20].tolist()
    bands = np.clip(np.round(items.b[:, 0] + 3), 1, 5).astype(int).astype(str)
    spread = {band: float((bands == band).mean()) * LENGTH for band in "12345"}
    enemies = rng.permutation(count)[:600].reshape(-1, 2)
    rules = [
        assembly.total("length", np.ones(count), LENGTH, LENGTH),
        *assembly.shares("range", ranges, {name: (number, number) for name, number in WEIGHTS.items()}),
        *assembly.shares("type", types, {"single": (124, 132)}),
        *assembly.shares("importance", importance, {"X": (0.78 * LENGTH, LENGTH), "Z": (0, 0.07 * LENGTH)}),
        *assembly.shares("difficulty", bands.tolist(), {b: (0.8 * n - 2, 1.2 * n + 2) for b, n in spread.items()}),
        assembly.at_most_each("point", [str(each) for each in point]),
        assembly.enemies("enemies", enemies, count),
    ]
    target = irt.information(items, THETA).mean(axis=1) * LENGTH
    return assembly.demand(count, rules, n_papers=papers, goal=assembly.information_near(items, THETA, target))


def _at_use(table: Table, size: int, use: float) -> None:
    banks = [demanded(size, use, seed) for seed in range(BANKS)]
    own, peer = [_own(each) for each in banks], _paper_by_paper(banks[0])
    solved = [each for each in own if not np.isnan(each.deviation)]
    seconds, worst = median(each.seconds for each in own), max(each.deviation for each in own)
    bank = f"{banks[0].n_items:,}"
    is_solved = not np.isnan(peer.deviation)
    table.add_row(
        bank,
        f"{use:.0%}",
        "HiGHS",
        f"{is_solved:d}/1",
        f"{peer.seconds:.1f}",
        f"{peer.deviation:.4f}",
        "–",
    )
    table.add_row(
        bank,
        f"{use:.0%}",
        "own",
        f"{len(solved)}/{BANKS}",
        f"{seconds:.1f}",
        f"{worst:.4f}",
        f"{max(each.gap for each in own):.1e}",
        f"1/{peer.seconds / seconds:.0f}" if is_solved else "–",
        f"{peer.deviation / worst:.0f}×" if is_solved else "–",
    )


def _own(asked: assembly.Demand) -> Outcome:
    begun = time.process_time()
    made = assembly.assemble(asked, rng=np.random.default_rng(1))
    taken = time.process_time() - begun
    assert all(check.holds for check in assembly.prove(asked, made.papers))
    return Outcome(taken, made.figure, made.gap)


def _paper_by_paper(asked: assembly.Demand) -> Outcome:
    begun = time.process_time()
    papers = np.zeros((asked.n_papers, asked.n_items), dtype=bool)
    for paper in range(asked.n_papers):
        found = program(asked, papers, [paper], limits=Limits(nodes=10**9, seconds=SECONDS))
        if found.values is None:
            return Outcome(time.process_time() - begun, float("nan"))
        papers[paper] = found.values[0] > 0.5
    taken = time.process_time() - begun
    assert asked.goal is not None
    return Outcome(taken, float(asked.goal.figure(sums(asked.goal, [np.flatnonzero(row) for row in papers])).max()))
