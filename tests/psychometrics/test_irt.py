from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psychometrics import irt
from psychometrics.errors import TooFew, WrongShape, WrongValue

ABILITIES = np.linspace(-4, 4, 33)
NAN = float("nan")


def mixed() -> irt.Items:
    """Two dichotomous items, a graded one of four categories and a partial-credit one of three."""
    return irt.joined(
        [
            irt.logistic([-1.0, 0.5], [1.2, 0.7], [0.0, 0.2], names=["two", "three"]),
            irt.graded([1.1], [[-1.0, 0.0, 1.5]], names=["graded"]),
            irt.partial_credit([0.9], [[0.3, -0.2]], names=["credit"]),
        ]
    )


class TestCurves:
    def test_at_its_difficulty_a_two_parameter_item_is_even(self) -> None:
        assert irt.right(irt.logistic([0.7], [1.8]), [0.7]) == pytest.approx(0.5)

    def test_guessing_lifts_the_middle(self) -> None:
        assert irt.right(irt.logistic([0.0], [1.0], [0.2]), [0.0]) == pytest.approx(0.6)

    def test_a_logistic_curve_in_the_normal_metric_lies_within_a_hundredth_of_the_ogive(self) -> None:
        from scipy.stats import norm

        curve = irt.right(irt.logistic([0.0], [irt.NORMAL_METRIC]), ABILITIES)[:, 0]
        assert np.abs(curve - norm.cdf(ABILITIES)).max() < 0.01

    def test_probabilities_sum_to_one_and_stay_within_an_items_own_categories(self) -> None:
        chance = irt.probabilities(mixed(), ABILITIES)
        assert chance.sum(axis=2) == pytest.approx(1)
        assert (chance >= 0).all()
        assert chance[:, :2, 2:].max() == 0
        assert chance[:, 3, 3].max() == 0

    def test_a_graded_item_of_two_categories_is_a_two_parameter_item(self) -> None:
        graded, plain = irt.graded([1.3], [[0.4]]), irt.logistic([0.4], [1.3])
        assert irt.probabilities(graded, ABILITIES) == pytest.approx(irt.probabilities(plain, ABILITIES))

    def test_a_partial_credit_item_of_two_categories_is_one_too(self) -> None:
        credit, plain = irt.partial_credit([1.3], [[0.4]]), irt.logistic([0.4], [1.3])
        assert irt.information(credit, ABILITIES) == pytest.approx(irt.information(plain, ABILITIES))

    def test_equal_steps_cross_where_the_next_category_becomes_likelier(self) -> None:
        chance = irt.probabilities(irt.partial_credit([1.0], [[-0.5, 0.8]]), [-0.5, 0.8])
        assert chance[0, 0, 0] == pytest.approx(chance[0, 0, 1])
        assert chance[1, 0, 1] == pytest.approx(chance[1, 0, 2])

    def test_slopes_are_the_derivatives(self) -> None:
        step = 1e-6
        by_difference = (
            irt.probabilities(mixed(), ABILITIES + step) - irt.probabilities(mixed(), ABILITIES - step)
        ) / (2 * step)
        assert irt.slopes(mixed(), ABILITIES) == pytest.approx(by_difference, abs=1e-8)

    def test_curvatures_are_the_derivatives_of_slopes(self) -> None:
        step = 1e-6
        by_difference = (irt.slopes(mixed(), ABILITIES + step) - irt.slopes(mixed(), ABILITIES - step)) / (2 * step)
        assert irt.curvatures(mixed(), ABILITIES) == pytest.approx(by_difference, abs=1e-8)

    def test_expected_scores_rise_from_nothing_to_the_most(self) -> None:
        curve = irt.expected(mixed(), np.linspace(-30, 30, 61))
        assert (np.diff(curve, axis=0) >= -1e-12).all()
        assert curve[0] == pytest.approx([0, 0.2, 0, 0], abs=1e-6)
        assert curve[-1] == pytest.approx(mixed().maxima, abs=1e-6)


class TestInformation:
    def test_of_a_two_parameter_item_is_a_squared_p_q(self) -> None:
        items = irt.logistic([0.3], [1.7])
        chance = irt.right(items, ABILITIES)
        assert irt.information(items, ABILITIES) == pytest.approx(1.7**2 * chance * (1 - chance))

    def test_of_a_three_parameter_item_peaks_where_birnbaum_says(self) -> None:
        """θ = b + ln((1 + √(1 + 8c)) / 2) / a (Birnbaum 1968, 20.4.21)."""
        a, b, c = 1.4, 0.2, 0.25
        fine = np.linspace(-1, 2, 30001)
        peak = fine[np.argmax(irt.information(irt.logistic([b], [a], [c]), fine)[:, 0])]
        assert peak == pytest.approx(b + np.log((1 + np.sqrt(1 + 8 * c)) / 2) / a, abs=1e-3)

    @given(
        a=st.floats(0.2, 3), b=st.floats(-3, 3), c=st.floats(0, 0.5), slope=st.floats(0.2, 5), shift=st.floats(-3, 3)
    )
    def test_a_change_of_scale_changes_no_probability(
        self, a: float, b: float, c: float, slope: float, shift: float
    ) -> None:
        items = irt.logistic([b], [a], [c])
        moved = items.on_scale(slope, shift)
        assert irt.right(moved, slope * ABILITIES + shift) == pytest.approx(irt.right(items, ABILITIES))
        assert irt.information(moved, slope * ABILITIES + shift) * slope**2 == pytest.approx(
            irt.information(items, ABILITIES)
        )


class TestSimulated:
    def test_scores_come_as_often_as_their_probability_says(self) -> None:
        scores = irt.simulated(mixed(), np.full(40000, 0.3), rng=np.random.default_rng(7))
        wanted = irt.probabilities(mixed(), [0.3])[0]
        seen = np.stack([(scores == score).mean(axis=0) for score in range(wanted.shape[1])], axis=1)
        assert seen == pytest.approx(wanted, abs=0.01)

    def test_the_same_generator_gives_the_same_scores(self) -> None:
        first, second = (irt.simulated(mixed(), ABILITIES, rng=np.random.default_rng(1)) for _ in range(2))
        assert (first == second).all()


class TestNominal:
    def test_with_scores_for_slopes_is_partial_credit(self) -> None:
        nominal = irt.Nominal(np.array([[-1.0, 0.0, 1.0]]), np.array([[-0.2, 0.3, -0.1]]), ("i1",))
        credit = irt.partial_credit([1.0], [[-0.5, 0.4]])
        assert nominal.probabilities(ABILITIES) == pytest.approx(irt.probabilities(credit, ABILITIES))

    def test_options_that_an_item_does_not_have_are_never_chosen(self) -> None:
        nominal = irt.Nominal(np.array([[-1.0, 1.0, NAN]]), np.array([[0.0, 0.0, NAN]]), ("i1",))
        assert nominal.probabilities(ABILITIES)[:, 0, 2].max() == 0


class TestItems:
    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (lambda: irt.logistic([0.0], [0.0]), WrongValue),
            (lambda: irt.logistic([0.0], [1.0], [1.0]), WrongValue),
            (lambda: irt.logistic([NAN]), WrongValue),
            (lambda: irt.logistic([0.0, 1.0], names=["a", "a"]), WrongValue),
            (lambda: irt.logistic([[0.0, 1.0]]), WrongShape),
            (lambda: irt.logistic([]), TooFew),
            (lambda: irt.graded([1.0], [[1.0, 0.0]]), WrongValue),
            (lambda: irt.partial_credit([1.0], [[NAN, 0.0]]), WrongValue),
            (lambda: mixed().take(np.zeros(4, dtype=bool)), TooFew),
            (lambda: mixed().on_scale(0.0, 0.0), WrongValue),
            (lambda: irt.right(mixed(), [0.0]), WrongShape),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(self, make: object, error: type[Exception]) -> None:
        assert callable(make)
        with pytest.raises(error):
            make()

    def test_taking_the_dichotomous_ones_forgets_the_categories_of_the_others(self) -> None:
        few = mixed().take([0, 1])
        assert few.is_dichotomous
        assert few.names == ("two", "three")


class TestQuadrature:
    def test_of_a_normal_distribution_has_its_moments(self) -> None:
        made = irt.normal_quadrature(mean=0.3, sd=1.4)
        assert (made.mean, made.sd) == (pytest.approx(0.3), pytest.approx(1.4, abs=1e-6))
        assert made.weights.sum() == pytest.approx(1)
