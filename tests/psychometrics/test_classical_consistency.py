from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, gammaln
from scipy.stats import beta, norm

from psychometrics import classical, irt, sumscores
from psychometrics.errors import ConstantItem, TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats
from tests.psychometrics.samples import sample

NAN = float("nan")

SAMPLE = """
0 23 98 384 986 2161 3722 5623 7533 8817 9597 9809 9674 8971 8033 7384 6758 6004 5463 4896 4367 4083 3651 3333 3191
2899 2644 2597 2287 2197 1967 1874 1710 1581 1503 1349 1181 994 827 585 294
"""


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
