"""Adaptive sittings, thousands in step, against one examinee after the other: same pool, estimator and stopping rule.

Peers: a plain loop in NumPy (below), and catsim (BSD-3-Clause) where it is installed (`pip install catsim==0.21.0`; not
in the lock, for it brings matplotlib and scikit-learn). All choose by Fisher's information and stop at a standard error
of 0.3 or after 40 items: with EAP, which all take on the same 97 points, the posterior's standard deviation; with ML
1/√information at the estimate. ML is catsim's own numerical search against the likelihood's peak on points, both within
±6, where an all-right or all-wrong record ends.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

import numpy as np
from scipy.special import expit

from bench.timing import compare, console, exponent, show
from psychometrics import irt
from psychometrics.adaptive import Design, Engine, Estimator, Stopping, precision, simulated

POOL, LONGEST, SE = 200, 40, 0.30
FEW = 40
"""Examinees that a peer gets for every thousand: it takes each by itself, so its rate does not depend on how many."""
PRIORS = {
    Estimator.EAP: irt.normal_quadrature(97, reach=4.8),
    Estimator.ML: irt.normal_quadrature(121, reach=6.0),
}


Sit = Callable[[np.ndarray, int], np.ndarray]
"""Sittings of persons of these abilities, from a seed: their estimates."""


def run(size: int) -> None:
    """`size` sittings (default 1,000) a repetition; then ten times as many, for the exponent."""
    size = size or 1_000
    items = _pool()
    for estimator in (Estimator.EAP, Estimator.ML):
        peers: dict[str, Sit] = {"plain loop": partial(_loop, items)} if estimator is Estimator.EAP else {}
        if find_spec("catsim"):
            peers["catsim"] = partial(_catsim, items, estimator)
        if not peers:
            console.print("catsim is not installed: maximum likelihood has no peer")
            continue
        engine = Engine(Design(items, Stopping(LONGEST, se=SE), estimator=estimator, prior=PRIORS[estimator]))
        _against(peers, partial(_in_step, engine), size, f"{estimator.upper()}, standard error {SE} or {LONGEST} items")
    _growth(items, size)


def _against(peers: dict[str, Sit], ours: Sit, size: int, title: str) -> None:
    few = max(2, size * FEW // 1_000)
    errors: dict[str, list[float]] = {}

    def way(name: str, sit: Sit, count: int) -> Callable[[int], int]:
        def sat(turn: int) -> int:
            theta = _people(size, turn)[:count]
            errors.setdefault(name, []).extend((sit(theta, turn) - theta)[:few].tolist())
            return count

        return sat

    for sit in (*peers.values(), ours):
        sit(_people(2, 0), 0)  # imports and tables are no part of a sitting
    ways = {name: way(name, sit, few) for name, sit in peers.items()}
    rates = compare(ways | {"in step": way("in step", ours, size)})
    note = "; ".join(f"{name} {np.sqrt(np.mean(np.square(each))):.3f}" for name, each in errors.items())
    show(
        f"Adaptive sittings from {POOL} items: {title}",
        rates,
        against=list(peers)[-1],
        unit="sittings",
        note=f"root mean squared error over the same {3 * few} persons: {note}",
    )


def _growth(items: irt.Items, size: int) -> None:
    engine = Engine(Design(items, Stopping(LONGEST, se=SE)))
    sizes = (size, size * 10)
    rates = compare(
        {str(each): lambda turn, count=each: len(_in_step(engine, _people(count, turn), turn)) for each in sizes}
    )
    small, large = ((each, rates[str(each)].median) for each in sizes)
    console.print(f"cost grows as sittings^{exponent(small, large):.2f} ({size:,} to {size * 10:,})")


def _pool() -> irt.Items:
    rng = np.random.default_rng(1)
    return irt.logistic(rng.normal(0, 1, POOL), rng.lognormal(0.1, 0.3, POOL), rng.uniform(0.1, 0.25, POOL))


def _people(count: int, turn: int) -> np.ndarray:
    return np.random.default_rng([turn, count]).normal(0, 1, count)


def _in_step(engine: Engine, theta: np.ndarray, seed: int) -> np.ndarray:
    sittings = simulated(engine, theta, rng=np.random.default_rng(seed))
    assert precision(sittings).length <= LONGEST
    return sittings.theta


def _loop(items: irt.Items, theta: np.ndarray, seed: int) -> np.ndarray:
    """One examinee after the other, each step a few NumPy calls over the pool: what one writes first."""
    rng, a, b, c, prior = np.random.default_rng(seed), items.a, items.b[:, 0], items.c, PRIORS[Estimator.EAP]
    found = np.empty(theta.size)
    for person, truth in enumerate(theta):
        posterior, estimate, error = prior.weights.copy(), prior.mean, prior.sd
        open_ = np.ones(items.n, dtype=bool)
        while error > SE and open_.sum() > items.n - LONGEST:
            plain = expit(a * (estimate - b))
            chance = c + (1 - c) * plain
            information = (a * (1 - c) * plain * (1 - plain)) ** 2 / (chance * (1 - chance))
            item = int(np.argmax(np.where(open_, information, -1)))
            open_[item] = False
            right = rng.random() < c[item] + (1 - c[item]) * expit(a[item] * (truth - b[item]))
            curve = c[item] + (1 - c[item]) * expit(a[item] * (prior.nodes - b[item]))
            posterior *= curve if right else 1 - curve
            posterior /= posterior.sum()
            estimate = float(posterior @ prior.nodes)
            error = float(np.sqrt(posterior @ (prior.nodes - estimate) ** 2))
        found[person] = estimate
    return found


def _catsim(items: irt.Items, estimator: Estimator, theta: np.ndarray, seed: int) -> np.ndarray:
    """The same sittings by catsim's simulator; it has no EAP, so that ours is plugged into it, by its own interface."""
    from catsim.estimation import BaseEstimator, NumericalSearchEstimator  # noqa: PLC0415  # where it is installed
    from catsim.initialization import FixedPointInitializer  # noqa: PLC0415  # likewise
    from catsim.selection import MaxInfoSelector  # noqa: PLC0415  # likewise
    from catsim.simulation import Simulator  # noqa: PLC0415  # likewise
    from catsim.stopping import MinErrorStopper  # noqa: PLC0415  # likewise

    class Peak(NumericalSearchEstimator):
        """Its search, but an all-right or all-wrong record ends at ±6 as ours does, not at Dodd's halfway point."""

        def estimate(self, index: int | None = None, **rest: object) -> float:
            answers = self.simulator.response_vectors[index]
            if len(set(answers)) == 1:
                return 6.0 if answers[0] else -6.0
            return float(super().estimate(index=index, **rest))

    class Mean(BaseEstimator):
        """The posterior's mean on the same points, from all answers so far."""

        prior = PRIORS[Estimator.EAP]

        def estimate(self, index: int | None = None, **rest: object) -> float:
            mine = self.simulator.item_bank.get_items(self.simulator.administered_items[index])
            right = np.array(self.simulator.response_vectors[index])
            curves = mine[:, 2] + (1 - mine[:, 2]) * expit(mine[:, 0] * (self.prior.nodes[:, None] - mine[:, 1]))
            weights = self.prior.weights * np.where(right, curves, 1 - curves).prod(axis=1)
            weights /= weights.sum()
            mean = weights @ self.prior.nodes
            self.spread = float(np.sqrt(weights @ (self.prior.nodes - mean) ** 2))
            return float(mean)

    class Precise(MinErrorStopper):
        """Stops at the posterior's standard deviation."""

        def _check_stopping_criterion(self, administered_items: object, theta: float | None, **rest: object) -> bool:
            return len(administered_items) > 0 and mean.spread <= SE

    bank = np.column_stack([items.a, items.b[:, 0], items.c, np.ones(items.n)])
    simulator = Simulator(bank, theta, seed=seed)
    mean = Mean()
    ways = {Estimator.ML: (Peak(), MinErrorStopper), Estimator.EAP: (mean, Precise)}
    chosen, stopper = ways[estimator]
    simulator.simulate(FixedPointInitializer(0.0), MaxInfoSelector(), chosen, stopper(SE, max_items=LONGEST))
    return np.array(simulator.latest_estimations)
