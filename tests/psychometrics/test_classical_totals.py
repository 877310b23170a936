from __future__ import annotations

import mirt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from psychometrics import classical, responses
from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats
from tests.psychometrics.drawn import LSAT6, lsat
from tests.psychometrics.samples import sample

NAN = float("nan")


class TestReliability:
    def test_of_two_halves_is_the_spearman_brown_of_parallel_ones(self) -> None:
        shared = np.array([[4.0, 3.0], [3.0, 4.0]])
        assert classical.alpha(shared) == pytest.approx(2 * 0.75 / 1.75)

    def test_agrees_with_another_program(self) -> None:
        made = sample()
        theirs = mirt.traditional(made.scores.astype(np.float64))
        assert classical.reliability(made).alpha == pytest.approx(theirs.alpha)
        assert classical.reliability(made).sd == pytest.approx(theirs.sd_score)

    def test_covariances_are_over_those_who_answered_both(self) -> None:
        made = sample(50, 4, missing=0.3)
        both = made.is_present[:, 0] & made.is_present[:, 2]
        wanted = np.cov(made.scores[both][:, [0, 2]].T.astype(np.float64))[0, 1]
        assert classical.covariances(made)[0, 2] == pytest.approx(wanted)

    def test_covariances_of_complete_answers_are_numpys(self) -> None:
        made = sample(50, 4)
        assert classical.covariances(made) == pytest.approx(np.cov(made.scores.T.astype(np.float64)))

    def test_a_pair_that_nobody_answered_is_named(self) -> None:
        made = responses.scored([[1, NAN, 1], [0, NAN, 0], [NAN, 1, 1], [NAN, 0, 1]], maxima=1)
        with pytest.raises(TooFew, match="both i1 and i2"):
            classical.reliability(made)

    def test_of_pairs_that_contradict_each_other_is_unknown(self) -> None:
        """By pairs of few persons a correlation may be computed above what three variables can have together."""
        assert np.isnan(classical.alpha([[1, 1.5, 1.5], [1.5, 1, 1.5], [1.5, 1.5, 1]]))
        assert classical.alpha(np.ones((3, 3))) == pytest.approx(1)

    def test_without_an_item_is_that_of_the_others(self) -> None:
        made = sample(100, 5)
        others = classical.reliability(made.of_items([0, 1, 3, 4]))
        assert classical.reliability(made).without[2] == pytest.approx(others.alpha)

    def test_of_a_total_without_variance_is_unknown(self) -> None:
        found = classical.reliability(responses.scored([[1, 0], [0, 1], [1, 0], [0, 1]], maxima=1))
        assert np.isnan([found.alpha, found.omega, found.sem]).all()

    def test_the_interval_covers_as_often_as_it_says(self) -> None:
        """Feldt's interval for essentially parallel normal parts, whose alpha is known."""
        rng, parts, covered = np.random.default_rng(11), 6, 0
        truth = parts * 0.5 / (1 + (parts - 1) * 0.5)
        for _turn in range(400):
            scores = rng.normal(size=(60, 1)) + rng.normal(size=(60, parts))
            low, high = classical.alpha_interval(classical.alpha(np.cov(scores.T)), 60, parts, confidence=0.9)
            covered += low < truth < high
        assert covered / 400 == pytest.approx(0.9, abs=0.04)

    def test_kr21_is_kr20_of_equally_hard_items(self) -> None:
        """Four patterns in which each item is right in half of the persons."""
        made = responses.scored([[1, 1, 1, 1], [0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]], maxima=1)
        totals = made.totals
        plain = classical.alpha(np.cov(made.scores.T.astype(np.float64), ddof=0))
        assert classical.kr21(totals.mean(), totals.var(), 4) == pytest.approx(plain)

    @pytest.mark.parametrize(("mean", "n_items", "error"), [(1, 1, TooFew), (6, 5, WrongValue), (-1, 5, WrongValue)])
    def test_kr21_refuses(self, mean: float, n_items: int, error: type[Exception]) -> None:
        with pytest.raises(error):
            classical.kr21(mean, 1, n_items)

    def test_by_parts_counts_each_with_its_own_alpha(self) -> None:
        """Two parts of two parallel items that have nothing in common: each has α = 2r/(1+r)."""
        part = np.array([[1.0, 0.6], [0.6, 1.0]])
        shared = np.block([[part, np.zeros((2, 2))], [np.zeros((2, 2)), part]])
        assert classical.stratified_alpha(shared, list("aabb")) == pytest.approx(2 * 0.6 / 1.6)
        assert classical.stratified_alpha(shared, list("aabb")) > classical.alpha(shared)
        assert classical.stratified_alpha(shared, list("aaaa")) == pytest.approx(classical.alpha(shared))

    def test_by_parts_refuses_a_part_of_one(self) -> None:
        with pytest.raises(TooFew):
            classical.stratified_alpha(np.eye(3), list("aab"))
        with pytest.raises(WrongShape):
            classical.stratified_alpha(np.eye(3), list("aa"))

    def test_one_item_says_nothing_about_itself(self) -> None:
        with pytest.raises(TooFew):
            classical.reliability(sample(10, 1))


class TestOmega:
    def test_of_three_items_is_in_closed_form(self) -> None:
        """Three correlations determine three loadings: l1² = r12 r13 / r23."""
        loadings, sd = np.array([0.8, 0.6, 0.5]), np.array([1.0, 2.0, 0.5])
        correlations = np.outer(loadings, loadings)
        np.fill_diagonal(correlations, 1)
        shared = correlations * np.outer(sd, sd)
        assert classical.omega(shared) == pytest.approx((loadings @ sd) ** 2 / shared.sum(), abs=1e-7)

    @settings(deadline=None, max_examples=25)
    @given(
        loadings=arrays(np.float64, st.integers(4, 12), elements=st.floats(0.3, 0.9)),
        sizes=st.lists(st.floats(0.5, 2), min_size=12, max_size=12),
    )
    def test_is_never_below_alpha_when_one_factor_holds(self, loadings: Floats, sizes: list[float]) -> None:
        sd = np.array(sizes[: loadings.size])
        correlations = np.outer(loadings, loadings)
        np.fill_diagonal(correlations, 1)
        shared = correlations * np.outer(sd, sd)
        found = classical.omega(shared)
        assert found == pytest.approx((loadings @ sd) ** 2 / shared.sum(), abs=1e-5)
        assert found >= classical.alpha(shared) - 1e-6

    def test_is_alpha_when_items_share_alike(self) -> None:
        shared = np.full((5, 5), 0.4) + np.diag([0.6, 0.7, 0.8, 0.9, 1.0])
        assert classical.omega(shared) == pytest.approx(classical.alpha(shared), abs=1e-7)

    def test_needs_three_items_that_vary(self) -> None:
        with pytest.raises(TooFew, match="three"):
            classical.omega(np.diag([1.0, 1.0, 0.0]))

    def test_needs_a_square(self) -> None:
        with pytest.raises(WrongShape):
            classical.omega(np.ones((2, 3)))


class TestConditionalSem:
    def test_of_one_stratum_is_lords(self) -> None:
        found = classical.conditional_sem(lsat(LSAT6))
        assert found.sem == pytest.approx(np.sqrt(found.scores * (5 - found.scores) / 4))
        assert found.n.sum() == 1000

    def test_scaled_by_a_reliability_has_its_mean_square(self) -> None:
        made = sample(300, 20)
        whole = classical.reliability(made)
        found = classical.conditional_sem(made, reliability=whole.alpha)
        assert (found.n @ found.sem**2) / found.n.sum() == pytest.approx(whole.sem**2)

    def test_by_strata_is_smaller_than_by_one_when_they_differ(self) -> None:
        scores = np.tile([1, 1, 1, 0, 0, 0, 0, 1], (5, 1))
        made = responses.scored(scores, maxima=1)
        mixed = classical.conditional_sem(made)
        apart = classical.conditional_sem(made, strata=list("aaaabbbb"))
        assert apart.sem[0] == pytest.approx(np.sqrt(2 * 3 * 1 / 3))
        assert apart.sem[0] < mixed.sem[0]

    def test_items_of_unequal_points_are_strata_of_their_own(self) -> None:
        made = responses.scored([[1, 0, 1, 2, 0], [1, 1, 1, 2, 2]], maxima=[1, 1, 1, 2, 2])
        assert classical.conditional_sem(made).sem == pytest.approx([np.sqrt(2 * 1 / 2 + 4 * 1 * 1 / 1), 0])

    @pytest.mark.parametrize(
        ("scores", "maxima", "error"),
        [
            ([[0.5, 1], [1, 0]], 1, WrongValue),
            ([[1, 2], [0, 2]], [1, 2], TooFew),
            ([[1, NAN], [NAN, 0]], 1, TooFew),
        ],
        ids=["points in part", "one item in a stratum", "nobody complete"],
    )
    def test_refuses_by_name(self, scores: list[list[float]], maxima: object, error: type[Exception]) -> None:
        with pytest.raises(error):
            classical.conditional_sem(responses.scored(scores, maxima=maxima))
