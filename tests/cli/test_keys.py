"""Keys as an operator meets them: a process that starts without them, and one installation's first two commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PROJECT = Path(__file__).parents[2]


def kaogong(*arguments: str, database: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": database, "KAOGONG_KEYS": str(folder), "COLUMNS": "400"}
    command = [sys.executable, "-m", "kaogong.cli", *arguments]
    return subprocess.run(
        command, cwd=PROJECT, env=environment, text=True, capture_output=True, check=False, timeout=120
    )


@pytest.mark.parametrize("process", [["serve", "--no-jobs", "--port", "8399"], ["worker"]])
def test_a_process_stops_that_finds_no_keys_for_a_database_in_use(
    real_database: str, tmp_path: Path, process: list[str]
) -> None:
    stopped = kaogong(*process, database=real_database, folder=tmp_path / "empty")

    assert stopped.returncode == 1
    said = stopped.stderr.replace("\n", "")
    for word in ("缺少", "trail", "加密密钥环", "摘要密钥环", str(tmp_path / "empty"), "保险柜", "kaogong keys make"):
        assert word in said, stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert not list((tmp_path / "empty").glob("sign-*"))
    assert not (tmp_path / "empty" / "encryption-keys").exists()


def test_migrating_a_database_in_use_makes_none_either(real_database: str, tmp_path: Path) -> None:
    stopped = kaogong("db", "migrate", database=real_database, folder=tmp_path / "empty")
    assert stopped.returncode == 1
    assert "缺少" in stopped.stderr
    assert not list((tmp_path / "empty").glob("sign-*"))


def test_with_its_keys_the_same_database_is_well(real_database: str, tmp_path: Path) -> None:
    shutil.copytree(settings.KEYS, tmp_path / "keys")
    assert kaogong("keys", "status", database=real_database, folder=tmp_path / "keys").returncode == 0
