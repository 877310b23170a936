"""Each test has a folder of keys of its own, and no keys in the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaogong.foundation.signing import keys, places


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("KAOGONG_ENCRYPTION_KEYS", raising=False)
    monkeypatch.delenv("KAOGONG_DIGEST_KEYS", raising=False)
    monkeypatch.setattr(places, "folder", lambda: tmp_path / "keys")
    monkeypatch.setattr(keys, "_in_use", [])
    return tmp_path / "keys"
