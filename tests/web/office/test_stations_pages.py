"""The pages of stations and of examiners: lists, one record, and the forms that change them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kaogong.foundation.organisations.models import Organisation
from kaogong.personnel import selectors as personnel
from kaogong.personnel.models import Card
from kaogong.stations import selectors
from kaogong.stations.models import Licence
from tests.support.cast import officer, outsider
from tests.support.doors import browser
from tests.support.identity import make_person, resident_number
from tests.support.personnel import make_card
from tests.support.stations import ELECTRICIAN, make_body, make_centre, make_licence, make_station

pytestmark = pytest.mark.django_db
POWERS = (
    "stations.license",
    "stations.edit",
    "personnel.view",
    "personnel.grant",
    "personnel.relate",
    "persons.see",
    "persons.enter",
)


@pytest.fixture
def centre() -> Organisation:
    return make_centre()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, centre: Organisation) -> Client:
    return browser(monkeypatch, officer(*POWERS, organisation=centre.pk))


class TestStations:
    def test_lists_what_is_in_reach_with_its_licence(self, desk: Client) -> None:
        make_station(name="南京一站")
        make_station(name="南京二站", licensed=False)
        make_station(name="济南一站", region_code="370102")
        page = desk.get(reverse("office:stations")).text
        assert "南京一站" in page
        assert "济南一站" not in page
        assert "南京二站" not in desk.get(reverse("office:stations"), {"licence": "yes"}).text
        assert "南京一站" not in desk.get(reverse("office:stations"), {"licence": "no"}).text
        assert "南京一站" in desk.get(reverse("office:stations"), {"export": "csv", "q": "一站"}).text

    def test_a_body_becomes_a_station(self, desk: Client) -> None:
        body = make_body(name="新设鉴定站", kind="station", region_code="320102")
        assert "新设鉴定站" in desk.get(reverse("office:station-new")).text
        desk.post(reverse("office:station-new"), {"organisation": str(body.pk), "head": "王站长"})
        assert selectors.of_organisation(body.pk) is not None

    def licence(self, **changes: str) -> dict[str, str]:
        given = {"number": "苏许1", "since": "2026-01-01", "until": "2028-12-31", "scopes": f"{ELECTRICIAN} 5,4"}
        return given | changes

    def test_a_licence_is_granted(self, desk: Client) -> None:
        station = make_station(licensed=False)
        page = desk.post(reverse("office:licence-new", args=[station.pk]), self.licence(), follow=True).text
        assert "苏许1" in page
        assert selectors.scopes_of([Licence.objects.get(number="苏许1").pk])[0].levels == [4, 5]

    @pytest.mark.parametrize(
        "changes",
        [{"scopes": "9-99-99-99 5"}, {"scopes": f"{ELECTRICIAN} 五级"}, {"until": "2036-01-01"}, {"number": ""}],
    )
    def test_what_is_wrong_is_said_and_nothing_is_granted(self, desk: Client, changes: dict[str, str]) -> None:
        station = make_station(licensed=False)
        answer = desk.post(reverse("office:licence-new", args=[station.pk]), self.licence(**changes))
        assert answer.status_code == 422
        assert not selectors.licences(station.pk)

    def test_a_licence_is_suspended_with_its_reason(self, desk: Client) -> None:
        licence = make_licence(make_station(licensed=False))
        address = reverse("office:licence-change", args=[licence.pk, "suspend"])
        assert desk.post(address, {"reason": ""}).status_code == 422
        assert "年检整改" in desk.post(address, {"reason": "年检整改"}, follow=True).text
        assert desk.post(reverse("office:licence-change", args=[licence.pk, "paint"])).status_code == 404

    def test_rooms_are_added_and_closed(self, desk: Client) -> None:
        station = make_station(rooms=())
        said = {"name": "实训一室", "kind": "practical", "rows": "2", "columns": "5"}
        desk.post(reverse("office:room-new", args=[station.pk]), said)
        room = selectors.rooms(station.pk)[0]
        assert desk.post(reverse("office:room-new", args=[station.pk]), said).status_code == 422
        desk.post(reverse("office:room-change", args=[room.pk, "close"]), {"reason": "装修"})
        assert not selectors.rooms(station.pk)

    def test_another_province_finds_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        station = make_station()
        client = browser(monkeypatch, outsider(*POWERS))
        assert client.get(reverse("office:station", args=[station.pk])).status_code == 404
        assert client.post(reverse("office:licence-new", args=[station.pk]), self.licence()).status_code == 404


class TestPersonnel:
    def test_lists_what_is_in_reach(self, desk: Client) -> None:
        here = make_card()
        there = make_card(region_code="370100")
        page = desk.get(reverse("office:personnel")).text
        assert here.number in page
        assert there.number not in page
        assert here.number not in desk.get(reverse("office:personnel"), {"level": "1"}).text
        assert here.number in desk.get(reverse("office:personnel"), {"export": "csv"}).text

    def card(self, centre: Organisation, number: str, **changes: Any) -> dict[str, Any]:
        given = {
            "document_number": number,
            "issuer": str(centre.pk),
            "kind": "examiner",
            "number": "苏考1",
            "occupation_code": ELECTRICIAN,
            "levels": ["5", "4"],
            "since": "2026-01-01",
            "until": "2028-12-31",
        }
        return given | changes

    def test_a_card_is_granted_to_a_person_found_by_number(self, desk: Client, centre: Organisation) -> None:
        number = resident_number()
        person = make_person(number=number)
        page = desk.post(reverse("office:card-new"), self.card(centre, number), follow=True).text
        assert "苏考1" in page
        assert number not in page
        assert Card.objects.get(number="苏考1").person_id == person.pk

    def test_an_unknown_number_and_a_rule_are_told_on_the_page(self, desk: Client, centre: Organisation) -> None:
        number = resident_number()
        assert desk.post(reverse("office:card-new"), self.card(centre, number)).status_code == 422
        make_person(number=number)
        answer = desk.post(reverse("office:card-new"), self.card(centre, number, levels=["2"]))
        assert answer.status_code == 422
        assert "/rules/examiner-trial-rule/who-may-assess/" in answer.text

    def test_one_card_shows_diary_and_relations(self, desk: Client) -> None:
        card, number = make_card(), resident_number()
        make_person(name="钱学徒", number=number)
        said = {"document_number": number, "kind": "taught", "source": "学徒备案"}
        page = desk.post(reverse("office:card-relate", args=[card.pk]), said, follow=True).text
        assert "钱学徒" in page
        assert personnel.relations_of(card.person_id).count() == 1
        assert desk.post(reverse("office:card-relate", args=[card.pk]), said).status_code == 422

    def test_a_card_is_withdrawn_with_its_reason(self, desk: Client) -> None:
        card = make_card()
        page = desk.post(reverse("office:card-change", args=[card.pk, "withdraw"]), {"reason": "退休"}, follow=True)
        assert "退休" in page.text
        assert desk.post(reverse("office:card-change", args=[card.pk, "resume"]), {"reason": "返聘"}).status_code == 409

    def test_another_province_finds_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        card = make_card()
        client = browser(monkeypatch, outsider(*POWERS))
        assert client.get(reverse("office:card", args=[card.pk])).status_code == 404
