"""Rules of sittings: capacity, waves, people needed, and what keeps a round from being announced. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kaogong.foundation.kernel.clauses import Clause
from kaogong.sittings.rules import (
    RoundFacts,
    SittingFacts,
    announcement_checks,
    capacity,
    overlapping,
    part_end,
    people_needed,
)

NINE = datetime(2026, 4, 18, 1, 0, tzinfo=UTC)
CLAUSE = Clause("labour-1993-134", "organisers")
THEORY = {"candidates": 15, "minimum": 2, "minimum_per": "room"}
SKILL = {"candidates": 5, "minimum": 3, "odd": True}


class TestCapacity:
    @pytest.mark.parametrize(
        ("parts", "expected"),
        [
            ([], 0),
            ([([30], 1)], 30),
            ([([30], 1), ([10], 2)], 20),
            ([([30], 1), ([10], 3)], 30),
            ([([30], 1), ([10], 4)], 30),
            ([([30, 30], 1), ([10, 12], 2)], 44),
            ([([30], 1), ([], 3)], 0),
        ],
    )
    def test_is_the_least_of_places_times_waves(self, parts: list[tuple[list[int], int]], expected: int) -> None:
        assert capacity(parts) == expected


class TestPartEnd:
    def test_one_wave_has_no_gap(self) -> None:
        assert part_end(NINE, minutes=90, waves=1, gap_minutes=30) == NINE + timedelta(minutes=90)

    def test_gaps_lie_between_waves(self) -> None:
        assert part_end(NINE, minutes=150, waves=3, gap_minutes=30) == NINE + timedelta(minutes=510)


class TestOverlapping:
    def test_one_may_begin_when_the_other_ends(self) -> None:
        assert not overlapping(
            [(NINE, NINE + timedelta(hours=2)), (NINE + timedelta(hours=2), NINE + timedelta(hours=3))]
        )

    def test_a_minute_in_common_is_too_much(self) -> None:
        assert overlapping(
            [(NINE + timedelta(minutes=119), NINE + timedelta(hours=3)), (NINE, NINE + timedelta(hours=2))]
        )


class TestPeopleNeeded:
    @pytest.mark.parametrize(
        ("candidates", "rooms", "expected"), [(0, 1, 0), (1, 1, 2), (30, 1, 2), (31, 1, 3), (31, 2, 4), (90, 3, 6)]
    )
    def test_invigilators_are_one_to_fifteen_and_two_to_a_room(
        self, candidates: int, rooms: int, expected: int
    ) -> None:
        assert people_needed(candidates, THEORY, rooms=rooms) == expected

    @pytest.mark.parametrize(("candidates", "expected"), [(1, 3), (15, 3), (16, 5), (20, 5), (25, 5), (26, 7)])
    def test_a_practical_panel_is_three_or_more_and_odd(self, candidates: int, expected: int) -> None:
        assert people_needed(candidates, SKILL) == expected

    def test_a_review_panel_has_a_minimum_only(self) -> None:
        assert people_needed(100, {"minimum": 3, "odd": True}) == 3


SITTING = SittingFacts(
    number="2026-3201-001-01",
    held_on=date(2026, 4, 18),
    station="测试鉴定站",
    is_within_territory=True,
    is_in_scope=True,
    scope_reason="",
    scope_clause=Clause("labour-1993-134", "station-scope"),
    capacity=30,
    first_start=NINE,
    parts=("theory", "skill"),
)
ROUND = RoundFacts(
    on=date(2026, 3, 2),
    track="社会化职业技能鉴定",
    organiser="南京市中心",
    organiser_kind="prefecture_centre",
    level=5,
    applications_until=NINE - timedelta(days=10),
    fees={"theory": 3500, "skill": 0, "basis": "…"},
    notice_days=30,
    notice_clause=Clause("autonomous-region-flow", "announcement"),
    organisers=(("prefecture_centre",), CLAUSE),
    levels=((5, 4, 3), CLAUSE),
    sites=(("station",), CLAUSE),
    has_standard=True,
    sittings=(SITTING,),
)


def red(facts: RoundFacts) -> list[str]:
    return [check.key for check in announcement_checks(facts) if not check.passed]


class TestAnnouncementChecks:
    def test_all_green_and_each_with_a_clause_and_words(self) -> None:
        checks = announcement_checks(ROUND)
        assert red(ROUND) == []
        assert len(checks) == 12
        assert all(check.text and check.title and check.clause.article for check in checks)

    @pytest.mark.parametrize(
        ("change", "key"),
        [
            ({"organisers": None}, "track"),
            ({"organiser_kind": "station"}, "track"),
            ({"levels": None}, "level"),
            ({"level": 2}, "level"),
            ({"has_standard": False}, "standard"),
            ({"fees": {"theory": 3500}}, "fees"),
            ({"fees": {"theory": 3500, "skill": "160"}}, "fees"),
            ({"on": date(2026, 3, 20)}, "notice"),
            ({"applications_until": NINE + timedelta(minutes=1)}, "window"),
            ({"sites": None}, "site"),
        ],
    )
    def test_names_what_is_wrong_with_the_round(self, change: dict[str, Any], key: str) -> None:
        assert red(replace(ROUND, **change)) == [key]

    @pytest.mark.parametrize(
        ("change", "key"),
        [
            ({"is_within_territory": False}, "territory"),
            ({"is_in_scope": False, "scope_reason": "许可不含此职业"}, "scope"),
            ({"capacity": 0}, "capacity"),
            ({"site_kind": "enterprise"}, "site"),
            ({"faulty_rooms": ("二号",)}, "rooms"),
        ],
    )
    def test_names_what_is_wrong_with_a_sitting(self, change: dict[str, Any], key: str) -> None:
        assert red(replace(ROUND, sittings=(SITTING, replace(SITTING, number="02", **change)))) == [key]

    def test_a_round_without_sittings_cannot_count_its_notice(self) -> None:
        assert red(replace(ROUND, sittings=())) == ["sittings", "notice"]

    def test_the_notice_is_enough_on_its_last_day(self) -> None:
        assert red(replace(ROUND, on=date(2026, 3, 19))) == []
        assert red(replace(ROUND, on=date(2026, 3, 20))) == ["notice"]
