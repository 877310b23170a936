"""What a candidate is told once the exam is over: on the home, at the application, among one's own data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kaogong.web.candidate.views import home
from tests.support.access import make_account
from tests.support.cast import candidate
from tests.support.certificates import ISSUING, Season, make_season
from tests.support.doors import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def season() -> Season:
    """One who passed and one who did not; nothing issued yet."""
    return make_season(candidates=2, failed=(1,))


def desk_of(monkeypatch: pytest.MonkeyPatch, season: Season, place: int) -> Client:
    person = season.registrations[place].person
    return browser(monkeypatch, replace(candidate(person.pk, person.name), account_id=make_account().pk))


def page(desk: Client, name: str, *args: object) -> str:
    return desk.get(reverse(f"candidate:{name}", args=args)).text


@pytest.fixture(autouse=True)
def _soon_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """The home is opened on the day after issuing."""
    monkeypatch.setattr(home, "now", lambda: ISSUING + timedelta(days=1))


class TestAfterTheExam:
    def test_a_fresh_result_is_the_first_thing_at_home(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        assert "成绩已发布：电工 五级/初级工，合格" in page(desk_of(monkeypatch, season, 0), "home")
        failed = page(desk_of(monkeypatch, season, 1), "home")
        assert "成绩已发布：电工 五级/初级工，不合格" in failed
        assert "申请复核" in failed

    def test_a_certificate_speaks_for_its_result(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        season.issue()
        home = page(desk_of(monkeypatch, season, 0), "home")
        assert "证书已核发：电工 五级/初级工" in home
        assert "成绩已发布" not in home
        assert "证书已核发" not in page(desk_of(monkeypatch, season, 1), "home")

    def test_what_is_old_is_no_news(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        monkeypatch.setattr(home, "now", lambda: ISSUING + timedelta(days=100))
        assert "成绩已发布" not in page(desk_of(monkeypatch, season, 0), "home")

    def test_the_application_goes_on_to_tell(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        season.issue()
        mine = page(desk_of(monkeypatch, season, 0), "registration", season.registrations[0].pk)
        assert "证书已核发" in mine
        assert "成绩发布" in mine
        assert "携带身份证件参加考试" not in mine

    def test_ones_own_data_hold_both(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        (issued,) = season.issue().issued
        desk = desk_of(monkeypatch, season, 0)
        assert reverse("candidate:certificates") in page(desk, "profile").partition('id="main"')[2]
        kept = desk.get(reverse("candidate:profile-download")).json()
        assert [each["number"] for each in kept["certificates"]] == [issued.number]
        assert kept["results"][0]["parts"] == {"theory": "78.00", "skill": "81.67"}
        other = desk_of(monkeypatch, season, 1).get(reverse("candidate:profile-download")).json()
        assert other["certificates"] == []


class TestTheExamDesk:
    def test_stands_open_to_who_is_called_to_a_room(self, monkeypatch: pytest.MonkeyPatch, season: Season) -> None:
        assert 'href="/room/"' not in page(desk_of(monkeypatch, season, 0), "home")
        on_duty = season.hall.examiners[0]
        assert 'href="/room/"' in page(browser(monkeypatch, on_duty), "home")
