"""Whether a station may appraise an occupation at a level on a day. No database."""

from __future__ import annotations

from datetime import date

import pytest

from kaogong.stations.rules import LicenceFacts, latest_end, scope_verdict

ELECTRICIAN = "6-31-01-03"
OLD = LicenceFacts("许1", date(2022, 1, 1), date(2024, 12, 31), "granted", {ELECTRICIAN: [5]})
NEW = LicenceFacts("许2", date(2025, 1, 1), date(2027, 12, 31), "granted", {ELECTRICIAN: [5, 4, 3]})


class TestScopeVerdict:
    @pytest.mark.parametrize("on", [date(2025, 1, 1), date(2026, 4, 18), date(2027, 12, 31)])
    def test_both_days_of_the_term_are_included(self, on: date) -> None:
        found = scope_verdict([OLD, NEW], occupation_code=ELECTRICIAN, level=4, on=on)
        assert found.is_within
        assert found.licence_number == "许2"

    @pytest.mark.parametrize("on", [date(2021, 12, 31), date(2028, 1, 1)])
    def test_no_licence_on_the_day(self, on: date) -> None:
        found = scope_verdict([OLD, NEW], occupation_code=ELECTRICIAN, level=5, on=on)
        assert not found.is_within
        assert found.clause.article == "station-licence"

    def test_the_licence_of_the_day_decides(self) -> None:
        assert not scope_verdict([OLD, NEW], occupation_code=ELECTRICIAN, level=4, on=date(2024, 6, 1)).is_within

    @pytest.mark.parametrize(("state", "word"), [("suspended", "暂停"), ("revoked", "吊销")])
    def test_a_licence_that_does_not_hold_allows_nothing(self, state: str, word: str) -> None:
        licence = LicenceFacts("许3", NEW.since, NEW.until, state, NEW.scope)
        found = scope_verdict([licence], occupation_code=ELECTRICIAN, level=5, on=date(2026, 4, 18))
        assert not found.is_within
        assert word in found.reason

    def test_a_new_licence_counts_beside_a_revoked_one(self) -> None:
        revoked = LicenceFacts("许0", NEW.since, NEW.until, "revoked", {})
        assert scope_verdict([revoked, NEW], occupation_code=ELECTRICIAN, level=5, on=date(2026, 4, 18)).is_within

    def test_another_occupation_is_out_of_scope(self) -> None:
        found = scope_verdict([NEW], occupation_code="6-18-01-01", level=5, on=date(2026, 4, 18))
        assert (found.is_within, found.clause.article) == (False, "station-scope")

    def test_another_level_is_out_of_scope_and_named(self) -> None:
        found = scope_verdict([NEW], occupation_code=ELECTRICIAN, level=2, on=date(2026, 4, 18))
        assert "二级（技师）" in found.reason


class TestLatestEnd:
    @pytest.mark.parametrize(
        ("since", "years", "expected"),
        [
            (date(2025, 1, 1), 3, date(2027, 12, 31)),
            (date(2024, 7, 15), 3, date(2027, 7, 14)),
            (date(2024, 2, 29), 3, date(2027, 2, 28)),
        ],
    )
    def test_is_the_day_before_the_anniversary(self, since: date, years: int, expected: date) -> None:
        assert latest_end(since, years) == expected
