"""A backup brought back: the trail stands, what was lost is named, and the reason is on record."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from kaogong.cli.audit import SHELL
from kaogong.foundation.audit import checkpoints, services
from kaogong.foundation.audit.models import Seal
from localpostgres import binaries
from tests.support.audit import AT, make_line

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def empty_database(real_database: str) -> Iterator[str]:
    """An empty database beside the copied one; gives its URL."""
    name = f"restored_{os.getpid()}"
    with psycopg.connect(real_database, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield real_database.rpartition("/")[0] + f"/{name}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def checkpoint_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "away" / "trail.log"
    monkeypatch.setenv("KAOGONG_CHECKPOINTS", str(file))
    return file


def run(script: str, *arguments: str, database: str, programs: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # our own scripts
        [str(PROJECT / "scripts" / script), *arguments],
        env={**os.environ, "DATABASE_URL": database, "PGBIN": str(programs), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.concurrency
def test_a_backup_brought_back_says_what_was_lost(
    real_database: str, empty_database: str, checkpoint_file: Path, tmp_path: Path
) -> None:
    programs = next(folder for folder in binaries.candidates() if (folder / "pg_dump").exists())
    kept = make_line()
    services.seal(actor=SHELL, at=AT)
    saved = run("backup", str(tmp_path), database=real_database, programs=programs)
    assert saved.returncode == 0, saved.stderr
    folder = saved.stdout.strip()
    lost = make_line()
    services.seal(actor=SHELL, at=AT)
    newest = Seal.objects.latest("number").number

    restored = run("restore", folder, "演练", database=empty_database, programs=programs)

    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert str(lost.pk) in restored.stdout
    assert str(kept.pk) not in restored.stdout
    with psycopg.connect(empty_database) as connection:
        reason, facts = connection.execute(
            "SELECT reason, facts FROM audit_trailentry WHERE action = 'audit.restored'"
        ).fetchone()  # type: ignore[misc]  # there is one row
    assert (reason, facts["newest_seal_known"]) == ("演练", newest)
    assert str(lost.pk) in facts["first_lost"]
    assert (checkpoint_file.parent / facts["old_checkpoints"]).exists()
    assert checkpoint_file.exists()
    assert all(isinstance(each, checkpoints.Checkpoint) and each.is_genuine for each in checkpoints.read())
    again = run("restore", folder, "演练", database=empty_database, programs=programs)
    assert again.returncode == 1
    assert "not empty" in again.stderr
