"""Review, fees, seats, panels and publication at the office; closed to other provinces."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.actors import Actor
from kaogong.registration import services as registrations
from kaogong.registration.models import Registration
from kaogong.seating import selectors, services
from kaogong.seating.models import Ticket
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting
from tests.support.cast import candidate, officer, outsider
from tests.support.doors import browser
from tests.support.identity import make_person
from tests.support.personnel import make_card
from tests.support.registration import make_admitted, make_admitted_many, make_drafted, make_submitted, next_name
from tests.support.seating import ARRANGER, fill_panels
from tests.support.sittings import announced_sitting

pytestmark = pytest.mark.django_db
POWERS = (
    "registration.see",
    "registration.decide",
    "registration.collect_fee",
    "seating.see",
    "seating.arrange",
    "seating.appoint",
    "personnel.view",
    "persons.see",
)


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
def registrar() -> Actor:
    return officer(*POWERS)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, registrar: Actor) -> Client:
    return browser(monkeypatch, registrar)


def at(name: str, *args: object) -> str:
    return reverse(f"office:{name}", args=args)


class TestReview:
    def test_leads_to_whoever_waits_longest(self, desk: Client, sitting: Sitting) -> None:
        assert "没有等待审核的报名" in desk.get(at("registration-next")).text
        first = make_submitted(sitting, at=now() - timedelta(hours=2))
        make_submitted(sitting, at=now())
        assert desk.get(at("registration-next"))["Location"] == at("registration", first.pk)

    def test_shows_each_paper_beside_its_clause(self, desk: Client, sitting: Sitting) -> None:
        drafted = make_drafted(sitting, at=now())
        me = candidate(drafted.person_id)
        registrations.claim(
            actor=me,
            at=now(),
            registration_id=drafted.pk,
            condition_code="5-2",
            facts={"apprenticeships": [{"occupation_code": "6-31-01-03", "ended_on": "2025-06-30"}]},
        )
        paper = registrations.hand_in(
            actor=me,
            at=now(),
            registration_id=drafted.pk,
            kind="apprenticeship",
            title="学徒期满证明",
            content=b"%PDF-1.7",
        )
        registrations.submit(actor=me, at=now(), registration_id=drafted.pk)
        assert "学徒期满证明" in desk.get(at("registration", drafted.pk)).text

        opened = desk.get(at("registration-evidence", drafted.pk, paper.pk))
        assert (opened.content, opened["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
        assert TrailEntry.objects.filter(action="registration.evidence_opened").exists()

    def test_admits_and_goes_on_to_the_next(self, desk: Client, sitting: Sitting) -> None:
        first, second = (make_submitted(sitting, at=now() - timedelta(hours=hours)) for hours in (2, 1))
        done = desk.post(at("registration-admit", first.pk), {"accepted_because": "原件已核"})
        assert done["Location"] == at("registration", second.pk)
        first.refresh_from_db()
        assert (first.state, first.accepted_because) == ("admitted", "原件已核")

    def test_someone_faster_is_told_with_409(self, desk: Client, sitting: Sitting) -> None:
        done = make_admitted(sitting, at=now())
        assert desk.post(at("registration-admit", done.pk)).status_code == 409

    @pytest.mark.parametrize(
        ("page", "state"), [("registration-return", "returned"), ("registration-refuse", "refused")]
    )
    def test_a_decision_against_needs_its_reason(self, desk: Client, sitting: Sitting, page: str, state: str) -> None:
        waiting = make_submitted(sitting, at=now())
        assert desk.post(at(page, waiting.pk), {"note": ""}).status_code == 422
        desk.post(at(page, waiting.pk), {"note": "缺学徒证明"})
        waiting.refresh_from_db()
        assert (waiting.state, waiting.decision_note) == (state, "缺学徒证明")

    def test_the_list_narrows_and_leaves_as_a_file(self, desk: Client, sitting: Sitting) -> None:
        waiting, admitted = make_submitted(sitting, at=now()), make_admitted(sitting, at=now())
        page = desk.get(at("registrations"), {"state": "admitted"}).text
        assert admitted.number in page
        assert waiting.number not in page
        assert waiting.number in desk.get(at("registrations"), {"export": "csv"}).content.decode()

    def test_another_province_finds_nothing(self, monkeypatch: pytest.MonkeyPatch, sitting: Sitting) -> None:
        waiting = make_submitted(sitting, at=now())
        stranger = browser(monkeypatch, outsider(*POWERS))
        assert stranger.get(at("registration", waiting.pk)).status_code == 404
        assert stranger.post(at("registration-admit", waiting.pk)).status_code == 404
        assert waiting.number not in stranger.get(at("registrations")).text

    def test_without_the_power_the_door_stays_shut(self, monkeypatch: pytest.MonkeyPatch, sitting: Sitting) -> None:
        waiting = make_submitted(sitting, at=now())
        seer = browser(monkeypatch, officer("registration.see"))
        assert seer.get(at("registration", waiting.pk)).status_code == 200
        assert seer.post(at("registration-admit", waiting.pk)).status_code == 403


class TestFees:
    def test_a_receipt_takes_the_candidate_off_the_list(self, desk: Client, sitting: Sitting) -> None:
        owing = make_admitted(sitting, paid=False, at=now())
        assert owing.number in desk.get(at("fees")).text
        desk.post(at("fee-collect", owing.pk), {"receipt_number": "苏财 0001"})
        assert owing.number not in desk.get(at("fees")).text
        assert Registration.objects.get(pk=owing.pk).receipt_number == "苏财 0001"

    def test_a_missing_receipt_is_said(self, desk: Client, sitting: Sitting) -> None:
        owing = make_admitted(sitting, paid=False, at=now())
        page = desk.post(at("fee-collect", owing.pk), {"receipt_number": " "}, follow=True)
        assert "没有填写票据号" in page.text

    def test_nonsense_in_the_address_bar_is_nothing(self, desk: Client) -> None:
        assert desk.get(at("fees"), {"sitting": "x"}).status_code == 200


class TestSeating:
    def test_draws_staffs_and_publishes(self, desk: Client, sitting: Sitting) -> None:
        make_admitted_many(sitting, 4, at=now())
        assert desk.post(at("seating-arrange", sitting.pk), {"seed": ""}).status_code == 422
        desk.post(at("seating-arrange", sitting.pk), {"seed": "4711"})
        assert "4711" in desk.get(at("seating-plan", sitting.pk)).text
        assert "还不能发布" in desk.get(at("seating-publish", sitting.pk)).text
        assert desk.post(at("seating-publish", sitting.pk)).status_code == 422
        fill_panels(sitting, at=now())
        assert "发布 4 张准考证" in desk.get(at("seating-publish", sitting.pk)).text
        desk.post(at("seating-publish", sitting.pk))
        assert Ticket.objects.filter(registration__sitting=sitting).count() == 4

    def test_appoints_and_releases(self, desk: Client, sitting: Sitting) -> None:
        make_admitted(sitting, at=now())
        skill = sittings.parts_of(sitting.pk)[1]
        examiner = make_card(person=make_person(name=next_name()))
        page = desk.get(at("seating-people", sitting.pk)).text
        assert examiner.person.name in page
        given = {"part-skill-role": "leader", "part-skill-person": str(examiner.person_id)}
        desk.post(at("panel-appoint", skill.pk), given)
        member = selectors.panel(skill.pk)[0]
        assert member.card == examiner
        desk.post(at("panel-release", member.pk))
        assert selectors.panel(skill.pk) == []

    def test_who_must_stand_aside_is_named_with_the_clause(self, desk: Client, sitting: Sitting) -> None:
        from kaogong.personnel import services as personnel
        from tests.support.personnel import GRANTOR

        pupil = make_admitted(sitting, at=now())
        skill = sittings.parts_of(sitting.pk)[1]
        teacher = make_card(person=make_person(name=next_name()))
        personnel.relate(
            actor=GRANTOR,
            at=now(),
            first_id=pupil.person_id,
            second_id=teacher.person_id,
            kind="taught",
            source="学校名册",
        )
        given = {"part-skill-role": "examiner", "part-skill-person": str(teacher.person_id)}
        page = desk.post(at("panel-appoint", skill.pk), given)
        assert page.status_code == 422
        assert pupil.legal_name in page.text
        assert "/rules/examiner-avoidance/avoidance/" in page.text

    def test_a_seat_is_moved_or_the_clash_is_told(self, desk: Client, sitting: Sitting) -> None:
        make_admitted_many(sitting, 2, at=now())
        services.arrange(actor=ARRANGER, at=now(), sitting_id=sitting.pk, seed="7")
        first, second = selectors.seats(sittings.parts_of(sitting.pk)[0].pk)
        given = {"room": str(first.room_id), "wave": 1, "number": second.number}
        assert desk.post(at("seat", first.pk), given).status_code == 422
        assert desk.post(at("seat", first.pk), {**given, "number": 30}).status_code == 302
        first.refresh_from_db()
        assert first.number == 30

    def test_papers_are_printed(self, desk: Client, sitting: Sitting) -> None:
        make_admitted_many(sitting, 2, at=now())
        services.arrange(actor=ARRANGER, at=now(), sitting_id=sitting.pk, seed="7")
        room = sittings.rooms_of(sittings.parts_of(sitting.pk)[0].pk)[0]
        for name in ("room-attendance", "room-door"):
            assert desk.get(at(name, room.pk, 1)).content.startswith(b"%PDF-")

    def test_another_province_finds_nothing(self, monkeypatch: pytest.MonkeyPatch, sitting: Sitting) -> None:
        stranger = browser(monkeypatch, outsider(*POWERS))
        for name in ("seating-plan", "seating-people", "seating-publish"):
            assert stranger.get(at(name, sitting.pk)).status_code == 404
        assert stranger.post(at("seating-arrange", sitting.pk), {"seed": "7"}).status_code == 404
