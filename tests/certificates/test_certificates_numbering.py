"""Numbers of both regimes, with the vectors of the domain paper (exam-affairs §13). No database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaogong.certificates import rules
from kaogong.certificates.rules import QUALIFICATION, REGIMES, SKILL_LEVEL, canonical_number, generate, parse


class TestParseSixteen:
    @pytest.mark.parametrize(
        ("text", "year", "body", "level", "running"),
        [("1210012003400025", 12, "10012003", 4, 25), ("1272003018300001", 12, "72003018", 3, 1)],
    )
    def test_takes_the_vectors_apart(self, text: str, year: int, body: str, level: int, running: int) -> None:
        number = parse(text)
        assert (number.regime, number.year, number.body_code, number.level, number.running) == (
            QUALIFICATION,
            year,
            body,
            level,
            running,
        )
        assert str(number) == text

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("1210015003400025", "第7位（机构类别）应为0至4，现为5"),
            ("1210012003600025", "等级一位应为1至5，现为6"),
            ("121001200340002", "应为16位，现为15位"),
            ("12100120034000255", "应为16位，现为17位"),
            ("121001200340002O", "字母O"),
            ("1210012003400000", "顺序号应从1起"),
            ("1210012000400025", "机构顺序号应从1起"),
            ("1210012003０00025", "应为数字"),
            ("0912345678901", "上海"),
        ],
    )
    def test_says_what_is_wrong(self, text: str, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            parse(text)


class TestParseTwentyTwo:
    @pytest.mark.parametrize("text", ["S000031110001203000001", "Y000123000001195000001"])
    def test_takes_the_vectors_apart(self, text: str) -> None:
        number = parse(text)
        assert number.regime is SKILL_LEVEL
        assert str(number) == text

    def test_knows_the_seven_parts(self) -> None:
        number = parse("S000031110001203000001")
        assert (number.body_code, number.year, number.level, number.running) == ("S000031110001", 20, 3, 1)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("X000031110001203000001", "第1位"),
            ("S000031110001206000001", "等级一位应为1至5，现为6"),
            ("SO00031110001203000001", "字母O"),
            ("S00003111000120300001", "应为22位，现为21位"),
            ("S000031110001203000000", "顺序号应从1起"),
            ("", "第1位"),
        ],
    )
    def test_says_what_is_wrong(self, text: str, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            parse(text)


class TestGenerate:
    def test_gives_the_vectors(self) -> None:
        assert generate(QUALIFICATION, year=2012, body_code="10012003", level=4, running=25) == "1210012003400025"
        assert (
            generate(SKILL_LEVEL, year=2020, body_code="S000031110001", level=3, running=1) == "S000031110001203000001"
        )

    @pytest.mark.parametrize("running", [0, -1, 100_000])
    def test_refuses_a_running_number_that_does_not_fit(self, running: int) -> None:
        with pytest.raises(ValueError, match="99999"):
            generate(QUALIFICATION, year=2026, body_code="10012003", level=5, running=running)

    def test_refuses_a_body_of_the_other_regime(self) -> None:
        with pytest.raises(ValueError, match="13位"):
            generate(SKILL_LEVEL, year=2026, body_code="10012003", level=5, running=1)

    @given(st.integers(2000, 2099), st.integers(0, 9999), st.integers(0, 4), st.integers(1, 999), st.integers(1, 5))
    def test_comes_back_as_it_went(self, year: int, place: int, kind: int, serial: int, level: int) -> None:
        text = generate(
            QUALIFICATION, year=year, body_code=f"{place:04d}{kind}{serial:03d}", level=level, running=99_999
        )
        number = parse(text)
        assert (number.year, number.level, number.running, len(text)) == (year % 100, level, 99_999, 16)

    def test_capacity_is_what_the_digits_hold(self) -> None:
        assert [regime.capacity for regime in REGIMES.values()] == [99_999, 999_999]


class TestCanonicalNumber:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            (" 1210 0120 0340 0025 ", "1210012003400025"),
            ("１２１００１２００３４０００２５", "1210012003400025"),
            ("1210-0120-0340-0025", "1210012003400025"),
            ("s000031110001203000001", "S000031110001203000001"),
            ("0912345678901", "0000912345678901"),
            ("1210　0120·0340—0025", "1210012003400025"),
        ],
    )
    def test_reads_what_people_type(self, typed: str, expected: str) -> None:
        assert canonical_number(typed) == expected


class TestRank:
    def test_runs_against_the_digits(self) -> None:
        assert [rules.rank(level) for level in ("apprentice", 5, 4, 3, 2, 1, "special", "chief")] == list(range(8))

    def test_refuses_what_is_no_level(self) -> None:
        with pytest.raises(ValueError, match="no such level"):
            rules.rank(6)


class TestNetworks:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("203.0.113.7", "203.0.113.7/32"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("::ffff:203.0.113.7", "203.0.113.7/32"),
            ("", "unknown"),
            ("nowhere", "unknown"),
        ],
    )
    def test_counts_by_prefix(self, address: str, network: str) -> None:
        assert rules.network_of(address, prefix4=32, prefix6=64) == network

    @pytest.mark.parametrize(
        ("forwarded", "proxies", "expected"),
        [
            ("", 0, "10.0.0.1"),
            ("203.0.113.7", 0, "10.0.0.1"),
            ("203.0.113.7", 1, "203.0.113.7"),
            ("1.2.3.4, 203.0.113.7", 1, "203.0.113.7"),
            ("1.2.3.4, 203.0.113.7, 10.0.0.9", 2, "203.0.113.7"),
            ("203.0.113.7", 2, "10.0.0.1"),
        ],
    )
    def test_believes_only_trusted_proxies(self, forwarded: str, proxies: int, expected: str) -> None:
        assert rules.client_address("10.0.0.1", forwarded, proxies=proxies) == expected
