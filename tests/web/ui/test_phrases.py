"""What rules and refusals say, as people read it: days as days are written, powers as the posts that hold them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from kaogong.web.ui.phrases import facts_said, said


class TestDays:
    @pytest.mark.parametrize(
        ("given", "chinese", "english"),
        [
            ("截至 2026-09-13", "截至 2026年9月13日", "13 September 2026"),
            (date(2026, 9, 13), "2026年9月13日", "13 September 2026"),
            (datetime(2026, 9, 13, 1, 0, tzinfo=UTC), "2026年9月13日 09:00", "13 September 2026, 09:00"),
            ("批次 2026-3201-006", "批次 2026-3201-006", "2026-3201-006"),
            ("2026-13-45", "2026-13-45", "2026-13-45"),
            ("6-31-01-03", "6-31-01-03", "6-31-01-03"),
        ],
    )
    def test_are_written_as_people_write_them(self, given: object, chinese: str, english: str) -> None:
        with override("zh-hans"):
            assert said(given) == chinese
        with override("en"):
            assert english in str(said(given))


class TestPowers:
    def test_are_told_by_the_posts_that_hold_them(self) -> None:
        with override("zh-hans"):
            assert facts_said({"power": "certificates.issue"}) == {"power": "需要的岗位：证书核发"}

    def test_one_that_no_post_holds_is_not_told_as_a_key(self) -> None:
        with override("zh-hans"):
            assert "." not in str(facts_said({"power": "nothing.holds"})["power"])
