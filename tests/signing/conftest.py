"""Each test has a folder of keys of its own, all of them made, and no keys in the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaogong.foundation.signing import keys, places, ring


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return empty_folder(tmp_path / "keys", monkeypatch, is_made=True)


def empty_folder(where: Path, monkeypatch: pytest.MonkeyPatch, *, is_made: bool = False) -> Path:
    """Use keys from this folder from now on; with every key made when asked for."""
    monkeypatch.delenv("KAOGONG_ENCRYPTION_KEYS", raising=False)
    monkeypatch.delenv("KAOGONG_DIGEST_KEYS", raising=False)
    monkeypatch.setattr(places, "folder", lambda: where)
    monkeypatch.setattr(keys, "_in_use", [])
    if is_made:
        for purpose in keys.PURPOSES:
            keys.make(purpose)
        for place in ring.PLACES:
            ring.make(place)
    return where
