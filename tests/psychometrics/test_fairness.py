from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize
from scipy.stats import chi2

from psychometrics import fairness, irt, responses
from psychometrics.errors import EmptyGroup, TooFew, WrongShape, WrongValue
from psychometrics.fairness import Fewest
from psychometrics.fairness.purification import purified
from psychometrics.responses import Flags, Floats
from tests.psychometrics.two_groups import against, answers

NAN = float("nan")
ADMISSIONS = [
    [[313, 512], [19, 89]],
    [[207, 353], [8, 17]],
    [[205, 120], [391, 202]],
    [[279, 138], [244, 131]],
    [[138, 53], [299, 94]],
    [[351, 22], [317, 24]],
]
"""Berkeley 1973 by department: men and women, rejected and admitted (Bickel, Hammel & O'Connell 1975)."""
METHODS = [fairness.mantel_haenszel, fairness.standardised, fairness.logistic]


class TestOdds:
    def test_of_berkeleys_admissions_are_the_published_ones(self) -> None:
        """R, `mantelhaen.test(UCBAdmissions)`: odds 0.9046968 (0.7719074, 1.0603298), X² = 1.4269, p = 0.2323."""
        found = fairness.odds(ADMISSIONS)
        bounds = np.exp(np.log(found.alpha) + 1.959964 * found.se * np.array([-1, 1]))
        assert [found.alpha, *bounds] == pytest.approx([0.9046968, 0.7719074, 1.0603298], abs=1e-6)
        assert found.chi2 == pytest.approx(1.4269, abs=5e-5)
        assert chi2.sf(found.chi2, 1) == pytest.approx(0.2323, abs=5e-5)

    def test_of_the_rabbits_test_as_published(self) -> None:
        """Penicillin at once or later, cured or not, at five doses (Agresti 1990, 231-237): p = 0.047."""
        rabbits = [[[6, 0], [5, 0]], [[3, 3], [6, 0]], [[0, 6], [4, 2]], [[1, 5], [0, 6]], [[0, 2], [0, 5]]]
        assert chi2.sf(fairness.odds(rabbits).chi2, 1) == pytest.approx(0.047, abs=5e-4)

    @settings(deadline=None, max_examples=50)
    @given(counts=arrays(np.int64, st.tuples(st.integers(1, 8), st.just(2), st.just(2)), elements=st.integers(0, 40)))
    def test_turn_over_with_the_groups_and_with_the_answers(self, counts: Floats) -> None:
        found = fairness.odds(counts)
        for turned in (counts[:, ::-1], counts[:, :, ::-1]):
            other = fairness.odds(turned)
            assert 1 / found.alpha == pytest.approx(other.alpha, nan_ok=True)
            assert (found.se, found.chi2) == pytest.approx((other.se, other.chi2), nan_ok=True)

    def test_of_one_level_are_the_cross_product(self) -> None:
        found = fairness.odds([[[10, 30], [20, 25]]])
        assert found.alpha == pytest.approx((30 * 20) / (10 * 25))
        assert found.se == pytest.approx(np.sqrt(1 / 10 + 1 / 30 + 1 / 20 + 1 / 25))

    @pytest.mark.parametrize("counts", [[[[0, 9], [0, 9]]], [[[5, 5], [0, 0]]], [[[1, 0], [0, 0]]]])
    def test_are_none_where_nothing_can_be_estimated(self, counts: list[Any]) -> None:
        assert np.isnan(fairness.odds(counts).alpha)

    def test_need_two_by_two(self) -> None:
        with pytest.raises(WrongShape):
            fairness.odds([[1, 2], [3, 4]])


class TestClasses:
    @pytest.mark.parametrize(
        ("delta", "se", "p", "wanted"),
        [
            (-0.9, 0.1, 0.001, "A"),
            (-1.2, 0.9, 0.2, "A"),
            (-1.2, 0.2, 0.001, "B"),
            (-1.6, 0.5, 0.001, "B"),
            (1.6, 0.3, 0.001, "C"),
            (-1.49, 0.1, 0.001, "B"),
            (NAN, NAN, NAN, ""),
        ],
    )
    def test_of_ets(self, delta: float, se: float, p: float, wanted: str) -> None:
        assert fairness.ets_classes(*(np.array([each]) for each in (delta, se, p))) == (wanted,)


class TestEveryMethod:
    @pytest.mark.parametrize("method", METHODS)
    def test_finds_what_is_harder_for_one_group_and_spares_the_rest(self, method: Any) -> None:
        found = against(method, answers(harder={0: 1.2, 5: 1.2, 9: 1.2}, n=1500))
        assert np.flatnonzero(found.is_suspect).tolist() == [0, 5, 9]
        assert np.flatnonzero(~found.anchor).tolist() == [0, 5, 9]
        assert found.is_settled

    @pytest.mark.parametrize("method", METHODS)
    def test_holds_its_level_when_nothing_differs_but_ability(self, method: Any) -> None:
        rejected = []
        for seed in range(8):
            found = against(method, answers(impact=-0.7, n=600, seed=seed))
            rejected += ((found.uniform if method is fairness.logistic else found).p < 0.05).tolist()
        assert len(rejected) == 240
        assert 0.01 < np.mean(rejected) < 0.09

    @pytest.mark.parametrize("method", METHODS)
    def test_is_the_same_from_both_sides_but_for_the_sign(self, method: Any) -> None:
        made = answers(harder={0: 0.8}, n=300)
        sides = {"fewest": Fewest(), "purify": False}
        there = against(method, made, **sides)
        back = method(made, reference="uyghur", focal=["han"] if method is fairness.logistic else "han", **sides)
        tested = [each.uniform if method is fairness.logistic else each for each in (there, back)]
        assert tested[0].chi2 == pytest.approx(tested[1].chi2, abs=1e-6)

    @pytest.mark.parametrize("method", METHODS)
    def test_finds_it_with_missing_answers_too(self, method: Any) -> None:
        found = against(method, answers(harder={0: 1.3}, n=2000, missing=0.2))
        assert np.flatnonzero(found.is_suspect).tolist() == [0]

    @pytest.mark.parametrize("method", METHODS)
    def test_judges_no_item_that_few_answered(self, method: Any) -> None:
        made = answers(n=400)
        scores = made.scores.copy()
        scores[100:400, 3] = NAN
        sparse = responses.scored(scores, maxima=1, groups=[made.groups[place] for place in made.group])
        found = against(method, sparse)
        assert [place for place, each in enumerate(found.classes) if not each] == [3]
        assert found.anchor[3]

    @pytest.mark.parametrize("method", METHODS)
    def test_takes_half_points_for_what_they_are(self, method: Any) -> None:
        made = answers(harder={0: 1.0}, n=500)
        groups = [made.groups[place] for place in made.group]
        halves = responses.scored(made.scores / 2, maxima=0.5, groups=groups)
        assert against(method, made).classes == against(method, halves).classes

    @pytest.mark.parametrize("method", METHODS)
    def test_matches_on_a_score_from_outside_when_given_one(self, method: Any) -> None:
        """With everything harder for one group an inner match hides it, an outer one shows it."""
        made = answers(12, n=800, impact=0, harder=dict.fromkeys(range(6), 1.5))
        outside = np.repeat(np.nan, 1600)
        outside[:] = made.scores[:, 6:].sum(axis=1)
        found = against(method, made, matching=outside)
        assert set(np.flatnonzero(found.is_suspect)) >= set(range(6))
        assert found.anchor.all()

    @pytest.mark.parametrize("method", METHODS)
    def test_tells_how_far_it_is(self, method: Any) -> None:
        told: list[tuple[int, int]] = []
        against(method, answers(10, n=300), purify=False, progress=lambda done, total: told.append((done, total)))
        assert told == [(item, 10) for item in range(1, 11)]

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize(
        ("options", "error"),
        [
            ({"reference": "tibetan"}, EmptyGroup),
            ({"reference": "uyghur"}, WrongValue),
            ({"fewest": Fewest(smaller=301)}, TooFew),
            ({"fewest": Fewest(together=601)}, TooFew),
            ({"matching": [1.0, 2.0]}, WrongShape),
            ({"matching": np.full(600, np.inf)}, WrongValue),
        ],
    )
    def test_refuses_by_name(self, method: Any, options: dict[str, Any], error: type[Exception]) -> None:
        focal = ["uyghur"] if method is fairness.logistic else "uyghur"
        with pytest.raises(error):
            method(answers(5, n=300), **({"reference": "han", "focal": focal} | options))

    @pytest.mark.parametrize("method", METHODS)
    def test_says_when_no_anchor_is_left(self, method: Any) -> None:
        rng = np.random.default_rng(1)
        first = rng.random((600, 2)) < np.array([0.9, 0.1])
        made = responses.scored(np.vstack([first, ~first]).astype(float), groups=["han"] * 600 + ["uyghur"] * 600)
        with pytest.raises(TooFew, match="anchor"):
            against(method, made)


class TestPurified:
    def test_that_goes_in_a_circle_ends_and_says_so(self) -> None:
        """An item is suspect exactly while it matches."""

        def judge(anchor: Flags) -> SimpleNamespace:
            told.append(anchor.tolist())
            return SimpleNamespace(is_suspect=np.array([anchor[0], False, False, False]))

        told: list[list[bool]] = []
        _result, anchor, settled = purified(4, judge, purify=True)
        assert not settled
        assert len(told) == 10
        assert anchor.tolist() == told[-1]

    def test_once_is_enough_when_not_asked_for(self) -> None:
        suspects = SimpleNamespace(is_suspect=np.array([True, False]))
        result, anchor, settled = purified(2, lambda anchor: suspects, purify=False)
        assert (result, anchor.tolist(), settled) == (suspects, [True, True], True)


class TestMantelHaenszel:
    def test_measures_a_shift_of_difficulty_on_the_delta_scale(self) -> None:
        """Where Rasch holds, ln α is the shift of difficulty (Holland & Thayer 1988)."""
        found = against(fairness.mantel_haenszel, answers(40, harder={2: 0.6}, n=5000))
        assert found.delta[2] == pytest.approx(-2.35 * 0.6, abs=2.5 * found.se[2])
        assert found.alpha[2] == pytest.approx(np.exp(found.delta[2] / -2.35))

    def test_counts_by_the_total_with_the_item_itself(self) -> None:
        """The formula over persons, item by item."""
        made = answers(6, n=250)
        found = against(fairness.mantel_haenszel, made, purify=False)
        totals, focal = made.totals, made.in_group("uyghur")
        for item in range(6):
            right = made.scores[:, item] == 1
            up = down = 0.0
            for level in np.unique(totals):
                here = totals == level
                a, b = (here & ~focal & right).sum(), (here & ~focal & ~right).sum()
                c, d = (here & focal & right).sum(), (here & focal & ~right).sum()
                up, down = up + a * d / here.sum(), down + b * c / here.sum()
            assert found.alpha[item] == pytest.approx(up / down)

    def test_purified_of_one_sided_items_measures_the_others_truly(self) -> None:
        made = answers(20, harder=dict.fromkeys(range(5), 1.5), n=2000)
        raw = against(fairness.mantel_haenszel, made, purify=False)
        pure = against(fairness.mantel_haenszel, made)
        assert raw.delta[5:].mean() > 0.4
        assert abs(pure.delta[5:].mean()) < 0.1

    def test_leaves_items_of_points_in_part_to_the_others(self) -> None:
        made = answers(8, n=300)
        scores = np.column_stack([made.scores, np.random.default_rng(0).integers(0, 4, made.n_persons)])
        mixed = responses.scored(scores, groups=[made.groups[place] for place in made.group])
        found = against(fairness.mantel_haenszel, mixed)
        assert np.flatnonzero(np.isnan(found.alpha)).tolist() == [8]
        assert against(fairness.logistic, mixed).classes[8] == ""
        assert against(fairness.standardised, mixed).classes[8] == "AA"


class TestStandardised:
    def test_weighs_by_the_focal_group(self) -> None:
        """Two levels, known means: half of the focal group at each."""
        matching = np.repeat([0.0, 1.0, 0.0, 1.0], [200, 100, 150, 150])
        right = np.concatenate([np.arange(200) < 100, np.arange(100) < 80, np.arange(150) < 60, np.arange(150) < 105])
        scores = np.column_stack([right, np.arange(600) % 2])
        made = responses.scored(scores, maxima=1, groups=["han"] * 300 + ["uyghur"] * 300)
        found = against(fairness.standardised, made, matching=matching)
        assert found.difference[0] == pytest.approx(0.5 * (0.4 - 0.5) + 0.5 * (0.7 - 0.8))
        spread = 0.25 * (0.24 / 150 + 0.25 / 200) + 0.25 * (0.21 / 150 + 0.16 / 100)
        assert found.se[0] == pytest.approx(np.sqrt(spread))
        assert found.classes[0] == "C"

    def test_finds_points_in_part_that_come_harder_to_one_group(self) -> None:
        rng = np.random.default_rng(4)
        steps = np.column_stack([rng.normal(-0.5, 0.4, 10), rng.normal(0.5, 0.4, 10)])
        harder = steps + np.array([0.9, *np.zeros(9)])[:, None]
        scores = np.concatenate(
            [
                irt.simulated(irt.partial_credit(np.ones(10), each), rng.normal(size=1200), rng=rng)
                for each in (steps, harder)
            ]
        )
        made = responses.scored(scores, maxima=2, groups=["han"] * 1200 + ["uyghur"] * 1200)
        found = against(fairness.standardised, made)
        assert found.classes[0] == "CC"
        assert set(found.classes[1:]) == {"AA"}
        assert found.effect[0] < -0.25

    def test_calls_no_item_different_that_may_be_so_by_chance(self) -> None:
        """In groups of 200 a difference of 0.05 is within the error of most items."""
        found = [against(fairness.standardised, answers(n=250, impact=0, seed=seed)) for seed in range(4)]
        sizes = np.abs(np.concatenate([each.difference for each in found]))
        assert (sizes >= 0.05).mean() > 0.15
        assert np.concatenate([each.is_suspect for each in found]).mean() < 0.08

    def test_mantels_statistic_is_that_of_two_scores_without_correction(self) -> None:
        """For right or wrong, (Σ A - E A)² / Σ Var A, which the corrected one approaches from below."""
        made = answers(6, n=300)
        plain = against(fairness.standardised, made, purify=False).chi2
        corrected = against(fairness.mantel_haenszel, made, purify=False).chi2
        assert (corrected <= plain + 1e-9).all()
        assert corrected == pytest.approx(plain, rel=0.25, abs=0.4)

    def test_knows_nothing_where_no_total_is_common(self) -> None:
        made = answers(5, n=300)
        apart = np.where(made.in_group("han"), 0.0, 1.0)
        assert np.isnan(against(fairness.standardised, made, matching=apart).difference).all()


class TestLogistic:
    def test_is_the_maximum_of_the_likelihood_person_by_person(self) -> None:
        made = answers(6, n=300, third={})
        found = fairness.logistic(made, reference="han", purify=False)
        x = (made.totals - made.totals.mean()) / made.totals.std()
        focal = np.column_stack([made.in_group(name) for name in found.focal]).astype(float)
        design = np.column_stack([np.ones_like(x), x, focal, focal * x[:, None]])
        right = made.scores[:, 2].astype(np.float64)
        heights = [-most_likely(design[:, :width], right).fun for width in (2, 4, 6)]
        assert found.uniform.chi2[2] == pytest.approx(2 * (heights[1] - heights[0]), abs=1e-5)
        assert found.nonuniform.chi2[2] == pytest.approx(2 * (heights[2] - heights[1]), abs=1e-5)
        assert found.shifts[2] == pytest.approx(most_likely(design[:, :4], right).x[2:], abs=1e-3)
        assert (found.uniform.degrees, found.both.degrees) == (2, 4)

    def test_sees_a_difference_that_turns_over_where_odds_do_not(self) -> None:
        made = answers(30, impact=0, flatter={0: 0.15}, n=3000, seed=2)
        found = against(fairness.logistic, made)
        assert found.nonuniform.p[0] < 1e-6
        assert found.turns[0, 0] < -0.3
        assert abs(against(fairness.mantel_haenszel, made).delta[0]) < 1

    def test_tells_which_of_several_groups_it_is(self) -> None:
        made = answers(20, impact=0, third={4: 1.2}, n=1000)
        found = fairness.logistic(made, reference="han")
        shifts = dict(zip(found.focal, found.shifts[4], strict=True))
        assert found.focal == ("korean", "uyghur")
        assert shifts["korean"] == pytest.approx(-1.2, abs=0.35)
        assert shifts["uyghur"] == pytest.approx(0, abs=0.3)
        assert found.uniform.p[4] < 1e-6

    def test_classes_follow_the_change_of_r2(self) -> None:
        found = against(fairness.logistic, answers(harder={0: 2.5, 1: 1.3}, n=2000))
        for change, kind in zip(found.both.change, found.classes, strict=True):
            assert kind == ("A" if change < 0.035 else "B" if change < 0.07 else "C")
        assert found.classes[0] == "C"

    def test_gives_no_endless_coefficient(self) -> None:
        """In the focal group all are right: the shift is infinite, the test is not."""
        made = answers(8, n=300)
        scores = made.scores.copy()
        scores[300:, 0] = 1
        sure = responses.scored(scores, maxima=1, groups=[made.groups[place] for place in made.group])
        found = against(fairness.logistic, sure, purify=False)
        assert np.isnan(found.shifts[0, 0])
        assert found.uniform.chi2[0] > 50

    def test_and_a_constant_item_is_unknown(self) -> None:
        made = answers(5, n=300)
        scores = made.scores.copy()
        scores[:, 2] = 1
        groups = [made.groups[place] for place in made.group]
        found = against(fairness.logistic, responses.scored(scores, maxima=1, groups=groups))
        assert np.isnan(found.both.chi2).tolist() == [False, False, True, False, False]


class TestGroups:
    def test_are_all_others_that_somebody_is_in(self) -> None:
        made = answers(3, n=250, third={})
        assert fairness.focal_groups(made, "han") == ("korean", "uyghur")
        assert fairness.focal_groups(made.of_persons(~made.in_group("korean")), "han") == ("uyghur",)

    def test_one_alone_has_nobody_to_be_compared_with(self) -> None:
        with pytest.raises(EmptyGroup):
            fairness.focal_groups(responses.scored([[1], [0]]), "all")

    def test_that_everybody_left_is_named(self) -> None:
        made = answers(3, n=250, third={})
        left = made.of_persons(~made.in_group("korean"))
        with pytest.raises(EmptyGroup, match="korean"):
            fairness.mantel_haenszel(left, reference="han", focal="korean")


class TestMatching:
    def test_scales_points_to_all_anchors_when_nobody_answered_them_all(self) -> None:
        """Half of each group answered the first four items, half the last four: 3 of 4 is worth 6 of 8."""
        rng = np.random.default_rng(2)
        scores = rng.integers(0, 2, (800, 8)).astype(float)
        scores[::4, 4:] = scores[1::4, 4:] = scores[2::4, :4] = scores[3::4, :4] = NAN
        made = responses.scored(scores, maxima=1, groups=["a", "b"] * 400)
        comparison = fairness.compared(made, "a", ["b"], fewest=Fewest(1, 1))
        table = next(iter(comparison.tables(np.ones(8, dtype=np.bool_))))
        assert table is not None
        assert table.levels.tolist() == [0, 2, 4, 6, 8]
        shares = np.bincount((np.nanmean(scores[~np.isnan(scores[:, 0])], axis=1) * 4).astype(int))
        assert table.counts.sum(axis=(1, 2)).tolist() == shares.tolist()

    def test_counts_an_item_outside_of_the_anchor_in_its_own_match(self) -> None:
        made = answers(5, n=100)
        comparison = fairness.compared(made, "han", ["uyghur"], fewest=Fewest(1, 1))
        inside, outside = (
            list(comparison.tables(np.array([is_anchor, True, True, True, True]))) for is_anchor in (True, False)
        )
        assert inside[0] is not None
        assert outside[0] is not None
        assert (inside[0].counts == outside[0].counts).all()
        assert inside[1].levels.max() == 5
        assert outside[1].levels.max() == 4


class TestBands:
    def test_hold_about_equally_many_in_order(self) -> None:
        score = np.random.default_rng(0).normal(size=1000)
        found = fairness.bands(score, 5)
        assert np.bincount(found.astype(int)).tolist() == [200] * 5
        assert (np.diff(found[np.argsort(score)]) >= 0).all()

    def test_keep_who_has_no_score_out(self) -> None:
        assert np.isnan(fairness.bands([1.0, NAN, 2.0], 2)).tolist() == [False, True, False]

    def test_one_matches_nobody(self) -> None:
        with pytest.raises(WrongValue):
            fairness.bands([1.0, 2.0], 1)


def most_likely(design: Floats, right: Floats) -> Any:
    """A logistic regression by a general optimiser."""

    def depth(weights: Floats) -> float:
        height = design @ weights
        return float(np.logaddexp(0, height).sum() - right @ height)

    return minimize(depth, np.zeros(design.shape[1]), method="BFGS", options={"gtol": 1e-7})
