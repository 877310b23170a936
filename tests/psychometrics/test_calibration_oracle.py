"""Calibration against PyPI `mirt`: the same answers, the same estimates, likelihoods and standard errors.

Short papers, so that the Gauss-Hermite nodes of `mirt` are close enough (bench/calibration.py says why).
"""

from __future__ import annotations

from typing import Any

import mirt
import numpy as np
import pytest
from mirt.estimation.priors import BetaPrior

from psychometrics import irt
from psychometrics.calibration import Information, Kind, calibrate, calibrate_nominal
from psychometrics.responses import Scores, chosen, scored
from tests.psychometrics.drawn import sat, steps, two


def theirs(scores: Scores, model: str, **options: Any) -> Any:
    return mirt.fit_mirt(scores.astype(int), model=model, n_quadpts=61, tol=1e-6, max_iter=3000, **options)


def test_two_parameters() -> None:
    scores = sat(two(20, 17), 1500, seed=18)
    own, other = calibrate(scored(scores), tolerance=1e-6), theirs(scores, "2PL", accelerate="squarem")
    assert own.course.log_likelihood == pytest.approx(other.log_likelihood, abs=0.1)
    assert own.items.a == pytest.approx(np.ravel(other.model.parameters["discrimination"]), abs=0.01)


def test_three_parameters_with_a_prior() -> None:
    items = two(10, 50)
    scores = sat(irt.logistic(items.b[:, 0], items.a, 0.2), 800, seed=51)
    own = calibrate(scored(scores), Kind.THREE, tolerance=1e-6)
    other = theirs(scores, "3PL", priors={"guessing": BetaPrior(5, 16)}, accelerate="squarem")
    assert own.course.log_likelihood == pytest.approx(other.log_likelihood, abs=0.05)
    assert own.items.c == pytest.approx(other.model.parameters["guessing"], abs=2e-3)
    assert own.course.information is Information.LOUIS
    assert own.c_errors == pytest.approx(other.standard_errors["guessing"], rel=0.02)


@pytest.mark.parametrize(("kind", "parameter"), [(Kind.GRADED, "thresholds"), (Kind.PARTIAL_CREDIT, "steps")])
def test_ordered_categories(kind: Kind, parameter: str) -> None:
    scores = sat(steps(kind.value, 6, 4, 52), 500, seed=53)
    own, other = calibrate(scored(scores), kind, tolerance=1e-6), theirs(scores, kind.value.upper())
    assert own.course.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-3)
    assert own.items.a == pytest.approx(np.ravel(other.model.parameters["discrimination"]), abs=1e-3)
    assert own.items.b == pytest.approx(other.model.parameters[parameter], abs=2e-3)
    assert own.a_errors == pytest.approx(np.ravel(other.standard_errors["discrimination"]), rel=2e-3)
    assert own.b_errors == pytest.approx(other.standard_errors[parameter], rel=2e-3)


def test_options() -> None:
    scores = sat(irt.partial_credit(1.0, np.tile([[-0.4, 0.5]], (6, 1))), 600, seed=54)
    picked = np.array(["A", "B", "C"])[scores.astype(int)]
    own = calibrate_nominal(chosen(picked.tolist(), key=["C"] * 6), tolerance=1e-6)
    other = theirs(scores, "NRM", compute_standard_errors=False)
    assert own.course.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-3)
    slopes = other.model.parameters["slopes"]
    assert own.items.slopes == pytest.approx(slopes - slopes.mean(axis=1, keepdims=True), abs=2e-3)


def test_groups() -> None:
    items = two(10, 55)
    scores = np.concatenate([sat(items, 500, seed=56), sat(items, 500, seed=57, mean=0.6, sd=1.2)])
    groups = np.repeat(["a", "b"], 500)
    own = calibrate(scored(scores, groups=groups.tolist()), tolerance=1e-6)
    other = mirt.fit_multigroup(
        scores.astype(int), groups, "2PL", invariance="scalar", n_quadpts=61, tol=1e-6, max_iter=3000
    )
    latent = other.latent_distributions[1]
    assert own.course.log_likelihood == pytest.approx(other.log_likelihood, abs=0.01)
    assert own.latent.means[1] == pytest.approx(float(latent.mean[0]), abs=2e-3)
    assert own.latent.sds[1] == pytest.approx(float(np.sqrt(latent.cov[0, 0])), abs=2e-3)
