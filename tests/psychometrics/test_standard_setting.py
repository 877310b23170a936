from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from scipy.optimize import minimize

from psychometrics import irt
from psychometrics.errors import Disconnected, EmptyGroup, NotConverged, TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats
from psychometrics.standard_setting import (
    Place,
    ability_at,
    angoff,
    booklet,
    bookmark,
    borderline_group,
    borderline_regression,
    contrasting_groups,
    hofstee,
    movement,
    readings,
)
from psychometrics.tables import parameters, write_parameters

NAN = float("nan")
PANEL = np.array([[0.5, 0.6, 0.7, 0.9], [0.4, 0.6, 0.8, 0.8], [0.6, 0.5, 0.9, 0.7]])


def bank(count: int = 30, seed: int = 1) -> irt.Items:
    rng = np.random.default_rng(seed)
    return irt.logistic(rng.normal(0, 1, count), rng.uniform(0.7, 1.6, count))


def panel(judges: int, items: int, *, seed: int, of_judges: float, of_items: float, rest: float) -> Floats:
    """Judgements with known spread: judge's lean, item's ease, and what is left."""
    rng = np.random.default_rng(seed)
    parts = (
        rng.normal(0, of_judges, (judges, 1)),
        rng.normal(0, of_items, items),
        rng.normal(0, rest, (judges, items)),
    )
    return np.asarray(np.clip(0.6 + sum(parts), 0, 1))


class TestAngoff:
    def test_the_cut_is_the_mean_of_the_judges_sums_and_as_sure_as_they_are_many(self) -> None:
        """Sums 2.7, 2.6, 2.7: mean 8/3, SD 0.1/√3, error SD/√3 = 1/30, t(2) = 4.303."""
        found = angoff(PANEL)
        assert found.cuts == pytest.approx([2.7, 2.6, 2.7])
        assert found.cut.cut == pytest.approx(8 / 3)
        assert found.cut.error == pytest.approx(1 / 30)
        assert found.cut.high - found.cut.cut == pytest.approx(4.3027 / 30, rel=1e-4)
        assert found.item_means == pytest.approx(PANEL.mean(axis=0))
        assert found.item_sds == pytest.approx(PANEL.std(axis=0, ddof=1))

    def test_agreement_is_the_correlation_with_the_others(self) -> None:
        oracle = [np.corrcoef(PANEL[judge], np.delete(PANEL, judge, axis=0).mean(axis=0))[0, 1] for judge in range(3)]
        assert angoff(PANEL).agreement == pytest.approx(oracle)
        assert np.isnan(angoff([[0.5, 0.5], [0.4, 0.6]]).agreement).all()

    def test_items_of_several_points_count_as_such(self) -> None:
        found = angoff(PANEL * [1, 2, 5, 10], maxima=[1, 2, 5, 10])
        assert found.cut.cut == pytest.approx(float((PANEL * [1, 2, 5, 10]).sum(axis=1).mean()))
        assert found.most == 18

    def test_errors_are_the_spread_of_cuts_over_panels_and_over_papers(self) -> None:
        """1,000 panels on one paper, and on as many papers: the two errors that are claimed."""
        rng = np.random.default_rng(3)
        ease, leans = rng.normal(1, 0.1, (1000, 20)), rng.normal(0, 0.05, (1000, 6, 1))
        noise = rng.normal(0, 0.05, (1000, 6, 20))
        for papers, claimed in ((ease[:1], "over judges"), (ease, "over both")):
            seen = papers[:, None, :] + leans + noise
            found = [angoff(each, maxima=2) for each in seen[:300]]
            errors = [each.cut.error if claimed == "over judges" else each.error_with_items for each in found]
            spread = np.std(seen.sum(axis=2).mean(axis=1))
            assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(spread, rel=0.08)

    def test_whoever_skips_hard_items_is_not_taken_for_lenient(self) -> None:
        whole = np.add.outer([0.0, 0.1, -0.1], [0.2, 0.5, 0.8])
        holed = whole.copy()
        holed[0, 0] = NAN
        found = angoff(holed)
        assert found.cuts == pytest.approx(whole.sum(axis=1))
        assert found.n_filled == 1

    def test_a_judge_who_was_away_is_left_out(self) -> None:
        found = angoff(np.vstack([PANEL, np.full(4, NAN)]))
        assert found.cut == angoff(PANEL).cut
        assert found.n_judges == 3
        assert np.isnan([found.cuts[3], found.agreement[3]]).all()

    @given(arrays(np.float64, (4, 5), elements=st.floats(0, 1)))
    def test_a_cut_lies_between_its_judges_and_the_order_of_judges_does_not_matter(self, judgements: Floats) -> None:
        found = angoff(judgements)
        assert found.cuts.min() - 1e-9 <= found.cut.cut <= found.cuts.max() + 1e-9
        turned = angoff(judgements[::-1])
        assert [turned.cut.cut, turned.cut.error] == pytest.approx([found.cut.cut, found.cut.error], abs=1e-12)

    def test_discussion_that_halves_the_distance_to_the_panel_halves_the_spread(self) -> None:
        before = panel(8, 30, seed=2, of_judges=0.05, of_items=0.1, rest=0.05)
        found = movement(before, (before + before.mean(axis=0)) / 2)
        assert found.spread == pytest.approx(0.5)
        assert found.shift.cut == pytest.approx(0, abs=1e-9)
        assert found.changed == pytest.approx(np.abs(before - before.mean(axis=0)).mean() / 2)

    def test_who_missed_a_round_did_not_move(self) -> None:
        later = PANEL + 0.05
        later[0] = NAN
        found = movement(PANEL, later)
        assert np.isnan(found.moved[0])
        assert found.moved[1:] == pytest.approx([0.2, 0.2])
        assert found.shift.error == pytest.approx(0, abs=1e-9)

    def test_what_cannot_be_reckoned_is_named(self) -> None:
        with pytest.raises(WrongValue, match=r"judge 1 expects 1\.2 on item 2"):
            angoff([[0.5, 1.2], [0.5, 0.5]])
        with pytest.raises(TooFew):
            angoff(PANEL[:1])
        with pytest.raises(TooFew, match="item 2"):
            angoff([[0.5, NAN, 0.5], [0.5, NAN, 0.5]])
        with pytest.raises(Disconnected):
            angoff([[0.5, NAN], [NAN, 0.5]])
        with pytest.raises(WrongShape):
            angoff(PANEL, maxima=[1, 2])
        with pytest.raises(WrongShape):
            angoff([0.5])
        with pytest.raises(WrongShape):
            movement(PANEL, PANEL[:, :3])
        with pytest.raises(WrongValue):
            angoff(PANEL, confidence=95)


class TestReadings:
    def test_a_judge_who_knows_the_items_is_consistent_and_his_ability_is_found(self) -> None:
        found = readings(irt.expected(bank(), [-0.5, 0.8]), bank())
        assert found.theta == pytest.approx([-0.5, 0.8])
        assert found.consistency == pytest.approx([1, 1])

    def test_one_who_takes_hard_for_easy_is_not(self) -> None:
        """p = 1 - P throughout, with items symmetric about the ability: E = Σ |1 - 2P|, M = Σ max(P, 1-P)."""
        items = irt.logistic([-2.0, -1.0, 1.0, 2.0])
        chance = irt.expected(items, [0.0])[0]
        wrong = 1 - np.abs(1 - 2 * chance).sum() / np.maximum(chance, 1 - chance).sum()
        found = readings([1 - chance, chance], items)
        assert found.theta == pytest.approx([0, 0], abs=1e-8)
        assert found.consistency == pytest.approx([wrong, 1])

    def test_judges_without_judgements_and_impossible_sums_have_none(self) -> None:
        found = readings([np.ones(30), np.full(30, NAN), np.full(30, 0.5)], bank())
        assert np.isnan(found.theta).tolist() == [True, True, False]

    @given(st.floats(-2, 2))
    def test_ability_at_turns_expected_points_round(self, theta: float) -> None:
        points = float(irt.expected(bank(), [theta]).sum())
        found = ability_at(bank(), points, 0.5)
        assert found.theta == pytest.approx(theta, abs=1e-6)
        step = 1e-5
        slope = (irt.expected(bank(), [theta + step]).sum() - irt.expected(bank(), [theta - step]).sum()) / (2 * step)
        assert found.error == pytest.approx(0.5 / slope, rel=1e-4)

    def test_points_below_guessing_belong_to_nobody(self) -> None:
        with pytest.raises(WrongValue):
            ability_at(irt.logistic([0.0, 1.0], c=[0.25, 0.25]), 0.4)


class TestBookmark:
    def test_published_locations(self) -> None:
        """RP 2/3: b + 0.693 / a, and with guessing b + ln((RP - c) / (1 - RP)) / a (Mitzel et al. 2001)."""
        pages = booklet(irt.logistic([0.5, 0.0], [1.4, 1.4], [0.0, 0.2]))
        assert pages.item.tolist() == [1, 0]
        assert pages.theta[1] == pytest.approx(0.5 + 0.693 / 1.4, abs=5e-4)
        assert pages.theta[0] == pytest.approx(np.log((2 / 3 - 0.2) / (1 / 3)) / 1.4)

    def test_every_page_is_reached_with_the_probability_asked_for(self) -> None:
        items = irt.joined(
            [
                irt.logistic([0.3], [1.2], [0.2], names=["guess"]),
                irt.graded([1.1], [[-1.0, 0.4, 1.3]], names=["graded"]),
                irt.partial_credit([0.8], [[0.5, -0.4]], names=["credit"]),
            ]
        )
        pages = booklet(items, probability=0.6)
        assert (np.diff(pages.theta) >= 0).all()
        assert sorted(zip(pages.item.tolist(), pages.score.tolist(), strict=True)) == [
            (0, 1), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2),
        ]  # fmt: skip
        chance = irt.probabilities(items, pages.theta)
        reached = [
            chance[page, item, score:].sum()
            for page, (item, score) in enumerate(zip(pages.item, pages.score, strict=True))
        ]
        assert reached == pytest.approx([0.6] * 6)

    def test_judges_cuts_are_their_pages_and_the_error_their_spread(self) -> None:
        pages = booklet(bank())
        found = bookmark(pages, [10, 12, 15])
        assert found.cuts == pytest.approx(pages.theta[[9, 11, 14]])
        assert found.ability.error == pytest.approx(stats.sem(found.cuts))
        assert found.median == pytest.approx(pages.theta[11])
        assert found.points.cut == pytest.approx(irt.expected(bank(), [found.ability.cut]).sum())
        assert found.points.low < found.points.cut < found.points.high
        following, between = (bookmark(pages, [10, 12, 15], place=place) for place in (Place.NEXT, Place.MIDPOINT))
        assert between.cuts == pytest.approx((found.cuts + following.cuts) / 2)

    def test_tables_whose_judges_agree_are_worth_one_judge_each(self) -> None:
        found = bookmark(booklet(bank()), [10, 10, 14, 14, 20, 20], tables=list("aabbcc"))
        assert found.between_tables == pytest.approx(1)
        sd = found.cuts.std(ddof=1)
        assert found.ability.error == pytest.approx(sd / np.sqrt(3))
        assert found.ability.high - found.ability.cut == pytest.approx(stats.t.isf(0.025, 2) * found.ability.error)

    def test_what_cannot_be_reckoned_is_named(self) -> None:
        pages = booklet(bank(5))
        for mastered, place in (
            ([0, 3], Place.LAST),
            ([6, 3], Place.LAST),
            ([5, 3], Place.NEXT),
            ([1.5, 3], Place.LAST),
        ):
            with pytest.raises(WrongValue):
                bookmark(pages, mastered, place=place)
        with pytest.raises(WrongValue):
            bookmark(pages, [NAN, 2])
        with pytest.raises(TooFew):
            bookmark(pages, [3])
        with pytest.raises(TooFew):
            bookmark(pages, [3, 4], tables=["a", "a"])
        with pytest.raises(WrongShape):
            bookmark(pages, [3, 4], tables=["a"])
        with pytest.raises(WrongValue, match="i1 is mastered by guessing"):
            booklet(irt.logistic([0.0], c=[0.7]))
        with pytest.raises(WrongValue):
            booklet(bank(), probability=1)


class TestHofstee:
    def test_closed_form(self) -> None:
        """Scores 0 … 99 once each: the share below c is c/100. From (50, .6) to (70, .2): .6 - .02 (c - 50) = .01 c."""
        found = hofstee(np.arange(100), [[50, 70, 0.2, 0.6]])
        assert found.cut == pytest.approx(1.6 / 0.03)
        assert found.failing == pytest.approx(1.6 / 3)
        assert found.would_fail == pytest.approx((0.5, 0.7))
        assert np.isnan([found.error, found.met]).all()

    def test_scores_that_never_meet_the_panel_give_no_cut_but_say_why(self) -> None:
        found = hofstee(np.arange(100), [[50, 70, 0.1, 0.3]], rng=np.random.default_rng(1), resamples=50)
        assert np.isnan([found.cut, found.failing]).all()
        assert found.would_fail[0] > found.highest_failing
        assert found.met == 0

    @given(
        scores=arrays(np.int64, 60, elements=st.integers(0, 100)),
        low=st.integers(10, 50),
        wide=st.integers(0, 40),
        fewest=st.floats(0, 0.4),
        more=st.floats(0, 0.5),
    )
    def test_a_cut_is_acceptable_on_both_sides(
        self, scores: np.ndarray[Any, Any], low: int, wide: int, fewest: float, more: float
    ) -> None:
        found = hofstee(scores, [[low, low + wide, fewest, fewest + more]])
        if not np.isnan(found.cut):
            assert low - 1e-9 <= found.cut <= low + wide + 1e-9
            assert (scores < found.cut - 1).mean() <= fewest + more + 1e-9

    def test_the_bootstrap_finds_the_spread_of_cuts(self) -> None:
        rng = np.random.default_rng(4)

        def once() -> tuple[Floats, Floats]:
            lowest, wide = rng.normal(55, 3, 10), rng.uniform(8, 12, 10)
            fewest, more = rng.uniform(0.0, 0.1, 10), rng.uniform(0.2, 0.4, 10)
            return rng.normal(65, 10, 300).round(), np.column_stack([lowest, lowest + wide, fewest, fewest + more])

        cuts = [hofstee(*once()).cut for _ in range(400)]
        errors = [hofstee(*once(), rng=rng, resamples=100).error for _ in range(15)]
        assert np.mean(errors) == pytest.approx(np.std(cuts), rel=0.2)

    def test_the_same_generator_gives_the_same_error(self) -> None:
        scores, judged = np.arange(100), [[50, 70, 0.2, 0.6], [55, 70, 0.1, 0.7]]
        one, other = (hofstee(scores, judged, rng=np.random.default_rng(5), resamples=50) for _ in range(2))
        assert one == other

    def test_what_cannot_be_reckoned_is_named(self) -> None:
        with pytest.raises(WrongValue):
            hofstee([50, 60], [[70, 50, 0.1, 0.2]])
        with pytest.raises(WrongValue):
            hofstee([50, 60], [[50, 70, 10, 20]])
        with pytest.raises(WrongShape):
            hofstee([50, 60], [[50, 70, 0.1]])
        with pytest.raises(TooFew):
            hofstee([NAN, NAN], [[50, 70, 0.1, 0.2]])


class TestContrastingGroups:
    @staticmethod
    def sample(seed: int, count: int = 400) -> tuple[Floats, np.ndarray[Any, Any]]:
        """Competent with P = 1 / (1 + exp(-(score - 60) / 5))."""
        rng = np.random.default_rng(seed)
        scores = rng.normal(64, 10, count)
        return scores, rng.random(count) < 1 / (1 + np.exp(-(scores - 60) / 5))

    def test_the_curve_is_that_of_a_general_optimiser(self) -> None:
        scores, competent = self.sample(1)

        def below(at: Floats) -> float:
            height = at[0] + at[1] * (scores - 60) / 10
            return float(-(competent * height - np.logaddexp(0, height)).sum())

        oracle = minimize(below, [0.0, 1.0], method="BFGS", options={"gtol": 1e-8})
        found = contrasting_groups(scores, competent)
        assert found.slope == pytest.approx(oracle.x[1] / 10, rel=1e-5)
        assert found.cut.cut == pytest.approx(60 - 10 * oracle.x[0] / oracle.x[1], rel=1e-6)

    def test_intervals_cover_the_truth_as_often_as_they_say(self) -> None:
        found = [contrasting_groups(*self.sample(seed, 200), confidence=0.9).cut for seed in range(300)]
        assert 0.85 <= np.mean([each.low <= 60 <= each.high for each in found]) <= 0.95
        assert np.mean([each.error for each in found]) == pytest.approx(np.std([each.cut for each in found]), rel=0.15)

    def test_a_worse_wrong_pass_raises_the_cut_by_the_log_of_it(self) -> None:
        plain, strict = (contrasting_groups(*self.sample(2), loss_ratio=ratio) for ratio in (1, 4))
        assert strict.cut.cut - plain.cut.cut == pytest.approx(np.log(4) / plain.slope)
        assert strict.false_pass < plain.false_pass
        assert strict.false_fail > plain.false_fail

    def test_shares_are_those_of_the_persons_given(self) -> None:
        scores, competent = self.sample(3)
        found = contrasting_groups(np.append(scores, NAN), np.append(competent, True))
        assert found.false_pass == pytest.approx((scores[~competent] >= found.cut.cut).mean())
        assert found.false_fail == pytest.approx((scores[competent] < found.cut.cut).mean())
        assert found.n_left_out == 1

    def test_scores_that_hardly_tell_have_no_bounds(self) -> None:
        found = contrasting_groups([1, 2, 3, 4, 5, 6], [False, True, False, True, False, True])
        assert (found.cut.low, found.cut.high) == (-np.inf, np.inf)

    def test_what_cannot_be_reckoned_is_named(self) -> None:
        with pytest.raises(EmptyGroup):
            contrasting_groups([1, 2], [True, True])
        with pytest.raises(NotConverged, match="any cut from 2 to 3"):
            contrasting_groups([1, 2, 3, 4], [False, False, True, True])
        for judged in ([True, True, False, False], [True, False, False, True]):
            with pytest.raises(WrongValue):
                contrasting_groups([1, 2, 3, 4], judged)
        with pytest.raises(WrongValue):
            contrasting_groups([1, 2, 3, 4], [False, True, False, True], loss_ratio=0)
        with pytest.raises(WrongShape):
            contrasting_groups([1, 2, 3], [True, False])


class TestBorderline:
    def test_the_interval_of_the_median_is_of_order_statistics(self) -> None:
        """Of 10 persons the 2nd and the 9th hold the median with .9785 (Conover 1999, table A3)."""
        found = borderline_group([*range(10, 110, 10), NAN])
        assert (found.cut, found.low, found.high) == (55, 20, 90)

    def test_five_persons_are_too_few_for_an_interval(self) -> None:
        found = borderline_group([1, 2, 3, 4, 5])
        assert found.cut == 3
        assert np.isnan([found.low, found.high]).all()

    def test_the_error_is_the_spread_of_medians(self) -> None:
        rng = np.random.default_rng(7)
        samples = rng.normal(60, 8, (1500, 41))
        claimed = np.mean([borderline_group(each).error for each in samples[:150]])
        assert claimed == pytest.approx(np.median(samples, axis=1).std(), rel=0.1)

    def test_regression_is_that_of_scipy(self) -> None:
        rng = np.random.default_rng(8)
        ratings = rng.integers(1, 6, 80).astype(float)
        scores = 35 + 9 * ratings + rng.normal(0, 6, 80)
        found, oracle = borderline_regression(scores, ratings, at=2), stats.linregress(ratings, scores)
        assert (found.slope, found.intercept) == pytest.approx((oracle.slope, oracle.intercept))
        assert found.r_squared == pytest.approx(oracle.rvalue**2)
        assert found.cut.cut == pytest.approx(oracle.intercept + 2 * oracle.slope)
        # Where the rating is 0 the line's error is that of the intercept.
        assert borderline_regression(scores, ratings, at=0).cut.error == pytest.approx(oracle.intercept_stderr)

    def test_persons_without_a_rating_are_left_out(self) -> None:
        found = borderline_regression([50, 60, 70, 99], [1, 2, 3, NAN], at=2)
        assert (found.cut.cut, found.n) == (pytest.approx(60), 3)

    def test_what_cannot_be_reckoned_is_named(self) -> None:
        with pytest.raises(TooFew):
            borderline_group([NAN, 3])
        with pytest.raises(WrongShape):
            borderline_group([[1, 2]])
        with pytest.raises(TooFew):
            borderline_regression([1, 2, 3], [2, 2, 2], at=2)
        with pytest.raises(WrongShape):
            borderline_regression([1, 2, 3], [2, 2], at=2)


def command(*arguments: str | Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "psychometrics", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class TestCommands:
    def test_angoff(self, tmp_path: Path) -> None:
        items = irt.logistic([-0.5, 0.0, 0.5, 1.0], names=list("abcd"))
        write_parameters(tmp_path / "bank.csv", parameters(items))
        later = (PANEL + PANEL.mean(axis=0)) / 2
        lines = [
            f"{judge},{turn},{','.join(map(str, row))}"
            for turn, table in (("1", PANEL), ("2", later))
            for judge, row in zip("甲乙丙", table.tolist(), strict=True)
        ]
        file = tmp_path / "panel.csv"
        file.write_text("\n".join(["judge,round,a,b,c,d", *lines]), encoding="utf-8")
        found = command("angoff", file, "--parameters", tmp_path / "bank.csv")
        assert [each["cut"] for each in found["rounds"]] == pytest.approx([8 / 3, 8 / 3])
        assert found["panels"][0]["theta"] == pytest.approx(ability_at(items, 8 / 3).theta)
        assert found["movements"][0]["spread"] == pytest.approx(0.5)
        assert [each["judge"] for each in found["judges"]] == ["甲", "乙", "丙"]
        assert [each["consistency"] for each in found["judges"]] == pytest.approx(
            readings(later, items).consistency.tolist()
        )

    def test_bookmark(self, tmp_path: Path) -> None:
        write_parameters(tmp_path / "bank.csv", parameters(bank()))
        file = tmp_path / "marks.csv"
        file.write_text("judge,pages,table\n甲,10,1\n乙,12,1\n丙,15,2\n", encoding="utf-8")
        found = command("bookmark", file, "--parameters", tmp_path / "bank.csv")
        expected = bookmark(booklet(bank()), [10, 12, 15], tables=["1", "1", "2"])
        assert found["theta"] == pytest.approx(expected.ability.cut)
        assert len(found["booklet"]) == 30

    def test_hofstee(self, tmp_path: Path) -> None:
        panel_file, scores = tmp_path / "panel.csv", tmp_path / "scores.csv"
        panel_file.write_text("lowest_cut,highest_cut,lowest_failing,highest_failing\n50,70,.2,.6\n", encoding="utf-8")
        scores.write_text("\n".join(["score", *map(str, range(100))]), encoding="utf-8")
        found = command("hofstee", panel_file, "--scores", scores, "--resamples", "50")
        assert found["cut"] == pytest.approx(1.6 / 0.03)
        expected = hofstee(range(100), [[50, 70, 0.2, 0.6]], rng=np.random.default_rng(1), resamples=50)
        assert (found["error"], found["met"]) == pytest.approx((expected.error, expected.met))

    def test_contrasting_groups(self, tmp_path: Path) -> None:
        scores, competent = TestContrastingGroups.sample(1)
        file = tmp_path / "persons.csv"
        lines = [f"{score},{int(judged)}" for score, judged in zip(scores.tolist(), competent, strict=True)]
        file.write_text("\n".join(["score,competent", *lines]), encoding="utf-8")
        assert command("contrasting-groups", file)["cut"] == pytest.approx(
            contrasting_groups(scores, competent).cut.cut
        )

    def test_borderline(self, tmp_path: Path) -> None:
        file = tmp_path / "persons.csv"
        file.write_text("score,rating\n50,1\n60,2\n70,3\n62,2\n58,2\n", encoding="utf-8")
        cuts = {each["method"]: each["cut"] for each in command("borderline", file, "--at", "2")["cuts"]}
        assert cuts == {"regression": pytest.approx(60), "group": 60}
