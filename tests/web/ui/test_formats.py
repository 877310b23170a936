"""How dates, money, numbers and levels are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from kaogong.web.ui import formats


class TestDates:
    def test_a_day_is_written_without_padding(self) -> None:
        assert formats.date_zh(date(2026, 1, 5)) == "2026年1月5日"

    def test_a_moment_is_told_in_beijing_time(self) -> None:
        assert formats.datetime_zh(datetime(2026, 11, 23, 17, 5, tzinfo=UTC)) == "2026年11月24日 01:05"

    def test_the_day_of_a_moment_is_the_day_in_beijing(self) -> None:
        assert formats.date_zh(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == "2027年1月1日"

    def test_a_naive_moment_is_refused(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            formats.datetime_zh(datetime(2026, 11, 24, 9, 0))  # noqa: DTZ001  # the fault under test

    def test_nothing_is_a_dash(self) -> None:
        assert [formats.date_zh(None), formats.datetime_zh(None), formats.time_zh(None)] == ["—"] * 3


class TestMoney:
    @pytest.mark.parametrize(
        ("fen", "written"),
        [(19500, "¥\u00a0195.00"), (5, "¥\u00a00.05"), (0, "¥\u00a00.00"), (123456789, "¥\u00a01,234,567.89")],
    )
    def test_fen_become_yuan(self, fen: int, written: str) -> None:
        assert formats.money(fen) == written

    def test_a_refund_keeps_its_sign_and_its_cents(self) -> None:
        assert formats.money(-19505) == "-¥\u00a0195.05"

    def test_nothing_is_a_dash(self) -> None:
        assert formats.money(None) == "—"


class TestPercent:
    def test_rounds_half_up(self) -> None:
        assert formats.percent(0.6245) == "62.5%"
        assert formats.percent(Decimal("0.00125"), 2) == "0.13%"

    def test_a_mean_over_nothing_is_a_dash(self) -> None:
        assert formats.percent(float("nan")) == "—"


class TestNumberGroups:
    def test_sixteen_digits_in_fours(self) -> None:
        assert formats.number_groups("2611010013000012") == ["2611", "0100", "1300", "0012"]

    def test_letters_stand_apart(self) -> None:
        assert formats.number_groups("S000011010012263000001")[0] == "S"

    @pytest.mark.parametrize("number", ["2611010013000012", "S000011010012263000001", "AB12345678901234567890", "123"])
    def test_nothing_is_lost(self, number: str) -> None:
        assert "".join(formats.number_groups(number)) == number


class TestLevelName:
    def test_the_number_runs_downward(self) -> None:
        assert [formats.level_name(level) for level in (5, "1")] == ["五级/初级工", "一级/高级技师"]

    def test_an_unknown_code_is_shown_as_it_is(self) -> None:
        assert formats.level_name("X") == "X"

    def test_the_source_language_is_chinese(self) -> None:
        with translation.override("zh-hans"):
            assert formats.level_name("chief") == "首席技师"
