"""A key that is not there is said, never made up for: which one, where it was looked for, what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kaogong.foundation.signing import digests, encryption, keys, places, ring
from kaogong.foundation.signing.places import KeyMissing, KeysUnusable
from tests.signing.conftest import empty_folder

USES: dict[str, Callable[[], object]] = {
    "sign-trail": lambda: keys.sign("trail", b"m"),
    "sign-seal": lambda: keys.current("seal"),
    "encryption-keys": lambda: encryption.seal(b"x", context="c"),
    "digest-keys": lambda: digests.keyed("x", purpose="p"),
}


class TestAFolderEmptiedUnderARunningProcess:
    @pytest.mark.parametrize("name", USES)
    def test_stops_the_work_and_nothing_is_made(self, folder: Path, name: str) -> None:
        for use in USES.values():
            use()
        shutil.rmtree(folder)

        with pytest.raises(KeyMissing, match=str(folder)):
            USES[name]()
        assert not folder.exists()

    def test_says_what_to_do(self, folder: Path) -> None:
        (folder / "digest-keys").unlink()
        with pytest.raises(KeyMissing) as missing:
            digests.keyed("x", purpose="p")
        for word in ("摘要密钥环", "KAOGONG_DIGEST_KEYS", str(folder / "digest-keys"), "保险柜", "kaogong keys make"):
            assert word in str(missing.value)

    def test_what_comes_back_works_at_once(self, folder: Path, tmp_path: Path) -> None:
        sealed, signed = encryption.seal(b"x", context="c"), keys.sign("trail", b"m")
        shutil.move(folder, tmp_path / "safe")
        with pytest.raises(KeyMissing):
            encryption.open_sealed(sealed, context="c")
        shutil.move(tmp_path / "safe", folder)
        assert encryption.open_sealed(sealed, context="c") == b"x"
        assert keys.sign("trail", b"m").key_id == signed.key_id


class TestWhatCannotBeUsed:
    def test_a_folder_that_is_no_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "file").write_text("")
        empty_folder(tmp_path / "file", monkeypatch)
        for use in USES.values():
            with pytest.raises(KeysUnusable, match=str(tmp_path / "file")):
                use()

    def test_a_folder_that_may_not_be_written(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_arguments: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(places.os, "link", refuse)
        with pytest.raises(KeysUnusable, match=r"不能写入密钥.*属主与权限"):
            keys.rotate("trail")
        assert keys.current("trail").startswith("trail-1-")

    def test_a_file_that_may_not_be_read(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_file: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", refuse)
        with pytest.raises(KeysUnusable, match="不能读取密钥"):
            encryption.seal(b"x", context="c")

    def test_a_private_key_that_is_spoilt(self, folder: Path) -> None:
        (folder / "sign-trail-1.pem").write_text("no key")
        with pytest.raises(KeysUnusable, match=r"sign-trail-1\.pem"):
            keys.FileKeyStore(folder).sign("trail", b"m")

    def test_a_ring_that_is_spoilt_tells_no_secret(self, folder: Path) -> None:
        secret = (folder / "encryption-keys").read_text()[12:40]
        (folder / "encryption-keys").write_text(f"k1:{secret}")
        with pytest.raises(KeysUnusable, match="encryption-keys") as fault:
            encryption.seal(b"x", context="c")
        assert secret not in str(fault.value)


class TestMake:
    def test_a_generation_is_never_given_twice(self, folder: Path) -> None:
        old = keys.rotate("certificate")
        (folder / "sign-certificate-2.pem").unlink()
        assert keys.generation(keys.make("certificate")) == 3
        assert old in keys.known()

    def test_leaves_what_is_there(self) -> None:
        before = keys.current("trail"), ring.load(ring.DIGEST)
        keys.make("trail"), ring.make(ring.DIGEST)
        assert (keys.current("trail"), ring.load(ring.DIGEST)) == before
