"""What a carrier of messages that fails makes us say: to whoever asks, to the table, to the log."""

from __future__ import annotations

import logging
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from kaogong.foundation.access import hooks
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.notices import sending, services, sms, tasks
from kaogong.foundation.notices.models import Notice
from tests.support.access import AT, make_account
from tests.support.identity import make_person

pytestmark = pytest.mark.django_db
MAIL, PHONE = "sunbaomi@example.org", "+8613912345678"


class Refusing:
    """A carrier of short messages that repeats whom it refuses."""

    def send(self, to: str, text: str) -> str:
        raise sms.CannotSend(f"no route to {to} or {to.removeprefix('+86')}")


@pytest.fixture(autouse=True)
def _carriers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: EmailMessage) -> None:
        raise SMTPRecipientsRefused({MAIL: (550, b"no such user")})

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(sms, "port", Refusing)
    monkeypatch.setattr(EmailMessage, "send", refuse)
    monkeypatch.setattr(hooks, "_sender", [sending.send_code])
    cache.clear()


def test_a_notice_keeps_the_carriers_words_without_the_address() -> None:
    person = make_person(phone=PHONE, mail=MAIL)
    queued = services.queue(
        actor=tasks.SENDER, at=AT, event_id=uuid7(), event="certificates.issued", payload={"person_id": str(person.pk)}
    )
    for notice in queued:
        services.send(actor=tasks.SENDER, at=AT, notice_id=notice.pk)
    kept = {notice.channel: notice.last_error for notice in Notice.objects.all()}
    assert kept.keys() == {"sms", "mail"}
    assert "s***i@example.org" in kept["mail"]
    assert "no route to 139****5678" in kept["sms"]
    assert not any(clear in words for words in kept.values() for clear in (MAIL, "13912345678"))


@pytest.mark.parametrize(("known", "nobody"), [("13912345678", "13987654321"), (MAIL, "nobody@example.org")])
def test_a_forgotten_password_says_the_same_of_anybody_and_nobody(
    known: str, nobody: str, caplog: pytest.LogCaptureFixture
) -> None:
    make_account(phone="13912345678", mail=MAIL)
    with caplog.at_level(logging.DEBUG):
        answers = [
            Client(raise_request_exception=False).post("/account/password/reset/", {"login": login})
            for login in (known, nobody)
        ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert "not taken over" in caplog.text, "whoever runs the site learns of it"
    assert known not in caplog.text


def test_signing_up_fails_aloud_without_the_number_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody could go on without the code; the fault names no address."""
    form = {
        "phone": "13912345678", "password1": "Zhong-Shan-Men-7", "password2": "Zhong-Shan-Men-7",
        "display_name": "孙同学",
    }  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        answer = Client(raise_request_exception=False).post("/account/signup/", form)
    assert answer.status_code == 500
    assert "13912345678" not in caplog.text + answer.text


@pytest.mark.parametrize("mail", ["a@example.org\nBcc: all@example.org", "a@example.org\r\nSubject: x", "a@b\0.org"])
def test_an_address_carries_no_second_header(mail: str) -> None:
    """Neither as a login nor as one's own: it is no address at all."""
    from kaogong.foundation.access import selectors

    assert selectors.canonical_mail(mail) == ""
    assert Client().post("/account/password/reset/", {"login": mail}).status_code in {200, 302}
