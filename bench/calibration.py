"""Calibration of 200 items against PyPI `mirt`: the same answers, one thread each, judged by one likelihood.

As it comes, `mirt`'s native EM sums over 61 Gauss-Hermite nodes, which lie 0.4 apart in the middle: too far for 200
items, whose posteriors are about 0.15 wide, so that it ends 0.4 to 2.7 below the highest likelihood. On our nodes (61
even ones, 0.2 apart, put in by this file) its EM ends where we do: the like-for-like comparison. With its SQUAREM too
it is at its best. All stop at their own 1e-4: theirs of the log-likelihood, ours of every parameter. What each found
is then measured by a sum over 241 nodes written down here, and against the truth that the answers were drawn from.

Everything runs in a process of its own, so that BLAS and `mirt` have one thread from the start.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mirt
import numpy as np
from mirt.estimation import em
from mirt.estimation.priors import BetaPrior
from rich.table import Table

from bench.timing import compare, console, exponent, show
from psychometrics import irt
from psychometrics.calibration import Beta, Information, Kind, Priors, calibrate
from psychometrics.responses import Floats, Responses, scored

SIZE = 1000
ITEMS = 200
FEWER = 40
"""Items of the 3PL comparison, which takes `mirt` minutes on 200."""
GUESSING = (5, 16)
EVEN = "mirt, our nodes"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


@dataclass(frozen=True)
class Drawn:
    """Answers and the items that they were drawn from."""

    kind: Kind
    truth: irt.Items
    responses: Responses


def run(size: int) -> None:
    """Compare with `size` persons (default 1,000), then calibrate `size` and ten times as many alone."""
    alone = dict.fromkeys(THREADS, "1")
    command = [sys.executable, "-m", "bench.calibration", str(size or SIZE)]
    subprocess.run(command, env=os.environ | alone, cwd=Path(__file__).parents[1], check=True)


def measured(size: int) -> None:
    """All of it, in this process."""
    two = drawn(Kind.TWO, size, ITEMS)
    ways = {"own": _own, "mirt as it comes": _mirt, EVEN: _mirt_on_our_nodes, f"{EVEN}, SQUAREM": _mirt_quickest}
    _against(two, ways, repetitions=3)
    three = drawn(Kind.THREE, size, FEWER)
    _against(three, {"own": _own, EVEN: _mirt_on_our_nodes}, repetitions=1)
    for kind in (Kind.TWO, Kind.THREE):
        _alone(kind, size)


def drawn(kind: Kind, persons: int, items: int) -> Drawn:
    """Difficulties normal, slopes lognormal about 1.1, c = 0.2 with 3PL; abilities standard normal."""
    rng = np.random.default_rng(1)
    c = 0.2 if kind is Kind.THREE else 0.0
    truth = irt.logistic(rng.normal(0, 1, items), rng.lognormal(0.1, 0.3, items), c)
    scores = np.empty((persons, items), dtype=np.float32)
    for start in range(0, persons, 5000):
        some = scores[start : start + 5000]
        some[:] = irt.simulated(truth, rng.normal(0, 1, len(some)), rng=rng)
    return Drawn(kind, truth, scored(scores))


def _own(work: Drawn) -> irt.Items:
    priors = Priors(guessing=Beta(*GUESSING))
    return calibrate(work.responses, work.kind, priors=priors, information=Information.NONE).items


def _mirt(work: Drawn, **options: object) -> irt.Items:
    found = mirt.fit_mirt(
        work.responses.scores.astype(int),
        model=work.kind.value.upper(),
        n_quadpts=61,
        tol=1e-4,
        max_iter=5000,
        compute_standard_errors=False,
        priors={"guessing": BetaPrior(*GUESSING)} if work.kind is Kind.THREE else None,
        **options,
    )
    assert found.converged
    made = {name: np.ravel(each) for name, each in found.model.parameters.items()}
    return irt.logistic(made["difficulty"], made["discrimination"], made.get("guessing", 0.0))


class _Even(em.GaussHermiteQuadrature):  # type: ignore[misc]  # untyped
    """Our nodes in the place of theirs."""

    def _compute_quadrature(self) -> tuple[Floats, Floats]:
        made = irt.normal_quadrature(self.n_points)
        return made.nodes[:, None], made.weights


def _mirt_on_our_nodes(work: Drawn, **options: object) -> irt.Items:
    theirs = em.GaussHermiteQuadrature
    em.GaussHermiteQuadrature = _Even
    try:
        # Starting values, even none, keep it from the native path, whose nodes cannot be changed.
        return _mirt(work, start_values={}, **options)
    finally:
        em.GaussHermiteQuadrature = theirs


def _mirt_quickest(work: Drawn) -> irt.Items:
    return _mirt_on_our_nodes(work, accelerate="squarem")


def _against(work: Drawn, ways: dict[str, Callable[[Drawn], irt.Items]], *, repetitions: int) -> None:
    found: dict[str, irt.Items] = {}

    def timed(name: str) -> Callable[[int], int]:
        def way(_repetition: int) -> int:
            found[name] = ways[name](work)
            return work.responses.n_persons

        return way

    size = f"{work.kind.value}, {work.responses.n_persons:,} × {work.responses.n_items}"
    rates = compare({name: timed(name) for name in ways}, repetitions=repetitions)
    show(f"Calibration, {size}", rates, against=EVEN, unit="persons")
    table = Table(title=f"What they found, {size}", title_justify="left", caption_justify="left")
    table.caption = "logarithm of the likelihood and of the prior of c, by 241 nodes; root mean squares from the truth"
    for heading in ("way", "log posterior", "below the best", "rmse a", "rmse b"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    values = {name: log_posterior(items, work.responses) for name, items in found.items()}
    for name, items in found.items():
        away = [
            np.sqrt(np.mean((mine - true) ** 2)) for mine, true in ((items.a, work.truth.a), (items.b, work.truth.b))
        ]
        row = (f"{values[name]:,.3f}", f"{max(values.values()) - values[name]:.3f}", *(f"{each:.4f}" for each in away))
        table.add_row(name, *row)
    console.print(table)


def log_posterior(items: irt.Items, responses: Responses, nodes: int = 241) -> float:
    """Marginal log-likelihood plus the log density of c up to a constant, apart from the package's own."""
    grid = irt.normal_quadrature(nodes)
    chance = irt.right(items, grid.nodes)
    right, wrong = np.log(chance).T, np.log1p(-chance).T
    found = 0.0
    for rows in responses.chunks(2000):
        answers = responses.scores[rows].astype(np.float64)
        each = answers @ right + (1 - answers) @ wrong + np.log(grid.weights)
        top = each.max(axis=1)
        found += float((top + np.log(np.exp(each - top[:, None]).sum(axis=1))).sum())
    if (items.c > 0).any():
        more, fewer = GUESSING[0] - 1, GUESSING[1] - 1
        found += float((more * np.log(items.c) + fewer * np.log1p(-items.c)).sum())
    return found


def _alone(kind: Kind, size: int) -> None:
    works = {f"{persons:,} × {ITEMS}": drawn(kind, persons, ITEMS) for persons in (size, 10 * size)}
    rates = compare({name: _counted(work) for name, work in works.items()})
    small, large = works
    grown = exponent((size, rates[small].median), (10 * size, rates[large].median))
    tracemalloc.start()
    _own(works[large])
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    answers = works[large].responses.scores.nbytes / 1e6
    note = (
        f"time grows with persons to the power {grown:.2f}; {large}: at most {peak:,.0f} MB at once beside "
        f"the answers ({answers:,.0f} MB)"
    )
    show(f"Calibration alone, {kind.value}", rates, against=small, unit="persons", note=note)


def _counted(work: Drawn) -> Callable[[int], int]:
    def way(_repetition: int) -> int:
        _own(work)
        return work.responses.n_persons

    return way


if __name__ == "__main__":
    measured(int(sys.argv[1]))
