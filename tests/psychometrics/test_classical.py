from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import mirt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import betaln, gammaln
from scipy.stats import beta, norm

from psychometrics import classical, irt, responses, sumscores
from psychometrics.classical import Flag
from psychometrics.cli.classical import run
from psychometrics.errors import ConstantItem, TooFew, UnreadableFile, WrongShape, WrongValue
from psychometrics.responses import Floats, Responses

NAN = float("nan")
LSAT6 = [3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28]
LSAT7 = [
    12,
    19,
    1,
    7,
    3,
    19,
    3,
    17,
    10,
    5,
    3,
    7,
    7,
    23,
    8,
    28,
    7,
    39,
    11,
    34,
    14,
    51,
    15,
    90,
    6,
    25,
    7,
    35,
    18,
    136,
    32,
]

SAMPLE = """
0 23 98 384 986 2161 3722 5623 7533 8817 9597 9809 9674 8971 8033 7384 6758 6004 5463 4896 4367 4083 3651 3333 3191
2899 2644 2597 2287 2197 1967 1874 1710 1581 1503 1349 1181 994 827 585 294
"""


def law(counts: list[int], last: int) -> Responses:
    """A section of the Law School Admission Test by patterns 00000, 00001, … (Bock & Lieberman 1970)."""
    patterns = [[int(digit) for digit in f"{number:05b}"] for number in range(32)]
    return responses.scored(np.repeat(patterns, [*counts, last], axis=0))


def sample(n_persons: int = 400, n_items: int = 12, *, seed: int = 3, missing: float = 0.0) -> Responses:
    """Answers of persons of normal ability to two-parameter items, some of them missing at random."""
    rng = np.random.default_rng(seed)
    items = irt.logistic(rng.normal(size=n_items), rng.lognormal(0, 0.3, n_items))
    scores = irt.simulated(items, rng.normal(size=n_persons), rng=rng)
    return responses.scored(np.where(rng.random(scores.shape) < missing, NAN, scores), maxima=1)


def by_hand(made: Responses, item: int) -> float:
    """The corrected item-total correlation by its words."""
    pairs = []
    for row in range(made.n_persons):
        others = [place for place in range(made.n_items) if place != item and made.is_present[row, place]]
        if made.is_present[row, item] and others:
            rest = sum(float(made.scores[row, place]) for place in others)
            pairs.append((float(made.scores[row, item]), rest / made.maxima[others].sum()))
    return float(np.corrcoef(np.array(pairs).T)[0, 1])


class TestPublished:
    """Figures of LSAT6 and LSAT7, refitted from Bock & Lieberman's (1970) table of patterns."""

    def test_lsat6(self) -> None:
        items, total = classical.item_statistics(law(LSAT6, 298)), classical.reliability(law(LSAT6, 298))
        assert items.difficulty == pytest.approx([0.924, 0.709, 0.553, 0.763, 0.870], abs=5e-4)
        assert items.discrimination == pytest.approx([0.113, 0.153, 0.173, 0.144, 0.122], abs=5e-4)
        assert total.alpha == pytest.approx(0.295, abs=5e-4)

    def test_lsat7(self) -> None:
        items, total = classical.item_statistics(law(LSAT7, 308)), classical.reliability(law(LSAT7, 308))
        assert items.difficulty == pytest.approx([0.828, 0.658, 0.772, 0.606, 0.843], abs=5e-4)
        assert items.discrimination == pytest.approx([0.246, 0.247, 0.313, 0.223, 0.175], abs=5e-4)
        assert total.alpha == pytest.approx(0.453, abs=5e-4)


class TestItems:
    def test_agree_with_another_program(self) -> None:
        made = sample()
        theirs = mirt.traditional(made.scores.astype(np.float64))
        ours = classical.item_statistics(made)
        assert ours.difficulty == pytest.approx(theirs.difficulty)
        assert ours.discrimination == pytest.approx(theirs.discrimination)
        assert classical.reliability(made).without == pytest.approx(theirs.alpha_if_deleted)

    @pytest.mark.parametrize("missing", [0.0, 0.3])
    def test_correlate_with_the_share_of_what_else_was_answered(self, missing: float) -> None:
        made = sample(60, 6, missing=missing)
        found = classical.item_statistics(made).discrimination
        assert found == pytest.approx([by_hand(made, item) for item in range(6)])

    def test_worth_more_points_are_judged_the_same(self) -> None:
        plain = sample(200, 5)
        dear = responses.scored(plain.scores * 2.5, maxima=2.5)
        for name in ("difficulty", "discrimination", "upper_lower"):
            ours, theirs = (getattr(classical.item_statistics(each), name) for each in (plain, dear))
            assert ours == pytest.approx(theirs)

    def test_that_everybody_answers_alike_discriminate_nothing_and_spoil_nothing(self) -> None:
        made = responses.scored([[1, 1, 0], [1, 0, 1], [1, 1, 1], [1, 0, 0]], maxima=1)
        found = classical.item_statistics(made)
        assert found.sd[0] == 0
        assert np.isnan(found.discrimination).tolist() == [True, False, False]

    def test_in_tenths_of_a_point_that_everybody_has_are_constant_in_spite_of_rounding(self) -> None:
        scores = np.column_stack([np.full(1001, 0.1), np.arange(1001) % 2, np.arange(1001) % 3 > 0])
        made = responses.scored(scores, maxima=1)
        assert np.isnan(classical.item_statistics(made).discrimination[0])
        assert classical.covariances(made)[0].tolist() == [0, 0, 0]

    def test_alone_have_nothing_to_be_correlated_with(self) -> None:
        found = classical.item_statistics(responses.scored([[1], [0], [1]]))
        assert found.difficulty == pytest.approx(2 / 3)
        assert np.isnan(found.discrimination[0])

    @pytest.mark.parametrize("score", [0, 1])
    def test_of_one_person_have_no_spread(self, score: int) -> None:
        found = classical.item_statistics(responses.scored([[score, 1, 0]], maxima=1))
        assert found.difficulty.tolist() == [score, 1, 0]
        assert np.isnan([*found.sd, *found.discrimination]).all()

    def test_nobody_answered_are_unknown(self) -> None:
        found = classical.item_statistics(responses.scored([[NAN, 1, 0], [NAN, 0, 0], [NAN, 1, 1]], maxima=1))
        assert (found.n[0], found.missing[0]) == (0, 1)
        for name in ("difficulty", "sd", "discrimination", "upper_lower"):
            assert np.isnan(getattr(found, name)[0])

    def test_are_the_same_in_chunks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = sample(100, 6, missing=0.1)
        whole, shared = classical.item_statistics(made), classical.covariances(made)
        monkeypatch.setattr("psychometrics.classical.items.CHUNK", 7)
        monkeypatch.setattr("psychometrics.classical.totals.CHUNK", 7)
        parts = classical.item_statistics(made)
        assert parts.discrimination == pytest.approx(whole.discrimination)
        assert parts.upper_lower == pytest.approx(whole.upper_lower)
        assert classical.covariances(made) == pytest.approx(shared)


class TestExtremes:
    def test_who_tie_at_the_border_enter_in_part(self) -> None:
        made = responses.scored([[0, 0], [0, 1], [1, 0], [0, 1], [1, 1]], maxima=1)
        lower, upper = classical.extremes(made, tail=0.4)
        assert lower == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3, 0])
        assert upper == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3, 1])

    def test_without_ties_are_the_customary_groups(self) -> None:
        scores = np.tril(np.ones((10, 10)))
        found = classical.item_statistics(responses.scored(scores, maxima=1), tail=0.3)
        assert found.upper_lower == pytest.approx(scores[7:].mean(axis=0) - scores[:3].mean(axis=0))

    def test_leave_out_who_answered_nothing(self) -> None:
        lower, upper = classical.extremes(responses.scored([[NAN, NAN], [0, 0], [1, 1]], maxima=1), tail=0.5)
        assert (lower.tolist(), upper.tolist()) == ([0, 1, 0], [0, 0, 1])

    @pytest.mark.parametrize("tail", [0, 0.6, NAN])
    def test_are_at_most_half_each(self, tail: float) -> None:
        with pytest.raises(WrongValue, match="half"):
            classical.extremes(sample(10, 3), tail=tail)

    @settings(deadline=None, max_examples=25)
    @given(scores=arrays(np.float64, st.tuples(st.integers(2, 30), st.integers(2, 5)), elements=st.integers(0, 1)))
    def test_hold_their_share_whatever_the_order_of_rows(self, scores: Floats) -> None:
        made, turned = (responses.scored(each, maxima=1) for each in (scores, scores[::-1]))
        lower, upper = classical.extremes(made)
        assert (lower.sum(), upper.sum()) == pytest.approx([0.27 * len(scores)] * 2)
        assert (lower + upper <= 1 + 1e-9).all()
        assert classical.item_statistics(made).upper_lower == pytest.approx(
            classical.item_statistics(turned).upper_lower
        )


class TestOptions:
    def made(self, n: int = 300) -> Responses:
        """Three items with options A to D, key A: the first sound, the second with C drawing the strong, blanks."""
        rng = np.random.default_rng(5)
        ability = rng.normal(size=n)
        first = np.where(ability + rng.normal(size=n) > 0, "A", rng.choice(["B", "C"], n))
        second = np.where(ability > 0.5, "C", rng.choice(["A", "B", "C", "D"], n))
        third = np.where(rng.random(n) < 0.1, "", np.where(ability + rng.normal(size=n) > -0.5, "A", "B"))
        rows = np.column_stack([first, second, third]).tolist()
        return responses.chosen(rows, key="AAA", labels=[list("ABCD")] * 3)

    def test_the_key_correlates_as_its_item_discriminates(self) -> None:
        made = self.made()
        found = classical.option_statistics(made).correlation[:, 0]
        assert found == pytest.approx(classical.item_statistics(made).discrimination)

    def test_shares_are_of_those_who_answered(self) -> None:
        made, found = self.made(), classical.option_statistics(self.made())
        assert found.share.sum(axis=1) == pytest.approx(1)
        assert found.omitted == pytest.approx([0, 0, 1 - made.is_present[:, 2].mean()])
        assert found.share[2, 1] == pytest.approx(1 - np.nanmean(made.scores[:, 2]))
        assert found.share[0, 3] == 0
        assert np.isnan(found.correlation[0, 3])

    def test_a_correlation_is_that_of_choosing_with_the_rest(self) -> None:
        made = self.made()
        assert made.choices is not None
        rest = made.scores[:, [0, 2]].copy()
        share = np.nansum(rest, axis=1) / (~np.isnan(rest)).sum(axis=1)
        took = made.choices.chosen[:, 1] == 2
        found = classical.option_statistics(made)
        assert found.correlation[1, 2] == pytest.approx(np.corrcoef(took, share)[0, 1])
        assert found.rest[1, 2] == pytest.approx(share[took].mean())

    def test_options_that_an_item_does_not_have_are_none(self) -> None:
        made = responses.chosen([["A", "T"], ["B", "F"], ["C", "T"]], key="AT")
        found = classical.option_statistics(made)
        assert np.isnan(found.share).tolist() == [[False] * 3, [False, False, True]]
        assert found.is_own.sum(axis=1).tolist() == [3, 2]

    def test_points_alone_know_no_options(self) -> None:
        with pytest.raises(WrongShape, match="options"):
            classical.option_statistics(sample(10, 3))

    def test_the_one_that_draws_the_strong_is_flagged_and_the_idle_one(self) -> None:
        made = self.made()
        first, second, third = classical.flags(classical.item_statistics(made), classical.option_statistics(made))
        assert Flag.KEY in second
        assert {Flag.WEAK, Flag.POOR} & second
        assert Flag.IDLE in first
        assert Flag.KEY not in first | third


class TestFlags:
    def judged(self, difficulty: float, discrimination: float, *, kind: str = "single", n: int = 100) -> set[Flag]:
        items = classical.ItemStatistics(
            ("i1",), *(np.array([each]) for each in (n, 0.0, difficulty, 0.4, discrimination, 0.5))
        )
        return set(classical.flags(items, types=[kind])[0])

    @pytest.mark.parametrize(
        ("difficulty", "discrimination", "kind", "wanted"),
        [
            (0.60, 0.35, "single", set()),
            (0.24, 0.35, "single", {Flag.HARD}),
            (0.24, 0.35, "open", set()),
            (0.49, 0.35, "true_false", {Flag.HARD}),
            (0.96, 0.35, "single", {Flag.EASY}),
            (0.60, 0.19, "single", {Flag.WEAK}),
            (0.60, 0.10, "single", {Flag.WEAK}),
            (0.60, 0.09, "single", {Flag.POOR}),
            (0.60, -0.2, "single", {Flag.POOR}),
        ],
    )
    def test_by_customary_figures(self, difficulty: float, discrimination: float, kind: str, wanted: set[Flag]) -> None:
        assert self.judged(difficulty, discrimination, kind=kind) == wanted

    def test_by_few_persons_nothing_is_judged(self) -> None:
        assert self.judged(0.1, -0.5, n=49) == {Flag.FEW}

    def test_by_the_callers_own_figures(self) -> None:
        items = classical.item_statistics(sample())
        strict = {"single": classical.Thresholds(weak=0.99, poor=-1)}
        assert all(Flag.WEAK in each for each in classical.flags(items, thresholds=strict))

    def test_of_a_constant_item_say_so(self) -> None:
        made = responses.scored(np.column_stack([np.ones(60), np.arange(60) % 2, np.arange(60) % 3 > 0]), maxima=1)
        assert Flag.CONSTANT in classical.flags(classical.item_statistics(made))[0]

    @pytest.mark.parametrize(("types", "error"), [(["single"], WrongShape), (["single", "riddle"], WrongValue)])
    def test_refuse_other_types(self, types: list[str], error: type[Exception]) -> None:
        with pytest.raises(error):
            classical.flags(classical.item_statistics(sample(10, 2)), types=types)


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
        found = classical.conditional_sem(law(LSAT6, 298))
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


class TestTrueScores:
    @pytest.mark.parametrize(
        ("first", "second", "lower", "upper"), [(3, 5, 0.1, 0.9), (6, 2, 0.2, 1.0), (2, 2, 0.3, 0.8)]
    )
    def test_four_moments_give_back_the_four_parameters(
        self, first: float, second: float, lower: float, upper: float
    ) -> None:
        raw = moments(first, second, lower, upper)
        found = classical.fitted(raw)
        assert (found.first, found.second, found.lower, found.upper, found.moments) == pytest.approx(
            (first, second, lower, upper, 4), rel=1e-4
        )
        assert (found.mean, found.sd) == pytest.approx((raw[0], np.sqrt(raw[1] - raw[0] ** 2)))

    def test_three_moments_fix_one_end(self) -> None:
        low, high = (classical.fitted(raw[:3]) for raw in (moments(3, 5, 0, 0.8), moments(5, 3, 0.2, 1)))
        assert moments(low.first, low.second, low.lower, low.upper)[:3] == pytest.approx(moments(3, 5, 0, 0.8)[:3])
        assert moments(high.first, high.second, high.lower, high.upper)[:3] == pytest.approx(moments(5, 3, 0.2, 1)[:3])
        assert {low.moments, high.moments} == {3}

    def test_two_moments_take_the_whole_range(self) -> None:
        found = classical.fitted(moments(3, 5, 0, 1)[:2])
        assert (found.first, found.second) == pytest.approx((3, 5))

    def test_classes_hold_their_probability_and_their_means(self) -> None:
        made = classical.TrueScores(9, 4, 0.1, 0.95, 4)
        parts = made.between([0.5, 0.7])
        edges = beta.cdf((np.array([0.1, 0.5, 0.7, 0.95]) - 0.1) / 0.85, 9, 4)
        assert [weights.sum() for _nodes, weights in parts] == pytest.approx(np.diff(edges))
        assert sum(float(weights @ nodes) for nodes, weights in parts) == pytest.approx(made.mean)

    @pytest.mark.parametrize("raw", [[0.5, 0.25], [1.2, 1.5], [0.5, 0.6]])
    def test_what_is_no_distribution_of_proportions_is_refused(self, raw: list[float]) -> None:
        with pytest.raises(WrongValue, match="proportions"):
            classical.fitted(raw)


class TestPublishedConsistency:
    """Number right of 151,050 persons on 40 items, the sample file of BB-CLASS (Brennan 2004), cut at 24.

    Expected figures: another program's run on it, BBClassify 1.0 (Haakstad 2025), which prints five decimals.
    """

    def scores(self) -> Floats:
        return np.repeat(np.arange(41, dtype=np.float64), [int(count) for count in SAMPLE.split()])

    def test_hanson_and_brennan(self) -> None:
        scores = self.scores()
        kr21 = classical.kr21(scores.mean(), scores.var(ddof=1), 40)
        found = classical.hanson_brennan(scores, length=40, reliability=kr21, cuts=[24])
        assert kr21 == pytest.approx(0.87217, abs=5e-6)
        truth = found.true_scores
        assert truth is not None
        assert (truth.first, truth.second, truth.lower, truth.upper, truth.moments) == pytest.approx(
            (0.52378, 1.62569, 0.22317, 1.0, 3), abs=6e-6
        )
        assert found.truth == pytest.approx(np.array([[0.78247, 0.03795], [0.01778, 0.16180]]), abs=6e-6)
        assert found.agreement == pytest.approx(np.array([[0.76127, 0.03898], [0.03898, 0.16076]]), abs=6e-6)
        assert (found.accuracy, found.consistency, found.kappa) == pytest.approx((0.94427, 0.92203, 0.75612), abs=2e-5)

    def test_livingston_and_lewis(self) -> None:
        found = classical.livingston_lewis(self.scores(), reliability=0.873, most=40, cuts=[22, 24])
        truth = [[0.73124, 0.02566, 0.01802], [0.01452, 0.01105, 0.01992], [0.00674, 0.01104, 0.16180]]
        agreement = [[0.70700, 0.02297, 0.02253], [0.02297, 0.00834, 0.01645], [0.02253, 0.01645, 0.16076]]
        assert found.length == 40
        assert found.truth == pytest.approx(np.array(truth), abs=6e-6)
        assert found.agreement == pytest.approx(np.array(agreement), abs=6e-6)
        assert found.kappa == pytest.approx(0.68358, abs=2e-5)


class TestConsistency:
    def test_of_beta_binomial_scores_is_huynhs(self) -> None:
        """With KR-21 for reliability the effective items are the real ones; two papers are then exactly known.

        P(x, y) = C(n, x) C(n, y) B(a + x + y, b + 2n - x - y) / B(a, b) (Huynh 1976).
        """
        n, a, b, cut = 30, 7.0, 3.0, 18
        both = huynh(n, a, b)
        scores = as_if_seen(both.sum(axis=1))
        kr21 = classical.kr21(scores.mean(), scores.var(ddof=1), n)
        found = classical.livingston_lewis(scores, reliability=kr21, most=n, cuts=[cut])
        wanted = np.add.reduceat(np.add.reduceat(both, [0, cut], axis=0), [0, cut], axis=1)
        assert found.length == n
        assert found.agreement == pytest.approx(wanted, abs=2e-3)
        plain = classical.hanson_brennan(scores, length=n, reliability=kr21, cuts=[cut])
        assert plain.agreement == pytest.approx(found.agreement, abs=1e-9)
        assert plain.truth == pytest.approx(found.truth, abs=1e-9)

    def test_accuracy_is_that_of_the_true_scores(self) -> None:
        n, a, b = 30, 7.0, 3.0
        scores = as_if_seen(huynh(n, a, b).sum(axis=1))
        kr21 = classical.kr21(scores.mean(), scores.var(ddof=1), n)
        found = classical.livingston_lewis(scores, reliability=kr21, most=n, cuts=[18])
        rng = np.random.default_rng(2)
        truth = rng.beta(a, b, 400_000)
        seen = rng.binomial(n, truth) >= 18
        assert found.false_positive == pytest.approx((seen & (truth < 0.6)).mean(), abs=3e-3)
        assert found.false_negative == pytest.approx((~seen & (truth >= 0.6)).mean(), abs=3e-3)
        assert found.accuracy + found.false_positive + found.false_negative == pytest.approx(1)

    @pytest.mark.parametrize("method", ["livingston_lewis", "hanson_brennan"])
    def test_recovers_how_two_papers_would_agree(self, method: str) -> None:
        """Items that differ in difficulty and slope; the second paper is really sat."""
        rng = np.random.default_rng(8)
        items = irt.logistic(rng.normal(-0.5, 1, 60), rng.lognormal(-0.1, 0.3, 60))
        ability = rng.normal(size=20_000)
        first, second = (irt.simulated(items, ability, rng=rng).sum(axis=1) for _paper in range(2))
        alike = ((first >= 36) == (second >= 36)).mean()
        known = {"reliability": float(np.corrcoef(first, second)[0, 1]), "cuts": [36]}
        known |= {"most": 60} if method == "livingston_lewis" else {"length": 60}
        found = getattr(classical, method)(first, **known)
        assert found.consistency == pytest.approx(alike, abs=0.012)

    @pytest.mark.parametrize("method", ["livingston_lewis", "hanson_brennan"])
    def test_comes_near_to_what_the_items_themselves_say(self, method: str) -> None:
        """The exact answer for Rasch items of known difficulty (Lee 2010), from scores in exactly their proportions."""
        items = irt.logistic(np.random.default_rng(1).normal(-0.5, 1, 50))
        ability = irt.normal_quadrature(401)
        exact = classical.from_curves(items, ability, cuts=[30])
        scores = as_if_seen(ability.weights @ sumscores.distribution(items, ability.nodes))
        known = {"most": 50} if method == "livingston_lewis" else {"length": 50}
        found = getattr(classical, method)(scores, reliability=exact.reliability, cuts=[30], **known)
        assert found.agreement == pytest.approx(exact.agreement, abs=0.004)
        assert found.truth == pytest.approx(exact.truth, abs=0.004)

    def test_of_known_items_is_how_two_papers_would_agree(self) -> None:
        """Half marks and marks, cut at 12 of 20 marks: 24 of 40 halves."""
        rng = np.random.default_rng(3)
        items, halves = irt.logistic(rng.normal(-0.5, 1, 30)), np.repeat([1, 2], [20, 10])
        found = classical.from_curves(items, irt.normal_quadrature(401), cuts=[24, 32], points=halves)
        ability = rng.normal(size=40_000)
        first, second = (
            np.searchsorted([24, 32], irt.simulated(items, ability, rng=rng) @ halves, "right") for _each in "ab"
        )
        truth = np.searchsorted([24, 32], irt.right(items, ability) @ halves, "right")
        assert found.consistency == pytest.approx((first == second).mean(), abs=0.01)
        assert found.accuracy == pytest.approx((first == truth).mean(), abs=0.01)
        assert [found.agreement.sum(), found.truth.sum()] == pytest.approx([1, 1])

    def test_of_weighted_papers_is_recovered(self) -> None:
        """60 items of half a point and 20 of three and a half, cut at 60: what number-right methods cannot do."""
        rng = np.random.default_rng(9)
        items, points = irt.logistic(rng.normal(-0.5, 1, 80)), np.repeat([0.5, 3.5], [60, 20])
        ability = rng.normal(size=20_000)
        first, second = (irt.simulated(items, ability, rng=rng) @ points for _paper in range(2))
        truth = irt.right(items, ability) @ points
        found = classical.livingston_lewis(
            first, reliability=float(np.corrcoef(first, second)[0, 1]), most=100, cuts=[60]
        )
        assert found.consistency == pytest.approx(((first >= 60) == (second >= 60)).mean(), abs=0.012)
        assert found.accuracy == pytest.approx(((first >= 60) == (truth >= 60)).mean(), abs=0.012)

    def test_several_cuts_hold_each_of_them(self) -> None:
        scores = sample(500, 40, seed=4).totals
        whole = classical.livingston_lewis(scores, reliability=0.85, most=40, cuts=[20, 30])
        one = classical.livingston_lewis(scores, reliability=0.85, most=40, cuts=[30])
        assert whole.agreement.shape == whole.truth.shape == (3, 3)
        assert whole.at(1).agreement == pytest.approx(one.agreement, abs=1e-6)
        assert whole.at(1).truth == pytest.approx(one.truth, abs=1e-6)
        assert whole.consistency < one.consistency

    def test_subkoviaks_is_the_mean_over_persons(self) -> None:
        """Three persons with τ = 0.5, 0.7, 0.6 after regression to the mean, four items, two to pass."""
        found = classical.subkoviak([1.5, 3.3, 2.4], length=4, reliability=0.5, cuts=[2])
        passes = [1 - (1 - t) ** 4 - 4 * t * (1 - t) ** 3 for t in (0.48750, 0.7125, 0.6)]
        assert found.consistency == pytest.approx(np.mean([p**2 + (1 - p) ** 2 for p in passes]))
        assert np.isnan(found.accuracy)

    def test_subkoviak_recovers_it_when_items_are_equally_hard(self) -> None:
        rng = np.random.default_rng(8)
        items, ability = irt.logistic(np.full(60, -0.5)), rng.normal(size=20_000)
        first, second = (irt.simulated(items, ability, rng=rng).sum(axis=1) for _paper in range(2))
        found = classical.subkoviak(first, length=60, reliability=np.corrcoef(first, second)[0, 1], cuts=[36])
        assert found.consistency == pytest.approx(((first >= 36) == (second >= 36)).mean(), abs=0.012)

    def test_kappa_is_nothing_when_all_are_passed(self) -> None:
        found = classical.livingston_lewis([50, 60, 70, 80], reliability=0.8, most=100, cuts=[0])
        assert found.consistency == pytest.approx(1)
        assert np.isnan(found.kappa)

    def test_scores_that_are_missing_are_left_out(self) -> None:
        scores = sample(200, 20).totals
        whole = classical.livingston_lewis(scores, reliability=0.7, most=20, cuts=[12])
        more = classical.livingston_lewis([*scores, NAN, NAN], reliability=0.7, most=20, cuts=[12])
        assert more.agreement == pytest.approx(whole.agreement)

    @settings(deadline=None, max_examples=25)
    @given(
        mean=st.floats(0.2, 0.8), spread=st.floats(0.05, 0.2), reliability=st.floats(0.3, 0.95), cut=st.floats(20, 80)
    )
    def test_rates_are_probabilities(self, mean: float, spread: float, reliability: float, cut: float) -> None:
        scores = 100 * np.clip(norm.ppf(np.linspace(0.005, 0.995, 200), mean, spread), 0, 1)
        found = classical.livingston_lewis(scores, reliability=reliability, most=100, cuts=[cut])
        assert found.agreement.sum() == pytest.approx(1)
        assert found.truth.sum() == pytest.approx(1)
        assert found.agreement == pytest.approx(found.agreement.T)
        assert 0 <= found.chance <= found.consistency + 1e-9
        assert min(found.false_positive, found.false_negative) >= 0

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"reliability": 1.0}, WrongValue),
            ({"reliability": NAN}, WrongValue),
            ({"cuts": []}, WrongValue),
            ({"cuts": [60, 50]}, WrongValue),
            ({"cuts": [101]}, WrongValue),
            ({"most": 50}, WrongValue),
            ({"scores": [70, 70, 70]}, ConstantItem),
            ({"scores": [70, NAN]}, TooFew),
            ({"scores": [[70, 60]]}, WrongShape),
            ({"scores": [0, 0, 100, 100], "reliability": 0.01}, TooFew),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(self, change: dict[str, object], error: type[Exception]) -> None:
        given = {"scores": [50, 60, 70, 80], "reliability": 0.8, "most": 100, "cuts": [60]} | change
        with pytest.raises(error):
            classical.livingston_lewis(given.pop("scores"), **given)

    def test_number_right_is_whole(self) -> None:
        with pytest.raises(WrongValue, match="whole"):
            classical.hanson_brennan([1.5, 2, 3], length=5, reliability=0.5, cuts=[3])


class TestCommand:
    def test_reports_items_options_scores_groups_and_the_decision(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(1)
        ability = rng.normal(size=80)
        right = irt.simulated(irt.logistic(np.linspace(-1, 1, 10)), ability, rng=rng)
        cells = np.where(right > 0, "A", rng.choice(["B", "C"], right.shape))
        names = [f"q{place}" for place in range(10)]
        rows = [
            ",".join(["group", *names]),
            *(",".join(["汉" if row % 2 else "维", *each]) for row, each in enumerate(cells)),
        ]
        (tmp_path / "answers.csv").write_text("\n".join(rows), encoding="utf-8")
        (tmp_path / "key.csv").write_text("\n".join(["item,key", *(f"{name},A" for name in names)]))
        (tmp_path / "about.csv").write_text("\n".join(["item,type,points", *(f"{name},single,0.5" for name in names)]))
        options = ["--key", "key.csv", "--about", "about.csv", "--cut", "3", "--json"]
        found = json.loads(called(tmp_path, "answers.csv", *options))
        assert (found["n_persons"], found["n_items"]) == (80, 10)
        assert found["items"][0]["difficulty"] == pytest.approx(right[:, 0].mean())
        assert {each["option"] for each in found["options"]} == {"A", "B", "C"}
        assert found["mean"] == pytest.approx(right.sum(axis=1).mean() / 2)
        assert [each["method"] for each in found["decision"]] == ["livingston-lewis"]
        assert {each["group"] for each in found["groups"]} == {"汉", "维"}
        assert found["alpha_stratified"] == pytest.approx(found["alpha"])
        assert sum(each["n"] for each in found["scores"]) == 80

    def test_says_in_its_tables_why_there_is_no_standard_error(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "points.csv").write_text("q1,q2\n1,0.5\n0,1\n1,1\n0,0\n")
        run(tmp_path / "points.csv", cut=1.0)
        assert "points in part" in capsys.readouterr().out

    def test_takes_one_group_alone(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "points.csv").write_text("group,q1,q2\n汉,1,0\n汉,0,1\n汉,1,1\n维,0,0\n维,1,1\n维,0,\n")
        run(tmp_path / "points.csv", only="汉", cut=1.0, as_json=True)
        assert json.loads(capsys.readouterr().out)["items"][0]["difficulty"] == pytest.approx(2 / 3)
        run(tmp_path / "points.csv", only="维", cut=1.0)
        assert "1 persons who did not answer everything" in " ".join(capsys.readouterr().out.split())

    def test_judges_whole_points_by_every_method(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        made = sample(100, 8)
        rows = [",".join(f"{score:g}" for score in row) for row in made.scores]
        (tmp_path / "points.csv").write_text("\n".join([",".join(made.items), *rows]))
        run(tmp_path / "points.csv", cut=5.0, as_json=True)
        found = json.loads(capsys.readouterr().out)["decision"]
        assert [each["method"] for each in found] == ["livingston-lewis", "hanson-brennan", "subkoviak"]
        assert found[2]["accuracy"] is None

    @pytest.mark.parametrize(
        ("about", "message"),
        [
            ("item,type\nq1,single\n", "about q2"),
            ("item,points\nq1,half\nq2,1\n", "half"),
            ("item,colour\nq1,red\nq2,red\n", "type or points"),
        ],
    )
    def test_refuses_what_it_cannot_read_about_items(self, tmp_path: Path, about: str, message: str) -> None:
        (tmp_path / "points.csv").write_text("q1,q2\n1,0\n0,1\n1,1\n")
        (tmp_path / "about.csv").write_text(about)
        with pytest.raises(UnreadableFile, match=message):
            run(tmp_path / "points.csv", about=tmp_path / "about.csv")


def called(folder: Path, *arguments: str) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "psychometrics", "classical", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def moments(first: float, second: float, lower: float, upper: float) -> list[float]:
    """The raw moments of a beta on part of [0, 1], by its own."""
    plain, width = [1.0, *(beta(first, second).moment(r) for r in range(1, 5))], upper - lower
    choose = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1], [1, 4, 6, 4, 1]]
    return [
        float(sum(choose[r][j] * width**j * plain[j] * lower ** (r - j) for j in range(r + 1))) for r in range(1, 5)
    ]


def huynh(n: int, a: float, b: float) -> Floats:
    """P(x on one paper, y on another), (n + 1, n + 1), of beta-binomial scores."""
    x = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    both = x[:, None] + x
    return np.asarray(np.exp(ways[:, None] + ways + betaln(a + both, b + 2 * n - both) - betaln(a, b)))


def as_if_seen(chances: Floats, n_persons: int = 20_000) -> Floats:
    """Scores in exactly these proportions, but for rounding."""
    return np.repeat(np.arange(chances.size, dtype=np.float64), np.round(chances * n_persons).astype(int))
