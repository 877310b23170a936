"""Notices: queued once for an event, sent to the contact of the moment, tried again, given up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from kaogong.foundation.access.hooks import Message
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity import services as identity
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.notices import hooks, selectors, sending, services, tasks
from kaogong.foundation.notices.models import Notice
from kaogong.foundation.notices.sms import CannotSend
from tests.support.cast import candidate, officer, outsider
from tests.support.identity import REGISTRAR, make_person

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.SMS_FOLDER = tmp_path / "sms"
    return tmp_path / "sms"


@pytest.fixture
def person(db: None) -> Person:
    """Somebody with a phone and a mail address."""
    return make_person(phone="13812345678", mail="sun@example.org")


def queue(person: Person, event: str = "certificates.issued", event_id: UUID | None = None) -> list[Notice]:
    return services.queue(
        actor=tasks.SENDER,
        at=AT,
        event_id=event_id or uuid7(),
        event=event,
        payload={"person_id": str(person.pk)},
        region_code="320102",
    )


def send(notice: Notice) -> Notice:
    return services.send(actor=tasks.SENDER, at=AT, notice_id=notice.pk)


class TestQueue:
    def test_one_for_each_channel_with_a_contact(self, person: Person) -> None:
        notices = queue(person)
        assert {notice.channel for notice in notices} == {"sms", "mail"}
        assert {notice.to_masked for notice in notices} == {"138****5678", "s***n@example.org"}

    def test_has_each_sent_in_the_background(self, person: Person) -> None:
        notices = queue(person)
        jobs = ProcrastinateJob.objects.filter(task_name="notices.send")
        assert {job.args["notice_id"] for job in jobs} == {str(notice.pk) for notice in notices}

    def test_once_for_an_event(self, person: Person) -> None:
        event_id = uuid7()
        assert len(queue(person, event_id=event_id)) == 2
        assert queue(person, event_id=event_id) == []
        assert Notice.objects.filter(event=event_id).count() == 2

    def test_whoever_left_no_contact_is_counted(self) -> None:
        assert queue(make_person()) == []
        assert TrailEntry.objects.filter(action="notices.queued").latest("recorded_at").facts["unreachable"] == 1

    def test_downstream_says_whom_it_concerns(self, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hooks, "_recipients", {})
        monkeypatch.setattr(hooks, "_facts", {})
        hooks.recipients_with("sittings.moved", lambda payload: [person.pk, person.pk])
        hooks.facts_with("sittings.moved", lambda payload, who: {"to_day": "2026-03-14"})
        notices = services.queue(
            actor=tasks.SENDER,
            at=AT,
            event_id=uuid7(),
            event="sittings.moved",
            payload={"from_day": "2026-03-07", "reason": "台风"},
        )
        assert len(notices) == 2
        assert "3月7日场次改到3月14日：台风" in notices[0].text

    def test_an_id_stands_for_persons(self, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hooks, "_behind", {})
        hooks.persons_behind("registration_id", lambda registration_id: [person.pk])
        hooks.persons_behind("sitting_id", lambda sitting_id: pytest.fail("the nearer id answers first"))
        payload = {"registration_id": str(uuid7()), "sitting_id": str(uuid7())}
        assert hooks.recipients_of("scoring.recheck_decided", payload) == [person.pk]
        assert hooks.recipients_of("scoring.recheck_decided", {}) == []

    def test_an_event_without_words_is_refused(self, person: Person) -> None:
        with pytest.raises(services.NoWords):
            queue(person, event="delivery.part_closed")

    def test_needs_the_power(self, person: Person) -> None:
        with pytest.raises(NotPermitted):
            services.queue(actor=PUBLIC, at=AT, event_id=uuid7(), event="certificates.issued", payload={})


class TestSend:
    def test_by_short_message(self, person: Person, folder: Path) -> None:
        notice = send(next(each for each in queue(person) if each.channel == "sms"))
        (file,) = folder.iterdir()
        assert file.read_text().startswith("+8613812345678\n【考工】")
        assert file.stat().st_mode & 0o077 == 0
        assert selectors.state_of(notice) == "sent"
        assert b"13812345678" not in bytes(notice.to_sealed or b"")

    def test_by_mail(self, person: Person) -> None:
        send(next(each for each in queue(person) if each.channel == "mail"))
        (message,) = mail.outbox
        assert (message.to, message.subject) == (["sun@example.org"], "证书已核发")

    def test_to_the_contact_of_the_moment(self, person: Person, folder: Path) -> None:
        notice = next(each for each in queue(person) if each.channel == "sms")
        identity.correct_contact(actor=REGISTRAR, at=AT, person_id=person.pk, phone="13900001111")
        assert send(notice).to_masked == "139****1111"
        assert next(folder.iterdir()).read_text().startswith("+8613900001111")

    def test_never_twice(self, person: Person) -> None:
        notice = send(queue(person)[0])
        with pytest.raises(services.SentAlready):
            send(notice)

    def test_given_up_when_the_contact_is_gone(self, person: Person) -> None:
        notice = next(each for each in queue(person) if each.channel == "sms")
        identity.correct_contact(actor=REGISTRAR, at=AT, person_id=person.pk, phone="")
        assert selectors.state_of(send(notice)) == "failed"

    def test_tried_again_then_given_up(
        self, person: Person, monkeypatch: pytest.MonkeyPatch, settings: Settings
    ) -> None:
        def broken(message: Message) -> str:
            raise CannotSend("carrier down")

        monkeypatch.setattr(sending, "send", broken)
        settings.NOTICE_TRIES = 2
        notice = queue(person)[0]
        with pytest.raises(tasks.NotSentYet):
            tasks.send(notice_id=str(notice.pk))
        tasks.send(notice_id=str(notice.pk))
        notice.refresh_from_db()
        assert (notice.attempts, notice.last_error, selectors.state_of(notice)) == (2, "carrier down", "failed")
        tasks.send(notice_id=str(notice.pk))
        notice.refresh_from_db()
        assert notice.attempts == 2

    def test_an_unknown_notice_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            services.send(actor=tasks.SENDER, at=AT, notice_id=uuid7())


class TestReceive:
    def test_delivered_twice_it_queues_once(self, person: Person) -> None:
        event_id = str(uuid7())
        for _ in range(2):
            tasks.receive(event_id=event_id, name="certificates.issued", payload={"person_id": str(person.pk)})
        assert Notice.objects.filter(event=event_id).count() == 2
        assert TrailEntry.objects.filter(action="notices.queued", facts__event=event_id).count() == 1


class TestSeeing:
    @pytest.mark.parametrize(
        ("actor", "sees"),
        [
            (officer("notices.see"), True),
            (officer("notices.see", region=""), True),
            (outsider("notices.see"), False),
            (officer("registration.see"), False),
            (PUBLIC, False),
        ],
    )
    def test_officers_in_reach(self, person: Person, actor: Actor, sees: bool) -> None:
        queue(person)
        assert selectors.notices_for(actor).exists() is sees

    def test_candidates_their_own(self, person: Person) -> None:
        queue(person)
        assert selectors.own_notices(candidate(person.pk)).count() == 2
        assert selectors.own_notices(candidate(uuid7())).count() == 0

    def test_filters(self, person: Person) -> None:
        actor = officer("notices.see")
        send(queue(person)[0])
        assert selectors.notices_for(actor, state="sent").count() == 1
        assert selectors.notices_for(actor, state="waiting").count() == 1
        assert selectors.notices_for(actor, channel="sms").count() == 1
        assert selectors.notices_for(actor, text="138****").count() == 1
        assert selectors.notices_for(actor, event="sittings.moved").count() == 0
