"""The health page: what makes it red, what makes it yellow, and that a quiet site stays green."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client
from procrastinate.contrib.django import app

from kaogong.blanks import services as blanks
from kaogong.cli.audit import SHELL
from kaogong.foundation.audit import checkpoints, services
from kaogong.foundation.audit.verification import Finding, Report
from kaogong.foundation.notices.models import Notice
from tests.support.audit import make_line
from tests.support.blanks import KEEPER, stock_up
from tests.support.certificates import make_season
from tests.support.restores import note_restore
from tests.support.stations import make_centre

pytestmark = pytest.mark.django_db
KEYS = [
    "database", "tables", "outbox", "trail", "audit", "numbers", "jobs", "notices", "blanks", "disk",
]  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


def check_trail(*findings: Finding, at: datetime | None = None) -> None:
    moment = at or now()
    report = Report(lines=1, seals=1, findings=list(findings))
    services.keep_check(actor=SHELL, at=moment, started_at=moment, report=report)


@pytest.fixture
def _kept() -> None:
    """A site whose worker ran: all sealed, the trail verified."""
    services.seal(actor=SHELL, at=now())
    check_trail()


@contextmanager
def later(**delta: int) -> Iterator[None]:
    """So much later, as far as the page can tell."""
    with patch("kaogong.web.public.views.health.timezone.now", return_value=now() + timedelta(**delta)):
        yield


def ask() -> tuple[int, dict[str, str]]:
    """The status, and the state of each check."""
    answer = Client().get("/health/", {"format": "json"})
    return answer.status_code, {check["key"]: check["state"] for check in answer.json()["checks"]}


@pytest.mark.usefixtures("_kept")
class TestWell:
    def test_says_that_all_is_well_to_people(self) -> None:
        answer = Client().get("/health/")
        assert answer.status_code == 200
        assert "一切正常" in answer.content.decode()

    def test_says_it_to_machines_as_json(self) -> None:
        status, states = ask()
        assert status == 200
        assert states == dict.fromkeys(KEYS, "well")

    def test_a_quiet_site_stays_well(self) -> None:
        with later(hours=1):
            status, states = ask()
        assert (status, states["trail"]) == (200, "well")


class TestIll:
    def test_when_the_database_is_gone(self) -> None:
        with patch.object(connection, "cursor", side_effect=OperationalError("gone")):
            answer = Client().get("/health/", {"format": "json"})
        assert answer.status_code == 503
        assert answer.json()["checks"][0] | {"name": "", "seen": ""} == {
            "key": "database", "name": "", "state": "ill", "seen": "",
        }  # fmt: skip
        assert "gone" not in answer.content.decode()

    def test_when_no_worker_ever_sealed(self) -> None:
        make_line()
        with later(minutes=11):
            status, states = ask()
        assert (status, states["trail"]) == (503, "ill")

    @pytest.mark.usefixtures("_kept")
    def test_when_a_deed_waits_although_others_were_sealed(self) -> None:
        make_line()
        assert ask()[1]["trail"] == "well"
        with later(minutes=11):
            assert ask()[1]["trail"] == "ill"

    @pytest.mark.usefixtures("_kept")
    def test_when_the_database_is_older_than_its_checkpoints(self) -> None:
        with patch.object(checkpoints, "newest", return_value=10_000):
            answer = Client().get("/health/")
        assert answer.status_code == 503
        assert "数据库比检查点旧" in answer.content.decode()


@pytest.mark.usefixtures("_kept")
class TestWarnings:
    def warned(self, key: str) -> bool:
        status, states = ask()
        return status == 200 and states == dict.fromkeys(KEYS, "well") | {key: "warning"}

    def test_findings_of_the_nightly_check(self) -> None:
        check_trail(Finding("altered", None, "被改动"))
        assert self.warned("audit")

    def test_a_nightly_check_that_did_not_come(self) -> None:
        with later(hours=49):
            assert ask()[1]["audit"] == "warning"

    def test_a_job_that_failed(self) -> None:
        app.configure_task("audit.check").defer()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
            cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
        assert self.warned("jobs")

    def test_messages_given_up(self) -> None:
        Notice.objects.bulk_create(
            Notice(channel="sms", to_masked="138****0000", template="t", text="", queued_at=now(), given_up_at=now())
            for _each in range(10)
        )
        assert self.warned("notices")

    def test_less_in_stock_than_a_month_takes(self) -> None:
        centre = make_centre(name="库存测试中心")
        stock_up(centre, last=9, at=now())
        for _turn, expected in ((1, "well"), (2, "warning")):
            blanks.take(actor=KEEPER, at=now(), organisation_id=centre.pk, count=3, reference="测试")
            services.seal(actor=SHELL, at=now())
            assert ask()[1]["blanks"] == expected

    def test_counters_closed_by_a_restore(self) -> None:
        make_season().issue()
        note_restore()
        assert ask()[1]["numbers"] == "warning"
