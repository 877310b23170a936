from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from psychometrics import forensics, irt, responses
from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.forensics.between import between
from psychometrics.forensics.counts import coins, three_ways
from tests.psychometrics.copying import Sitting, copied, sitting

NAN = float("nan")


def seeded(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def with_blanks(made: Sitting, share: float, rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(made.chosen.shape) < share, -1, made.chosen).astype(np.int16)


def omega_by_formula(found: forensics.Answers, copier: int, source: int) -> tuple[int, float, float]:
    """One pair, item by item, as Wollack (1997) writes it."""
    chance = found.curves_at([found.theta[copier]])[0]
    seen, mean, variance = 0, 0.0, 0.0
    for item in range(found.n_items):
        mine, yours = int(found.chosen[copier, item]), int(found.chosen[source, item])
        if mine < 0 or yours < 0:
            continue
        seen += mine == yours
        mean += chance[item, yours]
        variance += chance[item, yours] * (1 - chance[item, yours])
    return seen, mean, (seen - mean) / variance**0.5


class TestAbilities:
    def test_are_the_weighted_likelihood_estimates_of_dichotomous_items(self) -> None:
        # Two options with slopes ∓a/2 are a two-parameter item.
        a, b = np.array([0.8, 1.3, 1.0, 1.7, 0.6]), np.array([-1.0, 0.0, 0.4, 1.1, -0.3])
        curves = irt.Nominal(
            np.stack([-a / 2, a / 2], axis=1), np.stack([a * b / 2, -a * b / 2], axis=1), tuple("abcde")
        )
        rows = np.array(list(product([0, 1], repeat=5)))
        items = irt.logistic(b, a, names=list("abcde"))
        from psychometrics.estimation import Method, abilities

        expects = abilities(responses.scored(rows, maxima=1, items=list("abcde")), items, Method.WLE).theta
        assert forensics.option_abilities(rows.astype(np.int16), curves) == pytest.approx(expects, abs=2e-4)

    def test_recover_what_made_the_choices(self) -> None:
        made = sitting(seeded(), 400, 80)
        found = forensics.answers(made.responses(), made.curves).theta
        assert np.corrcoef(found, made.theta)[0, 1] > 0.95
        assert abs((found - made.theta).mean()) < 0.05

    def test_say_nothing_of_a_blank_paper(self) -> None:
        made = sitting(seeded(), 3, 5)
        chosen = made.chosen.copy()
        chosen[1] = -1
        found = forensics.answers(made.responses(chosen), made.curves).theta
        assert np.isnan(found).tolist() == [False, True, False]


class TestOmega:
    def test_is_the_formula_pair_by_pair_also_with_blanks(self) -> None:
        made = sitting(seeded(), 12, 30)
        found = forensics.answers(made.responses(with_blanks(made, 0.1, seeded())), made.curves)
        every = np.array(list(permutations(range(12), 2)))
        got = forensics.omega(found, every)
        for place, (copier, source) in enumerate(every.tolist()):
            seen, mean, value = omega_by_formula(found, copier, source)
            assert got.observed[place] == seen
            assert got.expected[place] == pytest.approx(mean, abs=1e-10)
            assert got.omega[place] == pytest.approx(value, abs=1e-9)
            assert got.p[place] == pytest.approx(stats.norm.sf(value))

    def test_has_the_exact_chance_of_all_that_could_have_matched(self) -> None:
        made = sitting(seeded(9), 4, 8, 3)
        found = forensics.answers(made.responses(), made.curves)
        got = forensics.omega(found, [[0, 1], [3, 2]])
        for place, (copier, source) in enumerate(((0, 1), (3, 2))):
            chance = found.curves_at([found.theta[copier]])[0][np.arange(8), found.chosen[source]]
            tail = sum(
                np.prod(np.where(pattern, chance, 1 - chance))
                for pattern in product([False, True], repeat=8)
                if sum(pattern) >= got.observed[place]
            )
            assert got.exact[place] == pytest.approx(tail)

    def test_keeps_its_exact_level_far_out(self) -> None:
        made = sitting(seeded(14), 900, 60)
        got = forensics.omega_among(forensics.answers(made.responses(), made.curves, made.theta), limit=1e-3)
        for level in (1e-3, 1e-4, 1e-5):
            assert (got.exact <= level).sum() < level * got.compared * 1.1 + 5

    def test_among_all_finds_the_same_pairs_as_one_by_one(self) -> None:
        made = sitting(seeded(), 90, 30)
        found = forensics.answers(made.responses(with_blanks(made, 0.05, seeded())), made.curves)
        one_by_one = forensics.omega(found, list(permutations(range(90), 2)))
        kept = np.minimum(one_by_one.p, one_by_one.exact) <= 0.05
        got = forensics.omega_among(found, limit=0.05)
        assert got.compared == 90 * 89
        assert {*map(tuple, got.pairs.tolist())} == {*map(tuple, one_by_one.pairs[kept].tolist())}
        assert (np.diff(got.exact) >= 0).all()

    def test_is_the_same_in_blocks_as_in_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = sitting(seeded(), 70, 20)
        found = forensics.answers(made.responses(), made.curves)
        whole, heard = forensics.omega_among(found, limit=0.1), []
        monkeypatch.setattr("psychometrics.forensics.pairs.SIDE", 16)
        parts = forensics.omega_among(found, limit=0.1, progress=lambda done, total: heard.append((done, total)))
        assert parts.compared == whole.compared
        assert {*map(tuple, parts.pairs.tolist())} == {*map(tuple, whole.pairs.tolist())}
        assert heard[-1] == (70 * 70, 70 * 70)

    def test_keeps_to_the_rooms(self) -> None:
        made = sitting(seeded(), 60, 20)
        rooms = np.arange(60) % 3
        got = forensics.omega_among(forensics.answers(made.responses(), made.curves), rooms, limit=0.1)
        assert got.compared == 3 * 20 * 19
        assert (rooms[got.pairs[:, 0]] == rooms[got.pairs[:, 1]]).all()

    def test_has_a_direction(self) -> None:
        made = sitting(seeded(1), 400, 60)
        order = np.argsort(made.theta)
        weak, strong = int(order[20]), int(order[-20])
        rows = copied(made, weak, strong, 40, seeded())
        # Abilities from before: the weak one would not have chosen so, the strong one just might.
        found = forensics.answers(made.responses(rows), made.curves, made.theta)
        there, back = forensics.omega(found, [[weak, strong], [strong, weak]]).omega
        assert there > 6
        assert there > 1.5 * back

    def test_of_papers_without_a_common_item_is_nan(self) -> None:
        made = sitting(seeded(), 3, 6)
        rows = made.chosen.copy()
        rows[0, :3], rows[1, 3:] = -1, -1
        got = forensics.omega(forensics.answers(made.responses(rows), made.curves), [[0, 1], [0, 2]])
        assert np.isnan(got.p).tolist() == [True, False]
        assert got.observed[0] == 0

    def test_rarely_accuses_those_who_worked_alone(self) -> None:
        made = sitting(seeded(11), 180, 60)
        got = forensics.omega(forensics.answers(made.responses(), made.curves), list(permutations(range(180), 2)))
        for level, most in ((0.05, 0.07), (0.01, 0.018), (0.001, 0.003)):
            assert level / 3 < (got.p <= level).mean() < most

    def test_finds_those_who_copied(self) -> None:
        made, rng = sitting(seeded(12), 300, 60), seeded(13)
        rows = made.chosen.copy()
        truth = rng.permutation(300)[:60].reshape(30, 2)
        for copier, source in truth.tolist():
            rows[copier] = copied(made, copier, source, 36, rng)[copier]
        got = forensics.omega(forensics.answers(made.responses(rows), made.curves), truth)
        assert (got.p <= 0.001).mean() > 0.8


class TestBetween:
    def test_a_few_abilities_tell_everybodys_chances(self) -> None:
        made = sitting(seeded(71), 300, 30)
        found = forensics.answers(made.responses(), made.curves)
        everybody = np.arange(300)
        thin = between(found, everybody)
        assert thin is not None
        nodes, weights = thin
        assert nodes.size <= 64
        known, expects = found.curves_at(nodes).reshape(nodes.size, -1), found.chances(everybody).reshape(300, -1)
        assert weights @ known == pytest.approx(expects, abs=2e-6)
        assert weights @ known**2 == pytest.approx(expects**2, abs=2e-6)

    def test_a_blank_or_too_few_persons_need_their_own(self) -> None:
        made = sitting(seeded(72), 300, 30)
        rows = made.chosen.copy()
        rows[5, 5] = -1
        found = forensics.answers(made.responses(rows), made.curves)
        assert between(found, np.arange(300)) is None
        assert between(found, np.arange(10, 30)) is None

    def test_full_papers_are_compared_as_one_by_one(self) -> None:
        made = sitting(seeded(73), 150, 40)
        found = forensics.answers(made.responses(), made.curves)
        assert between(found, np.arange(150)) is not None
        one_by_one = forensics.omega(found, list(permutations(range(150), 2)))
        kept = one_by_one.pairs[np.minimum(one_by_one.p, one_by_one.exact) <= 0.02]
        assert {*map(tuple, forensics.omega_among(found, limit=0.02).pairs.tolist())} == {*map(tuple, kept.tolist())}
        exact = forensics.gbt(found, forensics.within(np.zeros(150)))
        kept = exact.pairs[exact.p <= 0.02]
        assert {*map(tuple, forensics.gbt_among(found, limit=0.02).pairs.tolist())} == {*map(tuple, kept.tolist())}


class TestMatches:
    @given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
    def test_coins_add_to_one_and_to_their_mean(self, chances: list[float]) -> None:
        found = coins(np.array([chances]))[0]
        assert found.sum() == pytest.approx(1)
        assert found @ np.arange(found.size) == pytest.approx(sum(chances))

    def test_like_coins_are_binomial(self) -> None:
        assert coins(np.full((1, 30), 0.3))[0] == pytest.approx(stats.binom.pmf(range(31), 30, 0.3), abs=1e-12)

    def test_three_ways_is_multinomial_when_items_are_alike_and_coins_at_its_edge(self) -> None:
        found = three_ways(np.full((1, 9), 0.3), np.full((1, 9), 0.2))[0]
        for m, n in product(range(10), repeat=2):
            expects = stats.multinomial.pmf([m, n, 9 - m - n], 9, [0.3, 0.2, 0.5]) if m + n <= 9 else 0
            assert found[m, n] == pytest.approx(expects, abs=1e-12)
        unlike = seeded().uniform(0, 0.5, (2, 8))
        assert three_ways(unlike[:1], unlike[1:])[0].sum(axis=1) == pytest.approx(coins(unlike[:1])[0])

    def test_gbt_is_the_sum_over_all_that_could_have_matched(self) -> None:
        made = sitting(seeded(), 4, 7, 3)
        found = forensics.answers(made.responses(), made.curves)
        got = forensics.gbt(found, [[0, 1], [2, 3]])
        for place, (one, two) in enumerate(((0, 1), (2, 3))):
            p, q = found.curves_at([found.theta[one]])[0], found.curves_at([found.theta[two]])[0]
            chance, seen = (p * q).sum(axis=1), int((found.chosen[one] == found.chosen[two]).sum())
            tail = sum(
                np.prod(np.where(pattern, chance, 1 - chance))
                for pattern in product([False, True], repeat=7)
                if sum(pattern) >= seen
            )
            assert got.observed[place] == seen
            assert got.p[place] == pytest.approx(tail)

    def test_gbt_among_all_finds_the_same_pairs_as_one_by_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("psychometrics.forensics.pairs.SIDE", 32)
        made = sitting(seeded(), 100, 30)
        rng = seeded(2)
        rows = with_blanks(made, 0.05, rng)
        for copier in range(5):
            rows[copier] = rows[copier + 50]
        found = forensics.answers(made.responses(rows), made.curves)
        one_by_one = forensics.gbt(found, forensics.within(np.zeros(100)))
        for limit in (0.1, 0.01, 1e-4):
            got = forensics.gbt_among(found, limit=limit)
            kept = one_by_one.p <= limit
            assert {*map(tuple, got.pairs.tolist())} == {*map(tuple, one_by_one.pairs[kept].tolist())}
            assert got.compared == 100 * 99 // 2

    def test_rarely_accuse_those_who_worked_alone(self) -> None:
        made = sitting(seeded(21), 120, 40)
        found = forensics.answers(made.responses(), made.curves, made.theta)
        pairs = forensics.within(np.zeros(120))
        for level in (0.05, 0.01):
            assert (forensics.gbt(found, pairs).p <= level).mean() <= level * 1.1
            assert (forensics.m4(found, pairs[::10]).p <= level).mean() <= level * 1.5

    def test_find_those_who_copied(self) -> None:
        made, rng = sitting(seeded(22), 200, 60), seeded(23)
        rows = made.chosen.copy()
        truth = rng.permutation(200)[:40].reshape(20, 2)
        for copier, source in truth.tolist():
            rows[copier] = copied(made, copier, source, 36, rng)[copier]
        found = forensics.answers(made.responses(rows), made.curves)
        assert (forensics.gbt(found, truth).p <= 0.001).mean() > 0.7
        assert (forensics.m4(found, truth).p <= 0.001).mean() > 0.7

    def test_m4_adds_every_point_as_extreme(self) -> None:
        made = sitting(seeded(3), 2, 8)
        found = forensics.answers(made.responses(), made.curves)
        got = forensics.m4(found, [[0, 1]])
        p = found.curves_at([found.theta[0]])[0] * found.curves_at([found.theta[1]])[0]
        right = p[np.arange(8), made.key]
        joint = three_ways(right[None], (p.sum(axis=1) - right)[None])[0]
        reach = {(m, n): joint[m:, n:].sum() for m, n in product(range(9), repeat=2)}
        seen = reach[int(got.right[0]), int(got.wrong[0])]
        expects = sum(joint[point] for point, each in reach.items() if each <= seen * (1 + 1e-9))
        assert got.p[0] == pytest.approx(expects)
        assert got.p[0] >= seen - 1e-12
        assert got.right[0] + got.wrong[0] == (made.chosen[0] == made.chosen[1]).sum()

    def test_of_scores_alone_match_by_right_and_wrong(self) -> None:
        items = irt.logistic(np.linspace(-1, 1, 10), 1.2)
        rows = responses.scored(irt.simulated(items, [0.3, -0.2], rng=seeded()), maxima=1)
        got = forensics.gbt(forensics.answers(rows, items), [[0, 1]])
        assert got.observed[0] == (rows.scores[0] == rows.scores[1]).sum()
        assert 0 < got.p[0] <= 1


class TestKFamily:
    def test_k_is_the_binomial_of_those_equally_wrong(self) -> None:
        made = sitting(seeded(31), 150, 25)
        rows = made.responses()
        wrong = made.chosen != made.key
        counts = wrong.sum(axis=1)
        got = forensics.k_family(rows, forensics.both_ways([[0, 1], [2, 3], [4, 5]]))
        for (copier, source), k, shared in zip(got.pairs.tolist(), got.k, got.shared, strict=True):
            same = (made.chosen == made.chosen[source]) & wrong & wrong[source]
            group = (counts == counts[copier]) & (np.arange(150) != source)
            p = same[group].sum(axis=1).mean() / counts[source]
            assert shared == same[copier].sum()
            assert k == pytest.approx(stats.binom.sf(shared - 1, counts[source], p))

    def test_the_smoothed_ones_are_those_of_polyfit_and_of_a_poisson_likelihood(self) -> None:
        from scipy.optimize import minimize

        made = sitting(seeded(32), 200, 20)
        copier, source = 5, 9
        wrong = made.chosen != made.key
        counts = wrong.sum(axis=1)
        shared = ((made.chosen == made.chosen[source]) & wrong & wrong[source]).sum(axis=1)
        others = np.arange(200) != source
        levels = np.unique(counts[others])
        means = np.array([shared[others & (counts == level)].mean() for level in levels])
        got = forensics.k_family(made.responses(), [[copier, source]])
        at, ws, m = counts[copier] / 20, counts[source], shared[copier]
        for degree, value in ((1, got.k1[0]), (2, got.k2[0])):
            p = np.polyval(np.polyfit(levels / 20, means / ws, degree), at)
            assert value == pytest.approx(stats.binom.sf(m - 1, ws, p))

        def loss(beta: np.ndarray) -> float:
            height = beta[0] + beta[1] * levels / 20
            return float((np.exp(height) - means * height).sum())

        beta = minimize(loss, [0.0, 0.0], tol=1e-12).x
        rate = np.exp(beta[0] + beta[1] * at)
        assert got.s1[0] == pytest.approx(stats.poisson.pmf(np.arange(m, ws + 1), rate).sum(), rel=1e-4)

    def test_rarely_accuse_those_who_worked_alone_and_find_those_who_copied(self) -> None:
        made, rng = sitting(seeded(33), 500, 60), seeded(34)
        rows = made.chosen.copy()
        truth = rng.permutation(500)[:60].reshape(30, 2)
        for copier, source in truth.tolist():
            rows[copier] = copied(made, copier, source, 40, rng)[copier]
        got = forensics.k_family(made.responses(rows), truth)
        alone = np.setdiff1d(np.arange(500), truth.ravel())
        pairs = alone[forensics.within(np.zeros(alone.size))][::20]
        false = forensics.k_family(made.responses(rows), pairs)
        for name in ("k", "k1", "k2", "s1", "s2"):
            assert (getattr(got, name) <= 0.01).mean() > 0.5
            assert np.nanmean(getattr(false, name) <= 0.01) < 0.015

    def test_of_a_source_without_mistakes_is_certain(self) -> None:
        made = sitting(seeded(35), 60, 12)
        rows = made.chosen.copy()
        rows[0] = made.key
        got = forensics.k_family(made.responses(rows), [[1, 0]])
        assert got.shared[0] == 0
        assert [got.k[0], got.k1[0], got.k2[0], got.s1[0]] == [1, 1, 1, 1]

    def test_is_the_same_in_chunks_and_whatever_else_is_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = sitting(seeded(37), 70, 20)
        rows = made.responses(with_blanks(made, 0.1, seeded()))
        pairs = seeded(38).permutation(forensics.both_ways(forensics.within(np.zeros(70))))[:300]
        whole, heard = forensics.k_family(rows, pairs), []
        monkeypatch.setattr("psychometrics.forensics.kindex.CELLS", 2000)
        parts = forensics.k_family(rows, pairs, progress=lambda done, total: heard.append((done, total)))
        some = forensics.k_family(rows, pairs[5:9])
        for name in ("shared", "k", "k1", "k2", "s1", "s2"):
            assert getattr(parts, name) == pytest.approx(getattr(whole, name), nan_ok=True)
            assert getattr(some, name) == pytest.approx(getattr(whole, name)[5:9], nan_ok=True)
        assert heard[-1] == (len({*pairs[:, 1].tolist()}),) * 2

    def test_too_few_counts_of_wrong_answers_bear_no_parabola(self) -> None:
        made = sitting(seeded(36), 2, 12)
        got = forensics.k_family(made.responses(), [[0, 1]])
        # Only two counts of wrong answers at most: no parabola.
        assert np.isnan(got.k2[0])

    def test_need_to_know_the_choices(self) -> None:
        with pytest.raises(WrongValue):
            forensics.k_family(responses.scored([[1, 0], [0, 1]]), [[0, 1]])


class TestPairs:
    def test_neighbours_sit_around_in_the_same_room(self) -> None:
        rooms = ["甲"] * 9 + ["乙"]
        row, column = [*np.repeat([1, 2, 3], 3), 1], [*np.tile([1, 2, 3], 3), 1]
        found = {*map(tuple, forensics.neighbours(rooms, row, column).tolist())}
        assert len(found) == 20  # 12 sides and 8 corners of a 3 × 3 room
        assert (0, 4) in found
        assert (0, 2) not in found
        assert len(forensics.neighbours(rooms, row, column, reach=2)) == 36

    def test_two_on_one_seat_are_refused(self) -> None:
        with pytest.raises(WrongValue):
            forensics.neighbours(["a", "a"], [1, 1], [1, 1])

    def test_within_has_every_pair_of_a_room_once(self) -> None:
        assert forensics.within(["a", "b", "a", "b", "a"]).tolist() == [[0, 2], [0, 4], [2, 4], [1, 3]]

    def test_nobody_to_compare_is_said(self) -> None:
        with pytest.raises(TooFew):
            forensics.within(["a", "b"])

    @pytest.mark.parametrize("pairs", [[[0, 0]], [[0, 5]], [[-1, 0]]])
    def test_wrong_pairs_are_refused(self, pairs: list[list[int]]) -> None:
        made = sitting(seeded(), 3, 5)
        found = forensics.answers(made.responses(), made.curves)
        for statistic in (forensics.omega, forensics.gbt, forensics.m4):
            with pytest.raises(WrongValue):
                statistic(found, pairs)

    def test_answers_and_curves_must_belong_together(self) -> None:
        made = sitting(seeded(), 3, 5)
        with pytest.raises(WrongShape):
            forensics.answers(made.responses(), sitting(seeded(), 3, 4).curves)
        with pytest.raises(WrongShape):
            forensics.answers(made.responses(), sitting(seeded(), 3, 5, 3).curves)
        with pytest.raises(WrongShape):
            forensics.answers(made.responses(), made.curves, [0.0])
        with pytest.raises(WrongValue):
            forensics.answers(made.responses(), made.curves, [0.0, np.inf, 0.0])
        with pytest.raises(WrongValue):
            forensics.answers(responses.scored(made.chosen == made.key), made.curves)


class TestInquiry:
    def test_bonferroni_counts_all_tests(self) -> None:
        found = forensics.inquire([1e-6, 1e-4, NAN], level=0.01, tests=1000)
        assert found.opens.tolist() == [True, False, False]
        assert found.adjusted[:2] == pytest.approx([1e-3, 0.1])

    @settings(max_examples=50)
    @given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
    def test_benjamini_hochberg_is_scipys(self, p: list[float]) -> None:
        found = forensics.inquire(p, control=forensics.Control.BENJAMINI_HOCHBERG)
        assert found.adjusted == pytest.approx(stats.false_discovery_control(p))

    def test_benjamini_and_hochbergs_own_example(self) -> None:
        # Fifteen comparisons, four rejected at 0.05 (Benjamini & Hochberg 1995, section 4).
        p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528]
        p += [0.7590, 1.0]
        by_share = forensics.inquire(p, level=0.05, control=forensics.Control.BENJAMINI_HOCHBERG)
        assert by_share.opens.sum() == 4
        assert forensics.inquire(p, level=0.05).opens.sum() == 3

    def test_the_smallest_alone_open_what_all_would(self) -> None:
        p = np.concatenate([seeded().uniform(0, 1e-5, 5), seeded(1).uniform(0, 1, 2000)])
        control = forensics.Control.BENJAMINI_HOCHBERG
        whole = forensics.inquire(p, control=control)
        some = forensics.inquire(p[p < 0.05], tests=p.size, control=control)
        assert some.opens.sum() == whole.opens.sum() == 5

    def test_neighbours_are_judged_by_a_milder_bound(self) -> None:
        near, far = [1e-4, 0.2], [1e-4, 0.2]
        found = forensics.inquire_in_stages(near, far, near_tests=20, far_tests=400)
        assert found.near.opens.tolist() == [True, False]
        assert found.far.opens.tolist() == [False, False]

    def test_two_stages_open_no_more_false_inquiries_than_the_level(self) -> None:
        rng = seeded(41)
        near, far = rng.random((2000, 20)), rng.random((2000, 400))
        false = [forensics.inquire_in_stages(one, two, level=0.05) for one, two in zip(near, far, strict=True)]
        assert np.mean([each.near.opens.any() or each.far.opens.any() for each in false]) < 0.065

    def test_what_is_no_chance_is_refused(self) -> None:
        for p, error in (([1.2], WrongValue), ([-0.1], WrongValue), ([[0.1]], WrongShape)):
            with pytest.raises(error):
                forensics.inquire(p)
        with pytest.raises(TooFew):
            forensics.inquire([0.1, 0.2], tests=1)
        with pytest.raises(WrongValue):
            forensics.inquire([0.1], level=0)
        with pytest.raises(WrongValue):
            forensics.inquire_in_stages([0.1], [0.1], share=1)


class TestSearch:
    def test_neighbours_open_an_inquiry_where_all_pairs_would_not(self) -> None:
        made, rng = sitting(seeded(51), 120, 60), seeded(52)
        rooms = np.repeat(np.arange(4), 30)
        row, column = np.tile(np.repeat(np.arange(5), 6), 4), np.tile(np.arange(6), 20)
        near = forensics.neighbours(rooms, row, column)
        rows = copied(made, 31, 32, 60, rng)
        rows[100] = copied(made, 100, 3, 60, rng)[100]
        found = forensics.search(forensics.answers(made.responses(rows), made.curves), near=near, limit=0.01)
        assert found.near_tests == 2 * len(near)
        assert found.near_tests + found.far_tests == 120 * 119
        opened = {
            (*pair, bool(beside))
            for pair, beside in zip(found.found.pairs[found.opens].tolist(), found.is_near[found.opens], strict=True)
        }
        assert {(31, 32, True), (100, 3, False)} <= opened
        assert {*map(frozenset, found.found.pairs[found.opens].tolist())} == {frozenset((31, 32)), frozenset((100, 3))}
        assert (np.diff(found.adjusted[found.opens]) >= 0).all()
        assert found.opens[: found.opens.sum()].all()

    def test_in_one_stage_it_is_bonferroni_on_every_ordered_pair(self) -> None:
        made = sitting(seeded(53), 60, 30)
        rows = copied(made, 0, 1, 30, seeded(54))
        beside = forensics.answers(made.responses(rows), made.curves)
        every = forensics.omega(beside, list(permutations(range(60), 2)))
        found = forensics.search(beside, level=0.05)
        assert {*map(tuple, found.found.pairs[found.opens].tolist())} == {
            *map(tuple, every.pairs[every.exact * 3540 <= 0.05].tolist())
        }
        assert (0, 1) in {*map(tuple, found.found.pairs[found.opens].tolist())}

    def test_the_share_of_false_inquiries_is_held_as_if_all_were_kept(self) -> None:
        made, rng = sitting(seeded(55), 80, 40), seeded(56)
        rows = made.chosen.copy()
        for copier in range(10):
            rows[copier] = copied(made, copier, copier + 20, 30, rng)[copier]
        beside = forensics.answers(made.responses(rows), made.curves)
        every = forensics.omega(beside, list(permutations(range(80), 2)))
        control = forensics.Control.BENJAMINI_HOCHBERG
        whole = forensics.inquire(every.exact, level=0.05, control=control)
        found = forensics.search(beside, level=0.05, control=control)
        assert {*map(tuple, found.found.pairs[found.opens].tolist())} == {
            *map(tuple, every.pairs[whole.opens].tolist())
        }
        assert found.opens.sum() > 5

    def test_rooms_that_share_a_seat_are_not_neighbours(self) -> None:
        made = sitting(seeded(57), 40, 20)
        rooms = np.repeat(["甲", "乙"], 20)
        near = forensics.neighbours(rooms, np.tile(np.arange(20), 2), np.zeros(40))
        found = forensics.search(forensics.answers(made.responses(), made.curves), rooms, near)
        assert (found.near_tests, found.near_tests + found.far_tests) == (2 * 38, 2 * 20 * 19)
