"""Deadlines of working days, with their arithmetic. No database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaogong.foundation.calendar import seed
from kaogong.foundation.calendar.rules import Special, deadline, is_working_day

KNOWN = seed.years()
SPECIAL = {day: special for year in KNOWN.values() for day, special in year.items()}


def due(start: date, days: int) -> date:
    return deadline(start, days, SPECIAL, KNOWN.keys()).due_on


class TestDueDate:
    @pytest.mark.parametrize(
        ("start", "days", "expected"),
        [
            (date(2026, 11, 23), 1, date(2026, 11, 24)),
            (date(2026, 11, 27), 1, date(2026, 11, 30)),  # a Friday
            (date(2026, 11, 28), 1, date(2026, 11, 30)),  # a Saturday
            (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the National Day
            (date(2026, 10, 9), 1, date(2026, 10, 10)),  # a Saturday that is worked
            (date(2026, 9, 24), 10, date(2026, 10, 15)),
            (date(2025, 1, 27), 1, date(2025, 2, 5)),  # over the Spring Festival
            (date(2026, 11, 28), 0, date(2026, 11, 28)),
        ],
    )
    def test_counts_from_the_next_day(self, start: date, days: int, expected: date) -> None:
        assert due(start, days) == expected

    def test_never_counts_backwards(self) -> None:
        with pytest.raises(ValueError):
            due(date(2026, 1, 1), -1)

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is not a fault
    @given(start=st.dates(date(2004, 1, 1), date(2026, 6, 1)), days=st.integers(1, 60))
    def test_falls_on_a_working_day_and_passes_exactly_so_many(self, start: date, days: int) -> None:
        found = due(start, days)
        span = [start + timedelta(days=each) for each in range(1, (found - start).days + 1)]
        assert is_working_day(found, SPECIAL)
        assert sum(is_working_day(day, SPECIAL) for day in span) == days


class TestArithmetic:
    def test_shows_what_was_left_out_and_why(self) -> None:
        lines = deadline(date(2026, 9, 24), 10, SPECIAL, KNOWN.keys()).arithmetic
        assert lines == [
            "自2026年9月24日（周四）的次日起算",
            "9月25日（周五）至9月27日（周日）：中秋节放假，不计",
            "9月28日（周一）至9月30日（周三）：第1至3个工作日",
            "10月1日（周四）至10月7日（周三）：国庆节放假，不计",
            "10月8日（周四）至10月9日（周五）：第4至5个工作日",
            "10月10日（周六）：第6个工作日（调休上班）",
            "10月11日（周日）：周末，不计",
            "10月12日（周一）至10月15日（周四）：第7至10个工作日",
            "2026年10月15日（周四）届满",
        ]

    def test_of_no_days_is_the_day_itself(self) -> None:
        assert deadline(date(2026, 1, 1), 0, SPECIAL, KNOWN.keys()).arithmetic == ["2026年1月1日（周四）当日"]


class TestProvisional:
    def test_a_year_without_a_notice_makes_it_provisional(self) -> None:
        found = deadline(date(2026, 12, 28), 5, SPECIAL, KNOWN.keys())
        assert found.is_provisional
        assert found.missing_years == (2027,)
        assert "暂定" in found.arithmetic[-1]

    def test_it_is_firm_while_every_year_is_known(self) -> None:
        assert not deadline(date(2026, 12, 21), 5, SPECIAL, KNOWN.keys()).is_provisional

    def test_counting_that_begins_in_the_next_year_needs_only_that_one(self) -> None:
        assert deadline(date(2003, 12, 31), 3, SPECIAL, KNOWN.keys()).missing_years == ()

    def test_a_day_of_its_own_wins_over_the_week(self) -> None:
        day = date(2027, 2, 6)  # a Saturday
        assert is_working_day(day, {day: Special(True, "春节")})
        assert not is_working_day(day, {})


class TestSeed:
    def test_knows_2004_to_2026(self) -> None:
        assert (min(KNOWN), max(KNOWN)) == (2004, 2026)

    def test_worked_days_are_weekends(self) -> None:
        assert all(day.weekday() >= 5 for day, special in SPECIAL.items() if special.is_workday)
