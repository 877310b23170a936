"""Signing keys: one for each purpose, rotated without forgetting, never readable by others."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from kaogong.foundation.signing import keys, ring


class TestSign:
    @pytest.mark.parametrize("purpose", sorted(keys.PURPOSES))
    def test_holds_for_the_message_and_no_other(self, purpose: str) -> None:
        signature = keys.sign(purpose, b"message")
        assert keys.verify(signature.key_id, b"message", signature.value)
        assert not keys.verify(signature.key_id, b"massage", signature.value)
        assert not keys.verify(signature.key_id, b"message", bytes(64))
        assert not keys.verify(signature.key_id, b"message", b"short")

    def test_says_with_which_key(self) -> None:
        signature = keys.sign("trail", b"m")
        assert signature.key_id.startswith("trail-1-")
        assert signature.key_id == keys.current("trail")

    def test_one_purpose_does_not_stand_for_another(self) -> None:
        signature = keys.sign("receipt", b"m")
        assert keys.verify(signature.key_id, b"m", signature.value, purpose="receipt")
        assert not keys.verify(signature.key_id, b"m", signature.value, purpose="certificate")

    @pytest.mark.parametrize("key_id", ["", "trail-1-00000000", "trail-1", "../../etc/passwd", "trail-1-0000000g"])
    def test_keys_that_are_not_ours_prove_nothing(self, key_id: str) -> None:
        signature = keys.sign("trail", b"m")
        assert not keys.verify(key_id, b"m", signature.value)

    def test_unknown_purposes_are_refused(self) -> None:
        for ask in (keys.current, keys.rotate):
            with pytest.raises(ValueError):
                ask("lunch")
        with pytest.raises(ValueError):
            keys.sign("lunch", b"m")

    def test_a_message_may_name_its_own_key(self) -> None:
        signature = keys.sign_naming_key("trail", lambda key_id: f"by {key_id}".encode())
        assert keys.verify(signature.key_id, f"by {signature.key_id}".encode(), signature.value)

    def test_a_rotation_between_asking_and_signing_is_met(self) -> None:
        asked: list[str] = []

        def message(key_id: str) -> bytes:
            asked.append(key_id)
            if len(asked) == 1:
                keys.rotate("trail")
            return key_id.encode()

        signature = keys.sign_naming_key("trail", message)
        assert keys.verify(signature.key_id, signature.key_id.encode(), signature.value)
        assert len(asked) == 2


class TestRotate:
    def test_the_old_public_key_stays_trusted_and_the_old_private_key_goes(self, folder: Path) -> None:
        old = keys.sign("seal", b"m")
        new_id = keys.rotate("seal")
        assert new_id.startswith("seal-2-")
        assert keys.sign("seal", b"m").key_id == new_id
        assert keys.verify(old.key_id, b"m", old.value)
        assert [file.name for file in folder.glob("sign-seal-*")] == ["sign-seal-2.pem"]

    def test_another_process_notices(self, folder: Path) -> None:
        other = keys.FileKeyStore(folder)
        other.sign("seal", b"m")
        new_id = keys.rotate("seal")
        assert other.sign("seal", b"m").key_id == new_id

    def test_many_who_rotate_at_once_begin_one_generation(self, folder: Path) -> None:
        barrier = threading.Barrier(6)
        begun: list[str] = []

        def turn() -> None:
            store = keys.FileKeyStore(folder)
            store.current("seal")
            barrier.wait()
            begun.append(store.rotate("seal"))

        threads = [threading.Thread(target=turn) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        privates = [file.name for file in folder.glob("sign-seal-*")]
        assert len(privates) == 1
        assert keys.current("seal") in begun

    def test_the_public_key_can_be_published(self) -> None:
        pem = keys.public_pem(keys.current("certificate"))
        assert pem is not None
        assert pem.startswith("-----BEGIN PUBLIC KEY-----")
        assert keys.public_pem("certificate-7-00000000") is None


class TestFiles:
    def test_private_keys_are_for_our_eyes_only(self, folder: Path) -> None:
        keys.sign("paper", b"m")
        assert (folder / "sign-paper-1.pem").stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700

    def test_where_the_group_may_read_the_folder_it_may_read_what_is_made_there(self, folder: Path) -> None:
        folder.chmod(0o750)
        shutil.rmtree(folder / "trusted")
        keys.rotate("paper")
        assert (folder / "trusted").stat().st_mode & 0o777 == 0o750
        ring.rotate(ring.DIGEST)
        assert (folder / "sign-paper-2.pem").stat().st_mode & 0o777 == 0o640
        assert (folder / "digest-keys").stat().st_mode & 0o777 == 0o640

    def test_a_swapped_public_key_is_not_trusted(self, folder: Path) -> None:
        good, other = keys.sign("paper", b"m"), keys.sign("receipt", b"m")
        trusted = folder / "trusted"
        (trusted / f"{good.key_id}.pem").write_bytes((trusted / f"{other.key_id}.pem").read_bytes())
        assert not keys.FileKeyStore(folder).trusted(good.key_id)

    def test_many_who_come_first_at_once_end_with_one_key(self, folder: Path) -> None:
        made: list[str] = []
        barrier = threading.Barrier(8)

        def first() -> None:
            store = keys.FileKeyStore(folder / "new")
            barrier.wait()
            made.append(store.make("trail"))

        threads = [threading.Thread(target=first) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(made) == 8
        assert len(set(made)) == 1

    def test_another_store_may_take_its_place(self, tmp_path: Path) -> None:
        keys.use(keys.FileKeyStore(tmp_path / "module"))
        keys.make("trail")
        assert (tmp_path / "module" / "sign-trail-1.pem").exists()
