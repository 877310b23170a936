from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from psychometrics import irt, sumscores
from psychometrics.errors import EmptyGroup, WrongShape, WrongValue
from psychometrics.estimation import Method, abilities, score_table
from psychometrics.responses import Responses, scored

NAN, INF = float("nan"), float("inf")


def mixed(count: int = 12, seed: int = 1) -> irt.Items:
    rng = np.random.default_rng(seed)
    names = [f"d{place}" for place in range(count)]
    return irt.joined(
        [
            irt.logistic(
                rng.normal(0, 1, count), rng.lognormal(0, 0.3, count), rng.uniform(0, 0.25, count), names=names
            ),
            irt.graded([1.1, 0.8], [[-1.0, 0.0, 1.5], [-0.5, 0.7, NAN]], names=["g1", "g2"]),
            irt.partial_credit([0.9, 1.3], [[0.3, -0.2], [-1.0, 0.4]], names=["p1", "p2"]),
        ]
    )


def two(count: int, seed: int) -> irt.Items:
    rng = np.random.default_rng(seed)
    return irt.logistic(rng.normal(0, 1, count), rng.lognormal(0.1, 0.3, count))


def sat(items: irt.Items, theta: object, *, seed: int, missing: float = 0.0) -> Responses:
    rng = np.random.default_rng(seed)
    scores = irt.simulated(items, theta, rng=rng)  # type: ignore[arg-type]
    scores[rng.random(scores.shape) < missing] = NAN
    return scored(scores, items=items.names, maxima=items.maxima)


def log_likelihoods(items: irt.Items, scores: np.ndarray, theta: object) -> np.ndarray:  # type: ignore[type-arg]
    chance = irt.probabilities(items, theta)  # type: ignore[arg-type]
    seen = np.flatnonzero(~np.isnan(scores))
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(chance[:, seen, scores[seen].astype(int)]).sum(axis=1))


class TestClosedForms:
    """n equal Rasch items of which x are right: everything is known."""

    RIGHT = np.arange(11)

    def found(self, method: Method) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
        scores = np.arange(10) < self.RIGHT[:, None]
        made = abilities(scored(scores), irt.logistic(np.full(10, 0.3)), method)
        return made.theta, made.errors

    def test_maximum_likelihood_is_the_logit_of_the_share(self) -> None:
        theta, errors = self.found(Method.ML)
        share = self.RIGHT[1:-1] / 10
        assert theta[1:-1] == pytest.approx(0.3 + np.log(share / (1 - share)))
        assert errors[1:-1] == pytest.approx((10 * share * (1 - share)) ** -0.5)
        assert (theta[0], theta[-1], errors[0], errors[-1]) == (-INF, INF, INF, INF)

    def test_weighted_likelihood_adds_half_a_right_and_half_a_wrong_answer(self) -> None:
        theta, _ = self.found(Method.WLE)
        assert theta == pytest.approx(0.3 + np.log((self.RIGHT + 0.5) / (10 - self.RIGHT + 0.5)))

    def test_the_posterior_mode_balances_score_and_prior(self) -> None:
        theta, errors = self.found(Method.MAP)
        chance = 1 / (1 + np.exp(0.3 - theta))
        assert self.RIGHT - 10 * chance == pytest.approx(theta)
        assert errors == pytest.approx((10 * chance * (1 - chance) + 1) ** -0.5)

    def test_the_posterior_mean_is_the_integral(self) -> None:
        theta, errors = self.found(Method.EAP)
        nodes = np.linspace(-8, 8, 4001)
        chance = 1 / (1 + np.exp(0.3 - nodes))
        weight = chance ** self.RIGHT[:, None] * (1 - chance) ** (10 - self.RIGHT[:, None]) * np.exp(-(nodes**2) / 2)
        weight /= weight.sum(axis=1, keepdims=True)
        assert theta == pytest.approx(weight @ nodes, abs=1e-6)
        assert errors == pytest.approx(np.sqrt(weight @ nodes**2 - (weight @ nodes) ** 2), abs=1e-6)


class TestSearch:
    @pytest.mark.parametrize("missing", [0.0, 0.3])
    @pytest.mark.parametrize("items", [mixed(), two(20, 2), mixed(3, 3)])
    def test_no_ability_is_likelier_than_the_one_found(self, items: irt.Items, missing: float) -> None:
        responses = sat(items, np.linspace(-3, 3, 60), seed=4, missing=missing)
        found = abilities(responses, items, Method.ML)
        tried = np.linspace(-40, 40, 1601)
        for person in range(60):
            values = log_likelihoods(items, responses.scores[person], tried)
            if found.is_finite[person]:
                here = log_likelihoods(items, responses.scores[person], found.theta[person])[0]
                assert here >= values.max() - 1e-9
            else:
                # Nothing, full marks, or no better than guessing.
                assert values[0 if found.theta[person] < 0 else -1] >= values.max() - 0.01

    def test_the_mode_is_that_of_a_search_in_one_dimension(self) -> None:
        items, population = mixed(), irt.normal_quadrature(mean=0.5, sd=0.8)
        responses = sat(items, np.linspace(-2, 2, 20), seed=5)
        found = abilities(responses, items, Method.MAP, population=population)
        for person in range(20):
            own = responses.scores[person]
            best = minimize_scalar(
                lambda at, own=own: ((at - 0.5) / 0.8) ** 2 / 2 - log_likelihoods(items, own, at)[0],
                bounds=(-6, 6),
                method="bounded",
                options={"xatol": 1e-9},
            )
            assert found.theta[person] == pytest.approx(best.x, abs=1e-5)

    def test_of_two_maxima_the_higher_is_taken(self) -> None:
        """Many easy items wrong, a hard sharp one right, with guessing: a low hump and a high one."""
        items = irt.logistic([-2.0] * 5 + [3.0], [1.5] * 5 + [4.0], [0.2] * 5 + [0.02])
        found = abilities(scored([[1, 1, 1, 0, 0, 1]]), items, Method.ML)
        tried = np.linspace(-10, 10, 4001)
        values = log_likelihoods(items, np.array([1, 1, 1, 0, 0, 1]), tried)
        assert found.theta[0] == pytest.approx(tried[int(np.argmax(values))], abs=0.01)

    def test_below_chance_the_likelihood_has_no_maximum(self) -> None:
        items = irt.logistic(np.linspace(-2, 2, 10), 1.5, 0.25)
        found = abilities(scored([[0, 0, 0, 0, 0, 0, 0, 0, 0, 1]]), items, Method.ML)
        assert (found.theta[0], found.errors[0]) == (-INF, INF)

    def test_a_hump_far_out_that_is_hardly_above_guessing_is_none(self) -> None:
        """The flattest item right, all others wrong: the likelihood rises by a trifle before it falls."""
        items = irt.logistic(np.full(9, 0.0), [1.2, *np.full(8, 1.5)], 0.25)
        pattern = np.array([1, 0, 0, 0, 0, 0, 0, 0, 0])
        values = log_likelihoods(items, pattern, np.linspace(-40, 5, 901))
        assert 0 < values.max() - values[0] < 0.01
        assert abilities(scored([pattern]), items, Method.ML).theta[0] == -INF

    @settings(max_examples=60, deadline=None)
    @given(
        rows=st.lists(st.lists(st.integers(0, 1), min_size=8, max_size=8), min_size=1, max_size=5),
        flat=st.floats(0.15, 1.0),
        guessing=st.sampled_from([0.0, 0.2]),
    )
    def test_weighted_likelihood_is_finite_for_every_pattern(
        self, rows: list[list[int]], flat: float, guessing: float
    ) -> None:
        items = irt.logistic(np.linspace(-2, 2, 8), np.linspace(flat, 3, 8), guessing)
        found = abilities(scored(rows, maxima=1), items, Method.WLE)
        assert np.isfinite(found.theta).all()
        assert np.isfinite(found.errors).all()

    @settings(max_examples=40, deadline=None)
    @given(seed=st.integers(0, 10**6), guessing=st.sampled_from([0.0, 0.3]))
    def test_weighted_likelihood_solves_its_equation_on_the_fewest_and_oddest_items(
        self, seed: int, guessing: float
    ) -> None:
        """l' + J/(2I) = 0, written down here from the curves and their derivatives."""
        rng = np.random.default_rng(seed)
        items = irt.logistic(rng.normal(0, 3, 5), rng.lognormal(0, 0.8, 5), guessing)
        scores = rng.integers(0, 2, (6, 5))
        theta = abilities(scored(scores, maxima=1), items, Method.WLE).theta
        chance, slope, bend = (each(items, theta) for each in (irt.probabilities, irt.slopes, irt.curvatures))
        chance = np.maximum(chance, 1e-300)  # steep items far away: a wrong answer that nobody gave
        first = np.take_along_axis(slope / chance, scores[:, :, None], axis=2).sum(axis=(1, 2))
        information = (slope**2 / chance).sum(axis=(1, 2))
        bias = (slope * bend / chance).sum(axis=(1, 2))
        assert first + bias / (2 * information) == pytest.approx(0, abs=1e-5)

    def test_the_mode_of_one_steep_item_lies_beyond_it(self) -> None:
        found = abilities(scored([[1], [0]]), irt.logistic([-1.0], [5.0]), Method.MAP)
        chance = 1 / (1 + np.exp(-5 * (found.theta + 1)))
        assert 5 * (np.array([1, 0]) - chance) == pytest.approx(found.theta, abs=1e-6)

    @settings(max_examples=30, deadline=None)
    @given(slope=st.floats(0.3, 3), shift=st.floats(-2, 2), method=st.sampled_from([Method.ML, Method.WLE]))
    def test_estimates_move_with_the_scale(self, slope: float, shift: float, method: Method) -> None:
        items = mixed()
        responses = sat(items, np.linspace(-1.5, 1.5, 10), seed=6)
        here, there = abilities(responses, items, method), abilities(responses, items.on_scale(slope, shift), method)
        assert there.theta == pytest.approx(slope * here.theta + shift, abs=1e-6)
        assert there.errors == pytest.approx(slope * here.errors, rel=1e-6)


class TestMissing:
    @pytest.mark.parametrize("method", list(Method))
    def test_an_item_that_was_not_answered_is_as_none(self, method: Method) -> None:
        items = mixed()
        responses = sat(items, np.linspace(-2, 2, 9), seed=7)
        blank = responses.scores.copy()
        blank[:, 3:7] = NAN
        few = responses.of_items(np.r_[0:3, 7:16])
        here = abilities(scored(blank, items=items.names, maxima=items.maxima), items, method)
        there = abilities(few, items, method)
        assert here.theta == pytest.approx(there.theta)
        assert here.errors == pytest.approx(there.errors)
        assert (here.n_answered == 12).all()

    @pytest.mark.parametrize("method", list(Method))
    def test_who_answered_nothing_has_no_estimate(self, method: Method) -> None:
        found = abilities(scored([[NAN, NAN], [1, 0]]), irt.logistic([0.0, 0.5]), method)
        assert np.isnan([found.theta[0], found.errors[0]]).all()
        assert np.isfinite(found.theta[1])


class TestRecovery:
    def test_standard_errors_cover_the_truth(self) -> None:
        items = two(60, 8)
        truth = np.random.default_rng(9).normal(0, 1, 1500)
        responses = sat(items, truth, seed=10, missing=0.2)
        for method in (Method.ML, Method.WLE):
            found = abilities(responses, items, method)
            away = (found.theta - truth)[found.is_finite] / found.errors[found.is_finite]
            assert 0.93 < np.sqrt((away**2).mean()) < 1.07
        for method in (Method.EAP, Method.MAP):
            found = abilities(responses, items, method)
            assert 0.93 < np.sqrt((((found.theta - truth) / found.errors) ** 2).mean()) < 1.07
            squared = np.corrcoef(found.theta, truth)[0, 1] ** 2
            assert found.reliability == pytest.approx(squared, abs=0.02)

    def test_weighted_likelihood_is_less_biased_far_out(self) -> None:
        """Warm (1989): the bias of ML goes outward; WLE takes its first order away."""
        items = two(20, 11)
        responses = sat(items, np.full(4000, 2.0), seed=12)
        own = {method: abilities(responses, items, method) for method in (Method.ML, Method.WLE)}
        finite = own[Method.ML].is_finite
        assert abs(np.mean(own[Method.WLE].theta) - 2.0) < 0.06
        assert np.mean(own[Method.ML].theta[finite]) - 2.0 > 0.08

    def test_each_group_is_shrunk_to_its_own_population(self) -> None:
        items = two(10, 13)
        responses = sat(items, np.tile(np.linspace(-1, 1, 20), 2), seed=14)
        grouped = scored(responses.scores, groups=["a"] * 20 + ["b"] * 20, items=items.names)
        populations = {"a": irt.normal_quadrature(mean=-1.0), "b": irt.normal_quadrature(mean=1.0, sd=0.5)}
        for method in (Method.EAP, Method.MAP):
            both = abilities(grouped, items, method, population=populations)
            alone = [
                abilities(grouped.of_persons(grouped.in_group(name)), items, method, population=populations[name])
                for name in "ab"
            ]
            assert both.theta == pytest.approx(np.concatenate([each.theta for each in alone]))
        with pytest.raises(EmptyGroup):
            abilities(grouped, items, Method.EAP, population={"a": irt.normal_quadrature()})


class TestAgainstAnotherProgram:
    @pytest.mark.parametrize("method", list(Method))
    def test_estimates_are_those_of_mirt(self, method: Method) -> None:
        import mirt

        items = two(25, 15)
        responses = sat(items, np.random.default_rng(16).normal(0, 1, 200), seed=17)
        model = mirt.TwoParameterLogistic(25)
        model.set_parameters(discrimination=items.a, difficulty=items.b[:, 0])
        model._is_fitted = True
        other = mirt.fscores(model, responses.scores.astype(int), method=method.upper(), n_quadpts=61)
        found = abilities(responses, items, method)
        inside = np.abs(found.theta) < 5
        assert inside.mean() > 0.95
        assert found.theta[inside] == pytest.approx(np.ravel(other.theta)[inside], abs=2e-3)


class TestScoreTable:
    def test_for_rasch_items_the_sum_says_all(self) -> None:
        items = irt.logistic(np.linspace(-2, 2, 15))
        table = score_table(items)
        triangle = np.arange(15) < np.arange(16)[:, None]
        pattern = abilities(scored(triangle), items, Method.EAP)
        assert table.eap == pytest.approx(pattern.theta)
        assert table.eap_errors == pytest.approx(pattern.errors)
        assert table.true_score[1:-1] == pytest.approx(abilities(scored(triangle), items, Method.ML).theta[1:-1])

    def test_shares_are_how_often_sums_come(self) -> None:
        items, points = mixed(), np.r_[np.full(12, 1), 2, 2, 1, 3]
        table = score_table(items, points=points)
        assert table.shares.sum() == pytest.approx(1)
        scores = irt.simulated(items, np.random.default_rng(18).normal(0, 1, 30000), rng=np.random.default_rng(19))
        seen = np.bincount((scores @ points).astype(int), minlength=table.sums.size) / 30000
        assert seen == pytest.approx(table.shares, abs=0.008)
        assert (np.diff(table.eap) > 0).all()
        assert np.isnan(table.true_score[0])
        assert table.true_score[-1] == INF

    def test_the_table_means_what_the_population_is(self) -> None:
        table = score_table(two(30, 20), population=irt.normal_quadrature(mean=0.4, sd=1.2))
        assert table.shares @ table.eap == pytest.approx(0.4)
        assert table.shares @ (table.eap_errors**2 + (table.eap - 0.4) ** 2) == pytest.approx(1.44, abs=1e-4)

    def test_sums_that_no_weights_give_are_none(self) -> None:
        table = score_table(irt.logistic([0.0, 0.0]), points=2)
        assert np.isnan(table.eap[[1, 3]]).all()
        assert sumscores.distribution(irt.logistic([0.0, 0.0]), [0.0], 2)[0, 1] == 0


class TestRefusals:
    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (lambda: abilities(scored([[1, 0]]), irt.logistic([0.0])), WrongShape),
            (lambda: abilities(scored([[2, 0]]), irt.logistic([0.0, 1.0])), WrongValue),
            (lambda: abilities(scored([[0.5, 0]]), irt.logistic([0.0, 1.0])), WrongValue),
        ],
    )
    def test_what_does_not_belong_together_is_refused(self, make: Callable[[], object], error: type[Exception]) -> None:
        with pytest.raises(error):
            make()

    def test_progress_ends_at_everybody(self) -> None:
        heard: list[tuple[int, int]] = []
        items = two(200, 21)
        abilities(sat(items, np.zeros(3000), seed=22), items, progress=lambda done, total: heard.append((done, total)))
        assert heard[-1] == (3000, 3000)
        assert len(heard) == 2
