"""Adaptive tests on real responses: replayed, and live."""

from __future__ import annotations

import math

import numpy as np
import pytest

from psychometrics import irt
from psychometrics.adaptive import (
    NOTHING,
    Design,
    Engine,
    Exposure,
    Reason,
    Rule,
    Sprt,
    Stopping,
    Verdict,
    content,
    precision,
    replayed,
    standing,
)
from psychometrics.errors import (
    WrongShape,
    WrongValue,
)
from psychometrics.responses import scored
from tests.psychometrics.pools import areas, people, pool, rng

NAN = float("nan")


class TestReplay:
    def test_gives_only_what_was_answered_and_with_that_score(self) -> None:
        items = pool(60)
        full = irt.simulated(items, people(80), rng=rng())
        full[rng(1).random(full.shape) < 0.5] = NAN
        full[0, :] = NAN
        full[0, :3] = 1
        responses = scored(full, maxima=1, items=items.names)
        sittings = replayed(Engine(Design(items, Stopping(12))), responses, rng=rng())
        for row in range(80):
            mine = sittings.given[row][sittings.given[row] != NOTHING]
            assert (full[row, mine] == sittings.scores[row, : mine.size]).all()
        assert sittings.reason[0] == Reason.EXHAUSTED
        assert sittings.length[0] == 3
        assert np.all(sittings.length[1:] == 12)
        assert math.isnan(precision(sittings).rmse)

    def test_finds_the_columns_by_name_and_comes_near_the_whole_record(self) -> None:
        items = pool(100)
        full = irt.simulated(items, people(500), rng=rng())
        everything = replayed(
            Engine(Design(items, Stopping(100))), scored(full, maxima=1, items=items.names), rng=rng()
        )
        turned = scored(full[:, ::-1], maxima=1, items=items.names[::-1])
        short = replayed(Engine(Design(items, Stopping(30))), turned, rng=rng())
        assert precision(short, everything.theta).correlation > 0.95

    def test_a_subset_of_sittings_is_that_of_its_group(self) -> None:
        items = pool(60)
        groups = ["north", "south"] * 50
        responses = scored(irt.simulated(items, people(100), rng=rng()), maxima=1, items=items.names, groups=groups)
        sittings = replayed(Engine(Design(items, Stopping(10))), responses, rng=rng())
        north = sittings.of_persons(responses.in_group("north"))
        assert north.n == 50
        assert (north.theta == sittings.theta[::2]).all()
        assert north.administered.sum() == 500

    def test_what_does_not_fit_the_pool_is_refused(self) -> None:
        items = irt.logistic([0.0, 1.0], names=["a", "b"])
        engine = Engine(Design(items, Stopping(2)))
        with pytest.raises(WrongShape):
            replayed(engine, scored([[1.0]], items=["a"]), rng=rng())
        with pytest.raises(WrongValue):
            replayed(engine, scored([[2.0, 1.0]], items=["a", "b"]), rng=rng())
        with pytest.raises(WrongValue):
            replayed(engine, scored([[0.5, 1.0]], items=["a", "b"]), rng=rng())


class TestLive:
    @pytest.mark.parametrize("shadow", [None, ()])
    def test_a_live_sitting_is_the_simulated_one(self, shadow: tuple[Rule, ...] | None) -> None:
        bounds = {"law": (3, 4), "safety": (3, 5), "craft": (2, 30)}
        items = pool()
        engine = Engine(
            Design(
                items,
                Stopping(15, least=4, se=0.45),
                content=content(areas(), bounds),
                enemies=((0, 1),),
                shadow=shadow,
            )
        )
        full = irt.simulated(items, people(6), rng=rng())
        simulated_ = replayed(engine, scored(full, maxima=1, items=items.names), rng=rng())
        for person in range(6):
            answers: list[tuple[str, float | None]] = []
            while (now := standing(engine, answers, seed=person)).item is not None:
                answers.append((now.item, float(full[person, items.names.index(now.item)])))
            length = int(simulated_.length[person])
            assert [name for name, _score in answers] == [items.names[i] for i in simulated_.given[person, :length]]
            assert now.theta == pytest.approx(simulated_.theta[person])
            assert now.reason == simulated_.reason[person]

    def test_a_reload_asks_the_same_item_and_another_seed_another(self) -> None:
        exposure = Exposure(among=(10,), chance=np.full(120, 0.7))
        engine = Engine(Design(pool(), Stopping(15), exposure=exposure))
        first = {standing(engine, [], seed=1).item for _ in range(5)}
        assert len(first) == 1
        assert len({standing(engine, [], seed=seed).item for seed in range(60)}) > 5

    def test_a_blank_counts_as_an_item_and_says_nothing(self) -> None:
        engine = Engine(Design(pool(), Stopping(3)))
        before = standing(engine, [], seed=1)
        assert before.item is not None
        after = standing(engine, [(before.item, None)], seed=1)
        assert (after.answered, after.theta) == (1, before.theta)
        assert after.item not in (None, before.item)

    def test_says_pass_or_fail_only_at_the_end(self) -> None:
        items = irt.logistic(np.zeros(40), 2.0)
        engine = Engine(Design(items, Stopping(40, sprt=Sprt(0.0, 0.5))))
        assert standing(engine, [("i1", 1)], seed=1).verdict == Verdict.NONE
        passed = standing(engine, [("i1", 1), ("i2", 1), ("i3", 1)], seed=1)
        assert (passed.item, passed.reason, passed.verdict) == (None, Reason.DECIDED, Verdict.PASS)
        with pytest.raises(WrongValue):
            standing(engine, [("i1", 1), ("i2", 1), ("i3", 1), ("i4", 1)], seed=1)

    @pytest.mark.parametrize(
        "answers", [[("no", 1)], [("i1", 1), ("i1", 0)], [("i1", 2)], [("i1", 0.5)], [("i1", NAN)]]
    )
    def test_what_cannot_have_happened_is_refused(self, answers: list[tuple[str, float]]) -> None:
        with pytest.raises(WrongValue):
            standing(Engine(Design(pool(), Stopping(9))), answers, seed=1)
