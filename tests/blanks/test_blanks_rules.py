"""Serials and ranges, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaogong.blanks import rules
from kaogong.blanks.rules import Stretch


class TestPrinted:
    @pytest.mark.parametrize(
        ("prefix", "width", "serial", "expected"),
        [("A", 7, 1, "A0000001"), ("", 8, 312, "00000312"), ("SZ", 3, 999, "SZ999")],
    )
    def test_pads_with_zeros(self, prefix: str, width: int, serial: int, expected: str) -> None:
        assert rules.printed(prefix, width, serial) == expected

    def test_words_a_range_by_its_ends(self) -> None:
        assert rules.wording("A", 7, (1, 313)) == "A0000001–A0000312"

    def test_words_a_single_serial_alone(self) -> None:
        assert rules.wording("A", 7, (5, 6)) == "A0000005"


class TestJoined:
    def test_joins_neighbours(self) -> None:
        assert rules.joined([(5, 9), (1, 5), (12, 13)]) == [(1, 9), (12, 13)]

    def test_drops_what_is_empty(self) -> None:
        assert rules.joined([(4, 4)]) == []


class TestWithout:
    @pytest.mark.parametrize(
        ("taken", "left"),
        [((1, 10), []), ((1, 4), [(4, 10)]), ((6, 10), [(1, 6)]), ((3, 5), [(1, 3), (5, 10)])],
    )
    def test_leaves_the_rest(self, taken: rules.Range, left: list[rules.Range]) -> None:
        assert rules.without((1, 10), taken) == left

    @pytest.mark.parametrize("taken", [(0, 3), (5, 11), (4, 3)])
    def test_refuses_what_lies_outside(self, taken: rules.Range) -> None:
        with pytest.raises(ValueError, match="not within"):
            rules.without((1, 10), taken)

    @given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 50))
    def test_loses_and_adds_nothing(self, length: int, one: int, other: int) -> None:
        whole = (10, 10 + length)
        taken = (10 + min(one, other, length), 10 + min(max(one, other), length))
        assert rules.joined([*rules.without(whole, taken), taken]) == [whole]


class TestLowest:
    def test_takes_from_the_bottom(self) -> None:
        assert rules.lowest([Stretch(0, 50, 60), Stretch(0, 5, 8)], 5) == [Stretch(0, 5, 8), Stretch(0, 50, 52)]

    def test_uses_up_the_first_series_first(self) -> None:
        assert rules.lowest([Stretch(1, 1, 9), Stretch(0, 70, 72)], 3) == [Stretch(0, 70, 72), Stretch(1, 1, 2)]

    def test_gives_what_there_is(self) -> None:
        assert rules.lowest([Stretch(0, 1, 3)], 9) == [Stretch(0, 1, 3)]

    def test_takes_nothing_for_nobody(self) -> None:
        assert rules.lowest([Stretch(0, 1, 3)], 0) == []

    @given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(0, 40))
    def test_skips_no_serial(self, lengths: list[int], wanted: int) -> None:
        stock, first = [], 1
        for length in lengths:
            stock.append(Stretch(0, first, first + length))
            first += length + 3
        every = [serial for each in stock for serial in range(each.first, each.end)]
        taken = [serial for each in rules.lowest(stock, wanted) for serial in range(each.first, each.end)]
        assert taken == every[:wanted]
