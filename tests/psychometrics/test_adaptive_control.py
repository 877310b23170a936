"""Adaptive tests under control: content, exposure, shadow tests."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from psychometrics import irt
from psychometrics.adaptive import (
    NOTHING,
    Balance,
    Criterion,
    Design,
    Engine,
    Estimator,
    Exposure,
    Reason,
    Rule,
    Sprt,
    Stopping,
    by_slope,
    classification,
    content,
    coverage,
    overlap,
    overlap_of_rates,
    precision,
    precision_by_ability,
    replayed,
    simulated,
    sympson_hetter,
    usage,
)
from psychometrics.errors import (
    EmptyGroup,
    Infeasible,
    NotConverged,
    PsychometricsError,
    TooFew,
    WrongShape,
    WrongValue,
)
from psychometrics.responses import scored
from tests.psychometrics.pools import areas, people, pool, rng, tally

NAN = float("nan")


def uneven() -> irt.Quadrature:
    nodes = np.array([-2.0, -1.0, 0.5, 3.0])
    return irt.Quadrature(nodes, np.full(4, 0.25))


class TestContent:
    @pytest.mark.parametrize("balance", list(Balance))
    def test_bounds_hold_in_every_sitting(self, balance: Balance) -> None:
        bounds = {"law": (6, 8), "safety": (5, 5), "craft": (2, 30)}
        design = Design(pool(), Stopping(20), content=content(areas(), bounds, balance=balance))
        for counts in tally(simulated(Engine(design), people(), rng=rng()), areas()):
            assert all(least <= counts[name] <= most for name, (least, most) in bounds.items())

    @settings(max_examples=40, deadline=None)
    @given(seed=st.integers(0, 999), balance=st.sampled_from(Balance), lottery=st.booleans())
    def test_bounds_hold_whatever_they_are(self, seed: int, balance: Balance, lottery: bool) -> None:
        draw = np.random.default_rng(seed)
        area_of = [f"a{each}" for each in draw.integers(0, 4, 60)]
        there, length = Counter(area_of), 12
        least = {name: int(draw.integers(0, min(count, 3) + 1)) for name, count in there.items()}
        bounds = {name: (low, low + int(draw.integers(0, 9))) for name, low in least.items()}
        chance = draw.uniform(0.2, 1, 60) if lottery else None
        try:
            design = Design(
                pool(60, seed),
                Stopping(length),
                content=content(area_of, bounds, balance=balance),
                exposure=Exposure(chance=chance, among=(3,)),
            )
        except Infeasible:
            assert sum(min(most, there[name]) for name, (_least, most) in bounds.items()) < length
            return
        sittings = simulated(Engine(design), people(20, seed), rng=draw)
        assert np.all(sittings.length == length)
        for counts in tally(sittings, area_of):
            assert all(low <= counts[name] <= most for name, (low, most) in bounds.items())

    def test_priority_is_the_share_of_the_quota_still_lacking(self) -> None:
        """(least - given)/least until every area has its least, then (most - given)/most (Cheng & Chang 2009)."""
        asked = content(["a", "a", "a", "a", "b", "b"], {"a": (2, 4), "b": (1, 2)})
        engine = Engine(Design(pool(6), Stopping(4), content=asked))
        state = engine.begin(np.zeros(3, dtype=np.intp), rng=rng())
        state.counts[:] = [[0, 0], [1, 1], [2, 1]]
        assert coverage.priority(asked, state) == pytest.approx(np.array([[1, 1], [0.5, 0], [0.5, 0.5]]))

    def test_a_spiral_takes_the_area_that_lags_most(self) -> None:
        bounds = {"law": (2, 2), "safety": (6, 6), "craft": (12, 12)}
        design = Design(pool(), Stopping(20), content=content(areas(), bounds, balance=Balance.SPIRAL))
        sittings = simulated(Engine(design), people(50), rng=rng())
        half = [Counter(areas()[item] for item in row[:10]) for row in sittings.given]
        assert all(each == {"law": 1, "safety": 3, "craft": 6} for each in half)

    def test_precision_ends_no_sitting_before_it_has_its_least(self) -> None:
        bounds = {"law": (5, 9), "safety": (3, 30), "craft": (3, 30)}
        design = Design(pool(), Stopping(40, se=0.6), content=content(areas(), bounds))
        sittings = simulated(Engine(design), people(), rng=rng())
        assert sittings.length.min() >= 11
        assert (sittings.reason == Reason.PRECISE).any()
        assert all(counts["law"] >= 5 for counts in tally(sittings, areas()))


class TestExposure:
    def test_randomesque_shares_the_first_place_among_the_best(self) -> None:
        design = Design(pool(), Stopping(5), exposure=Exposure(among=(4, 1)))
        sittings = simulated(Engine(design), people(4000), rng=rng())
        first = np.bincount(sittings.given[:, 0], minlength=120) / 4000
        best = np.argsort(-irt.information(pool(), [0.0])[0])[:4]
        assert set(np.flatnonzero(first).tolist()) == set(best.tolist())
        assert first[best] == pytest.approx(0.25, abs=0.03)

    def test_sympson_hetter_keeps_every_item_under_the_ceiling(self) -> None:
        plain = Design(pool(), Stopping(12))
        found = sympson_hetter(plain, people(1500), ceiling=0.25, rng=rng())
        fresh = simulated(Engine(found.design), people(1500, seed=8), rng=rng(2))
        before = simulated(Engine(plain), people(1500, seed=8), rng=rng(2))
        assert usage(before).highest == 1
        assert found.highest[-1] <= 0.25 + 3 * math.sqrt(0.25 * 0.75 / 1500)
        assert usage(fresh).highest <= 0.25 + 0.05
        assert usage(fresh).overlap < usage(before).overlap
        assert precision(fresh).rmse < 1.3 * precision(before).rmse

    def test_a_selected_item_is_administered_with_its_chance(self) -> None:
        """P(A) = K · P(S): the identity by which Sympson & Hetter's chances work."""
        chance = np.where(np.arange(120) % 2, 1.0, 0.4)
        design = Design(pool(), Stopping(10), exposure=Exposure(chance=chance))
        sittings = simulated(Engine(design), people(6000), rng=rng())
        often = sittings.selected > 600
        assert often.sum() > 20
        ratio = sittings.administered[often] / sittings.selected[often]
        assert ratio == pytest.approx(chance[often], abs=0.06)

    def test_who_loses_every_lottery_gets_a_full_sitting_all_the_same(self) -> None:
        design = Design(pool(20), Stopping(15), exposure=Exposure(chance=np.full(20, 0.05)))
        sittings = simulated(Engine(design), people(100), rng=rng())
        assert np.all(sittings.length == 15)

    def test_a_ceiling_below_even_use_is_infeasible(self) -> None:
        with pytest.raises(Infeasible):
            sympson_hetter(Design(pool(), Stopping(60)), people(50), ceiling=0.4, rng=rng())
        with pytest.raises(NotConverged):
            sympson_hetter(Design(pool(), Stopping(12)), people(200), ceiling=0.2, rng=rng(), rounds=1)

    def test_strata_come_in_order_of_slope(self) -> None:
        items = pool()
        strata = by_slope(items, 4)
        design = Design(items, Stopping(20), criterion=Criterion.NEAREST, exposure=Exposure(strata=strata))
        sittings = simulated(Engine(design), people(), rng=rng())
        assert np.all(strata[sittings.given] == np.repeat(np.arange(4), 5))
        greedy = usage(simulated(Engine(Design(items, Stopping(20))), people(), rng=rng()))
        assert usage(sittings).chi_square < greedy.chi_square / 2

    def test_blocks_give_every_stratum_easy_and_hard_items(self) -> None:
        rng_ = np.random.default_rng(1)
        b = rng_.normal(0, 1, 200)
        items = irt.logistic(b, np.exp(0.3 * b + rng_.normal(0, 0.1, 200)))  # hard items are the sharp ones
        plain, blocked = by_slope(items, 4, block=False), by_slope(items, 4)
        spread = [np.ptp([b[strata == each].mean() for each in range(4)]) for strata in (plain, blocked)]
        assert spread[1] < spread[0] / 5
        for strata in (plain, blocked):
            assert np.bincount(strata).tolist() == [50] * 4
            assert np.all(np.diff([items.a[strata == each].mean() for each in range(4)]) > 0)

    def test_strata_within_areas_share_every_area(self) -> None:
        codes = np.arange(120) % 3
        strata = by_slope(pool(), 4, within=codes)
        assert all(np.bincount(strata[codes == area]).tolist() == [10] * 4 for area in range(3))

    def test_a_stratum_that_has_run_out_gives_way(self) -> None:
        strata = np.array([0] * 2 + [1] * 28)
        design = Design(pool(30), Stopping(20), exposure=Exposure(strata=strata))
        assert np.all(simulated(Engine(design), people(30), rng=rng()).length == 20)


class TestOverlap:
    def test_is_what_all_pairs_have_in_common(self) -> None:
        sittings = simulated(Engine(Design(pool(), Stopping(15, se=0.5))), people(40), rng=rng())
        sets = [set(row[row != NOTHING].tolist()) for row in sittings.given]
        common = [len(one & other) for one, other in combinations(sets, 2)]
        assert overlap(sittings) == pytest.approx(np.mean(common) / sittings.length.mean())
        assert math.isnan(overlap(sittings.of_persons([0])))

    def test_of_rates_is_its_limit(self) -> None:
        sittings = simulated(Engine(Design(pool(), Stopping(15))), people(3000), rng=rng())
        assert overlap_of_rates(usage(sittings).rate) == pytest.approx(overlap(sittings), abs=1e-3)

    def test_of_random_items_is_length_over_pool(self) -> None:
        """(N/L)·0 + L/N (Chen, Ankenmann & Spray 2003)."""
        assert overlap_of_rates(np.full(200, 0.2)) == pytest.approx(0.2)
        sittings = simulated(Engine(Design(pool(), Stopping(30), criterion=Criterion.RANDOM)), people(2000), rng=rng())
        assert overlap(sittings) == pytest.approx(30 / 120, abs=0.005)

    def test_of_the_same_form_for_all_is_whole(self) -> None:
        assert overlap_of_rates(np.repeat([1.0, 0.0], [30, 90])) == pytest.approx(1)


class TestShadow:
    def test_without_rules_is_the_best_item_each_time(self) -> None:
        plain = Design(pool(60), Stopping(8))
        shadow = replace(plain, shadow=())
        wanted, found = (simulated(Engine(each), people(25), rng=rng()) for each in (plain, shadow))
        assert (wanted.given == found.given).all()

    def test_rules_that_overlap_are_all_met(self) -> None:
        items, draw = pool(80), np.random.default_rng(4)
        minutes, words = draw.integers(1, 5, 80).astype(float), draw.integers(20, 120, 80).astype(float)
        rules = (Rule("minutes", minutes, 28, 32), Rule("words", words, most=700))
        bounds = {"law": (4, 4), "safety": (3, 6), "craft": (3, 6)}
        design = Design(
            items, Stopping(12), content=content(areas(80), bounds), shadow=rules, enemies=((0, 1), (5, 9), (6, 7))
        )
        sittings = simulated(Engine(design), people(10), rng=rng())
        assert np.all(sittings.length == 12)
        assert np.all((minutes[sittings.given].sum(axis=1) >= 28) & (minutes[sittings.given].sum(axis=1) <= 32))
        assert words[sittings.given].sum(axis=1).max() <= 700
        for counts in tally(sittings, areas(80)):
            assert all(least <= counts[name] <= most for name, (least, most) in bounds.items())
        for row in sittings.given.tolist():
            assert all(not {one, other} <= set(row) for one, other in design.enemies)

    def test_is_the_optimum_that_another_front_end_finds(self) -> None:
        """By scipy's `milp`, anew at every step, against solving on from where the last ended."""
        items, length = pool(60), 8
        minutes = np.random.default_rng(4).integers(1, 6, 60).astype(float)
        design = Design(items, Stopping(length), shadow=(Rule("minutes", minutes, 20, 23),), enemies=((0, 1), (2, 3)))
        engine = Engine(design)
        assert engine.shadows is not None
        state = engine.begin(np.arange(6), rng=rng())
        scores = irt.simulated(items, people(6), rng=rng())
        rows = np.stack([np.ones(60), minutes, *(np.isin(np.arange(60), pair) * 1.0 for pair in design.enemies)])
        within = LinearConstraint(rows, [length, 20, 0, 0], [length, 23, 1, 1])
        for _step in range(length):
            value = irt.information(items, state.theta)
            tests = engine.shadows.tests(state, value)
            for person in range(6):
                lower = np.isin(np.arange(60), state.given[person, : state.step]) * 1.0
                best = milp(-value[person], integrality=np.ones(60), bounds=Bounds(lower, 1), constraints=within)
                assert value[person] @ tests[person] == pytest.approx(-best.fun, rel=2e-4)
                assert (rows[0] @ tests[person], rows[1] @ tests[person] // 20) == (length, 1)
            picked = engine.choose(state, rng=rng())
            engine.record(state, picked, scores[np.arange(6), picked])

    def test_beats_the_bounds_alone_where_content_is_scarce(self) -> None:
        """Looking ahead costs nothing: no less information than bounds that bind only at the end."""
        bounds = {"law": (9, 9), "safety": (2, 30), "craft": (2, 30)}
        asked = content(areas(60), bounds, balance=Balance.BOUNDS)
        plain = Design(pool(60), Stopping(15), content=asked)
        found = [simulated(Engine(each), people(60), rng=rng()) for each in (plain, replace(plain, shadow=()))]
        assert precision(found[1]).se <= precision(found[0]).se + 0.01

    def test_its_lottery_gives_way_before_its_rules(self) -> None:
        bounds = {"law": (3, 3), "safety": (3, 3), "craft": (2, 2)}
        design = Design(
            pool(30),
            Stopping(8),
            content=content(areas(30), bounds),
            exposure=Exposure(chance=np.full(30, 0.3)),
            shadow=(),
        )
        for counts in tally(simulated(Engine(design), people(30), rng=rng()), areas(30)):
            assert counts == {"law": 3, "safety": 3, "craft": 2}

    def test_precision_ends_no_sitting_before_its_rules_are_met(self) -> None:
        minutes = np.where(np.arange(60) % 4 == 0, 3.0, 1.0)
        design = Design(pool(60), Stopping(20, se=0.7), shadow=(Rule("minutes", minutes, 12, 40),))
        sittings = simulated(Engine(design), people(40), rng=rng())
        total = np.where(sittings.given == NOTHING, 0, minutes[sittings.given]).sum(axis=1)
        assert (sittings.reason == Reason.PRECISE).all()
        assert total.min() >= 12
        assert sittings.length.min() < 12

    def test_a_replay_ends_where_what_was_answered_cannot_meet_them(self) -> None:
        items = pool(30)
        full = irt.simulated(items, people(3), rng=rng())
        full[1, np.arange(30) % 6 == 0] = NAN  # nothing of law
        design = Design(items, Stopping(6), content=content(areas(30), {"law": (1, 2)}), shadow=())
        sittings = replayed(Engine(design), scored(full, maxima=1, items=items.names), rng=rng())
        assert sittings.length.tolist() == [6, 0, 6]
        assert sittings.reason[1] == Reason.EXHAUSTED

    def test_rules_that_clash_are_refused_at_once(self) -> None:
        clashing = (Rule("few", np.ones(30), most=4),)
        with pytest.raises(Infeasible):
            Engine(Design(pool(30), Stopping(5), shadow=clashing))


class TestEnemies:
    def test_never_meet_without_shadow_tests_either(self) -> None:
        best = np.argsort(-irt.information(pool(), [0.0])[0])
        pairs = ((int(best[0]), int(best[1])), (int(best[0]), int(best[2])))
        sittings = simulated(Engine(Design(pool(), Stopping(20), enemies=pairs)), people(100), rng=rng())
        for row in sittings.given.tolist():
            assert all(not {one, other} <= set(row) for one, other in pairs)


class TestProgress:
    def test_is_told_up_to_the_last_sitting_and_round(self) -> None:
        heard: list[tuple[int, int]] = []
        engine = Engine(Design(pool(30), Stopping(3), shadow=()))
        simulated(engine, people(120), rng=rng(), progress=lambda done, total: heard.append((done, total)))
        assert heard == [(50, 120), (100, 120), (120, 120)]
        heard.clear()
        found = sympson_hetter(
            Design(pool(), Stopping(12)),
            people(300),
            ceiling=0.3,
            rng=rng(),
            progress=lambda done, total: heard.append((done, total)),
        )
        assert heard == [(turn + 1, 30) for turn in range(found.highest.size)]


class TestRefusals:
    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (lambda: Stopping(5, least=6), WrongValue),
            (lambda: Stopping(5, se=0.0), WrongValue),
            (lambda: Sprt(0, 0), WrongValue),
            (lambda: Sprt(0, 1, alpha=0.5), WrongValue),
            (lambda: Exposure(among=()), WrongValue),
            (lambda: Exposure(chance=np.zeros(3)), WrongValue),
            (lambda: Design(pool(5), Stopping(6)), Infeasible),
            (lambda: Design(pool(5), Stopping(2), exposure=Exposure(chance=np.ones(4))), WrongShape),
            (lambda: Design(pool(5), Stopping(2), enemies=((1, 1),)), WrongValue),
            (lambda: Design(pool(5), Stopping(2), shadow=(Rule("r", np.ones(4)),)), WrongShape),
            (lambda: content(["a", "b"], {"c": (0, 1)}), WrongValue),
            (lambda: content(["a", "b"], {"a": (2, 1)}), WrongValue),
            (lambda: content(["a", "b"], {"a": (2, 3)}), Infeasible),
            (lambda: Design(pool(2), Stopping(2), content=content(["a", "b"], {"a": (0, 0)})), Infeasible),
            (lambda: by_slope(pool(5), 6), WrongValue),
            (lambda: Design(pool(5), Stopping(2), prior=uneven()), WrongValue),
            (lambda: simulated(Engine(Design(pool(5), Stopping(2))), [], rng=rng()), TooFew),
            (lambda: simulated(Engine(Design(pool(5), Stopping(2))), [NAN], rng=rng()), WrongValue),
            (lambda: simulated(Engine(Design(pool(5), Stopping(2))), [[0.0]], rng=rng()), WrongShape),
            (lambda: Engine(Design(pool(5), Stopping(2))).changed(Design(pool(6), Stopping(2))), WrongValue),
            (lambda: overlap_of_rates([0.0, 0.0]), TooFew),
            (lambda: overlap_of_rates([1.5]), WrongValue),
        ],
    )
    def test_by_name(self, make: object, error: type[PsychometricsError]) -> None:
        assert callable(make)
        with pytest.raises(error):
            make()

    def test_of_reports_without_a_truth(self) -> None:
        items = pool(10)
        responses = scored(irt.simulated(items, people(5), rng=rng()), maxima=1, items=items.names)
        sittings = replayed(Engine(Design(items, Stopping(3), estimator=Estimator.MAP)), responses, rng=rng())
        with pytest.raises(WrongValue):
            classification(sittings, 0.0)
        with pytest.raises(WrongValue):
            precision_by_ability(sittings, [0, 1])
        with pytest.raises(WrongShape):
            precision(sittings, [0.0])
        with pytest.raises(EmptyGroup):
            sittings.of_persons(np.zeros(5, dtype=bool))
