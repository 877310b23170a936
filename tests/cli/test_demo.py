"""The demo season as a newcomer runs it: from an empty database to verified certificates, in a process of its own."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def empty_database() -> Iterator[str]:
    """A database without tables on the test cluster; gives its URL."""
    cluster = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    name = f"demo_{secrets.token_hex(4)}"
    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as maintenance:
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{cluster}/{name}"
        finally:
            maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _kaogong(*arguments: str, database: str, folder: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "KAOGONG_VAR": str(folder),
        "KAOGONG_KEYS": str(folder / "keys"),
    }
    command = [sys.executable, "-m", "kaogong.cli", *arguments]
    return subprocess.Popen(
        command, cwd=PROJECT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def test_plays_a_season_and_begins_afresh_the_next_time(empty_database: str, tmp_path: Path) -> None:
    season = _kaogong("demo", "--size", "40", "--no-serve", database=empty_database, folder=tmp_path)
    told, _nothing = season.communicate(timeout=600)

    assert season.returncode == 0, told[-4000:]
    for word in ("一季鉴定的各环节", "核发证书", "被拒绝的事", "许可与范围", "完全相同", "演示账号"):
        assert word in told, told[-4000:]

    check = _kaogong("audit", "verify", database=empty_database, folder=tmp_path)
    verified, _nothing = check.communicate(timeout=120)
    assert check.returncode == 0, verified[-2000:]

    again = _kaogong("demo", "--size", "24", "--no-serve", database=empty_database, folder=tmp_path)
    assert again.stdout is not None
    first_line = again.stdout.readline()
    again.kill()
    again.communicate()
    assert "清空后重新开始" in first_line


def test_leaves_a_database_that_is_in_use_alone(real_database: str, tmp_path: Path) -> None:
    season = _kaogong("demo", "--size", "40", "--no-serve", database=real_database, folder=tmp_path)
    told, _nothing = season.communicate(timeout=120)

    assert season.returncode == 1
    assert "没有改动任何内容" in told.replace("\n", "")
    with psycopg.connect(real_database) as connection:
        (regions,) = connection.execute("SELECT count(*) FROM regions_region").fetchone() or (0,)
    assert regions > 3000


def test_help_needs_no_database(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    run = subprocess.run(
        [sys.executable, "-m", "kaogong.cli", "--help"],
        cwd=PROJECT,
        env={**environment, "KAOGONG_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert run.returncode == 0
    assert "demo" in run.stdout
    assert not (tmp_path / "postgres").exists()
