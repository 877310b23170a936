from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from psychometrics import irt
from psychometrics.calibration import (
    CUSTOMARY,
    Information,
    Kind,
    LogNormal,
    Normal,
    Priors,
    calibrate,
    calibrate_nominal,
)
from psychometrics.errors import ConstantItem, EmptyGroup, NotConverged, TooFew, WrongShape, WrongValue
from psychometrics.responses import chosen, scored
from tests.psychometrics.drawn import LSAT6, LSAT7, lsat, sat, two


class TestPublishedFigures:
    @pytest.mark.parametrize(
        ("counts", "a", "d", "log_likelihood"),
        [
            (LSAT6, [0.826, 0.723, 0.891, 0.688, 0.657], [2.773, 0.990, 0.249, 1.285, 2.053], -2466.653),
            (LSAT7, [0.988, 1.081, 1.707, 0.765, 0.736], [1.856, 0.808, 1.805, 0.486, 1.854], -2658.805),
        ],
    )
    def test_two_parameters(self, counts: str, a: list[float], d: list[float], log_likelihood: float) -> None:
        found = calibrate(lsat(counts), Kind.TWO, tolerance=1e-6)
        assert found.items.a == pytest.approx(a, abs=6e-4)
        assert -found.items.a * found.items.b[:, 0] == pytest.approx(d, abs=6e-4)
        assert found.course.log_likelihood == pytest.approx(log_likelihood, abs=6e-4)

    @pytest.mark.parametrize(
        ("counts", "a", "d", "log_likelihood"),
        [
            (LSAT6, 0.755, [2.730, 0.999, 0.240, 1.306, 2.099], -2466.938),
            (LSAT7, 1.011, [1.868, 0.791, 1.461, 0.522, 1.993], -2664.901),
        ],
    )
    def test_one_parameter_and_rasch(self, counts: str, a: float, d: list[float], log_likelihood: float) -> None:
        one = calibrate(lsat(counts), Kind.ONE, tolerance=1e-6)
        rasch = calibrate(lsat(counts), Kind.RASCH, tolerance=1e-6)
        assert one.items.a == pytest.approx(a, abs=6e-4)
        assert -one.items.a * one.items.b[:, 0] == pytest.approx(d, abs=6e-4)
        assert one.course.log_likelihood == pytest.approx(log_likelihood, abs=6e-4)
        assert one.course.n_parameters == 6
        # The same fit on the other scale: slopes of 1, the spread is the old slope.
        assert (rasch.items.a == 1).all()
        assert -rasch.items.b[:, 0] == pytest.approx(d, abs=6e-4)
        assert rasch.latent.sds == pytest.approx([a], abs=6e-4)
        assert rasch.latent.sd_errors == pytest.approx(one.a_errors[:1], rel=1e-4)
        assert rasch.course.log_likelihood == pytest.approx(one.course.log_likelihood)

    @pytest.mark.parametrize("kind", [Kind.GRADED, Kind.PARTIAL_CREDIT])
    def test_items_of_two_categories_are_the_same_in_every_model(self, kind: Kind) -> None:
        plain, other = (calibrate(lsat(LSAT7), each, tolerance=1e-6) for each in (Kind.TWO, kind))
        assert other.items.a == pytest.approx(plain.items.a, abs=1e-4)
        assert other.b_errors == pytest.approx(plain.b_errors, rel=1e-3)

    def test_louis_errors_are_the_curvature_of_the_likelihood(self) -> None:
        """The inverse of a Hessian by differences of a likelihood written down here, apart from the package's."""
        responses = lsat(LSAT7)
        found = calibrate(responses, Kind.TWO, tolerance=1e-8)
        assert found.course.information is Information.LOUIS
        seen, how_often = np.unique(responses.scores, axis=0, return_counts=True)
        nodes = np.linspace(-6, 6, 61)
        weights = np.exp(-(nodes**2) / 2) / np.exp(-(nodes**2) / 2).sum()

        def log_likelihood(ab: np.ndarray) -> float:  # type: ignore[type-arg]
            right = 1 / (1 + np.exp(-ab[:5] * (nodes[:, None] - ab[5:])))
            each = np.exp(seen @ np.log(right).T + (1 - seen) @ np.log1p(-right).T)
            return float(how_often @ np.log(each @ weights))

        at, step = np.concatenate([found.items.a, found.items.b[:, 0]]), 1e-3
        units = np.eye(10) * step
        hessian = np.array(
            [
                [
                    sum(s * t * log_likelihood(at + s * one + t * other) for s in (1, -1) for t in (1, -1))
                    for one in units
                ]
                for other in units
            ]
        ) / (4 * step**2)
        wanted = np.sqrt(np.diag(np.linalg.inv(-hessian)))
        assert np.concatenate([found.a_errors, found.b_errors[:, 0]]) == pytest.approx(wanted, rel=1e-3)


class TestRecovery:
    def test_both_sources_of_errors_agree_and_cover_the_truth(self) -> None:
        truth = two(20, 1)
        responses = scored(sat(truth, 3000, seed=2))
        louis, crossed = (
            calibrate(responses, information=how) for how in (Information.LOUIS, Information.CROSS_PRODUCT)
        )
        assert crossed.a_errors == pytest.approx(louis.a_errors, rel=0.1)
        away = np.concatenate(
            [(louis.items.a - truth.a) / louis.a_errors, ((louis.items.b - truth.b) / louis.b_errors)[:, 0]]
        )
        assert 0.7 < np.sqrt((away**2).mean()) < 1.3

    def test_three_parameters_with_a_prior_on_guessing(self) -> None:
        plain = two(30, 3)
        truth = irt.logistic(plain.b[:, 0], plain.a, 0.2)
        found = calibrate(scored(sat(truth, 4000, seed=4)), Kind.THREE)
        assert np.sqrt(((found.items.b - truth.b) ** 2).mean()) < 0.2
        assert np.abs(found.items.c - 0.2).mean() < 0.06
        assert found.course.log_prior != 0

    def test_kinds_may_stand_in_one_paper_with_answers_missing(self) -> None:
        truth = irt.joined([two(15, 7), irt.graded([1.2, 0.9], [[-0.5, 0.7], [0.0, 1.0]], names=["g1", "g2"])])
        scores = sat(truth, 3000, seed=8)
        scores[np.random.default_rng(9).random(scores.shape) < 0.3] = np.nan
        found = calibrate(scored(scores, items=truth.names), [Kind.TWO] * 15 + [Kind.GRADED] * 2)
        assert found.items.names == truth.names
        away = (found.items.b - truth.b) / found.b_errors
        assert 0.6 < np.sqrt(np.nanmean(away**2)) < 1.4
        assert (np.isnan(found.b_errors) == np.isnan(truth.b)).all()

    def test_groups_have_their_own_means_and_spreads(self) -> None:
        truth = two(25, 10)
        scores = np.concatenate([sat(truth, 2500, seed=11), sat(truth, 2500, seed=12, mean=0.7, sd=1.3)])
        found = calibrate(scored(scores, groups=["a"] * 2500 + ["b"] * 2500), reference="a")
        assert found.latent.groups == ("a", "b")
        assert (found.latent.means[0], found.latent.sds[0]) == (0, 1)
        assert abs(found.latent.means[1] - 0.7) < 3 * found.latent.mean_errors[1] < 0.2
        assert abs(found.latent.sds[1] - 1.3) < 3 * found.latent.sd_errors[1] < 0.3
        assert np.isnan(found.latent.mean_errors[0])

    def test_many_persons_begin_from_a_few_and_end_where_all_do(self) -> None:
        truth = two(50, 15)
        scores = sat(truth, 14000, seed=16)
        quick = calibrate(scored(scores), information=Information.NONE)
        exact = calibrate(scored(scores), information=Information.NONE, tolerance=1e-6)
        assert quick.course.log_likelihood == pytest.approx(exact.course.log_likelihood, abs=0.01)
        assert quick.items.a == pytest.approx(exact.items.a, abs=2e-3)
        assert np.isnan(quick.a_errors).all()


class TestPriors:
    def test_a_strong_prior_decides(self) -> None:
        priors = Priors(slope=LogNormal(np.log(1.5), 0.01), difficulty=Normal(0.5, 0.01))
        found = calibrate(lsat(LSAT6), priors=priors)
        assert found.items.a == pytest.approx(1.5, abs=0.05)
        assert found.items.b == pytest.approx(0.5, abs=0.05)

    @pytest.mark.parametrize("kind", [Kind.ONE, Kind.TWO, Kind.THREE])
    def test_the_mode_does_not_hang_on_the_tolerance(self, kind: Kind) -> None:
        found = calibrate(lsat(LSAT7), kind, priors=CUSTOMARY, tolerance=1e-7)
        tight = calibrate(lsat(LSAT7), kind, priors=CUSTOMARY, tolerance=1e-5)
        best = found.course.log_likelihood + found.course.log_prior
        assert tight.course.log_likelihood + tight.course.log_prior == pytest.approx(best, abs=1e-4)
        assert found.items.b == pytest.approx(tight.items.b, abs=1e-3)


class TestNominal:
    def test_a_partial_credit_item_read_as_nominal_is_found(self) -> None:
        truth = irt.partial_credit(np.full(12, 1.0), np.tile([[-0.4, 0.5]], (12, 1)) + np.linspace(-1, 1, 12)[:, None])
        picked = np.array(["A", "B", "C"])[sat(truth, 3000, seed=19).astype(int)]
        found = calibrate_nominal(chosen(picked.tolist(), key=["C"] * 12))
        assert found.items.slopes.sum(axis=1) == pytest.approx(0, abs=1e-9)
        away = (found.items.slopes - np.array([-1.0, 0.0, 1.0])) / found.slope_errors
        assert 0.6 < np.sqrt((away**2).mean()) < 1.5

    def test_an_option_that_nobody_chose_needs_a_prior(self) -> None:
        rows = [["A"], ["B"], ["A"], ["B"]] * 20
        rows = [[one[0], other[0]] for one, other in zip(rows, rows[1:] + rows[:1], strict=True)]
        rows[3] = ["A", "A"]
        responses = chosen(rows, key=["A", "B"], labels=[["A", "B", "C"]] * 2)
        with pytest.raises(TooFew, match="nobody chose 'C' on i1"):
            calibrate_nominal(responses)
        found = calibrate_nominal(responses, prior=Normal(0, 1))
        assert np.isfinite(found.items.intercepts).all()


def refused(scores: object, **options: object) -> Callable[[], object]:
    return lambda: calibrate(scored(scores), **options)  # type: ignore[arg-type]


GROUPS = ["a"] * 800 + ["b"] * 200


class TestHardData:
    """What real data bring: each is refused by name, or fitted with the doubtful part named."""

    def test_a_group_with_nobody_in_it_is_refused(self) -> None:
        everybody = scored(sat(two(10, 30), 1000, seed=31), groups=GROUPS)
        with pytest.raises(EmptyGroup, match="'b'"):
            calibrate(everybody.of_persons(np.arange(800)))

    @pytest.mark.parametrize("right", [0, 1])
    def test_a_group_all_right_or_all_wrong_is_refused(self, right: int) -> None:
        truth = two(10, 30)
        scores = sat(truth, 1000, seed=31)
        scores[800:] = right
        for fixed in (None, truth.take(np.arange(5))):
            with pytest.raises(WrongValue, match="group 'b'"):
                calibrate(scored(scores, groups=GROUPS), fixed=fixed)

    def test_a_group_of_one_is_refused_rather_than_given_a_spread(self) -> None:
        scores = sat(two(10, 30), 1000, seed=31)
        with pytest.raises(WrongValue, match="group 'lonely' is too narrow"):
            calibrate(scored(scores, groups=["all"] * 999 + ["lonely"]))

    def test_fixed_items_on_another_scale_are_refused(self) -> None:
        truth = two(10, 30)
        with pytest.raises(WrongValue, match="scale of the fixed items"):
            calibrate(scored(sat(truth, 500, seed=31)), fixed=truth.on_scale(1, 25).take(np.arange(5)))

    @pytest.mark.parametrize(("count", "kind"), [(1, Kind.RASCH), (2, Kind.TWO), (3, Kind.THREE)])
    def test_fewer_items_than_determine_the_model_are_refused(self, count: int, kind: Kind) -> None:
        with pytest.raises(TooFew, match=f"{count} items are too few"):
            calibrate(scored(sat(two(count, 30), 500, seed=31)), kind)

    def test_what_does_not_settle_is_named(self) -> None:
        scores = sat(two(8, 30), 500, seed=31)
        names = [f"i{place}" for place in range(1, 9)] + ["twin"]
        doubled = scored(np.column_stack([scores, scores[:, 2]]), items=names)
        with pytest.raises(NotConverged, match=r"most on (i3|twin)"):
            calibrate(doubled, limit=100)

    def test_persons_who_answered_nothing_change_nothing(self) -> None:
        scores = sat(two(10, 30), 1000, seed=31)
        plain = calibrate(scored(scores), tolerance=1e-7)
        absent = calibrate(scored(np.concatenate([scores, np.full((300, 10), np.nan)])), tolerance=1e-7)
        assert absent.course.n_persons == plain.course.n_persons == 1000
        assert absent.course.log_likelihood == pytest.approx(plain.course.log_likelihood)
        assert absent.items.b == pytest.approx(plain.items.b, abs=1e-5)
        assert absent.b_errors == pytest.approx(plain.b_errors, rel=1e-3)

    def test_every_item_fixed_leaves_the_groups_to_be_found(self) -> None:
        truth = two(30, 32)
        scores = np.concatenate([sat(truth, 800, seed=33, mean=-0.5), sat(truth, 200, seed=34, mean=0.5, sd=0.6)])
        found = calibrate(scored(scores, groups=GROUPS), fixed=truth)
        assert found.is_fixed.all()
        assert np.abs((found.latent.means - [-0.5, 0.5]) / found.latent.mean_errors).max() < 3
        assert np.abs((found.latent.sds - [1, 0.6]) / found.latent.sd_errors).max() < 3

    def test_an_item_on_the_edge_has_no_error_and_leaves_the_others_theirs(self) -> None:
        scores = sat(two(15, 20), 1000, seed=21)
        scores[:, 3] = 1 - scores[:, 3]
        found = calibrate(scored(scores))
        assert np.isnan(found.a_errors[3])
        assert np.isfinite(np.delete(found.a_errors, 3)).all()

    def test_rasch_items_without_a_common_trait_say_so(self) -> None:
        scores = np.tile([[0, 0, 1, 1], [1, 1, 0, 0]], (50, 1))
        assert calibrate(scored(scores), Kind.RASCH).is_on_edge.all()

    def test_an_item_that_almost_nobody_misses_does_not_spoil_the_start(self) -> None:
        scores = sat(two(20, 35), 13000, seed=36)
        scores[:, 0] = 1
        scores[[5, 7, 11], 0] = 0
        found = calibrate(scored(scores), information=Information.NONE)
        others = calibrate(scored(scores[:, 1:]), information=Information.NONE)
        assert found.items.b[1:] == pytest.approx(others.items.b, abs=0.01)

    def test_an_unknown_group_has_no_quadrature(self) -> None:
        with pytest.raises(EmptyGroup):
            calibrate(lsat(LSAT6)).latent.quadrature("nobody")


class TestRefusals:
    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (refused([[0, 1], [1, 1], [0, 1]]), ConstantItem),
            (refused([[0, np.nan], [1, np.nan]]), TooFew),
            (refused([[0, 2], [1, 0], [0, 2]], model=Kind.TWO), WrongValue),
            (refused([[0, 2], [1, 0], [0, 2]], model=Kind.GRADED), TooFew),
            (refused([[0, 0.5], [1, 0]]), WrongValue),
            (refused([[0, 1], [1, 0]], model=[Kind.TWO]), WrongShape),
            (refused([[0, 1], [1, 0]], model=Kind.NOMINAL), WrongValue),
            (refused([[0, 1], [1, 0]], fixed=irt.logistic([0.0], names=["x"])), TooFew),
            (refused([[0, 1], [1, 0]], model=Kind.RASCH, priors=CUSTOMARY), WrongValue),
            (refused([[0, 1], [1, 0]], reference="nobody"), EmptyGroup),
            (lambda: calibrate(lsat(LSAT6), limit=2), NotConverged),
            (lambda: calibrate_nominal(lsat(LSAT6)), WrongValue),
        ],
    )
    def test_what_cannot_be_fitted_is_refused_by_name(self, make: Callable[[], object], error: type[Exception]) -> None:
        with pytest.raises(error):
            make()

    def test_an_unfinished_calibration_is_returned_when_asked(self) -> None:
        assert not calibrate(lsat(LSAT6), limit=2, incomplete=True).course.converged

    def test_groups_without_a_common_item_are_refused(self) -> None:
        scores = np.full((40, 4), np.nan)
        scores[:20, :2], scores[20:, 2:] = np.tile([[0, 1], [1, 0]], (10, 1)), np.tile([[0, 1], [1, 0]], (10, 1))
        with pytest.raises(TooFew, match="common items"):
            calibrate(scored(scores, groups=["a"] * 20 + ["b"] * 20))

    def test_an_item_against_the_scale_stops_at_the_edge_and_says_so(self) -> None:
        scores = sat(two(15, 20), 1000, seed=21)
        scores[:, 3] = 1 - scores[:, 3]
        found = calibrate(scored(scores))
        assert found.is_on_edge.tolist() == [place == 3 for place in range(15)]
