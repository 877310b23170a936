from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics import irt
from psychometrics.equating import (
    CommonItems,
    Equating,
    EquivalentGroups,
    Linking,
    Method,
    best,
    bootstrap,
    common_items,
    conversion,
    equate,
    equipercentile,
    equivalent_groups,
    link,
    observed_score,
    smoothed,
    smoothed_jointly,
    true_score,
)
from psychometrics.equating.distributions import moments, ranks, scores_at
from psychometrics.equating.smoothing import within
from psychometrics.errors import ConstantItem, TooFew, WrongShape, WrongValue
from tests.psychometrics.kolen_brennan import (
    ACT_X,
    ACT_Y,
    COMMON_X,
    COMMON_Y,
    ITEMS_X,
    ITEMS_Y,
    items,
    numbers,
    table,
)

NAN = float("nan")
NEW, OLD = numbers(ACT_X), numbers(ACT_Y)


def neat(share: float = NAN, *, is_internal: bool = True) -> CommonItems:
    return CommonItems(table(COMMON_X), table(COMMON_Y), is_internal, share)


class TestPublishedFigures:
    def test_equipercentile_of_equivalent_groups(self) -> None:
        """Kolen & Brennan (2014), table 2.7."""
        found = equate(EquivalentGroups(NEW, OLD), Method.EQUIPERCENTILE)
        printed = [0.0, 0.9796, 1.6462, 2.2856, 2.8932, 3.6205, 4.4997, 5.5148, 6.3124, 7.2242, 8.1607]
        assert found.equivalents[:11] == pytest.approx(printed, abs=5e-5)

    def test_equipercentile_after_smoothing_with_six_moments(self) -> None:
        """Kolen & Brennan (2014), table 3.3."""
        found = equate(EquivalentGroups(NEW, OLD).smoothed(6), Method.EQUIPERCENTILE)
        printed = [-0.4384, 0.1239, 0.9293, 1.8264, 2.7410, 3.6573, 4.5710, 5.4725, 6.3577]
        assert found.equivalents[:9] == pytest.approx(printed, abs=1e-3)

    @pytest.mark.parametrize(
        ("method", "slope", "intercept"),
        [
            (Method.TUCKER, 1.0289, 0.5368),
            (Method.LEVINE, 1.0112, 0.2513),
            (Method.LEVINE_TRUE, 1.0086, 0.2912),
            (Method.CHAINED_LINEAR, 1.0213, 0.3937),
        ],
    )
    def test_lines_of_common_items(self, method: Method, slope: float, intercept: float) -> None:
        """Kolen & Brennan (2014), chapter 4, the synthetic population that of the new form."""
        found = equate(neat(1.0), method)
        assert (found.slope, found.intercept) == (pytest.approx(slope, abs=6e-5), pytest.approx(intercept, abs=6e-5))

    @pytest.mark.parametrize(
        ("degrees", "deviance", "df"),
        [((1, 1, 0), 4574.1, 478), ((2, 2, 0), 2699.7, 476), ((3, 3, 0), 2551.9, 474), ((3, 3, 1), 333.8, 473)],
    )
    def test_deviances_of_joint_smoothing(self, degrees: tuple[int, int, int], deviance: float, df: int) -> None:
        """Albano (2016), equate: an R package, section 5.3."""
        found = smoothed_jointly(table(COMMON_X), *degrees)
        assert (found.deviance, found.df) == (pytest.approx(deviance, abs=0.06), df)

    def test_frequency_estimation_after_smoothing(self) -> None:
        """Albano (2016), section 5.4: four moments of each, products up to squares, no cell taken for impossible."""
        found = equate(neat(is_internal=False).smoothed(4, 4, 2), Method.FREQUENCY_ESTIMATION)
        printed = [0.04288325, 1.11109348, 2.18987042, 3.27622528, 4.36895117, 5.46596150]
        assert found.equivalents[:6] == pytest.approx(printed, abs=1e-4)
        assert found.at([3, 29, 8, 7, 13]) == pytest.approx(
            [3.276225, 29.814745, 8.696398, 7.614016, 14.125088], abs=1e-4
        )

    def test_true_and_observed_scores_by_curves(self) -> None:
        """Weeks (2010), plink, appendix A.2, after Kolen & Brennan (2004), table 6.5."""
        new, old = items(ITEMS_X, "x", scale=1.7), items(ITEMS_Y, "y", scale=1.7)
        by = link(new.take([place for place in range(36) if place != 26]), old, Linking.MEAN_SIGMA)
        turned = by.turned(new)
        printed = [0.0, 0.888, 1.776, 2.664, 3.552, 4.440, 5.328, 6.134, 7.187, 8.396]
        assert true_score(turned, old).equivalents[:10] == pytest.approx(printed, abs=6e-4)
        nodes = np.array([-5.21, -4.16, -3.12, -2.07, -1.03, 0.02, 1.06, 2.11, 3.15, 4.20])
        shares = np.array([1, 28, 302, 1420, 3149, 3158, 1542, 359, 39, 2])
        found = observed_score(turned, old, [(1.0, irt.Quadrature(nodes, shares / shares.sum()))])
        printed = [0.6179, 1.5802, 2.5462, 3.5189, 4.5033, 5.5058, 6.5330, 7.5870, 8.6623]
        assert found.equivalents[1:10] == pytest.approx(printed, abs=6e-5)


class TestAgainstAnotherProgram:
    def test_observed_scores_by_curves_are_those_of_mirt(self) -> None:
        import mirt

        forms = items(ITEMS_X, "x"), items(ITEMS_Y, "y")
        models = [mirt.ThreeParameterLogistic(36) for _ in forms]
        for model, own in zip(models, forms, strict=True):
            model.set_parameters(discrimination=own.a, difficulty=own.b[:, 0], guessing=own.c)
        population = irt.normal_quadrature(61, reach=4.0)
        other = mirt.observed_score_equating(
            *models, theta_grid=population.nodes, theta_distribution=population.weights
        )
        found = observed_score(*forms, [(1.0, population)])
        assert found.equivalents == pytest.approx(other.new_scores, abs=1e-9)


class TestRanks:
    @given(st.lists(st.integers(0, 30), min_size=3, max_size=25).filter(lambda counts: sum(counts) > 0))
    def test_a_form_is_worth_itself(self, counts: list[int]) -> None:
        shares = np.array(counts, dtype=float)
        somebody = shares > 0
        assert equipercentile(shares, shares)[somebody] == pytest.approx(np.arange(shares.size)[somebody], abs=1e-6)

    @given(
        new=st.lists(st.integers(0, 30), min_size=3, max_size=25).filter(lambda counts: sum(counts) > 0),
        old=st.lists(st.integers(0, 30), min_size=3, max_size=25).filter(lambda counts: sum(counts) > 0),
    )
    def test_worth_never_falls_and_stays_on_the_old_form(self, new: list[int], old: list[int]) -> None:
        worth = equipercentile(np.array(new, dtype=float), np.array(old, dtype=float))
        assert (np.diff(worth) >= -1e-9).all()
        assert worth.min() >= -0.5
        assert worth.max() <= len(old) - 0.5

    @given(st.lists(st.integers(1, 30), min_size=3, max_size=25), st.floats(0.001, 0.999))
    def test_ranks_and_scores_undo_each_other(self, counts: list[int], rank: float) -> None:
        shares = np.array(counts, dtype=float)
        assert ranks(shares, scores_at(shares, [rank])) == pytest.approx([rank], abs=1e-9)


class TestSmoothing:
    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(0, 60), min_size=9, max_size=40).filter(lambda c: sum(n > 0 for n in c) > 6))
    def test_the_first_moments_stay(self, counts: list[int]) -> None:
        seen = np.array(counts, dtype=float)
        found = smoothed(seen, 4).counts
        scores = np.linspace(-1, 1, seen.size)
        for power in range(5):
            assert found @ scores**power == pytest.approx(seen @ scores**power, abs=1e-5 * seen.sum())

    def test_joint_smoothing_keeps_margins_and_the_covariance_and_what_is_impossible(self) -> None:
        seen = table(COMMON_X)
        found = smoothed_jointly(seen, 3, 3, 1, possible=within(36, 12))
        for axis in (0, 1):
            assert moments(found.counts.sum(axis=axis)) == pytest.approx(moments(seen.sum(axis=axis)), abs=1e-5)
        assert (found.counts[~within(36, 12)] == 0).all()
        x, v = np.indices(seen.shape)
        assert (found.counts * x * v).sum() == pytest.approx((seen * x * v).sum(), rel=1e-6)

    def test_the_degree_of_the_lowest_criterion_is_found(self) -> None:
        """Counts drawn from a log-cubic distribution."""
        scores = np.linspace(-2, 2, 31)
        shares = np.exp(0.5 * scores - 0.8 * scores**2 + 0.25 * scores**3)
        seen = np.random.default_rng(1).multinomial(20000, shares / shares.sum()).astype(float)
        fits = [smoothed(seen, degree) for degree in range(1, 9)]
        assert best(fits).n_parameters in {3, 4}
        assert min(fits, key=lambda fit: fit.bic).n_parameters == 3
        assert best(fits).counts == pytest.approx(20000 * shares / shares.sum(), rel=0.1, abs=15)

    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (lambda: smoothed([0.0, 0.0], 1), TooFew),
            (lambda: smoothed([1.0, 2.0], 2), TooFew),
            (lambda: smoothed([1.0, -2.0, 1.0], 1), WrongValue),
            (lambda: smoothed([[1.0, 2.0]], 1), WrongShape),
            (lambda: smoothed([1.0, 2.0, 3.0], -1), WrongValue),
            (lambda: smoothed_jointly(np.ones((4, 3)), 1, 1, possible=np.ones((3, 4))), WrongShape),
            (lambda: smoothed_jointly(np.ones((4, 3)), 1, 1, possible=np.zeros((4, 3))), WrongValue),
            (lambda: best([]), TooFew),
        ],
    )
    def test_what_cannot_be_smoothed_is_refused_by_name(
        self, make: Callable[[], object], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            make()


def sat(form: irt.Items, theta: np.ndarray, seed: int) -> np.ndarray:  # type: ignore[type-arg]
    return irt.simulated(form, theta, rng=np.random.default_rng(seed))


class TestRecovery:
    """Two forms of 40 items with 15 in common; the new one is harder, its group abler."""

    @staticmethod
    def forms() -> tuple[irt.Items, irt.Items]:
        rng = np.random.default_rng(2)
        own, other, both = (rng.normal(mean, 1, count) for mean, count in ((0.5, 25), (0.0, 25), (0.2, 15)))
        return irt.logistic(np.r_[both, own], 1.2), irt.logistic(np.r_[both, other], 1.2)

    def test_methods_for_common_items_find_the_true_scores(self) -> None:
        new, old = self.forms()
        rng = np.random.default_rng(3)
        one = sat(new, rng.normal(0.5, 1, 6000), 4)
        other = sat(old, rng.normal(0, 1, 6000), 5)
        design = common_items(
            one.sum(axis=1),
            one[:, :15].sum(axis=1),
            other.sum(axis=1),
            other[:, :15].sum(axis=1),
            most_new=40,
            most_old=40,
            most_anchor=15,
            is_internal=True,
        )
        wanted = true_score(new, old).equivalents[8:36]
        plain = np.abs(np.arange(8, 36) - wanted).mean()
        apart = {
            method: np.abs(equate(design.smoothed(6, 6, 2), method).equivalents[8:36] - wanted).mean()
            for method in Method
            if method not in {Method.MEAN, Method.LINEAR, Method.EQUIPERCENTILE}
        }
        assert plain > 1.5
        # Chains and Levine's true scores do not lean on the groups being alike; Tucker and frequencies do.
        assert max(apart[each] for each in (Method.LEVINE, Method.LEVINE_TRUE)) < 0.45
        assert max(apart[each] for each in (Method.CHAINED_LINEAR, Method.CHAINED_EQUIPERCENTILE)) < 0.6
        assert max(apart.values()) < plain

    def test_equivalent_groups_find_what_the_curves_say(self) -> None:
        new, old = self.forms()
        rng = np.random.default_rng(6)
        design = equivalent_groups(
            sat(new, rng.normal(0, 1, 15000), 7).sum(axis=1),
            sat(old, rng.normal(0, 1, 15000), 8).sum(axis=1),
            most_new=40,
            most_old=40,
        )
        found = equate(design.smoothed(6), Method.EQUIPERCENTILE).equivalents
        assert found[5:37] == pytest.approx(observed_score(new, old).equivalents[5:37], abs=0.35)

    def test_an_external_anchor_is_known_by_its_own_slopes(self) -> None:
        """Classically congeneric totals and anchor: Levine finds the line between true scores."""
        rng = np.random.default_rng(9)
        size = 40000
        truth = [rng.normal(20, 3, size), rng.normal(17, 3, size)]
        anchors = [np.rint(0.5 * each + rng.normal(0, 1.2, size)) for each in truth]
        new, old = np.rint(truth[0] + rng.normal(0, 2.4, size)), np.rint(1.1 * truth[1] + 4 + rng.normal(0, 2.64, size))
        keep = [(each >= 0) & (each <= 60) & (v >= 0) & (v <= 30) for each, v in zip((new, old), anchors, strict=True)]
        design = common_items(
            new[keep[0]],
            anchors[0][keep[0]],
            old[keep[1]],
            anchors[1][keep[1]],
            most_new=60,
            most_old=60,
            most_anchor=30,
            is_internal=False,
        )
        found = equate(design, Method.LEVINE)
        assert (found.slope, found.intercept) == (pytest.approx(1.1, abs=0.03), pytest.approx(4, abs=0.5))

    def test_points_of_half_marks_are_equated_in_their_unit(self) -> None:
        form = irt.logistic(np.linspace(-2, 2, 12))
        points = np.array([1, 2] * 6)
        same = true_score(form, form, new_points=points, old_points=points)
        assert same.equivalents == pytest.approx(np.arange(19), abs=1e-6)
        assert observed_score(form, form, new_points=points, old_points=points).most_old == 18

    def test_true_scores_reach_from_nothing_to_everything(self) -> None:
        found = true_score(irt.logistic(np.zeros(10), 1, 0.25), irt.logistic(np.full(12, 0.5), 1, 0.2)).equivalents
        assert (found[0], found[-1]) == (0, 12)
        assert found[1] == pytest.approx(2.4 / 2.5)
        assert (np.diff(found) > 0).all()

    def test_a_mixture_of_populations_weighs_by_share(self) -> None:
        new, old = self.forms()
        able, weak = irt.normal_quadrature(mean=1), irt.normal_quadrature(mean=-1)
        only = observed_score(new, old, [(3.0, able), (0.0, weak)])
        assert only.equivalents == pytest.approx(observed_score(new, old, [(1.0, able)]).equivalents)


class TestBootstrap:
    def test_of_a_mean_is_its_closed_form(self) -> None:
        """√(σ²(X)/n + σ²(Y)/m) at every score."""
        design = EquivalentGroups(NEW, OLD)
        found = bootstrap(
            design, lambda drawn: equate(drawn, Method.MEAN), replications=400, rng=np.random.default_rng(10)
        )
        wanted = np.sqrt(moments(NEW)[1] ** 2 / NEW.sum() + moments(OLD)[1] ** 2 / OLD.sum())
        assert found.errors == pytest.approx(wanted, rel=0.12)
        assert found.equivalents == pytest.approx(equate(design, Method.MEAN).equivalents)

    def test_smoothing_makes_surer(self) -> None:
        design = EquivalentGroups(NEW / 10, OLD / 10)
        design = EquivalentGroups(np.rint(design.new), np.rint(design.old))
        plain, smooth = (
            bootstrap(design, way, replications=60, rng=np.random.default_rng(11))
            for way in (
                lambda drawn: equate(drawn, Method.EQUIPERCENTILE),
                lambda drawn: equate(drawn.smoothed(4), Method.EQUIPERCENTILE),
            )
        )
        assert smooth.errors[8:33].mean() < plain.errors[8:33].mean()

    def test_when_no_draw_can_be_equated_it_says_so(self) -> None:
        apart = CommonItems(np.diag([3.0, 0.0, 0.0]), np.diag([0.0, 3.0, 0.0]), False)
        with pytest.raises(TooFew, match="0 of 5 draws could be equated"):
            bootstrap(
                apart,
                lambda drawn: equate(drawn, Method.FREQUENCY_ESTIMATION),
                replications=5,
                rng=np.random.default_rng(12),
            )

    def test_progress_is_heard(self) -> None:
        heard: list[tuple[int, int]] = []
        bootstrap(
            EquivalentGroups(NEW, OLD),
            lambda drawn: equate(drawn, Method.LINEAR),
            replications=3,
            rng=np.random.default_rng(13),
            progress=lambda done, total: heard.append((done, total)),
        )
        assert heard == [(1, 3), (2, 3), (3, 3)]


def worth(values: list[float], most: int) -> Equating:
    return Equating("test", np.array(values, dtype=float), np.full(len(values), NAN), most)


class TestConversion:
    def test_the_old_cut_becomes_sixty(self) -> None:
        made = conversion(worth([0, 10, 20, 24.9, 30, 40], 40), 25)
        assert made.reported.tolist() == [0, 24, 48, 59, 73, 100]
        assert made.passes.tolist() == [False] * 4 + [True] * 2
        assert made.cut == 4

    def test_rounding_never_makes_a_pass(self) -> None:
        made = conversion(worth([0, 24.99, 25], 40), 25)
        assert made.reported.tolist() == [0, 59, 60]

    def test_halves_are_rounded_up(self) -> None:
        made = conversion(worth([0, 60.5, 61.5], 100), 60)
        assert made.reported.tolist() == [0, 61, 62]
        assert conversion(worth([0, 60.25, 61.5], 100), 60, step=0.5).reported.tolist() == [0, 60.5, 61.5]

    def test_worth_beyond_the_old_form_is_kept_within(self) -> None:
        made = conversion(worth([-0.4, 20, 40.4], 40), 20)
        assert made.worth.tolist() == [0, 20, 40]
        assert made.reported.tolist() == [0, 60, 100]

    def test_when_nobody_can_pass_the_cut_lies_beyond(self) -> None:
        assert conversion(worth([0, 5, 9], 20), 12).cut == 3

    @given(
        st.lists(st.floats(-0.5, 100.5), min_size=2, max_size=30).map(sorted),
        st.floats(1, 99),
        st.sampled_from([0.5, 1.0, 2.0]),
    )
    def test_reported_scores_rise_with_worth_and_sixty_is_where_passing_begins(
        self, values: list[float], cut: float, step: float
    ) -> None:
        made = conversion(worth(values, 100), cut, step=step)
        assert (np.diff(made.reported) >= 0).all()
        assert ((made.reported >= 60) == made.passes).all()
        assert (made.passes == (made.worth >= cut - 1e-9)).all()
        assert made.reported.min() >= 0
        assert made.reported.max() <= 100

    @pytest.mark.parametrize(
        ("cut", "options"),
        [(0, {}), (40, {}), (20, {"passing": 60.3}), (20, {"passing": 100}), (20, {"step": 0})],
    )
    def test_what_makes_no_table_is_refused(self, cut: float, options: dict[str, float]) -> None:
        with pytest.raises(WrongValue):
            conversion(worth([0, 20, 40], 40), cut, **options)

    def test_worth_that_falls_is_refused(self) -> None:
        with pytest.raises(WrongValue, match="presmooth"):
            conversion(worth([0, 20, 10], 40), 20)


class TestRefusals:
    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (lambda: equivalent_groups([], [1], most_new=2, most_old=2), TooFew),
            (lambda: equivalent_groups([0.5], [1], most_new=2, most_old=2), WrongValue),
            (lambda: equivalent_groups([3], [1], most_new=2, most_old=2), WrongValue),
            (lambda: common(new=[5, 4, 3], anchor=[1, 2, 2]), WrongValue),
            (lambda: common(anchor=[1, 2]), WrongShape),
            (lambda: common(most_anchor=5), WrongShape),
            (lambda: common(share=1.5), WrongValue),
            (lambda: equate(neat(), Method.MEAN), WrongShape),
            (lambda: equate(EquivalentGroups(NEW, OLD), Method.TUCKER), WrongShape),
            (lambda: equate(EquivalentGroups(np.array([0.0, 5, 0]), OLD), Method.LINEAR), ConstantItem),
            (lambda: equate(common(anchor=[3, 3, 3]), Method.TUCKER), ConstantItem),
            (lambda: equate(common(), Method.FREQUENCY_ESTIMATION), TooFew),
            (lambda: observed_score(irt.logistic([0.0]), irt.logistic([0.0]), []), TooFew),
            (
                lambda: observed_score(irt.logistic([0.0]), irt.logistic([0.0]), [(-1.0, irt.normal_quadrature())]),
                WrongValue,
            ),
        ],
    )
    def test_what_cannot_be_equated_is_refused_by_name(
        self, make: Callable[[], object], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            make()


def common(**changes: object) -> CommonItems:
    given = {"new": [5, 4, 3], "anchor": [3, 2, 2], "most_anchor": 3, "share": NAN} | changes
    return common_items(
        given["new"],  # type: ignore[arg-type]
        given["anchor"],  # type: ignore[arg-type]
        [4, 2, 1],
        [3, 1, 1],
        most_new=5,
        most_old=5,
        most_anchor=given["most_anchor"],  # type: ignore[arg-type]
        is_internal=True,
        share=given["share"],  # type: ignore[arg-type]
    )
