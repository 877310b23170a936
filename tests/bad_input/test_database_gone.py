"""§7: database gone in mid-request → an honest page, no half-written business."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections
from django.test import Client

from kaogong.foundation.access.models import Account
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.documents.fonts import missing_glyphs
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.registration import services
from kaogong.registration.models import Registration
from kaogong.registration.services import deciding
from tests.support.access import make_account
from tests.support.doors import browser
from tests.support.registration import REVIEWER, make_submitted
from tests.support.sittings import APPLYING, announced_sitting

MAINTENANCE = "正在维护，请稍候"
pytestmark = pytest.mark.concurrency


def kill_own_backend(url: str) -> None:
    """What happens when the database's process dies: somebody else ends the session that is at work."""
    backend = connection.connection.info.backend_pid
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [backend])


@pytest.fixture
def application(real_database: str, monkeypatch: pytest.MonkeyPatch) -> Registration:
    """An application under review; the database dies in the middle of admitting it."""
    waiting = make_submitted(announced_sitting())
    looks_up = missing_glyphs

    def dying(name: str) -> object:
        kill_own_backend(real_database)
        return looks_up(name)

    monkeypatch.setattr(deciding, "missing_glyphs", dying)
    return waiting


def counts() -> tuple[int, int]:
    return TrailEntry.objects.count(), OutboxEvent.objects.count()


class TestGoneInMidRequest:
    """Database gone in mid-request."""

    def test_the_service_leaves_nothing_half_written(self, application: Registration) -> None:
        before = counts()
        with pytest.raises(OperationalError):
            services.admit(actor=REVIEWER, at=APPLYING, registration_id=application.pk)
        connection.close()
        application.refresh_from_db()
        assert (application.state, application.printed_name, application.decided_at) == ("submitted", "", None)
        assert counts() == before

    def test_the_page_is_honest_and_the_deed_undone(
        self, application: Registration, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = counts()
        with monkeypatch.context() as patch:
            answer = browser(patch, REVIEWER).post(f"/office/registrations/{application.pk}/admit/")
        assert answer.status_code == 503
        assert MAINTENANCE in answer.text
        connection.close()
        application.refresh_from_db()
        assert (application.state, counts()) == ("submitted", before)

    def test_the_next_attempt_succeeds(self, application: Registration, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(OperationalError):
            services.admit(actor=REVIEWER, at=APPLYING, registration_id=application.pk)
        connection.close()
        monkeypatch.undo()
        assert services.admit(actor=REVIEWER, at=APPLYING, registration_id=application.pk).state == "admitted"


@pytest.fixture
def nobody_answers(real_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Somebody has signed in; then the database stops answering altogether."""
    reader = Client(raise_request_exception=False)
    account = Account.objects.get(pk=make_account().pk)
    reader.force_login(account, backend=settings.AUTHENTICATION_BACKENDS[1])
    assert reader.get("/my/").status_code == 200
    connections.close_all()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", "no_such_database")
        yield reader
        connections.close_all()


class TestGoneBeforeTheRequest:
    """The same when it does not come back: whoever has signed in needs it before any view is reached."""

    @pytest.mark.parametrize("path", ["/my/", "/office/", "/rules/", "/room/exam/waiting/", "/api/v1/rounds"])
    def test_whoever_has_signed_in_is_told_so(self, nobody_answers: Client, path: str) -> None:
        answer = nobody_answers.get(path)
        assert answer.status_code == 503
        assert MAINTENANCE in answer.text
        assert "no_such_database" not in answer.text

    def test_a_stranger_is_told_so(self, nobody_answers: Client) -> None:
        stranger = Client(raise_request_exception=False)
        assert stranger.get("/rounds/").status_code == 503
        assert stranger.post("/account/login/", {"login": "someone", "password": "guess"}).status_code == 503
        assert stranger.post("/verify/", {"number": "1" * 16, "name": "孙同学"}).status_code == 503


def test_a_fault_of_ours_is_still_called_one(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page for a lost database does not hide other faults."""

    def broken(*args: object, **kwargs: object) -> object:
        raise RuntimeError("a fault")

    monkeypatch.setattr("kaogong.web.public.views.rounds.selectors.public_rounds", broken)
    answer = Client(raise_request_exception=False).get("/rounds/")
    assert answer.status_code == 500
    assert "我们的问题" in answer.text
