"""Seats drawn without a database: serpentine, even, spread, and the same from the same seed."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaogong.seating import rules
from kaogong.seating.rules import Seated, Space

HALL = Space(UUID(int=1), 1, 30, 5)
ANNEX = Space(UUID(int=2), 2, 20, 4)


def people(count: int, groups: list[str] | None = None) -> list[Seated]:
    named = groups or [""]
    return [Seated(UUID(int=1000 + place), f"{place:04d}", named[place % len(named)]) for place in range(count)]


class TestSerpentine:
    def test_turns_at_every_row(self) -> None:
        assert [rules.serpentine(number, 3) for number in range(1, 8)] == [
            (1, 1),
            (1, 2),
            (1, 3),
            (2, 3),
            (2, 2),
            (2, 1),
            (3, 1),
        ]

    @given(st.integers(1, 300), st.integers(1, 20))
    def test_consecutive_seats_touch(self, number: int, columns: int) -> None:
        (row, column), (next_row, next_column) = (
            rules.serpentine(number, columns),
            rules.serpentine(number + 1, columns),
        )
        assert abs(row - next_row) + abs(column - next_column) == 1


class TestArrange:
    def test_gives_everyone_one_seat_of_their_own(self) -> None:
        arrangement = rules.arrange(people(45), spaces=[HALL, ANNEX], waves=1, seed="7")

        assert len({each.candidate for each in arrangement.placements}) == 45
        assert len({(each.space, each.wave, each.number) for each in arrangement.placements}) == 45

    def test_the_same_seed_gives_the_same_seats_in_whatever_order_people_come(self) -> None:
        forwards = rules.arrange(people(45, ["甲", "乙"]), spaces=[HALL, ANNEX], waves=1, seed="7")
        backwards = rules.arrange(people(45, ["甲", "乙"])[::-1], spaces=[HALL, ANNEX], waves=1, seed="7")
        assert forwards == backwards

    def test_another_seed_gives_other_seats(self) -> None:
        one, other = (rules.arrange(people(45), spaces=[HALL], waves=2, seed=seed) for seed in ("7", "8"))
        assert one != other

    def test_uses_no_more_waves_than_needed_and_fills_them_evenly(self) -> None:
        arrangement = rules.arrange(people(41), spaces=[ANNEX], waves=5, seed="7")
        assert Counter(each.wave for each in arrangement.placements) == {1: 14, 2: 14, 3: 13}

    def test_rooms_take_their_share(self) -> None:
        arrangement = rules.arrange(people(25), spaces=[HALL, ANNEX], waves=1, seed="7")
        assert Counter(each.space for each in arrangement.placements) == {HALL.id: 15, ANNEX.id: 10}

    def test_refuses_more_people_than_places(self) -> None:
        with pytest.raises(rules.NotEnoughPlaces):
            rules.arrange(people(101), spaces=[HALL, ANNEX], waves=2, seed="7")

    def test_nobody_needs_no_seat(self) -> None:
        assert rules.arrange([], spaces=[HALL], waves=1, seed="7").placements == ()

    def test_a_school_is_spread_over_the_rooms(self) -> None:
        mixed = people(50, ["甲", "", "", "", ""])
        arrangement = rules.arrange(mixed, spaces=[HALL, ANNEX], waves=1, seed="7")
        school = {each.id for each in mixed if each.group == "甲"}
        rooms = Counter(each.space for each in arrangement.placements if each.candidate in school)
        assert max(rooms.values()) - min(rooms.values()) <= 1

    def test_two_schools_of_equal_size_sit_like_a_chessboard(self) -> None:
        assert rules.arrange(people(30, ["甲", "乙"]), spaces=[HALL], waves=1, seed="7").violations == 0

    def test_people_without_a_school_are_nobodys_neighbours(self) -> None:
        assert rules.arrange(people(30), spaces=[HALL], waves=1, seed="7").violations == 0

    def test_one_school_alone_cannot_be_parted_and_this_is_counted(self) -> None:
        arrangement = rules.arrange(people(30, ["甲"]), spaces=[HALL], waves=1, seed="7")
        assert arrangement.violations == 6 * 4 + 5 * 5

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from("甲乙丙丁"), min_size=1, max_size=30), st.integers(0, 10**6))
    def test_counts_what_it_leaves(self, groups: list[str], seed: int) -> None:
        seated = [Seated(UUID(int=place + 1), f"{place:03d}", group) for place, group in enumerate(groups)]
        group_of = {each.id: each.group for each in seated}
        arrangement = rules.arrange(seated, spaces=[HALL], waves=1, seed=str(seed))
        grid = {(each.row, each.column): group_of[each.candidate] for each in arrangement.placements}
        pairs = sum(
            grid.get((row, column)) == grid.get((row + down, column + right))
            for row, column in grid
            for down, right in ((0, 1), (1, 0))
            if (row + down, column + right) in grid
        )
        assert arrangement.violations == pairs

    @settings(max_examples=40, deadline=None)
    @given(st.integers(4, 10), st.integers(0, 10**6))
    def test_few_neighbours_are_left_when_no_school_has_more_than_a_third(self, schools: int, seed: int) -> None:
        names = [f"校{place}" for place in range(schools)]
        arrangement = rules.arrange(people(30, names), spaces=[HALL], waves=1, seed=str(seed))
        assert arrangement.violations <= 1

    def test_numbers_run_without_gaps_in_every_room_and_wave(self) -> None:
        arrangement = rules.arrange(people(77), spaces=[HALL, ANNEX], waves=2, seed="7")
        cells: dict[tuple[UUID, int], list[int]] = {}
        for each in arrangement.placements:
            cells.setdefault((each.space, each.wave), []).append(each.number)
        for numbers in cells.values():
            assert numbers[0] == 1
            assert all(later - earlier == 1 for earlier, later in pairwise(numbers))
