"""The codes of institutions: read, made, refused. No database."""

from __future__ import annotations

import pytest

from kaogong.foundation.organisations.rules import (
    InstitutionCode,
    breadth,
    next_serial,
    parse_evaluation_code,
    parse_institution_code,
)


class TestInstitutionCode:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("10012003", InstitutionCode("10", "01", 2, 3)),  # Nanjing, local station 003
            ("72003018", InstitutionCode("72", "00", 3, 18)),  # tobacco, no second-level centre, industry station 018
        ],
    )
    def test_reads_the_examples_of_the_rule(self, text: str, code: InstitutionCode) -> None:
        assert parse_institution_code(text) == code
        assert str(code) == text

    def test_names_the_kind_of_body(self) -> None:
        assert parse_institution_code("72003018").kind_name == "行业特有工种职业技能鉴定站"

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("1001200", "8位"),
            ("100120030", "8位"),
            ("1001200X", "8位"),
            ("１００１２００３", "8位"),
            ("10015003", "第5位"),
            ("10012000", "001至999"),
            ("", "8位"),
        ],
    )
    def test_says_what_is_wrong(self, text: str, fault: str) -> None:
        with pytest.raises(ValueError, match=fault):
            parse_institution_code(text)

    def test_the_next_serial_counts_over_all_kinds(self) -> None:
        assert next_serial([InstitutionCode("10", "01", 1, 7), InstitutionCode("10", "01", 2, 3)]) == 8

    def test_the_first_serial_is_one(self) -> None:
        assert next_serial([]) == 1

    def test_serials_run_out_at_999(self) -> None:
        with pytest.raises(ValueError, match="999"):
            next_serial([InstitutionCode("10", "01", 1, 999)])


class TestEvaluationCode:
    @pytest.mark.parametrize(
        ("text", "is_ministry_filed", "province"), [("S000031110001", False, "31"), ("Y000123000001", True, "23")]
    )
    def test_reads_the_parts(self, text: str, is_ministry_filed: bool, province: str) -> None:
        code = parse_evaluation_code(text)
        assert (code.is_ministry_filed, code.province, str(code)) == (is_ministry_filed, province, text)

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("X000031110001", "第1位"),
            ("s000031110001", "第1位"),
            ("S00003111000", "12位"),
            ("SO00031110001", "数字"),
            ("S000031000000", "顺序号"),
        ],
    )
    def test_says_what_is_wrong(self, text: str, fault: str) -> None:
        with pytest.raises(ValueError, match=fault):
            parse_evaluation_code(text)


class TestBreadth:
    @pytest.mark.parametrize(
        ("kind", "how"),
        [
            ("ministry", "everywhere"),
            ("national_centre", "everywhere"),
            ("provincial_department", "territory"),
            ("prefecture_centre", "territory"),
            ("industry_centre", "line"),
            ("corps_centre", "line"),
            ("station", "own"),
            ("enterprise", "own"),
            ("college", "own"),
            ("social_body", "own"),
        ],
    )
    def test_every_kind_reaches_in_its_own_way(self, kind: str, how: str) -> None:
        assert breadth(kind) == how
