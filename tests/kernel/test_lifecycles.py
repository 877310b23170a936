from __future__ import annotations

import pytest

from kaogong.foundation.kernel.lifecycles import Lifecycle, Move
from kaogong.foundation.kernel.refusals import WrongState

DOOR = Lifecycle(
    name="door",
    title="门",
    initial="closed",
    states={"closed": "关", "open": "开", "locked": "锁"},
    moves=(
        Move("open", "打开", ("closed",), "open"),
        Move("close", "关上", ("open",), "closed"),
        Move("lock", "上锁", ("closed",), "locked"),
    ),
)


class TestAfter:
    def test_follows_the_table(self) -> None:
        assert DOOR.after("open", "closed") == "open"

    def test_refuses_a_move_the_state_does_not_allow(self) -> None:
        with pytest.raises(WrongState) as refused:
            DOOR.after("lock", "open")
        assert str(refused.value) == "“门”当前为“开”，不能上锁。"

    def test_a_verb_the_table_does_not_know_is_our_mistake(self) -> None:
        with pytest.raises(LookupError):
            DOOR.after("paint", "open")


class TestTable:
    def test_draws_buttons_from_the_state(self) -> None:
        assert [move.verb for move in DOOR.open_to("closed")] == ["open", "lock"]

    def test_finds_states_that_nothing_reaches(self) -> None:
        island = Lifecycle("island", "岛", "here", {"here": "此", "there": "彼"}, ())
        assert island.unreachable() == {"there"}
        assert DOOR.unreachable() == frozenset()

    def test_refuses_unknown_states_and_doubled_moves(self) -> None:
        with pytest.raises(ValueError, match="unknown state"):
            Lifecycle("bad", "坏", "a", {"a": "甲"}, (Move("go", "去", ("a",), "b"),))
        with pytest.raises(ValueError, match="stands twice"):
            Lifecycle("bad", "坏", "a", {"a": "甲"}, (Move("go", "去", ("a",), "a"), Move("go", "去", ("a",), "a")))

    def test_refuses_an_initial_state_it_does_not_have(self) -> None:
        with pytest.raises(ValueError, match="initial"):
            Lifecycle("bad", "坏", "z", {"a": "甲"}, ())

    def test_draws_itself(self) -> None:
        drawing = DOOR.mermaid()
        assert "[*] --> closed" in drawing
        assert "closed --> locked: 上锁" in drawing
