"""Claims read as records, numbers, parts and fees."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaogong.registration import rules

ON = date(2026, 4, 3)


class TestReading:
    def test_reads_every_section(self) -> None:
        claim: dict[str, Any] = {
            "awards": [{"occupation_code": "6-31-01-03", "level": 5, "awarded_on": "2020-01-01", "number": " 77 "}],
            "work": [{"occupation_code": "6-31-01-03", "since": "2018-01-01", "until": "", "employer": "某厂"}],
            "training": [{"hours": 400, "ended_on": "2019-01-01"}],
            "apprenticeships": [{"occupation_code": "6-31-01-03", "ended_on": "2019-01-01"}],
            "schooling": [{"route": "college", "major_code": "6-31-01-03", "graduates_on": "2027-07-01"}],
            "reserve_technician": {"awarded_on": "2019-01-01"},
        }
        record, faults = rules.read(claim, on=ON)

        assert faults == []
        assert record.awards[0].number == "77"
        assert record.work[0].until is None
        assert record.reserve_technician_on == date(2019, 1, 1)
        assert (len(record.training), len(record.apprenticeships), len(record.schooling)) == (1, 1, 1)

    @pytest.mark.parametrize(
        ("section", "entry", "words"),
        [
            ("awards", {"occupation_code": "x", "level": 6, "awarded_on": "2020-01-01"}, "等级须在一至五级之间"),
            ("awards", {"occupation_code": "x", "level": True, "awarded_on": "2020-01-01"}, "等级须在一至五级之间"),
            ("awards", {"level": 5, "awarded_on": "2020-01-01"}, "没有写明职业"),
            (
                "awards",
                {"occupation_code": "x", "level": 5, "awarded_on": "2020-13-01"},
                "发证日期“2020-13-01”不是日期",
            ),
            ("awards", {"occupation_code": "x", "level": 5, "awarded_on": "2026-04-04"}, "发证日期晚于 2026-04-03"),
            ("work", {"occupation_code": "x", "since": "2020-01-02", "until": "2020-01-01"}, "结束日期早于开始日期"),
            ("work", {"occupation_code": "x"}, "开始日期“”不是日期"),
            ("training", {"hours": 0, "ended_on": "2020-01-01"}, "学时须为正整数"),
            (
                "schooling",
                {"route": "kindergarten", "major_code": "x", "graduates_on": "2020-01-01"},
                "学校类别“kindergarten”不认识",
            ),
            ("work", "三年", "这一项的格式不对"),
        ],
    )
    def test_names_an_entry_that_is_no_fact(self, section: str, entry: object, words: str) -> None:
        _record, faults = rules.read({section: [entry]}, on=ON)

        assert [(fault.place, str(fault.words)) for fault in faults] == [(f"{section}.1", words)]

    def test_good_entries_stand_beside_faulty_ones(self) -> None:
        good = {"hours": 40, "ended_on": "2020-01-01"}
        record, faults = rules.read({"training": [good, {}, good]}, on=ON)
        assert (len(record.training), [fault.place for fault in faults]) == (2, ["training.2"])

    @pytest.mark.parametrize("claim", [{"hobbies": []}, {"awards": "none"}, {"reserve_technician": "yes"}])
    def test_names_what_it_does_not_know(self, claim: dict[str, Any]) -> None:
        assert len(rules.read(claim, on=ON)[1]) == 1


class TestNumbers:
    def test_has_year_running_number_and_check_digit(self) -> None:
        assert rules.registration_number(2026, 417) == "26000004179"

    @given(st.integers(1, 10**8 - 1), st.integers(0, 10), st.integers(1, 9))
    def test_a_wrong_digit_is_found(self, running: int, place: int, change: int) -> None:
        number = rules.registration_number(2026, running)
        wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]

        assert rules.is_registration_number(number)
        assert not rules.is_registration_number(wrong)

    @pytest.mark.parametrize("running", [0, -1, 10**8])
    def test_a_number_out_of_range_is_refused(self, running: int) -> None:
        with pytest.raises(ValueError, match="not a running number"):
            rules.registration_number(2026, running)

    @pytest.mark.parametrize("text", ["", "26000004178", "2600000417", "２６０００００４１７９"])
    def test_other_texts_are_no_numbers(self, text: str) -> None:
        assert not rules.is_registration_number(text)


class TestParts:
    def test_passed_parts_need_not_be_sat_again(self) -> None:
        assert rules.parts_to_sit(("theory", "skill"), {"theory"}) == ("skill",)

    def test_what_is_neither_chosen_nor_passed_is_missing(self) -> None:
        assert rules.parts_missing(["skill"], required=("theory", "skill", "review"), passed={"theory"}) == ("review",)

    def test_the_fee_is_that_of_the_parts_sat(self) -> None:
        fees = {"theory": 5000, "skill": 31000, "review": 32000}
        assert rules.fee_of(["review"], fees) == 32000
        assert rules.fee_of(["theory", "skill", "review"], fees) == 68000

    def test_a_part_without_a_fee_is_an_error(self) -> None:
        with pytest.raises(LookupError):
            rules.fee_of(["language"], {"theory": 1})

    @pytest.mark.parametrize(
        ("code", "territory", "within"),
        [
            ("320102", ("3201",), True),
            ("371202", ("3701", "3712"), True),
            ("330102", ("3201",), False),
            ("", ("",), False),
        ],
    )
    def test_territory(self, code: str, territory: tuple[str, ...], within: bool) -> None:
        assert rules.is_within(code, territory) is within


@pytest.mark.parametrize(
    ("start", "end", "length"),
    [
        (date(2020, 1, 31), date(2020, 2, 29), (0, 1, 0)),
        (date(2020, 1, 31), date(2020, 3, 1), (0, 1, 1)),
        (date(2020, 2, 29), date(2021, 2, 28), (1, 0, 0)),
        (date(2019, 5, 10), date(2022, 5, 9), (2, 11, 29)),
        (date(2022, 5, 9), date(2019, 5, 10), (0, 0, 0)),
    ],
)
def test_calendar_lengths(start: date, end: date, length: tuple[int, int, int]) -> None:
    assert rules.calendar_length(start, end) == length
