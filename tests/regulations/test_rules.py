"""Which provision applies, and how articles are cited. No database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaogong.foundation.kernel.clauses import Clause
from kaogong.regulations.rules import (
    Provision,
    Scope,
    applicable,
    article_label,
    chinese_number,
    overlap,
    region_prefix,
)

DAY = date(2026, 1, 1)


def figure(
    value: Any = 1,
    *,
    region: str = "",
    track: str = "",
    occupation: str = "",
    since: date = date(2000, 1, 1),
    until: date | None = None,
) -> Provision:
    scope = Scope(region, track, occupation)
    return Provision("k", "数", value, "", Clause("i", "1"), "N", scope, since, until)


def chosen(*provisions: Provision, on: date = DAY, region: str = "", track: str = "", occupation: str = "") -> Any:
    found = applicable(provisions, on=on, case=Scope(region, track, occupation))
    return None if found is None else found.value


class TestApplicable:
    def test_the_national_one_applies_everywhere(self) -> None:
        assert chosen(figure("国"), region="320102", track="social", occupation="6-31-01-03") == "国"

    @pytest.mark.parametrize("region", ["320000", "32"])
    def test_the_local_one_wins_in_its_region(self, region: str) -> None:
        rules = (figure("国"), figure("苏", region=region))
        assert [chosen(*rules, region=each) for each in ("320102", "3201", "32", "330102", "")] == [
            "苏",
            "苏",
            "苏",
            "国",
            "国",
        ]

    def test_the_narrower_region_wins(self) -> None:
        rules = (figure("苏", region="320000"), figure("宁", region="320100"))
        assert chosen(*rules, region="320102") == "宁"
        assert chosen(*rules, region="320502") == "苏"

    def test_more_fields_win_over_fewer(self) -> None:
        rules = (figure("宁", region="320102"), figure("苏电工", region="32", occupation="6-31-01-03"))
        assert chosen(*rules, region="320102", occupation="6-31-01-03") == "苏电工"

    def test_an_occupation_covers_what_lies_under_it(self) -> None:
        assert chosen(figure("修理", occupation="6-31-01"), occupation="6-31-01-03") == "修理"
        assert chosen(figure("修理", occupation="6-31-0"), occupation="6-31-01-03") is None

    def test_another_track_does_not_apply(self) -> None:
        assert chosen(figure("企业", track="enterprise"), track="social") is None

    def test_dates_are_half_open(self) -> None:
        rule = figure("旧", since=date(2010, 1, 1), until=date(2020, 1, 1))
        days = [date(2009, 12, 31), date(2010, 1, 1), date(2019, 12, 31), date(2020, 1, 1)]
        assert [chosen(rule, on=day) for day in days] == [None, "旧", "旧", None]

    def test_nothing_applies_when_there_is_nothing(self) -> None:
        assert chosen() is None


class TestOverlap:
    @pytest.mark.parametrize(
        ("until", "since", "overlaps"),
        [
            (None, date(2020, 1, 1), True),
            (date(2020, 1, 1), date(2020, 1, 1), False),
            (date(2020, 1, 2), date(2020, 1, 1), True),
        ],
    )
    def test_of_neighbours(self, until: date | None, since: date, overlaps: bool) -> None:
        assert overlap(figure(until=until), figure(since=since)) is overlaps

    def test_different_scopes_never_do(self) -> None:
        assert not overlap(figure(region="32"), figure(region="33"))

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is not a fault
    @given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), min_size=2, max_size=2))
    def test_is_symmetric_and_means_a_shared_day(self, spans: list[tuple[int, int]]) -> None:
        one, other = (
            figure(since=DAY + timedelta(days=start), until=DAY + timedelta(days=start + length))
            for start, length in spans
        )
        shared = any(
            one.in_force(DAY + timedelta(days=each)) and other.in_force(DAY + timedelta(days=each))
            for each in range(80)
        )
        assert overlap(one, other) is overlap(other, one) is shared


class TestValues:
    def test_a_whole_number(self) -> None:
        assert figure(30).number == 30

    @pytest.mark.parametrize("value", [True, 30.0, "30", None, [30]])
    def test_anything_else_is_none(self, value: Any) -> None:
        with pytest.raises(TypeError):
            _ = figure(value).number

    @pytest.mark.parametrize(("value", "exact"), [(0.1, "0.1"), ("59.99", "59.99"), (60, "60")])
    def test_decimals_are_exact(self, value: Any, exact: str) -> None:
        assert figure(value).decimal == Decimal(exact)

    def test_a_list_is_no_decimal(self) -> None:
        with pytest.raises(TypeError):
            _ = figure([1]).decimal


class TestCiting:
    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (0, "零"),
            (5, "五"),
            (10, "十"),
            (15, "十五"),
            (20, "二十"),
            (21, "二十一"),
            (100, "一百"),
            (105, "一百零五"),
            (110, "一百一十"),
            (999, "九百九十九"),
        ],
    )
    def test_numbers_as_law_writes_them(self, number: int, text: str) -> None:
        assert chinese_number(number) == text

    @pytest.mark.parametrize("number", [-1, 1000])
    def test_no_article_has_such_a_number(self, number: int) -> None:
        with pytest.raises(ValueError):
            chinese_number(number)

    @pytest.mark.parametrize(("article", "label"), [("15", "第十五条"), ("2.8", "2.8 鉴定方式"), ("scope", "鉴定方式")])
    def test_articles(self, article: str, label: str) -> None:
        assert article_label(article, "鉴定方式") == label

    @pytest.mark.parametrize(("code", "short"), [("320000", "32"), ("320100", "3201"), ("32", "32"), ("", "")])
    def test_regions_shrink_to_what_names_them(self, code: str, short: str) -> None:
        assert region_prefix(code) == short
