"""A candidate's pages: from the sitting to the receipt, the ticket, and what others must not see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.foundation.identity.models import Person
from kaogong.registration.models import Registration
from kaogong.sittings.models import Sitting
from tests.support.cast import candidate
from tests.support.doors import browser
from tests.support.identity import make_person
from tests.support.registration import make_admitted, make_drafted, make_submitted, picture
from tests.support.seating import ARRANGER, fill_panels
from tests.support.sittings import announced_sitting
from tests.support.stations import ELECTRICIAN

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting() -> Sitting:
    """A sitting whose round is open now."""
    at = now()
    return announced_sitting(
        days=(localdate() + timedelta(days=45),),
        opens=at - timedelta(days=1),
        closes=at + timedelta(days=10),
        at=at - timedelta(days=2),
    )


@pytest.fixture
def me() -> Person:
    return make_person(name="林晓雨")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, me: Person) -> Client:
    return browser(monkeypatch, candidate(me.pk, me.name))


def at(name: str, *args: object) -> str:
    return reverse(f"candidate:{name}", args=args)


class TestApplying:
    def answer(self, desk: Client, registration: Registration, step: str, **given: Any) -> Any:
        return desk.post(at(f"registration-{step}", registration.pk), given)

    def test_from_the_sitting_to_the_receipt(self, desk: Client, sitting: Sitting, me: Person) -> None:
        assert me.document_masked in desk.get(at("registration-start", sitting.pk)).text
        desk.post(at("registration-start", sitting.pk))
        registration = Registration.objects.get(person=me)
        self.answer(desk, registration, "parts", parts=["theory", "skill"])
        self.answer(desk, registration, "where", residence_code="玄武区", source="society")
        self.answer(desk, registration, "condition", condition_code="5-2")
        self.answer(
            desk,
            registration,
            "facts",
            **{"apprenticeship-occupation_code": ELECTRICIAN, "apprenticeship-ended_on": "2025-06-30"},
        )
        paper = SimpleUploadedFile("a.pdf", b"%PDF-1.7", content_type="application/pdf")
        self.answer(desk, registration, "evidence", kind="apprenticeship", title="学徒证明", content=paper)
        self.answer(desk, registration, "photo", photo=SimpleUploadedFile("p.jpg", picture()))
        assert "条件满足" in desk.get(at("registration-check", registration.pk)).text
        done = self.answer(desk, registration, "check")

        assert done["Location"] == at("registration-receipt", registration.pk)
        assert registration.number in desk.get(done["Location"]).text
        registration.refresh_from_db()
        assert (registration.state, registration.has_place) == ("submitted", True)

    def test_begun_before_one_goes_on_where_one_stopped(self, desk: Client, sitting: Sitting, me: Person) -> None:
        begun = make_drafted(sitting, person=me, at=now())
        assert desk.get(at("registration-start", sitting.pk))["Location"] == at("registration", begun.pk)
        assert at("registration-where", begun.pk) in desk.get(at("registration", begun.pk)).text

    def test_the_verdict_is_told_while_one_types_and_nothing_is_kept(
        self, desk: Client, sitting: Sitting, me: Person
    ) -> None:
        begun = make_drafted(sitting, person=me, at=now())
        self.answer(desk, begun, "condition", condition_code="5-1")
        typed = {
            "years-TOTAL_FORMS": 1,
            "years-INITIAL_FORMS": 0,
            "years-0-employer": "金陵电机厂",
            "years-0-occupation_code": ELECTRICIAN,
            "years-0-since": (localdate() - timedelta(days=30)).isoformat(),
        }
        panel = desk.post(at("registration-facts-check", begun.pk), typed).text
        assert "还差" in panel
        begun.refresh_from_db()
        assert begun.claim == {}

    def test_a_refusal_keeps_the_answers_and_names_the_clause(self, desk: Client, sitting: Sitting, me: Person) -> None:
        begun = make_drafted(sitting, person=me, at=now())
        self.answer(desk, begun, "where", residence_code="330102", source="society")
        page = self.answer(desk, begun, "check")
        assert page.status_code == 422
        assert "户籍（居住）地与工作地都不在" in page.text
        assert "/rules/appraisal-policy-2011/violations/" in page.text

    def test_a_photo_that_is_none_is_refused_at_the_field(self, desk: Client, sitting: Sitting, me: Person) -> None:
        begun = make_drafted(sitting, person=me, at=now())
        page = self.answer(desk, begun, "photo", photo=SimpleUploadedFile("p.jpg", b"GIF89a"))
        assert page.status_code == 422
        assert "不是可以打开的" in page.text

    def test_without_a_record_of_ones_own_the_way_there_is_shown(
        self, monkeypatch: pytest.MonkeyPatch, sitting: Sitting
    ) -> None:
        from kaogong.foundation.kernel.actors import Actor
        from kaogong.foundation.kernel.ids import uuid7

        nobody = Actor(kind="person", name="新用户", account_id=uuid7())
        page = browser(monkeypatch, nobody).get(at("registration-start", sitting.pk)).text
        assert at("profile-claim") in page


class TestFollowing:
    def test_home_says_the_one_thing_to_do(self, desk: Client, sitting: Sitting, me: Person) -> None:
        assert "今天没有需要办的事" in desk.get(at("home")).text
        make_drafted(sitting, person=me, at=now())
        assert "继续填写报名" in desk.get(at("home")).text

    def test_a_fee_is_asked_for_once_admitted(self, desk: Client, sitting: Sitting, me: Person) -> None:
        make_admitted(sitting, person=me, paid=False, at=now())
        assert "请缴费" in desk.get(at("home")).text

    def test_withdrawing_is_shown_before_it_is_done(self, desk: Client, sitting: Sitting, me: Person) -> None:
        mine = make_submitted(sitting, person=me, at=now())
        assert "不能撤回" in desk.get(at("registration-withdraw", mine.pk)).text
        desk.post(at("registration-withdraw", mine.pk), {"reason": "出差"})
        mine.refresh_from_db()
        assert mine.state == "withdrawn"

    def test_an_empty_list_tells_the_next_step(self, desk: Client) -> None:
        assert reverse("public:rounds") in desk.get(at("registrations")).text

    @pytest.mark.parametrize(
        "page", ["registration", "registration-facts", "registration-check", "registration-receipt", "ticket"]
    )
    def test_others_find_nothing(self, desk: Client, sitting: Sitting, page: str) -> None:
        theirs = make_submitted(sitting, at=now())
        assert desk.get(at(page, theirs.pk)).status_code == 404


class TestTicket:
    def test_is_read_and_printed(self, desk: Client, sitting: Sitting, me: Person) -> None:
        from kaogong.seating import services

        mine = make_admitted(sitting, person=me, at=now())
        services.arrange(actor=ARRANGER, at=now(), sitting_id=sitting.pk, seed="7")
        fill_panels(sitting, at=now())
        services.publish(actor=ARRANGER, at=now(), sitting_id=sitting.pk)

        assert "打印准考证" in desk.get(at("ticket", mine.pk)).text
        printed = desk.get(at("ticket-pdf", mine.pk))
        assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")

    def test_there_is_none_before_it_is_published(self, desk: Client, sitting: Sitting, me: Person) -> None:
        mine = make_admitted(sitting, person=me, at=now())
        assert desk.get(at("ticket", mine.pk)).status_code == 404


class TestLanguage:
    @pytest.fixture
    def bilingual(self) -> Sitting:
        """A sitting whose round is open now, with papers in Uyghur."""
        moment = now()
        return announced_sitting(
            days=(localdate() + timedelta(days=45),),
            opens=moment - timedelta(days=1),
            closes=moment + timedelta(days=10),
            at=moment - timedelta(days=2),
            languages=("ug",),
        )

    def test_is_asked_after_the_parts_and_changed_later(self, desk: Client, bilingual: Sitting, me: Person) -> None:
        mine = make_drafted(bilingual, person=me, at=now())
        after = desk.post(at("registration-parts", mine.pk), {"parts": ["theory", "skill"]})
        assert after["Location"] == at("registration-language", mine.pk)
        assert "ئۇيغۇرچە" in desk.get(after["Location"]).text
        assert desk.post(after["Location"], {"language": "ko"}).status_code == 200
        desk.post(after["Location"], {"language": "ug"})
        mine.refresh_from_db()
        assert mine.language == "ug"
        assert "维吾尔语" in desk.get(at("registration-check", mine.pk)).text

    def test_of_an_admitted_one_stands_on_its_page(self, desk: Client, bilingual: Sitting, me: Person) -> None:
        mine = make_admitted(bilingual, person=me, at=now())
        assert at("registration-language", mine.pk) in desk.get(at("registration", mine.pk)).text
        assert desk.post(at("registration-language", mine.pk), {"language": "ug"})["Location"] == at(
            "registration", mine.pk
        )

    def test_is_not_asked_where_there_is_none(self, desk: Client, sitting: Sitting, me: Person) -> None:
        mine = make_drafted(sitting, person=me, at=now())
        assert desk.get(at("registration-language", mine.pk)).status_code == 404
        assert at("registration-language", mine.pk) not in desk.get(at("registration-check", mine.pk)).text

    def test_of_somebody_else_is_not_found(self, desk: Client, bilingual: Sitting) -> None:
        hers = make_drafted(bilingual, at=now())
        assert desk.get(at("registration-language", hers.pk)).status_code == 404
        assert desk.post(at("registration-language", hers.pk), {"language": "ug"}).status_code == 404
