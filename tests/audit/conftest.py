"""Each test has a file of checkpoints of its own: different databases must not share one."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def checkpoint_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "checkpoints" / "trail.log"
    monkeypatch.setenv("KAOGONG_CHECKPOINTS", str(file))
    return file
