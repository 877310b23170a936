from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics import irt
from psychometrics.calibration import Kind, calibrate
from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.estimation import Method, abilities
from psychometrics.fit import dependence, mean_squares, person_fit, rmsd, score_fit
from psychometrics.responses import Responses, scored

NAN = float("nan")
# Counts of the patterns 00000, 00001, …, 11111 (Bock & Lieberman 1970).
LSAT7 = "12 19 1 7 3 19 3 17 10 5 3 7 7 23 8 28 7 39 11 34 14 51 15 90 6 25 7 35 18 136 32 308"


def lsat7() -> Responses:
    patterns = (np.arange(32)[:, None] >> np.arange(4, -1, -1)) & 1
    return scored(np.repeat(patterns, [int(each) for each in LSAT7.split()], axis=0))


def two(count: int, seed: int) -> irt.Items:
    rng = np.random.default_rng(seed)
    return irt.logistic(rng.normal(0, 1, count), rng.lognormal(0.1, 0.3, count))


def mixed(count: int = 20) -> irt.Items:
    rng = np.random.default_rng(1)
    names = [f"d{place}" for place in range(count)]
    return irt.joined(
        [
            irt.logistic(
                rng.normal(0, 1, count), rng.lognormal(0, 0.3, count), rng.uniform(0, 0.2, count), names=names
            ),
            irt.graded([1.1, 0.8], [[-1.0, 0.0, 1.5], [-0.5, 0.7, NAN]], names=["g1", "g2"]),
            irt.partial_credit([0.9, 1.3], [[0.3, -0.2], [-1.0, 0.4]], names=["p1", "p2"]),
        ]
    )


def sat(items: irt.Items, theta: object, *, seed: int, missing: float = 0.0) -> np.ndarray:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    scores = irt.simulated(items, theta, rng=rng)  # type: ignore[arg-type]
    scores[rng.random(scores.shape) < missing] = NAN
    return scores


def normal(persons: int, seed: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(seed).normal(0, 1, persons)


class TestScoreFit:
    def test_of_lsat7_is_what_the_manual_of_mirt_prints(self) -> None:
        """itemfit() on expand.table(LSAT7), two parameters (Chalmers 2012, R package mirt)."""
        found = score_fit(lsat7(), calibrate(lsat7(), Kind.TWO, tolerance=1e-6).items)
        assert found.statistic == pytest.approx([4.749, 14.451, 1.270, 5.238, 0.941], abs=5e-3)
        assert found.df.tolist() == [2, 2, 2, 2, 2]
        assert found.p == pytest.approx([0.093, 0.001, 0.530, 0.073, 0.625], abs=1e-3)
        assert found.rmsea[:3] == pytest.approx([0.037, 0.079, 0.0], abs=1e-3)

    def test_curves_that_hold_are_rejected_as_often_as_promised(self) -> None:
        items = mixed()
        statistics = [
            score_fit(scored(sat(items, normal(1500, seed), seed=seed), items=items.names), items, n_parameters=0)
            for seed in range(12)
        ]
        p = np.array([each.p for each in statistics])
        assert 0.01 < (p < 0.05).mean() < 0.10
        assert 0.42 < p.mean() < 0.58
        ratio = np.array([each.statistic / each.df for each in statistics])
        assert 0.92 < ratio.mean() < 1.08

    def test_a_curve_that_does_not_hold_is_found(self) -> None:
        items = two(30, 2)
        wrong = irt.logistic(items.b[:, 0], np.r_[items.a[:29], items.a[29] + 1.5])
        responses = scored(sat(items, normal(4000, 3), seed=4))
        found = score_fit(responses, wrong, n_parameters=0)
        assert found.p[29] < 1e-6
        assert int(np.argmax(found.statistic / found.df)) == 29
        assert int(np.argmax(rmsd(responses, wrong).overall)) == 29

    def test_groups_are_expected_by_their_own_population(self) -> None:
        items = two(20, 5)
        theta = np.r_[normal(2000, 6), 1.5 + 0.6 * normal(2000, 7)]
        responses = scored(sat(items, theta, seed=8), groups=["a"] * 2000 + ["b"] * 2000)
        populations = {"a": irt.normal_quadrature(), "b": irt.normal_quadrature(mean=1.5, sd=0.6)}
        right = score_fit(responses, items, n_parameters=0, population=populations)
        assert (right.p < 0.01).sum() <= 1

    def test_persons_with_gaps_are_left_out(self) -> None:
        items = two(8, 9)
        scores = sat(items, normal(800, 10), seed=11)
        gaps = np.vstack([scores, np.where(np.arange(8) == 0, NAN, scores[:50])])
        whole, found = score_fit(scored(scores), items), score_fit(scored(gaps), items)
        assert found.n_persons == 800
        assert found.statistic == pytest.approx(whole.statistic)

    def test_without_freedom_there_is_no_verdict(self) -> None:
        found = score_fit(scored([[0, 1], [1, 0], [1, 1], [0, 0]]), irt.logistic([0.0, 0.0]))
        assert np.isnan(found.df).all()
        assert np.isnan(found.p).all()


class TestRmsd:
    def test_is_the_distance_between_curves(self) -> None:
        """A very long test shows ability itself: the share seen is the true curve."""
        items = two(300, 12)
        moved = irt.logistic(np.r_[items.b[0, 0] + 0.5, items.b[1:, 0]], items.a)
        found = rmsd(scored(sat(items, normal(8000, 13), seed=14)), moved)
        population = irt.normal_quadrature()
        apart = irt.right(items, population.nodes)[:, 0] - irt.right(moved, population.nodes)[:, 0]
        assert found.overall[0] == pytest.approx(np.sqrt(population.weights @ apart**2), abs=0.012)
        assert np.median(found.overall[1:]) < 0.015

    def test_a_group_that_finds_an_item_harder_stands_out(self) -> None:
        items = mixed()
        hard = irt.joined([irt.logistic([items.b[0, 0] + 1], [items.a[0]], [items.c[0]]), items.take(np.r_[1:24])])
        scores = np.concatenate([sat(items, normal(2500, 15), seed=16), sat(hard, normal(2500, 17), seed=18)])
        found = rmsd(scored(scores, groups=["a"] * 2500 + ["b"] * 2500, items=items.names), items)
        assert found.by_group[0, 1] > 0.1 > 3 * found.by_group[0, 0]
        assert found.by_group[1:].max() < 0.06
        assert found.by_group.shape == (24, 2)

    def test_what_nobody_of_a_group_answered_is_unknown(self) -> None:
        items = two(5, 19)
        scores = sat(items, normal(60, 20), seed=21)
        scores[30:, 2] = NAN
        found = rmsd(scored(scores, groups=["a"] * 30 + ["b"] * 30), items)
        assert np.isnan(found.by_group[2, 1])
        assert np.isfinite(found.overall).all()
        assert found.persons[2].tolist() == [30, 0]


class TestMeanSquares:
    def test_is_the_formula_answer_by_answer(self) -> None:
        items, theta = mixed(4), np.array([-1.0, 0.2, 0.9, 1.5])
        responses = scored(sat(items, theta, seed=22, missing=0.2), items=items.names, maxima=items.maxima)
        by_item, by_person = mean_squares(responses, items, theta)
        square, raw, spread = (np.full((4, items.n), NAN) for _ in range(3))
        for person, place in zip(*np.nonzero(responses.is_present), strict=True):
            chance = irt.probabilities(items, [theta[person]])[0, place]
            mean = sum(k * p for k, p in enumerate(chance))
            spread[person, place] = sum((k - mean) ** 2 * p for k, p in enumerate(chance))
            raw[person, place] = (responses.scores[person, place] - mean) ** 2
            square[person, place] = raw[person, place] / spread[person, place]
        assert by_person.outfit == pytest.approx(np.nanmean(square, axis=1))
        assert by_person.infit == pytest.approx(np.nansum(raw, axis=1) / np.nansum(spread, axis=1))
        answers = responses.is_present.sum(axis=0)
        assert by_item.answers.tolist() == answers.tolist()
        assert by_item.outfit[answers > 0] == pytest.approx(np.nanmean(square[:, answers > 0], axis=0))

    def test_when_the_curves_hold_they_are_one_and_their_z_normal(self) -> None:
        items = mixed()
        theta = normal(3000, 23)
        by_item, by_person = mean_squares(scored(sat(items, theta, seed=24), items=items.names), items, theta)
        for each in (by_item, by_person):
            assert np.mean(each.outfit) == pytest.approx(1, abs=0.03)
            assert np.mean(each.infit) == pytest.approx(1, abs=0.03)
        assert np.std(by_item.infit_z) == pytest.approx(1, abs=0.4)
        assert np.std(by_person.infit_z) == pytest.approx(1, abs=0.1)
        assert np.mean(np.abs(by_person.outfit_z) > 1.96) == pytest.approx(0.05, abs=0.02)

    def test_a_flat_item_is_noisy_and_a_steep_one_too_regular(self) -> None:
        truth = irt.logistic(np.linspace(-1, 1, 20), np.r_[0.3, 3.0, np.ones(18)])
        theta = normal(3000, 25)
        by_item, _ = mean_squares(scored(sat(truth, theta, seed=26)), irt.logistic(np.linspace(-1, 1, 20)), theta)
        assert by_item.infit[0] > 1.15 > 1 > 0.85 > by_item.infit[1]
        assert by_item.infit_z[0] > 4 > -4 > by_item.infit_z[1]

    def test_a_score_that_was_certain_leaves_finite_figures(self) -> None:
        by_item, _ = mean_squares(scored([[1, 0], [0, 1]]), irt.logistic([0.0, 0.0], 40.0), [60.0, -60.0])
        assert np.isfinite([by_item.outfit, by_item.infit]).all()

    def test_who_has_no_ability_is_left_out(self) -> None:
        items = two(4, 27)
        scores = sat(items, normal(5, 28), seed=29)
        by_item, by_person = mean_squares(scored(scores, maxima=1), items, [NAN, 0.1, np.inf, 0.3, -0.4])
        few, _ = mean_squares(scored(scores[[1, 3, 4]], maxima=1), items, [0.1, 0.3, -0.4])
        assert by_item.outfit == pytest.approx(few.outfit)
        assert np.isnan(by_person.outfit[[0, 2]]).all()
        assert by_person.answers.tolist() == [0, 4, 0, 4, 4]


class TestPersonFit:
    def test_of_dichotomous_items_is_the_formula_of_snijders(self) -> None:
        items = two(15, 30)
        responses = scored(sat(items, normal(40, 31), seed=32))
        found = person_fit(responses, items, Method.WLE)
        for person in range(40):
            theta, x = found.abilities.theta[person], responses.scores[person].astype(float)
            p = irt.right(items, [theta])[0]
            q, slope = 1 - p, items.a * p * (1 - p)
            r, w = slope / (p * q), np.log(p / q)
            c = (slope @ w) / (slope @ r)
            r0 = (slope * items.a * (1 - 2 * p) * items.a * p * q / (p * q)).sum() / (2 * (slope @ r))
            tau = ((w - c * r) ** 2 * p * q).sum()
            assert found.l_z_star[person] == pytest.approx((((x - p) @ w) + c * r0) / np.sqrt(tau))
            assert found.log_likelihood[person] == pytest.approx(x @ np.log(p) + (1 - x) @ np.log(q))

    @pytest.mark.parametrize("method", [Method.ML, Method.WLE, Method.MAP])
    @pytest.mark.parametrize("items", [two(40, 33), mixed(30)])
    def test_rows_that_follow_the_model_are_standard_normal(self, method: Method, items: irt.Items) -> None:
        responses = scored(sat(items, normal(3000, 34), seed=35, missing=0.1), items=items.names)
        found = person_fit(responses, items, method)
        star = found.l_z_star[np.isfinite(found.l_z_star)]
        assert star.size > 2950
        assert np.mean(star) == pytest.approx(0, abs=0.1)
        assert np.std(star) == pytest.approx(1, abs=0.1)
        assert np.mean(star < -1.645) == pytest.approx(0.055, abs=0.02)
        # What it mends: as if ability were known, too few are found.
        assert np.nanstd(found.l_z) < np.std(star)

    def test_who_guesses_the_easy_and_knows_the_hard_is_found(self) -> None:
        items = irt.logistic(np.linspace(-2.5, 2.5, 40), 1.5)
        scores = sat(items, normal(500, 36), seed=37)
        scores[:20, :20], scores[:20, 20:] = 0, 1
        found = person_fit(scored(scores), items)
        assert (found.l_z_star[:20] < -5).all()
        assert np.mean(found.l_z_star[20:] < -1.645) < 0.1

    def test_equal_items_can_show_nothing(self) -> None:
        found = person_fit(scored([[0, 1, 1], [1, 0, 0]]), irt.logistic(np.zeros(3)))
        assert np.isnan(found.l_z_star).all()

    def test_full_marks_have_a_fit_by_weighted_likelihood_only(self) -> None:
        items, responses = two(6, 38), scored([[1] * 6, [0, 1, 1, 0, 1, 0]])
        assert np.isnan(person_fit(responses, items, Method.ML).l_z_star).tolist() == [True, False]
        assert np.isfinite(person_fit(responses, items, Method.WLE).l_z_star).all()


class TestDependence:
    def test_is_the_correlation_of_residuals_of_those_who_answered_both(self) -> None:
        items, theta = mixed(3), normal(60, 39)
        responses = scored(sat(items, theta, seed=40, missing=0.3), items=items.names, maxima=items.maxima)
        found = dependence(responses, items, theta)
        away = responses.scores - irt.expected(items, theta)
        for i in range(items.n):
            for j in range(i):
                both = responses.is_present[:, i] & responses.is_present[:, j]
                assert found.q3[i, j] == pytest.approx(np.corrcoef(away[both, i], away[both, j])[0, 1])
                assert found.persons[i, j] == both.sum()
        assert np.isnan(np.diag(found.q3)).all()
        assert (found.q3 == found.q3.T)[~np.eye(items.n, dtype=bool)].all()

    def test_a_copied_item_is_the_only_pair_named(self) -> None:
        items = two(25, 41)
        scores = sat(items, normal(2000, 42), seed=43)
        same = np.random.default_rng(44).random(2000) < 0.6
        scores[same, 7] = scores[same, 3]
        responses = scored(scores)
        pairs = dependence(responses, items, abilities(responses, items).theta).above(0.2)
        assert [(pair.one, pair.other) for pair in pairs] == [("i4", "i8")]
        assert pairs[0].excess > 0.3

    def test_without_dependence_the_mean_is_what_estimation_takes(self) -> None:
        """About -1 / (items - 1) (Yen 1993)."""
        items = two(20, 45)
        responses = scored(sat(items, normal(3000, 46), seed=47))
        found = dependence(responses, items, abilities(responses, items, Method.EAP).theta)
        assert found.mean == pytest.approx(-1 / 19, abs=0.02)

    def test_a_constant_residual_is_unknown(self) -> None:
        found = dependence(scored([[1, 0, 1]] * 5), irt.logistic([0.0, 0.5, 1.0]), np.zeros(5))
        assert np.isnan(found.q3).all()
        assert np.isnan(found.mean)
        assert found.above() == []

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 1000), missing=st.floats(0, 0.6))
    def test_lies_between_minus_one_and_one(self, seed: int, missing: float) -> None:
        items = two(5, 48)
        responses = scored(sat(items, normal(15, seed), seed=seed, missing=missing), maxima=1)
        q3 = dependence(responses, items, normal(15, seed)).q3
        assert (np.abs(q3[np.isfinite(q3)]) <= 1).all()


class TestAgainstAnotherProgram:
    def test_score_fit_mean_squares_and_l_z_are_those_of_mirt(self) -> None:
        """Its Q3 correlates standardised residuals, Yen's the plain ones: no oracle there."""
        from mirt.diagnostics import compute_outfit_infit, compute_personfit, compute_s_x2
        from mirt.models import TwoParameterLogistic

        items, theta = two(12, 49), normal(600, 50)
        responses = scored(sat(items, theta, seed=51))
        model = TwoParameterLogistic(12)
        model.set_parameters(discrimination=items.a, difficulty=items.b[:, 0])
        model._is_fitted = True
        scores = responses.scores.astype(int)
        own = score_fit(responses, items)
        other = compute_s_x2(model, scores, n_quadpts=61)
        assert own.statistic == pytest.approx(other["S_X2"], rel=2e-3)
        assert own.df == pytest.approx(other["df"])
        squares = compute_outfit_infit(model, scores, theta[:, None], include_standardized=True)
        by_item, by_person = mean_squares(responses, items, theta)
        assert by_item.outfit == pytest.approx(squares["item_outfit"])
        assert by_item.infit_z == pytest.approx(squares["item_z_infit"])
        assert by_person.infit == pytest.approx(squares["person_infit"])
        assert by_person.outfit_z == pytest.approx(squares["person_z_outfit"])
        fitted = person_fit(responses, items, Method.ML)
        known = fitted.abilities.is_finite
        rows = compute_personfit(model, scores[known], fitted.abilities.theta[known, None], ["lz"])
        assert fitted.l_z[known] == pytest.approx(rows["lz"])


class TestRefusals:
    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (lambda: score_fit(scored([[1], [0]]), irt.logistic([0.0])), TooFew),
            (lambda: score_fit(scored([[1, NAN], [NAN, 0]]), two(2, 1)), TooFew),
            (lambda: score_fit(scored([[1, 0]]), two(2, 1), n_parameters=[1, 2, 3]), WrongShape),
            (lambda: score_fit(scored([[1, 0]]), two(2, 1), n_parameters=-1), WrongValue),
            (lambda: score_fit(scored([[1, 0]]), two(2, 1), least=0), WrongValue),
            (lambda: mean_squares(scored([[1, 0]]), two(2, 1), [0.0, 1.0]), WrongShape),
            (lambda: dependence(scored([[1, 0]]), two(2, 1), [0.0, 1.0]), WrongShape),
            (lambda: dependence(scored([[1]]), irt.logistic([0.0]), [0.0]), WrongValue),
            (lambda: person_fit(scored([[1, 0]]), two(2, 1), Method.EAP), WrongValue),
            (
                lambda: rmsd(
                    scored([[1, 0], [0, 1]], groups=["a", "b"]),
                    two(2, 1),
                    population={"a": irt.normal_quadrature(), "b": irt.normal_quadrature(mean=1)},
                ),
                WrongValue,
            ),
        ],
    )
    def test_what_cannot_be_judged_is_refused_by_name(self, make: Callable[[], object], error: type[Exception]) -> None:
        with pytest.raises(error):
            make()
