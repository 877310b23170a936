"""What holds of calibration whatever the answers: symmetries, and that it climbs the likelihood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from psychometrics import irt
from psychometrics.calibration import CUSTOMARY, Information, Kind, calibrate
from psychometrics.calibration.em import Answers, Problem, State, expected, log_prior, maximised
from psychometrics.calibration.kinds import Block
from psychometrics.responses import Scores, scored
from tests.psychometrics.drawn import sat, steps, two

seeds = st.integers(0, 10_000)
dichotomous = st.sampled_from([Kind.ONE, Kind.TWO, Kind.THREE])
EXACT = {"tolerance": 1e-7, "limit": 3000}
few = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answers(seed: int, *, missing: float = 0.0, items: int = 8, persons: int = 400) -> Scores:
    """Answers on moderate items, on which every model settles."""
    rng = np.random.default_rng(seed)
    truth = irt.logistic(rng.uniform(-1.2, 1.2, items), rng.uniform(0.9, 1.6, items))
    scores = sat(truth, persons, seed=seed + 1)
    scores[rng.random(scores.shape) < missing] = np.nan
    return scores


class TestSymmetries:
    @few
    @given(seeds, st.sampled_from([0.0, 0.2]))
    def test_the_order_of_persons_and_items_says_nothing(self, seed: int, missing: float) -> None:
        scores = answers(seed, missing=missing)
        rng = np.random.default_rng(seed)
        rows, columns = rng.permutation(scores.shape[0]), rng.permutation(scores.shape[1])
        one, other = (calibrate(scored(each), **EXACT) for each in (scores, scores[rows][:, columns]))
        assert other.items.a == pytest.approx(one.items.a[columns], abs=1e-4)
        assert other.items.b == pytest.approx(one.items.b[columns], abs=1e-4)
        assert other.b_errors == pytest.approx(one.b_errors[columns], rel=1e-3)

    @few
    @given(seeds)
    def test_right_and_wrong_exchanged_turn_the_scale(self, seed: int) -> None:
        """Items that all turn keep their slopes: ability is then named from the other end."""
        scores = answers(seed, missing=0.1)
        one, other = (calibrate(scored(each), **EXACT) for each in (scores, 1 - scores))
        assert other.course.log_likelihood == pytest.approx(one.course.log_likelihood, abs=1e-5)
        assert other.items.a == pytest.approx(one.items.a, abs=1e-4)
        assert other.items.b == pytest.approx(-one.items.b, abs=1e-4)

    @few
    @given(seeds, st.integers(2, 4))
    def test_everybody_several_times_shrinks_only_the_errors(self, seed: int, times: int) -> None:
        scores = answers(seed)
        one = calibrate(scored(scores), **EXACT)
        many = calibrate(scored(np.tile(scores, (times, 1))), **EXACT)
        assert many.items.b == pytest.approx(one.items.b, abs=1e-4)
        assert many.course.log_likelihood == pytest.approx(times * one.course.log_likelihood)
        assert many.a_errors == pytest.approx(one.a_errors / np.sqrt(times), rel=1e-3)

    @few
    @given(seeds, st.floats(0.7, 1.4), st.floats(-1, 1))
    def test_trial_items_follow_the_scale_of_the_fixed_ones(self, seed: int, slope: float, shift: float) -> None:
        scores = answers(seed, items=12)
        known = calibrate(scored(scores), **EXACT).items.take(np.arange(6))
        one = calibrate(scored(scores), fixed=known, **EXACT)
        other = calibrate(scored(scores), fixed=known.on_scale(slope, shift), **EXACT)
        wanted = one.items.on_scale(slope, shift)
        assert other.items.a == pytest.approx(wanted.a, rel=2e-3)
        assert other.items.b == pytest.approx(wanted.b, abs=2e-3)
        assert other.latent.means == pytest.approx(slope * one.latent.means + shift, abs=2e-3)
        assert other.latent.sds == pytest.approx(slope * one.latent.sds, rel=2e-3)

    @few
    @given(seeds, st.sampled_from([Kind.GRADED, Kind.PARTIAL_CREDIT]))
    def test_categories_counted_from_the_other_end(self, seed: int, kind: Kind) -> None:
        scores = sat(steps(kind.value, 6, 3, 70), 500, seed=seed)
        assume(all(set(column) == {0, 1, 2} for column in scores.T))
        one, other = (calibrate(scored(each), kind, **EXACT) for each in (scores, 2 - scores))
        assert other.items.a == pytest.approx(one.items.a, abs=1e-4)
        assert other.items.b == pytest.approx(-one.items.b[:, ::-1], abs=1e-4)


class TestLikelihood:
    @few
    @given(seeds, dichotomous)
    def test_no_truth_is_likelier_than_the_estimate(self, seed: int, kind: Kind) -> None:
        """The highest posterior lies above that of the items that the answers were drawn from."""
        truth = two(8, seed % 50)
        scores = sat(truth, 400, seed=seed)
        assume(((scores.mean(axis=0) > 0.02) & (scores.mean(axis=0) < 0.98)).all())
        found = calibrate(scored(scores), kind, priors=CUSTOMARY, information=Information.NONE)
        known = two(8, seed % 50) if kind is not Kind.ONE else irt.logistic(truth.b[:, 0], 1.0)
        guessing = np.full(8, 0.2) if kind is Kind.THREE else np.zeros(8)
        other = irt.logistic(known.b[:, 0], known.a, guessing)
        assert found.course.log_likelihood + found.course.log_prior > _posterior(scores, kind, other)

    @settings(max_examples=20, deadline=None)
    @given(seeds, st.sampled_from([Kind.ONE, Kind.TWO, Kind.THREE]), st.floats(-1, 1), st.booleans())
    def test_no_step_goes_down(self, seed: int, kind: Kind, start: float, has_priors: bool) -> None:
        problem = _problem(answers(seed, persons=200), kind)
        problem = problem if has_priors else replace(problem, priors=replace(CUSTOMARY, slope=None, difficulty=None))
        block = problem.blocks[0]
        parameters = np.tile([1 + 0.5 * start, start, -1.4], (8, 1))[:, : block.n_parameters]
        state, before = State((parameters,), np.zeros(1), np.ones(1)), -np.inf
        for _ in range(4):
            found = expected(problem, state)
            value = found.log_likelihood + log_prior(problem, state)
            assert value >= before - 1e-7 * abs(value)
            before, state = value, maximised(problem, state, found, inner=20)


class TestCurves:
    @settings(max_examples=60, deadline=None)
    @given(
        st.sampled_from([Kind.TWO, Kind.THREE, Kind.GRADED, Kind.PARTIAL_CREDIT, Kind.NOMINAL]),
        st.lists(st.floats(-3, 3), min_size=8, max_size=8),
    )
    def test_derivatives_are_those_of_the_logarithms(self, kind: Kind, numbers: list[float]) -> None:
        categories = 2 if kind in (Kind.TWO, Kind.THREE) else 4
        block = Block(kind, np.array([0]), categories)
        parameters = np.array(numbers[: block.n_parameters])[None]
        if kind is not Kind.NOMINAL:
            parameters[0, 0] = 0.2 + abs(parameters[0, 0])
        if kind is Kind.GRADED:
            parameters[0, 1:] = np.sort(parameters[0, 1:])[::-1] - 0.1 * np.arange(3)
        theta = np.linspace(-4, 4, 9)
        chances, by = block.curves(parameters, theta)
        assert np.exp(chances).sum(axis=2) == pytest.approx(1)
        for place in range(block.n_parameters):
            change = np.zeros_like(parameters)
            change[0, place] = 1e-5
            up, down = (block.curves(parameters + turn, theta)[0] for turn in (change, -change))
            assert by[:, :, :, place] == pytest.approx((up - down) / 2e-5, abs=1e-6)

    @settings(max_examples=30, deadline=None)
    @given(seeds, st.sampled_from([Kind.GRADED, Kind.PARTIAL_CREDIT]))
    def test_they_are_those_of_the_published_parameters(self, seed: int, kind: Kind) -> None:
        items = steps(kind.value, 3, 4, seed)
        block = Block(kind, np.arange(3), 4)
        heights = -items.a[:, None] * (items.b if kind is Kind.GRADED else np.cumsum(items.b, axis=1))
        parameters = np.column_stack([items.a, heights])
        theta = np.linspace(-4, 4, 9)
        chances = np.exp(block.curves(parameters, theta)[0]).transpose(1, 0, 2)
        assert chances == pytest.approx(irt.probabilities(items, theta), abs=1e-12)
        assert block.difficulties(parameters)[0] == pytest.approx(items.b)


def _problem(scores: Scores, kind: Kind) -> Problem:
    count = scores.shape[1]
    first, two_each = np.arange(count), np.full(count, 2)
    answered = Answers(scores, np.ones((len(scores), 1)), first, two_each, np.full(count, -1))
    return Problem(answered, (Block(kind, first, 2),), (), CUSTOMARY, np.linspace(-6, 6, 61), 0)


def _posterior(scores: Scores, kind: Kind, items: irt.Items) -> float:
    """Log-likelihood plus log prior of given items."""
    problem = _problem(scores, kind)
    own = [items.a, -items.a * items.b[:, 0]]
    if kind is Kind.THREE:
        own.append(np.log(items.c / (1 - items.c)))
    state = State((np.column_stack(own),), np.zeros(1), np.ones(1))
    return expected(problem, state).log_likelihood + log_prior(problem, state)
