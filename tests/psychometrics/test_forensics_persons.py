from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize

from psychometrics import forensics, irt, responses
from psychometrics.errors import ConstantItem, NotConverged, TooFew, WrongShape, WrongValue
from psychometrics.forensics import times

NAN = float("nan")


def seeded(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def items_of(count: int, seed: int = 5) -> irt.Items:
    rng = seeded(seed)
    return irt.logistic(rng.normal(0, 1, count), rng.uniform(0.8, 1.8, count))


def timed(
    rng: np.random.Generator, n_persons: int, n_items: int, *, missing: float = 0.0
) -> tuple[np.ndarray, times.TimeModel, np.ndarray]:
    """Seconds, what made them, and the speeds."""
    model = times.TimeModel(rng.normal(4, 0.5, n_items), rng.uniform(1.5, 3, n_items), 0.3)
    speed = rng.normal(0, model.speed_sd, n_persons)
    logs = model.labour - speed[:, None] + rng.standard_normal((n_persons, n_items)) / model.precision
    return np.where(rng.random(logs.shape) < missing, NAN, np.exp(logs)), model, speed


class TestTimes:
    @pytest.mark.parametrize("missing", [0.0, 0.2])
    def test_the_model_is_recovered(self, missing: float) -> None:
        seconds, truth, speed = timed(seeded(), 1500, 20, missing=missing)
        found = forensics.fit_times(seconds)
        assert found.labour == pytest.approx(truth.labour, abs=0.05)
        assert found.precision == pytest.approx(truth.precision, rel=0.08)
        assert found.speed_sd == pytest.approx(truth.speed_sd, abs=0.02)
        assert np.corrcoef(forensics.pace(seconds, found).speed, speed)[0, 1] > 0.9

    def test_the_fit_is_the_highest_marginal_likelihood(self) -> None:
        seconds, _, _ = timed(seeded(3), 60, 3)
        logs = np.log(seconds)

        def loss(values: np.ndarray) -> float:
            spread = np.diag(np.exp(-2 * values[3:6])) + np.exp(2 * values[6])
            return -float(stats.multivariate_normal(values[:3], spread).logpdf(logs).sum())

        best = minimize(loss, [4, 4, 4, 0.5, 0.5, 0.5, -1], method="BFGS").x
        found = forensics.fit_times(seconds, tolerance=1e-9, limit=5000)
        assert found.labour == pytest.approx(best[:3], abs=1e-4)
        assert np.log(found.precision) == pytest.approx(best[3:6], abs=1e-3)
        assert np.log(found.speed_sd) == pytest.approx(best[6], abs=1e-3)

    def test_a_residual_is_the_distance_from_what_the_other_times_foretell(self) -> None:
        seconds, model, _ = timed(seeded(4), 5, 6)
        found = forensics.pace(seconds, model)
        for item in range(6):
            others = seconds.copy()
            others[:, item] = NAN
            rest = forensics.pace(others, model)
            spread = np.sqrt(model.precision[item] ** -2 + rest.error**2)
            expects = (np.log(seconds[:, item]) - model.labour[item] + rest.speed) / spread
            assert found.residual[:, item] == pytest.approx(expects)

    def test_residuals_and_misfit_have_their_distributions(self) -> None:
        seconds, model, _ = timed(seeded(6), 2000, 15, missing=0.1)
        found = forensics.pace(seconds, model)
        assert stats.kstest(found.residual[~np.isnan(found.residual)][::15], "norm").pvalue > 0.01
        assert stats.kstest(found.p, "uniform").pvalue > 0.01

    def test_a_paper_with_one_time_has_a_speed_and_nothing_to_compare(self) -> None:
        _, model, _ = timed(seeded(), 2, 3)
        found = forensics.pace([[50, NAN, NAN], [NAN, NAN, NAN]], model)
        assert np.isfinite(found.speed).tolist() == [True, False]
        assert np.isnan(found.residual).all()
        assert np.isnan(found.p).all()

    def test_wrong_times_are_refused(self) -> None:
        for seconds, error in (([[0.0, 1.0]], WrongValue), ([[np.inf]], WrongValue), ([1.0], WrongShape)):
            with pytest.raises(error):
                forensics.fit_times(seconds)
        with pytest.raises(TooFew):
            forensics.fit_times([[1.0, 2.0], [NAN, 3.0]])
        with pytest.raises(ConstantItem):
            forensics.fit_times([[5.0, 2.0], [5.0, 3.0], [5.0, 4.0]])
        with pytest.raises(NotConverged):
            forensics.fit_times(timed(seeded(), 50, 5)[0], limit=2)
        with pytest.raises(WrongShape):
            forensics.pace([[1.0]], timed(seeded(), 2, 3)[1])


class TestQuickRights:
    def test_find_who_knew_hard_items_beforehand_and_few_others(self) -> None:
        rng, items = seeded(8), items_of(50)
        theta = rng.normal(-0.5, 0.7, 600)
        scores = irt.simulated(items, theta, rng=rng)
        seconds, _, _ = timed(rng, 600, 50)
        known = np.argsort(-items.b[:, 0])[:12]
        scores[:30, known] = 1
        seconds[:30, known] *= 0.15
        found = forensics.quick_rights(
            forensics.pace(seconds, forensics.fit_times(seconds)), responses.scored(scores, maxima=1), items
        )
        assert (found.p[:30] < 0.001).mean() > 0.9
        assert np.nanmean(found.p[30:] < 0.001) < 0.01
        assert (found.count[:30] > found.expected[:30]).all()

    def test_blanks_and_other_shapes(self) -> None:
        items = items_of(4)
        seconds, model, _ = timed(seeded(), 3, 4)
        seconds[1] = NAN
        found = forensics.pace(seconds, model)
        rights = forensics.quick_rights(found, responses.scored(np.eye(3, 4), maxima=1), items)
        assert np.isnan(rights.p[1])
        with pytest.raises(WrongShape):
            forensics.quick_rights(found, responses.scored(np.eye(2, 4), maxima=1), items)


class TestEffort:
    def test_is_the_share_of_answers_that_took_their_time(self) -> None:
        found = forensics.effort([[3, 20, NAN], [1, 2, 30], [NAN, NAN, NAN]], [3, 5, 5])
        assert found.persons == pytest.approx([1.0, 1 / 3, NAN], nan_ok=True)
        assert found.items == pytest.approx([0.5, 0.5, 1.0])

    def test_thresholds_are_a_tenth_of_the_mean_and_at_most_ten_seconds(self) -> None:
        found = forensics.normative_thresholds([[20, 100, NAN], [40, 300, NAN]])
        assert found == pytest.approx([3, 10, NAN], nan_ok=True)

    def test_wrong_thresholds_are_refused(self) -> None:
        with pytest.raises(WrongShape):
            forensics.effort([[1.0, 2.0]], [1, 2, 3])
        with pytest.raises(WrongValue):
            forensics.normative_thresholds([[1.0]], share=1.5)


class TestAberrance:
    def test_of_rows_made_by_the_model_is_rare_and_of_turned_rows_certain(self) -> None:
        items = items_of(60)
        rng = seeded(9)
        theta = rng.normal(0, 1, 800)
        scores = irt.simulated(items, theta, rng=rng)
        # Easy items wrong, hard ones right.
        scores[:20] = np.where(items.b[:, 0] > np.median(items.b[:, 0]), 1, 0)
        found = forensics.aberrance(responses.scored(scores, maxima=1), items)
        assert (found.p[:20] < 1e-4).all()
        assert 0.005 < (found.p[20:] < 0.01).mean() < 0.025


class TestPreknowledge:
    def test_is_the_signed_root_of_the_likelihood_ratio(self) -> None:
        items = items_of(20)
        scores = irt.simulated(items, [0.2, -0.4, 1.0], rng=seeded(1))
        exposed = np.arange(20) < 8
        found = forensics.preknowledge(responses.scored(scores, maxima=1), items, exposed)
        grid = np.linspace(-5, 5, 100_001)
        for person in range(3):
            logs = np.log(np.where(scores[person] == 1, irt.right(items, grid), 1 - irt.right(items, grid)))
            parts = [logs[:, mine].sum(axis=1) for mine in (exposed, ~exposed, exposed | True)]
            ratio = 2 * (parts[0].max() + parts[1].max() - parts[2].max())
            sign = np.sign(grid[parts[0].argmax()] - grid[parts[1].argmax()])
            assert found.statistic[person] == pytest.approx(sign * np.sqrt(ratio), abs=1e-4)
            assert found.secure[person] == pytest.approx(grid[parts[1].argmax()], abs=2e-4)

    def test_is_about_normal_for_the_honest_and_high_for_who_knew(self) -> None:
        items = items_of(80)
        rng = seeded(10)
        scores = irt.simulated(items, rng.normal(0, 1, 1000), rng=rng)
        exposed = np.arange(80) < 30
        scores[:40, :30] = rng.random((40, 30)) < 0.95
        found = forensics.preknowledge(responses.scored(scores, maxima=1), items, exposed)
        assert (found.p[40:] < 0.05).mean() == pytest.approx(0.05, abs=0.025)
        assert (found.p[40:] < 0.001).mean() < 0.006
        assert (found.p[:40] < 0.001).mean() > 0.6

    def test_who_answered_none_of_a_kind_has_none(self) -> None:
        items = items_of(4)
        scores = np.array([[1, 0, NAN, NAN], [1, 1, 1, 0]])
        found = forensics.preknowledge(responses.scored(scores, maxima=1), items, [True, True, False, False])
        assert np.isnan(found.p).tolist() == [True, False]
        assert found.exposed[1] == 5.0

    @pytest.mark.parametrize(("exposed", "error"), [([True], WrongShape), ([True] * 4, TooFew), ([False] * 4, TooFew)])
    def test_both_kinds_are_needed(self, exposed: list[bool], error: type[Exception]) -> None:
        with pytest.raises(error):
            forensics.preknowledge(responses.scored([[1, 0, 1, 0]], maxima=1), items_of(4), exposed)
