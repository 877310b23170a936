"""Other documents and contacts: their shapes, their canonical forms, their masks."""

from __future__ import annotations

from datetime import date

import pytest

from kaogong.foundation.identity.rules import (
    Fault,
    check_digit,
    mask_mail,
    mask_phone,
    parse_document,
    parse_mail,
    parse_phone,
)
from tests.support.identity import old_form, resident_number

TODAY = date(2026, 3, 2)


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "typed", "canonical"),
        [
            ("officer", "军字第1234567号", "军1234567"),
            ("officer", "1234567", "1234567"),
            ("hk_macao", "h12345678", "H12345678"),
            ("hk_macao", "M1234567801", "M12345678"),
            ("taiwan", "12345678", "12345678"),
            ("taiwan", "1234567801B", "12345678"),
            ("permanent", "usa110000000001", "USA110000000001"),
            ("passport", "E 1234 5678", "E12345678"),
            ("passport", "ＥＡ1234567", "EA1234567"),
        ],
    )
    def test_are_read_in_canonical_form(self, kind: str, typed: str, canonical: str) -> None:
        assert parse_document(kind, typed, TODAY).number == canonical

    @pytest.mark.parametrize(
        ("kind", "typed"),
        [
            ("officer", "军"),
            ("hk_macao", "A12345678"),
            ("hk_macao", "H1234567"),
            ("taiwan", "1234567"),
            ("permanent", "US1234"),
            ("passport", "EEEEEEEE"),
            ("passport", ""),
        ],
    )
    def test_other_shapes_are_a_fault(self, kind: str, typed: str) -> None:
        with pytest.raises(Fault) as caught:
            parse_document(kind, typed, TODAY)
        assert caught.value.kind == "shape"

    def test_the_new_permanent_card_has_a_check_character(self) -> None:
        first17 = "91112419900101001"
        assert parse_document("permanent", first17 + check_digit(first17), TODAY).number[0] == "9"
        wrong = "0" if check_digit(first17) != "0" else "1"
        with pytest.raises(Fault):
            parse_document("permanent", first17 + wrong, TODAY)

    def test_an_unknown_kind_is_a_fault(self) -> None:
        with pytest.raises(Fault) as caught:
            parse_document("library", "1", TODAY)
        assert caught.value.kind == "kind"

    def test_old_and_new_resident_numbers_are_one(self) -> None:
        number = resident_number(5)
        assert (
            parse_document("resident", number, TODAY).number
            == parse_document("resident", old_form(number), TODAY).number
        )


class TestMask:
    def test_keeps_three_and_four_of_a_resident_number(self) -> None:
        number = resident_number(5)
        assert parse_document("resident", number, TODAY).masked == f"320***********{number[-4:]}"

    def test_keeps_two_and_two_of_a_short_one(self) -> None:
        assert parse_document("passport", "E12345678", TODAY).masked == "E1*****78"


class TestContacts:
    @pytest.mark.parametrize(
        ("typed", "canonical"),
        [
            ("13812345678", "+8613812345678"),
            ("138 1234 5678", "+8613812345678"),
            ("+86-138-1234-5678", "+8613812345678"),
            ("008613812345678", "+8613812345678"),
            ("１３８12345678", "+8613812345678"),
            ("+852 9123 4567", "+85291234567"),
        ],
    )
    def test_phones_have_one_form(self, typed: str, canonical: str) -> None:
        assert parse_phone(typed) == canonical

    @pytest.mark.parametrize("typed", ["", "12812345678", "1381234567", "+861281234567", "一二三", "+86 025 1234567"])
    def test_other_phones_are_a_fault(self, typed: str) -> None:
        with pytest.raises(Fault):
            parse_phone(typed)

    @pytest.mark.parametrize(("typed", "canonical"), [(" A.B@Example.ORG ", "a.b@example.org"), ("a@b.cn", "a@b.cn")])
    def test_mail_has_one_form(self, typed: str, canonical: str) -> None:
        assert parse_mail(typed) == canonical

    @pytest.mark.parametrize("typed", ["", "a", "a@b", "a@@b.cn", "a b@c.cn", "@b.cn", "a@-b.cn"])
    def test_other_mail_is_a_fault(self, typed: str) -> None:
        with pytest.raises(Fault):
            parse_mail(typed)

    def test_masks_keep_what_the_owner_recognises(self) -> None:
        assert mask_phone("+8613812345678") == "138****5678"
        assert mask_phone("+85291234567") == "+852****567"
        assert mask_mail("somebody@example.org") == "s***y@example.org"
        assert mask_mail("ab@example.org") == "a***@example.org"
