from __future__ import annotations

import mirt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from psychometrics import classical, responses
from psychometrics.classical import Flag
from psychometrics.errors import WrongShape, WrongValue
from psychometrics.responses import Floats, Responses
from tests.psychometrics.drawn import LSAT6, LSAT7, lsat
from tests.psychometrics.samples import sample

NAN = float("nan")


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
        items, total = classical.item_statistics(lsat(LSAT6)), classical.reliability(lsat(LSAT6))
        assert items.difficulty == pytest.approx([0.924, 0.709, 0.553, 0.763, 0.870], abs=5e-4)
        assert items.discrimination == pytest.approx([0.113, 0.153, 0.173, 0.144, 0.122], abs=5e-4)
        assert total.alpha == pytest.approx(0.295, abs=5e-4)

    def test_lsat7(self) -> None:
        items, total = classical.item_statistics(lsat(LSAT7)), classical.reliability(lsat(LSAT7))
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

    @pytest.mark.parametrize(
        ("alpha", "wanted"), [(0.79, set()), (0.80, {"local"}), (0.9, {"local", "high stakes"}), (NAN, set())]
    )
    def test_tell_what_a_total_is_reliable_enough_for(self, alpha: float, wanted: set[str]) -> None:
        assert classical.sufficient_for(alpha) == wanted

    @pytest.mark.parametrize(("types", "error"), [(["single"], WrongShape), (["single", "riddle"], WrongValue)])
    def test_refuse_other_types(self, types: list[str], error: type[Exception]) -> None:
        with pytest.raises(error):
            classical.flags(classical.item_statistics(sample(10, 2)), types=types)
