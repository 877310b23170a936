"""Abilities and fit against PyPI's `mirt`: the same items, the same persons, the same estimates.

Both are told the parameters, and must agree before any rate is printed: EAP within 1e-3 (mirt's 121 Gauss-Hermite
points are coarser in the middle than our 61 even ones; it has twice as many for that), mode and weighted likelihood
within 0.01 between -5 and 5 (mirt searches between bounds and stops earlier), S-X² within 2 % in the median.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.timing import compare, console, exponent, show
from psychometrics import irt, responses
from psychometrics.estimation import Method, abilities
from psychometrics.fit import person_fit, score_fit

ITEMS = 100
NODES, PEERS_NODES = 61, 121
POPULATION = irt.normal_quadrature(NODES)


def run(size: int) -> None:
    """`size` persons (default 10,000) on 100 items; then ten times as many, for the exponent."""
    import mirt  # noqa: PLC0415  # it takes seconds
    from mirt.diagnostics import compute_s_x2  # noqa: PLC0415  # with it

    size = size or 10_000
    items = _items()
    given = _sat(items, size)
    scores = given.scores.astype(np.int_)
    model = mirt.TwoParameterLogistic(ITEMS)
    model.set_parameters(discrimination=items.a, difficulty=items.b[:, 0])
    model._is_fitted = True
    grid = {"quadrature_points": POPULATION.nodes, "quadrature_weights": POPULATION.weights}
    for method in (Method.EAP, Method.MAP, Method.WLE):
        own = abilities(given, items, method, population=POPULATION).theta

        def peer(turn: int, how: str = str(method).upper()) -> np.ndarray:
            return np.ravel(mirt.fscores(model, scores, method=how, n_quadpts=PEERS_NODES).theta)

        other = peer(0)
        inside = np.abs(own) < 5
        apart = float(np.abs(own - other)[inside].max())
        assert apart < (1e-3 if method is Method.EAP else 1e-2), f"{method}: {apart}"
        _compared(
            f"{method.upper()} of {size:,} persons on {ITEMS} items",
            peer,
            lambda turn, how=method: abilities(given, items, how, population=POPULATION),
            size,
            f"estimates differ by at most {apart:.1e}",
        )
    own_fit, other_fit = score_fit(given, items), compute_s_x2(model, scores, **grid)
    assert (own_fit.df == other_fit["df"]).all(), "S-X²: other degrees of freedom"
    apart = float(np.median(np.abs(own_fit.statistic / other_fit["S_X2"] - 1)))
    assert apart < 0.02, f"S-X²: {apart}"
    _compared(
        f"S-X² of {ITEMS} items, {size:,} persons",
        lambda turn: compute_s_x2(model, scores, **grid),
        lambda turn: score_fit(given, items, population=POPULATION),
        size,
        f"same degrees of freedom; statistics differ by {apart:.1e} in the median, as thin cells are put together",
    )
    _growth(items, size)


def _compared(title: str, peer: Callable[[int], object], own: Callable[[int], object], size: int, note: str) -> None:
    def way(work: Callable[[int], object]) -> Callable[[int], int]:
        def done(turn: int) -> int:
            work(turn)
            return size

        return done

    show(title, compare({"mirt": way(peer), "psychometrics": way(own)}), against="mirt", unit="persons", note=note)


def _growth(items: irt.Items, size: int) -> None:
    for name, work in (("WLE", abilities), ("l_z*", person_fit)):
        many = {each: _sat(items, each) for each in (size, size * 10)}

        def way(count: int, work: Callable[..., object] = work, many: dict[int, responses.Responses] = many) -> int:
            work(many[count], items)
            return count

        rates = compare({str(each): lambda turn, count=each, way=way: way(count) for each in many})
        small, large = ((each, rates[str(each)].median) for each in many)
        console.print(f"cost of {name} grows as persons^{exponent(small, large):.2f} ({size:,} to {size * 10:,})")


def _items() -> irt.Items:
    rng = np.random.default_rng(1)
    return irt.logistic(rng.normal(0, 1, ITEMS), rng.lognormal(0.1, 0.3, ITEMS))


def _sat(items: irt.Items, persons: int) -> responses.Responses:
    rng = np.random.default_rng([2, persons])
    return responses.scored(irt.simulated(items, rng.normal(0, 1, persons), rng=rng), items=items.names)
