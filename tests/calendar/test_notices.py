"""Holiday notices: seeded, entered, amended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from kaogong.cli.reference import LOADER
from kaogong.foundation.calendar import selectors, services
from kaogong.foundation.calendar.models import SpecialDay, YearNotice
from kaogong.foundation.calendar.rules import Special
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from tests.support.cast import officer, outsider

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
NEW_YEAR: Mapping[date, Special] = {
    date(2027, 1, 1): Special(False, "元旦"),
    date(2027, 1, 2): Special(False, "元旦"),
    date(2027, 1, 3): Special(False, "元旦"),
    date(2027, 1, 9): Special(True, "元旦"),
}
KEEPER = officer("calendar.edit", region="")
pytestmark = pytest.mark.django_db


def enter(actor: object = KEEPER, year: int = 2027, days: Mapping[date, Special] = NEW_YEAR) -> YearNotice:
    return services.enter_notice(actor=actor, at=AT, year=year, instrument="国办发明电〔2026〕1号", days=days)  # type: ignore[arg-type]  # an Actor


class TestEnterNotice:
    def test_makes_provisional_deadlines_firm(self) -> None:
        before = selectors.deadline(date(2026, 12, 28), 6)
        enter()
        after = selectors.deadline(date(2026, 12, 28), 6)
        assert (before.is_provisional, after.is_provisional) == (True, False)
        assert selectors.is_working_day(date(2027, 1, 9))

    def test_happens_once(self) -> None:
        enter()
        with pytest.raises(services.NoticeExists):
            enter()

    @pytest.mark.parametrize(
        "days",
        [
            {},
            {date(2028, 1, 1): Special(False, "元旦")},
            {date(2027, 1, 4): Special(True, "元旦")},
            {date(2026, 10, 1): Special(False, "国庆节")},
        ],
    )
    def test_refuses_days_that_make_no_notice(self, days: Mapping[date, Special]) -> None:
        with pytest.raises(services.FaultyNotice):
            enter(days=days)

    def test_needs_the_power_over_the_whole_country(self) -> None:
        for actor in (officer(region=""), outsider("calendar.edit")):
            with pytest.raises(NotPermitted):
                enter(actor)


class TestAmendNotice:
    def test_replaces_the_days(self) -> None:
        enter()
        services.amend_notice(
            actor=KEEPER,
            at=AT,
            year=2027,
            instrument="更正",
            days={date(2027, 1, 1): Special(False, "元旦")},
            reason="通知更正",
        )
        assert [row.day for row in selectors.days_of(2027)] == [date(2027, 1, 1)]

    def test_a_year_without_notice_cannot_be_amended(self) -> None:
        with pytest.raises(NotFound):
            services.amend_notice(
                actor=KEEPER,
                at=AT,
                year=2029,
                instrument="x",
                days={date(2029, 1, 1): Special(False, "元旦")},
                reason="无",
            )

    def test_the_seed_does_not_take_it_back(self) -> None:
        days = {date(2026, 1, 1): Special(False, "元旦")}
        services.amend_notice(actor=KEEPER, at=AT, year=2026, instrument="更正", days=days, reason="试")
        services.load_reference(actor=LOADER, at=AT)
        assert len(selectors.days_of(2026)) == 1


class TestLoadReference:
    def test_loading_again_writes_nothing(self) -> None:
        assert services.load_reference(actor=LOADER, at=AT)["written"] == 0

    def test_mends_a_seeded_year(self) -> None:
        SpecialDay.objects.filter(notice__year=2026).first().delete()  # type: ignore[union-attr]  # it has days
        assert services.load_reference(actor=LOADER, at=AT)["written"] > 0

    def test_working_days_of_a_span(self) -> None:
        assert selectors.working_days(date(2026, 10, 1), date(2026, 10, 10)) == 3
