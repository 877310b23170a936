"""A station enters applications for its people and looks at its rooms."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.registration.models import Registration
from kaogong.seating import services
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting
from tests.support.cast import officer, outsider
from tests.support.doors import browser
from tests.support.identity import make_person, resident_number
from tests.support.registration import make_admitted_many, make_submitted
from tests.support.seating import ARRANGER
from tests.support.sittings import announced_sitting
from tests.support.stations import ELECTRICIAN

pytestmark = pytest.mark.django_db
POWERS = ("registration.enter", "registration.see", "persons.enter", "persons.see", "seating.see", "delivery.see")


@pytest.fixture
def sitting() -> Sitting:
    at = now()
    return announced_sitting(
        days=(localdate() + timedelta(days=45),),
        opens=at - timedelta(days=1),
        closes=at + timedelta(days=10),
        at=at - timedelta(days=2),
    )


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, sitting: Sitting) -> Client:
    """The clerk of the station alone: no territory."""
    return browser(monkeypatch, officer(*POWERS, region="99", organisation=sitting.station.organisation_id))


def at(name: str, *args: object) -> str:
    return reverse(f"station:{name}", args=args)


class TestEntering:
    def begin(self, desk: Client, sitting: Sitting, number: str, name: str = "温如春") -> object:
        given = {
            "sitting": str(sitting.pk),
            "document_kind": "resident",
            "document_number": number,
            "name": name,
            "residence_code": "玄武区",
        }
        return desk.post(at("registration-new"), given)

    def test_enters_claims_and_hands_in(self, desk: Client, sitting: Sitting) -> None:
        self.begin(desk, sitting, resident_number(born_on=date(1985, 5, 1)))
        begun = Registration.objects.get(sitting=sitting)
        where = {"condition_code": "5-2", "source": "society", "residence_code": "320102"}
        desk.post(at("registration-fill", begun.pk), {**where, "save": "1"})
        facts = {"apprenticeship-occupation_code": ELECTRICIAN, "apprenticeship-ended_on": "2025-06-30"}
        desk.post(at("registration-fill", begun.pk), {**where, **facts, "submit": "1"})
        begun.refresh_from_db()
        assert begun.state == "submitted"
        assert begun.number in desk.get(at("registrations")).text

    def test_an_unmet_condition_is_told_and_kept(self, desk: Client, sitting: Sitting) -> None:
        self.begin(desk, sitting, resident_number(born_on=date(1986, 5, 1)))
        begun = Registration.objects.get(sitting=sitting)
        where = {"condition_code": "5-2", "source": "society", "residence_code": "320102"}
        desk.post(at("registration-fill", begun.pk), {**where, "save": "1"})
        facts = {"apprenticeship-occupation_code": ELECTRICIAN, "apprenticeship-ended_on": "2099-06-30"}
        page = desk.post(at("registration-fill", begun.pk), {**where, **facts, "submit": "1"})
        assert page.status_code == 422
        assert "申报的内容有误" in page.text

    def test_recognises_somebody_entered_elsewhere(self, desk: Client, sitting: Sitting) -> None:
        number = resident_number(born_on=date(1987, 5, 1))
        person = make_person(name="温如春", number=number, region_code="650102")
        self.begin(desk, sitting, number)
        assert Registration.objects.get(sitting=sitting).person == person

    def test_a_wrong_check_digit_is_refused_at_the_field(self, desk: Client, sitting: Sitting) -> None:
        number = resident_number(born_on=date(1988, 5, 1))
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        page = self.begin(desk, sitting, wrong)
        assert "校验码" in page.text  # type: ignore[attr-defined]  # a response
        assert not Registration.objects.filter(sitting=sitting).exists()

    def test_another_station_finds_nothing(self, monkeypatch: pytest.MonkeyPatch, sitting: Sitting) -> None:
        theirs = make_submitted(sitting, at=now())
        stranger = browser(monkeypatch, outsider(*POWERS))
        assert stranger.get(at("registration-fill", theirs.pk)).status_code == 404
        assert theirs.number not in stranger.get(at("registrations")).text


class TestRooms:
    def test_shows_maps_and_prints(self, desk: Client, sitting: Sitting) -> None:
        seated = make_admitted_many(sitting, 3, at=now())
        services.arrange(actor=ARRANGER, at=now(), sitting_id=sitting.pk, seed="7")
        assert sitting.number in desk.get(at("seating")).text
        assert seated[0].printed_name in desk.get(at("seating-rooms", sitting.pk)).text
        room = sittings.rooms_of(sittings.parts_of(sitting.pk)[0].pk)[0]
        for name in ("room-attendance", "room-door"):
            assert desk.get(at(name, room.pk, 1)).content.startswith(b"%PDF-")

    def test_another_province_finds_nothing(self, monkeypatch: pytest.MonkeyPatch, sitting: Sitting) -> None:
        stranger = browser(monkeypatch, outsider(*POWERS))
        assert stranger.get(at("seating-rooms", sitting.pk)).status_code == 404
