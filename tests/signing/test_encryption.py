"""Encryption and digests: what the database must not show, and how keys rotate."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaogong.foundation.signing import digests, encryption, ring
from kaogong.foundation.signing.places import KeysUnusable

K1, K2 = "k1:" + base64.b64encode(bytes(32)).decode(), "k2:" + base64.b64encode(bytes(range(32))).decode()


class TestSeal:
    @given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    def test_opens_in_its_context(self, clear: bytes, context: str) -> None:
        assert encryption.open_sealed(encryption.seal(clear, context=context), context=context) == clear

    def test_the_same_text_never_looks_the_same(self) -> None:
        assert encryption.seal(b"x", context="c") != encryption.seal(b"x", context="c")

    def test_does_not_open_elsewhere(self) -> None:
        with pytest.raises(encryption.CannotOpen):
            encryption.open_sealed(encryption.seal(b"x", context="person/1"), context="person/2")

    @pytest.mark.parametrize("place", range(0, 33, 3))
    def test_any_byte_turned_is_noticed(self, place: int) -> None:
        sealed = bytearray(encryption.seal(b"x", context="c"))
        sealed[place] ^= 1
        with pytest.raises(encryption.CannotOpen):
            encryption.open_sealed(bytes(sealed), context="c")

    @pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x02k1", b"\x02" + bytes(40), b"\x01\x01\xff" + bytes(40)])
    def test_what_is_not_ours_is_refused(self, sealed: bytes) -> None:
        with pytest.raises(encryption.CannotOpen):
            encryption.open_sealed(sealed, context="c")


class TestRotation:
    def test_reseal_moves_to_the_current_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KAOGONG_ENCRYPTION_KEYS", K1)
        old = encryption.seal(b"x", context="c")
        monkeypatch.setenv("KAOGONG_ENCRYPTION_KEYS", f"{K2},{K1}")
        new = encryption.reseal(old, context="c")
        assert (encryption.key_of(old), encryption.key_of(new)) == ("k1", "k2")
        assert encryption.reseal(new, context="c") == new
        monkeypatch.setenv("KAOGONG_ENCRYPTION_KEYS", K2)
        assert encryption.open_sealed(new, context="c") == b"x"
        with pytest.raises(encryption.CannotOpen, match="k1"):
            encryption.open_sealed(old, context="c")

    def test_digests_stand_side_by_side(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KAOGONG_DIGEST_KEYS", K1)
        old = digests.keyed("320102", purpose="document")
        monkeypatch.setenv("KAOGONG_DIGEST_KEYS", f"{K2},{K1}")
        new = digests.keyed("320102", purpose="document")
        assert digests.keyed_by_all("320102", purpose="document") == [new, old]
        assert (old[:3], new[:3]) == ("k1:", "k2:")


class TestDigests:
    def test_plain_is_sha_256(self) -> None:
        assert digests.plain(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    def test_keyed_is_hmac_over_purpose_and_text(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import hmac

        monkeypatch.setenv("KAOGONG_DIGEST_KEYS", K1)
        assert digests.keyed("b", purpose="a") == "k1:" + hmac.new(bytes(32), b"a\x00b", "sha256").hexdigest()

    def test_purposes_cannot_be_matched(self) -> None:
        assert digests.keyed("x", purpose="a") != digests.keyed("x", purpose="b")


class TestRing:
    def test_is_made_once_into_a_private_file(self, folder: Path) -> None:
        sealed = encryption.seal(b"x", context="c")
        assert ring.make(ring.ENCRYPTION) == encryption.key_of(sealed)
        for name in ("encryption-keys", "digest-keys"):
            assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert (folder / "encryption-keys").read_text() != (folder / "digest-keys").read_text()
        assert encryption.open_sealed(sealed, context="c") == b"x"

    @pytest.mark.parametrize("text", ["", "k1", "k1:", "K1:" + K1[3:], "k1:!!!", "k1:c2hvcnQ=", f"{K1},{K1}", f"{K1},"])
    def test_malformed_rings_are_refused_without_telling_secrets(self, text: str) -> None:
        with pytest.raises(ValueError) as refusal:
            ring.read(text)
        assert K1[3:20] not in str(refusal.value)

    def test_a_key_copied_wrongly_from_paper_is_noticed(self, folder: Path) -> None:
        text = (folder / "digest-keys").read_text()
        key_id, _colon, secret = text.partition(":")
        slipped = base64.b64encode(bytes([base64.b64decode(secret)[0] ^ 1]) + base64.b64decode(secret)[1:]).decode()
        (folder / "digest-keys").write_text(f"{key_id}:{slipped}")
        with pytest.raises(KeysUnusable, match=f"digest-keys.*{key_id}"):
            digests.keyed("x", purpose="p")

    def test_rotation_puts_a_later_generation_in_front(self) -> None:
        old = ring.load(ring.ENCRYPTION)
        new_id = ring.rotate(ring.ENCRYPTION)
        now = ring.load(ring.ENCRYPTION)
        assert (now.current, list(now.keys)) == (new_id, [new_id, old.current])
        assert (ring.generation(old.current), ring.generation(new_id)) == (1, 2)

    def test_ids_that_values_bear_are_not_given_again(self, folder: Path) -> None:
        (folder / "encryption-keys").unlink()
        assert ring.generation(ring.make(ring.ENCRYPTION, taken=frozenset({"k1", "k7-0a1b2c3d", "?"}))) == 8

    def test_secrets_do_not_show(self) -> None:
        assert "\\x00" not in repr(ring.read(K1))


class TestWithoutDjango:
    def test_the_pure_parts_import_without_it(self) -> None:
        program = (
            "import sys; from kaogong.foundation.signing import canonical, merkle, keys, encryption, digests; "
            "assert not any(name.startswith('django') for name in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
