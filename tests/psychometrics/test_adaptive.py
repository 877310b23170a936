from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from psychometrics import irt
from psychometrics.adaptive import (
    Criterion,
    Design,
    Engine,
    Estimator,
    Reason,
    Sprt,
    Stopping,
    Verdict,
    classification,
    precision,
    precision_by_ability,
    reasons,
    replayed,
    simulated,
)
from psychometrics.adaptive.criteria import valued
from psychometrics.adaptive.state import State
from psychometrics.estimation import Method, abilities
from psychometrics.responses import scored
from tests.psychometrics.pools import people, pool, rng

NAN = float("nan")


def sharp(count: int = 60) -> irt.Items:
    return irt.logistic(np.linspace(-2.5, 2.5, count), 1.5)


def answered(engine: Engine, answers: list[tuple[int, float]]) -> State:
    """One sitting after these items and scores, whoever chose them."""
    state = engine.begin(np.zeros(1, dtype=np.intp), rng=rng())
    for item, score in answers:
        engine.record(state, np.array([item]), np.array([score], dtype=np.float32))
    return state


SOME = [(0, 1.0), (7, 0.0), (20, 1.0), (33, 1.0), (41, 0.0), (58, 0.0)]


class TestEstimates:
    def likelihood(self, items: irt.Items, theta: float) -> float:
        chance = irt.right(items, [theta])[0]
        return float(np.prod([chance[item] if score else 1 - chance[item] for item, score in SOME]))

    def test_eap_is_the_posteriors_mean_and_spread_by_adaptive_quadrature(self) -> None:
        items = pool()
        moments = [
            quad(lambda t, p=power: t**p * self.likelihood(items, t) * norm.pdf(t), -8, 8, epsabs=1e-12)[0]
            for power in range(3)
        ]
        mean = moments[1] / moments[0]
        state = answered(Engine(Design(items, Stopping(10))), SOME)
        assert state.theta[0] == pytest.approx(mean, abs=1e-4)
        assert state.se[0] == pytest.approx(math.sqrt(moments[2] / moments[0] - mean**2), abs=1e-4)

    @pytest.mark.parametrize("estimator", [Estimator.MAP, Estimator.ML])
    def test_the_peak_is_where_a_search_finds_it(self, estimator: Estimator) -> None:
        items, prior = pool(), estimator is Estimator.MAP

        def height(theta: float) -> float:
            return -math.log(self.likelihood(items, theta)) + (theta**2 / 2 if prior else 0)

        peak = minimize_scalar(height, bounds=(-4, 4), method="bounded", options={"xatol": 1e-8}).x
        state = answered(Engine(Design(items, Stopping(10), estimator=estimator)), SOME)
        information = irt.information(items, [peak])[0, [item for item, _score in SOME]].sum() + prior
        assert state.theta[0] == pytest.approx(peak, abs=2e-3)
        assert state.se[0] == pytest.approx(1 / math.sqrt(information), rel=0.01)

    def test_an_all_right_record_ends_at_the_outermost_point(self) -> None:
        engine = Engine(Design(sharp(), Stopping(10), estimator=Estimator.ML))
        for score, end in ((1.0, engine.tables.high), (0.0, engine.tables.low)):
            assert answered(engine, [(10, score), (20, score)]).theta[0] == pytest.approx(end)

    @pytest.mark.parametrize("estimator", list(Estimator))
    def test_at_the_end_agrees_with_what_a_whole_matrix_says(self, estimator: Estimator) -> None:
        """`estimation` reckons from rows what the engine carries from step to step."""
        items = pool(60)
        responses = scored(irt.simulated(items, people(40), rng=rng()), maxima=1, items=items.names)
        wanted = abilities(responses, items, Method(estimator.value))
        found = replayed(Engine(Design(items, Stopping(60), estimator=estimator)), responses, rng=rng())
        assert found.theta == pytest.approx(wanted.theta, abs=3e-3)
        assert found.se == pytest.approx(wanted.errors, rel=0.01)

    @pytest.mark.parametrize("estimator", list(Estimator))
    def test_no_answer_says_nothing(self, estimator: Estimator) -> None:
        engine = Engine(Design(sharp(), Stopping(10), estimator=estimator))
        before, after = answered(engine, []), answered(engine, [(3, NAN), (4, NAN)])
        assert after.theta[0] == before.theta[0] == pytest.approx(0)
        assert after.se[0] == before.se[0]
        assert before.se[0] == (math.inf if estimator is Estimator.ML else pytest.approx(1, abs=1e-3))


class TestCriteria:
    def worth(self, criterion: Criterion, items: irt.Items, answers: list[tuple[int, float]]) -> tuple[State, object]:
        engine = Engine(Design(items, Stopping(10), criterion=criterion))
        state = answered(engine, answers)
        return state, valued(criterion, state, state.theta, engine.tables, rng())[0]

    def test_information_is_fishers_at_the_estimate(self) -> None:
        state, worth = self.worth(Criterion.INFORMATION, pool(), SOME)
        assert worth == pytest.approx(irt.information(pool(), state.theta)[0], rel=0.03, abs=1e-4)

    def test_posterior_information_is_its_mean(self) -> None:
        items = pool()
        engine = Engine(Design(items, Stopping(10)))
        nodes = engine.tables.nodes
        chance = irt.right(items, nodes)
        weights = norm.pdf(nodes)
        for item, score in SOME:
            weights = weights * (chance[:, item] if score else 1 - chance[:, item])
        wanted = (weights / weights.sum()) @ irt.information(items, nodes)
        assert self.worth(Criterion.POSTERIOR_INFORMATION, items, SOME)[1] == pytest.approx(wanted)

    def test_kullback_leibler_is_the_formula_item_by_item(self) -> None:
        items = pool(60)
        engine = Engine(Design(items, Stopping(10), criterion=Criterion.KL))
        state = answered(engine, SOME)
        here = engine.tables.grid[engine.tables.row(state.theta)][0]
        window = [t for t in engine.tables.nodes if abs(t - state.theta[0]) <= 3 / math.sqrt(len(SOME))]
        p0 = irt.right(items, [here])[0]
        wanted = np.zeros(60)
        for node in window:
            p = irt.right(items, [node])[0]
            wanted += p0 * np.log(p0 / p) + (1 - p0) * np.log((1 - p0) / (1 - p))
        assert self.worth(Criterion.KL, items, SOME)[1] == pytest.approx(wanted)

    def test_close_by_kullback_leibler_is_half_the_information_times_the_square(self) -> None:
        """K(θ ‖ θ0) ≈ I(θ0)(θ - θ0)²/2 (Chang & Ying 1996): in a posterior that is narrow, both order items alike."""
        items = sharp()
        long = [(item, float(item < 30)) for item in range(60)]
        _state, divergence = self.worth(Criterion.POSTERIOR_KL, items, [])
        assert np.all(np.asarray(divergence) >= 0)
        engine = Engine(Design(items, Stopping(60), prior=irt.normal_quadrature(97, sd=0.05)))
        state = answered(engine, long)
        narrow = valued(Criterion.POSTERIOR_KL, state, state.theta, engine.tables, rng())[0]
        information = irt.information(items, state.theta)[0]
        assert narrow == pytest.approx(information * state.se[0] ** 2 / 2, rel=0.03)

    def test_every_step_takes_an_item_that_no_open_one_clearly_beats(self) -> None:
        items = pool()
        sittings = simulated(Engine(Design(items, Stopping(12))), people(30), rng=rng())
        engine = Engine(Design(items, Stopping(12)))
        for given_, scores in zip(sittings.given, sittings.scores, strict=True):
            state = answered(engine, [])
            for item, score in zip(given_, scores, strict=True):
                exact = irt.information(items, state.theta)[0]
                exact[state.barred[0]] = 0
                assert exact[item] >= 0.98 * exact.max()
                engine.record(state, np.array([item]), np.array([score]))

    @pytest.mark.parametrize("criterion", [each for each in Criterion if each is not Criterion.RANDOM])
    def test_choosing_is_better_than_chance(self, criterion: Criterion) -> None:
        errors = {
            each: precision(simulated(Engine(Design(pool(), Stopping(15), criterion=each)), people(), rng=rng())).rmse
            for each in (criterion, Criterion.RANDOM)
        }
        assert errors[criterion] < 0.9 * errors[Criterion.RANDOM]

    def test_at_a_cut_everybody_gets_the_same_items(self) -> None:
        items = sharp()
        sittings = simulated(Engine(Design(items, Stopping(8), at=1.0)), people(20), rng=rng())
        best = set(np.argsort(-irt.information(items, [1.0])[0])[:8].tolist())
        assert all(set(row.tolist()) == best for row in sittings.given)


class TestRecovery:
    def test_estimates_are_as_exact_as_they_say(self) -> None:
        """Drawn from the prior, EAP's mean squared error is its mean posterior variance (Bock & Mislevy 1982)."""
        sittings = simulated(Engine(Design(pool(200), Stopping(25))), people(3000), rng=rng())
        found = precision(sittings)
        assert found.bias == pytest.approx(0, abs=0.02)
        assert found.rmse**2 == pytest.approx((sittings.se**2).mean(), rel=0.08)
        assert found.coverage == pytest.approx(0.95, abs=0.015)
        assert found.correlation > 0.9

    def test_bins_of_ability_add_up(self) -> None:
        sittings = simulated(Engine(Design(pool(), Stopping(15))), people(500), rng=rng())
        low, middle, high, beyond = precision_by_ability(sittings, [-5, -0.5, 0.5, 5, 6])
        assert low.n + middle.n + high.n == 500
        total = sum(each.n * each.bias for each in (low, middle, high))
        assert total / 500 == pytest.approx(precision(sittings).bias)
        assert low.bias > high.bias  # towards the prior's mean
        assert beyond.n == 0
        assert math.isnan(beyond.rmse)

    def test_items_in_ordered_categories_serve_as_well(self) -> None:
        middle = np.linspace(-2, 2, 40)
        items = irt.joined(
            [
                irt.graded(np.full(40, 1.4), middle[:, None] + [-0.8, 0.0, 0.8], names=[f"g{k}" for k in range(40)]),
                irt.partial_credit(np.full(40, 1.0), middle[:, None] + [-0.5, 0.5], names=[f"p{k}" for k in range(40)]),
                irt.logistic(middle, names=[f"l{k}" for k in range(40)]),
            ]
        )
        sittings = simulated(Engine(Design(items, Stopping(15))), people(800), rng=rng())
        assert precision(sittings).rmse == pytest.approx(math.sqrt((sittings.se**2).mean()), rel=0.1)
        assert np.all(sittings.scores <= items.maxima[sittings.given])
        # Four ordered categories tell more than right or wrong.
        assert sittings.administered[:40].sum() > 5 * sittings.administered[80:].sum()


class TestStopping:
    def test_by_precision_as_soon_as_it_is_reached(self) -> None:
        engine = Engine(Design(sharp(), Stopping(30, least=5, se=0.35)))
        sittings = simulated(engine, people(), rng=rng())
        precise = sittings.reason == Reason.PRECISE
        assert precise.sum() > 0
        assert np.all(sittings.se[precise] <= 0.35)
        assert np.all(sittings.se[~precise] > 0.35)
        assert sittings.length.min() >= 5
        row = int(np.argmax(precise & (sittings.length > 5)))
        count = int(sittings.length[row])
        before = [(int(i), float(s)) for i, s in zip(sittings.given[row], sittings.scores[row], strict=True)][
            : count - 1
        ]
        assert answered(engine, before).se[0] > 0.35
        assert sum(reasons(sittings).values()) == sittings.n

    def test_walds_bounds(self) -> None:
        assert Sprt(0, 0.5).bounds == pytest.approx((-math.log(19), math.log(19)))
        assert Sprt(0, 0.5, alpha=0.1, beta=0.2).bounds == pytest.approx((math.log(0.2 / 0.9), math.log(8)))

    def test_the_ratio_of_a_rasch_item_is_closed(self) -> None:
        """A right answer at b = cut adds 2·half-width·½ = half-width: log(P(δ)/P(-δ)) = δ."""
        engine = Engine(Design(irt.logistic([0.0, 0.0, 1.0]), Stopping(3, sprt=Sprt(0, 0.4))))
        assert answered(engine, [(0, 1.0)]).log_ratio[0] == pytest.approx(0.4)
        assert answered(engine, [(0, 1.0), (1, 0.0)]).log_ratio[0] == pytest.approx(0, abs=1e-12)
        assert answered(engine, [(2, NAN)]).log_ratio[0] == 0

    def test_errors_stay_below_walds_limits(self) -> None:
        """P(pass | lower) ≤ α/(1-β), P(fail | upper) ≤ β/(1-α), when nothing truncates (Wald 1947)."""
        sprt = Sprt(0.0, 0.5, alpha=0.1, beta=0.1)
        engine = Engine(Design(irt.logistic(np.zeros(200), 1.0), Stopping(200, sprt=sprt)))
        for truth, wrong in ((-0.5, Verdict.PASS), (0.5, Verdict.FAIL)):
            sittings = simulated(engine, np.full(1500, truth), rng=rng())
            assert (sittings.reason == Reason.DECIDED).mean() > 0.99
            assert (sittings.verdict == wrong).mean() <= 0.1 / 0.9 + 0.02

    def test_decides_sooner_far_from_the_cut(self) -> None:
        engine = Engine(Design(sharp(100), Stopping(50, least=3, sprt=Sprt(0.0, 0.3)), at=0.0))
        lengths = [simulated(engine, np.full(200, truth), rng=rng()).length.mean() for truth in (0.0, 0.7, 2.0)]
        assert lengths[0] > lengths[1] > lengths[2]

    def test_at_full_length_the_nearer_bound_decides(self) -> None:
        engine = Engine(Design(irt.logistic([0.0, 0.0]), Stopping(2, sprt=Sprt(0, 0.1, alpha=0.05, beta=0.05))))
        sittings = simulated(engine, [3.0, -3.0, 8.0, -8.0], rng=rng())
        passed = sittings.scores.sum(axis=1) >= 1
        assert np.all(sittings.reason == Reason.FULL_LENGTH)
        assert (sittings.verdict == np.where(passed, Verdict.PASS, Verdict.FAIL)).all()

    def test_classification_counts_both_errors(self) -> None:
        sittings = simulated(Engine(Design(sharp(), Stopping(20))), people(2000), rng=rng())
        found = classification(sittings, 0.0)
        assert found.accuracy + found.false_pass + found.false_fail == pytest.approx(1)
        assert found.accuracy > 0.85
        assert found.kappa == pytest.approx(2 * found.accuracy - 1, abs=0.02)  # an even cut
        assert math.isnan(classification(sittings, -9.0).kappa)
        assert classification(sittings, -9.0).accuracy == 1
