"""The station's day: what is held there and nothing else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kaogong.foundation.kernel.actors import PUBLIC
from tests.support.cast import officer, outsider
from tests.support.doors import browser
from tests.support.registration import make_submitted
from tests.support.sittings import DAY, announced_sitting

pytestmark = pytest.mark.django_db


class TestToday:
    def test_shows_the_days_sittings_with_rooms_and_hours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sitting = announced_sitting()
        clerk = officer("delivery.see", region="9999", organisation=sitting.station.organisation_id)
        page = browser(monkeypatch, clerk).get(reverse("station:today"), {"day": DAY.isoformat()}).text
        assert sitting.number in page
        assert "09:00" in page
        assert "第 3 批" in page

    def test_an_empty_day_shows_what_comes_next(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sitting = announced_sitting()
        clerk = officer("delivery.see", region="9999", organisation=sitting.station.organisation_id)
        page = browser(monkeypatch, clerk).get(reverse("station:today"), {"day": "2026-04-10"}).text
        assert "这一天没有场次" in page
        assert "2026年4月18日" in page

    def test_the_counter_is_told_what_waits_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sitting = announced_sitting()
        make_submitted(sitting)
        station = sitting.station.organisation_id
        clerk = officer("delivery.see", "registration.enter", "seating.see", region="9999", organisation=station)
        page = browser(monkeypatch, clerk).get(reverse("station:today"))
        assert [each.value for each in page.context["tasks"]] == [0, 0, 1]
        foreign = browser(monkeypatch, outsider("delivery.see", "registration.enter")).get(reverse("station:today"))
        assert [each.value for each in foreign.context["tasks"]] == [0, 0, 0]

    def test_another_station_sees_nothing_of_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sitting = announced_sitting()
        page = browser(monkeypatch, outsider("delivery.see")).get(reverse("station:today"), {"day": DAY.isoformat()})
        assert sitting.number not in page.text

    def test_is_for_those_who_work_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert browser(monkeypatch, officer("persons.see")).get(reverse("station:today")).status_code == 403
        assert browser(monkeypatch, PUBLIC).get(reverse("station:today")).status_code == 302
