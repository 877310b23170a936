"""A thief has a signing key: what withdrawing it makes of lines, seals and certificates, and of what is backdated."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from typer.testing import CliRunner

from kaogong.certificates import selectors as certificates
from kaogong.cli.keys import app
from kaogong.foundation.audit import encoding, sealing, verification
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.signing import keys, withdrawals
from tests.signing.conftest import empty_folder
from tests.support.audit import make_line
from tests.support.certificates import ISSUING, make_certificate

pytestmark = pytest.mark.usefixtures("real_database")
shell = CliRunner(env={"COLUMNS": "240"})
WHY = ["--reason", "服务器失窃"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real_database: str) -> Path:
    """A copy of the keys that the reference data was sealed with, and checkpoints of our own."""
    shutil.copytree(settings.KEYS, tmp_path / "keys")
    monkeypatch.setenv("KAOGONG_CHECKPOINTS", str(tmp_path / "checkpoints.log"))
    return empty_folder(tmp_path / "keys", monkeypatch)


def rotate(purpose: str) -> str:
    """Turn the key of a purpose over; gives the old id."""
    old = keys.current(purpose)
    assert shell.invoke(app, ["rotate", "signing", purpose, *WHY]).exit_code == 0
    return old


def withdraw(key_id: str, day: str) -> None:
    done = shell.invoke(app, ["withdraw", key_id, "--from", day, *WHY])
    assert done.exit_code == 0, done.output


def today() -> str:
    return timezone.localdate().isoformat()


def tomorrow() -> str:
    return (timezone.localdate() + timedelta(days=1)).isoformat()


class TestTrail:
    def test_lines_of_the_day_are_named_and_earlier_ones_hold(self) -> None:
        """The season's lines were all written today: withdrawn from today on, each must be examined."""
        line = make_line()
        withdraw(rotate("trail"), today())
        found = {each.entry_id: each for each in verification.verify().findings}
        assert found[line.pk].kind == "slipped_in"
        assert "已撤销" in found[line.pk].words

    def test_what_the_new_key_signed_holds(self) -> None:
        withdraw(rotate("trail"), today())
        line = make_line()
        sealing.run(at=datetime.now(UTC))
        assert line.pk not in {each.entry_id for each in verification.verify().findings}

    def test_a_line_that_a_thief_dates_back_is_never_sealed(self, folder: Path) -> None:
        _key_id, stolen = keys.FileKeyStore(folder)._in_force("trail")
        old = rotate("trail")
        withdraw(old, today())
        like = make_line()
        false = TrailEntry.objects.get(pk=like.pk)
        false.pk, false.key_id = uuid7(), old
        false.recorded_at = like.recorded_at - timedelta(days=30)
        false.signature = stolen.sign(encoding.entry_message(false))
        insert(false)

        outcome = sealing.run(at=datetime.now(UTC))

        assert outcome.refused == [false.pk]
        assert {each.entry_id: each.kind for each in verification.verify().findings}[false.pk] == "unsealed"


def insert(line: TrailEntry) -> None:
    """Put a line into its table past the guard, as a database administrator can."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    line.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")


class TestSeals:
    def test_seals_made_under_the_key_since_are_named(self) -> None:
        make_line()
        sealing.run(at=datetime.now(UTC))
        old = rotate("seal")
        withdraw(old, today())
        assert [each for each in verification.verify().findings if old in each.words]


class TestCertificates:
    @pytest.mark.parametrize(("days", "outcome"), [(0, "broken"), (1, "valid")])
    def test_hold_when_issued_before_the_day(self, days: int, outcome: str) -> None:
        certificate = make_certificate()
        day = timezone.localtime(ISSUING).date() + timedelta(days=days)
        withdraw(rotate("certificate"), day.isoformat())
        verdict = certificates.verify(certificate.number, certificate.name, datetime.now(UTC))
        assert verdict.outcome == outcome


class TestTheCommand:
    def test_leaves_its_line(self) -> None:
        old = rotate("receipt")
        withdraw(old, today())
        line = TrailEntry.objects.get(action="signing.key_withdrawn")
        assert line.facts == {"key": old, "since": today(), "by": keys.current("seal")}
        assert line.reason == "服务器失窃"

    def test_refuses_a_key_in_force_an_unknown_one_and_a_day_to_come(self) -> None:
        current, old = keys.current("paper"), rotate("receipt")
        for key_id, day in ((current, today()), ("paper-1-00000000", today()), (old, tomorrow())):
            assert shell.invoke(app, ["withdraw", key_id, "--from", day, *WHY]).exit_code == 1
        assert keys.withdrawals_in_force() == {}

    def test_a_withdrawal_that_was_taken_out_is_missed(self, folder: Path) -> None:
        old = rotate("receipt")
        withdraw(old, today())
        (folder / "trusted" / withdrawals.FILE_NAME).unlink()
        status = shell.invoke(app, ["status"])
        assert status.exit_code == 1
        assert "它被删去了" in status.output.replace("\n", "")
