"""Resident numbers: what is read, what is refused and under which name."""

from __future__ import annotations

from datetime import date

import pytest

from kaogong.foundation.identity.rules import Fault, check_digit, eighteen, ever_existed, parse_resident_number
from tests.support.identity import old_form, resident_number

TODAY = date(2026, 3, 2)


def fault_of(text: str, on: date = TODAY) -> str:
    with pytest.raises(Fault) as caught:
        parse_resident_number(text, on)
    return caught.value.kind


class TestReading:
    def test_tells_birth_sex_and_address(self) -> None:
        number = parse_resident_number(resident_number(0, born_on=date(1995, 6, 15), sex="2"), TODAY)
        assert (number.born_on, number.sex, number.address_code) == (date(1995, 6, 15), "2", "320102")

    @pytest.mark.parametrize("order", range(0, 400, 7))
    def test_the_seventeenth_digit_is_odd_for_men(self, order: int) -> None:
        assert parse_resident_number(resident_number(order, sex="1"), TODAY).sex == "1"
        assert parse_resident_number(resident_number(order, sex="2"), TODAY).sex == "2"

    def test_forgives_spaces_full_width_digits_and_a_small_x(self) -> None:
        sound = next(n for n in map(resident_number, range(200)) if n.endswith("X"))
        typed = f" {sound[:6]} {sound[6:14]} {sound[14:17]}ｘ"
        full_width = typed.translate({ord(str(d)): chr(ord("０") + d) for d in range(10)})
        assert parse_resident_number(full_width, TODAY).number18 == sound

    def test_somebody_born_today_has_a_number(self) -> None:
        assert parse_resident_number(resident_number(0, born_on=TODAY), TODAY).born_on == TODAY

    def test_a_leap_day_is_a_day(self) -> None:
        assert parse_resident_number(resident_number(0, born_on=date(2000, 2, 29)), TODAY).born_on.day == 29


class TestFifteenDigits:
    @pytest.mark.parametrize("order", range(0, 300, 11))
    def test_is_the_same_person_as_its_eighteen_characters(self, order: int) -> None:
        sound = resident_number(order)
        read = parse_resident_number(old_form(sound), TODAY)
        assert read.number18 == sound
        assert read.was_fifteen

    def test_a_made_up_example_by_hand(self) -> None:
        # 320102 8 0 0 1 0 1 0 0 1 with the century put in: sum of digit times weight is 169, 169 mod 11 = 4, so "8".
        assert eighteen("320102800101001") == "32010219800101001" + check_digit("32010219800101001")
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        total = sum(int(d) * w for d, w in zip("32010219800101001", weights, strict=True))
        assert check_digit("32010219800101001") == "10X98765432"[total % 11]


class TestFaults:
    @pytest.mark.parametrize("text", ["", "3201", "32010219950615001", "3201021995061500123", "1" * 16])
    def test_length(self, text: str) -> None:
        assert fault_of(text) == "length"

    @pytest.mark.parametrize(
        "text", ["32010219950615A015", "X20102199506150015", "32010219950615001Y", "3201029506150一二"]
    )
    def test_characters(self, text: str) -> None:
        assert fault_of(text) == "characters"

    @pytest.mark.parametrize("birth", ["19951315", "19950230", "19950600", "19000229", "18791231", "00000101"])
    def test_impossible_date(self, birth: str) -> None:
        first17 = f"320102{birth}001"
        assert fault_of(first17 + check_digit(first17)) == "birth-impossible"

    def test_birth_in_the_future(self) -> None:
        assert fault_of(resident_number(0, born_on=date(2026, 3, 3))) == "birth-in-future"

    @pytest.mark.parametrize("order", range(0, 200, 9))
    def test_any_other_check_digit(self, order: int) -> None:
        sound = resident_number(order)
        for wrong in set("0123456789X") - {sound[-1]}:
            assert fault_of(sound[:-1] + wrong) == "check-digit"

    @pytest.mark.parametrize("place", range(6))
    def test_one_digit_of_the_address_mistyped(self, place: int) -> None:
        sound = resident_number(3)
        typed = sound[:place] + str((int(sound[place]) + 1) % 10) + sound[place + 1 :]
        assert fault_of(typed) == "check-digit"

    @pytest.mark.parametrize("place", range(13, 16))
    def test_two_neighbours_swapped(self, place: int) -> None:
        sound = resident_number(62, sex="1")
        if sound[place] == sound[place + 1]:
            sound = resident_number(123, sex="1")
        swapped = sound[:place] + sound[place + 1] + sound[place] + sound[place + 2 :]
        assert swapped == sound or fault_of(swapped) == "check-digit"


class TestAddressCodes:
    @pytest.mark.parametrize("code", ["320102", "110103", "371200", "810000", "820000", "830000"])
    def test_that_ever_existed_are_known(self, code: str) -> None:
        assert ever_existed(code)

    def test_that_never_existed_are_a_warning_only(self) -> None:
        number = parse_resident_number(resident_number(0, address="999999"), TODAY)
        assert not number.is_address_known
        assert number.warning == "address-unknown"
