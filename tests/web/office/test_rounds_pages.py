"""The pages of rounds: drafted step by step, checked, announced, moved, and closed to other provinces."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.organisations.models import Organisation
from kaogong.sittings import selectors, services
from kaogong.sittings.models import Round
from tests.support.cast import officer, outsider
from tests.support.doors import browser
from tests.support.sittings import clock, draft, make_round, make_sitting, plans
from tests.support.stations import ELECTRICIAN, make_centre, make_station

pytestmark = pytest.mark.django_db
POWERS = ("sittings.plan", "sittings.announce", "sittings.move")


@pytest.fixture
def centre() -> Organisation:
    return make_centre()


@pytest.fixture
def planner(centre: Organisation) -> Actor:
    return officer(*POWERS, organisation=centre.pk)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, planner: Actor) -> Client:
    return browser(monkeypatch, planner)


@pytest.fixture
def day() -> date:
    """Far enough ahead for any notice."""
    return localdate() + timedelta(days=60)


def fresh(centre: Organisation, day: date, **options: Any) -> Round:
    """A drafted round whose applications are open now."""
    return draft(
        centre=centre, opens=now() - timedelta(days=1), closes=clock(day - timedelta(days=10), 17), at=now(), **options
    )


class TestList:
    def test_shows_what_is_in_reach_and_narrows_by_the_address_bar(self, desk: Client, centre: Organisation) -> None:
        mine, foreign = draft(centre=centre), draft(centre=make_centre(region_code="370100"))
        page = desk.get(reverse("office:rounds")).text
        assert mine.number in page
        assert foreign.number not in page
        assert mine.number not in desk.get(reverse("office:rounds"), {"level": "4"}).text
        assert mine.number in desk.get(reverse("office:rounds"), {"state": "drafted", "q": mine.number}).text

    def test_an_empty_list_tells_the_next_step(self, desk: Client) -> None:
        assert reverse("office:round-choose") in desk.get(reverse("office:rounds"), {"q": "没有这个"}).text

    def test_is_taken_away_as_a_sheet(self, desk: Client, centre: Organisation) -> None:
        round_ = draft(centre=centre)
        sheet = desk.get(reverse("office:rounds"), {"export": "xlsx"})
        strings = ZipFile(BytesIO(sheet.content)).read("xl/sharedStrings.xml").decode()
        assert round_.number in strings
        assert round_.number in desk.get(reverse("office:rounds"), {"export": "csv"}).text

    def test_needs_the_power(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert browser(monkeypatch, officer("persons.see")).get(reverse("office:rounds")).status_code == 403

    def test_another_province_finds_nothing(self, monkeypatch: pytest.MonkeyPatch, centre: Organisation) -> None:
        round_ = draft(centre=centre)
        client = browser(monkeypatch, outsider(*POWERS))
        assert client.get(reverse("office:round", args=[round_.pk])).status_code == 404
        assert client.get(reverse("office:round-checks", args=[round_.pk])).status_code == 404
        assert client.post(reverse("office:round-announce", args=[round_.pk])).status_code == 404


class TestDrafting:
    def choice(self, centre: Organisation) -> dict[str, str]:
        return {"organisation": str(centre.pk), "track": "social", "occupation": ELECTRICIAN, "level": "4"}

    def test_leads_from_the_choice_to_the_details(self, desk: Client, centre: Organisation) -> None:
        answer = desk.get(reverse("office:round-choose"), self.choice(centre))
        assert answer.status_code == 302
        page = desk.get(answer["Location"]).text
        assert "40" in page
        assert "收费的样例" in page
        assert "重庆市职业技能鉴定收费标准" not in page

    def test_proposes_the_price_list_of_the_place_where_there_is_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        chongqing = make_centre(region_code="500100")
        client = browser(monkeypatch, officer(*POWERS, organisation=chongqing.pk, region="5001"))
        answer = client.get(reverse("office:round-choose"), self.choice(chongqing))
        assert "重庆市职业技能鉴定收费标准" in client.get(answer["Location"]).text

    def test_saves_a_draft_and_shows_it(self, desk: Client, centre: Organisation) -> None:
        address = f"{reverse('office:round-draft')}?" + "&".join(f"{k}={v}" for k, v in self.choice(centre).items())
        said = {
            "name": "电工四级",
            "applications_from": "2026-03-03T09:00",
            "applications_until": "2026-04-03T17:00",
            "fee_theory": "40",
            "fee_skill": "210.50",
            "basis": "本地文件",
        }
        answer = desk.post(address, said)
        made = Round.objects.get(name="电工四级")
        assert answer["Location"] == reverse("office:round", args=[made.pk])
        assert made.fees == {"theory": 4000, "skill": 21050, "basis": "本地文件"}
        assert "本地文件" in desk.get(answer["Location"]).text

    def test_a_refusal_keeps_the_input_and_names_the_field(self, desk: Client, centre: Organisation) -> None:
        address = f"{reverse('office:round-draft')}?" + "&".join(f"{k}={v}" for k, v in self.choice(centre).items())
        said = {
            "name": "倒着开的批次",
            "applications_from": "2026-04-03T09:00",
            "applications_until": "2026-03-03T17:00",
            "fee_theory": "40",
            "fee_skill": "210",
        }
        answer = desk.post(address, said)
        assert answer.status_code == 422
        assert "倒着开的批次" in answer.text
        assert "/rules/kaogong-sittings-rules/plan/" in answer.text


class TestSittings:
    def test_are_planned_with_their_rooms(self, desk: Client, centre: Organisation, day: date) -> None:
        round_, station = fresh(centre, day), make_station()
        answer = desk.get(
            reverse("office:sitting-choose", args=[round_.pk]), {"station": str(station.pk), "day": day.isoformat()}
        )
        theory, skill = plans(station, day)
        said = {
            "theory-starts": "09:00",
            "theory-waves": "1",
            "theory-rooms": [str(room) for room in theory.room_ids],
            "skill-starts": "11:00",
            "skill-waves": "2",
            "skill-rooms": [str(room) for room in skill.room_ids],
        }
        page = desk.post(answer["Location"], said, follow=True)
        sitting = selectors.sittings_of(round_.pk)[0]
        assert (sitting.capacity, sitting.held_on) == (20, day)
        assert sitting.number in page.text

    def test_a_room_that_is_taken_is_refused_on_the_page(self, desk: Client, centre: Organisation, day: date) -> None:
        station = make_station()
        make_sitting(round_=fresh(centre, day), station=station, day=day)
        round_ = fresh(centre, day)
        theory, skill = plans(station, day)
        address = reverse("office:sitting-plan", args=[round_.pk, station.pk, day.isoformat()])
        said = {
            "theory-starts": "09:30",
            "theory-waves": "1",
            "theory-rooms": [str(theory.room_ids[0])],
            "skill-starts": "11:00",
            "skill-waves": "1",
            "skill-rooms": [str(skill.room_ids[0])],
        }
        assert "09:00–10:30" in desk.get(address).text
        answer = desk.post(address, said)
        assert answer.status_code == 422
        assert "/rules/kaogong-sittings-rules/rooms/" in answer.text

    def test_a_day_that_is_none_is_not_found(self, desk: Client, centre: Organisation, day: date) -> None:
        round_, station = fresh(centre, day), make_station()
        assert desk.get(reverse("office:sitting-plan", args=[round_.pk, station.pk, "heute"])).status_code == 404

    def test_is_dropped_from_a_draft(self, desk: Client, centre: Organisation, day: date) -> None:
        sitting = make_sitting(round_=fresh(centre, day), day=day)
        desk.post(reverse("office:sitting-drop", args=[sitting.pk]))
        assert not selectors.sittings_of(sitting.round_id)

    def test_is_moved_with_its_reason(self, desk: Client, centre: Organisation, day: date) -> None:
        round_ = self.announced(centre, day)
        sitting = selectors.sittings_of(round_.pk)[0]
        address = reverse("office:sitting-move", args=[sitting.pk])
        assert desk.post(address, {"to": "", "reason": ""}).status_code == 422
        later = day + timedelta(days=7)
        page = desk.post(address, {"to": later.isoformat(), "reason": "台风"}, follow=True).text
        assert "台风" in page
        assert selectors.of_id(sitting.pk).held_on == later

    def test_is_cancelled_with_its_reason(self, desk: Client, centre: Organisation, day: date) -> None:
        sitting = selectors.sittings_of(self.announced(centre, day).pk)[0]
        shown = desk.get(reverse("office:sitting-cancel", args=[sitting.pk])).text
        assert "通知已占名额的 0 人" in shown
        assert "取消后不能恢复" in shown
        assert desk.post(reverse("office:sitting-cancel", args=[sitting.pk]), {"reason": ""}).status_code == 422
        assert selectors.of_id(sitting.pk).state == "scheduled"
        page = desk.post(reverse("office:sitting-cancel", args=[sitting.pk]), {"reason": "停电"}, follow=True).text
        assert "停电" in page
        assert selectors.of_id(sitting.pk).state == "cancelled"

    def announced(self, centre: Organisation, day: date) -> Round:
        return make_round(
            centre=centre,
            days=[day],
            at=now(),
            opens=now() - timedelta(days=1),
            closes=clock(day - timedelta(days=10), 17),
        )


class TestAnnouncing:
    def test_shows_every_check_with_its_clause(self, desk: Client, centre: Organisation, day: date) -> None:
        round_ = fresh(centre, day)
        make_sitting(round_=round_, day=day, station=make_station(region_code="320505", licensed=False))
        page = desk.get(reverse("office:round-checks", args=[round_.pk])).text
        assert "/rules/labour-1993-134/station-licence/" in page
        assert "/rules/kaogong-sittings-rules/territory/" in page
        assert reverse("office:round-announce", args=[round_.pk]) not in page

    def test_announces_when_all_is_green(self, desk: Client, centre: Organisation, day: date) -> None:
        round_ = fresh(centre, day)
        make_sitting(round_=round_, day=day)
        address = reverse("office:round-announce", args=[round_.pk])
        assert address in desk.get(reverse("office:round-checks", args=[round_.pk])).text
        assert "批次已公告" in desk.post(address, follow=True).text
        assert selectors.public_round(round_.pk).state == "announced"

    def test_the_service_refuses_what_the_page_would_not_offer(
        self, desk: Client, centre: Organisation, day: date
    ) -> None:
        round_ = fresh(centre, day)
        answer = desk.post(reverse("office:round-announce", args=[round_.pk]))
        assert answer.status_code == 422
        assert Round.objects.get(pk=round_.pk).state == "drafted"

    def test_a_planner_may_not_announce(self, monkeypatch: pytest.MonkeyPatch, centre: Organisation, day: date) -> None:
        round_ = fresh(centre, day)
        make_sitting(round_=round_, day=day)
        client = browser(monkeypatch, officer("sittings.plan", organisation=centre.pk))
        assert (
            reverse("office:round-announce", args=[round_.pk])
            not in client.get(reverse("office:round-checks", args=[round_.pk])).text
        )
        assert client.post(reverse("office:round-announce", args=[round_.pk])).status_code == 403

    def test_a_round_is_called_off_after_it_was_shown_what_that_does(
        self, desk: Client, centre: Organisation, day: date
    ) -> None:
        round_ = fresh(centre, day)
        make_sitting(round_=round_, day=day)
        address = reverse("office:round-cancel", args=[round_.pk])
        assert "1 个场次" in desk.get(address).text
        assert desk.post(address, {"reason": ""}).status_code == 422
        desk.post(address, {"reason": "报名不足"})
        assert Round.objects.get(pk=round_.pk).state == "cancelled"

    def test_a_round_is_completed_only_when_nothing_is_to_come(
        self, desk: Client, centre: Organisation, day: date
    ) -> None:
        round_ = fresh(centre, day)
        make_sitting(round_=round_, day=day)
        services.announce(actor=officer(*POWERS, organisation=centre.pk), at=now(), round_id=round_.pk)
        assert desk.post(reverse("office:round-complete", args=[round_.pk])).status_code == 422
