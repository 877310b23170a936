"""Signing keys behind a port: what is signed says with which key, and old signatures outlive a rotation.

One Ed25519 key (RFC 8032) for each purpose and generation. The file store keeps private keys as files that only we
can read; the public ones stay beside them in `trusted/` for ever: that folder is the trust list, and what was withdrawn
from it stands there too. A hardware module takes its place by `use(store)`. The database never holds a private key.
Nothing here makes a key by itself: a missing one is said (`KeyMissing`), only `rotate` begins a generation.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kaogong.foundation.signing import places, withdrawals
from kaogong.foundation.signing.withdrawals import Withdrawal

SETTLED_NS = 1_000_000_000
TITLES = {"trail": "轨迹", "seal": "封存", "certificate": "证书", "receipt": "交卷回执", "paper": "试卷"}
PURPOSES = frozenset(TITLES)
_ID = re.compile(r"(?P<purpose>[a-z]+)-(?P<generation>\d{1,6})-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Signature:
    """64 bytes, and the id of the key that made them: `"trail-1-0a1b2c3d"` (purpose, generation, fingerprint)."""

    key_id: str
    value: bytes


class KeyStore(Protocol):
    """Where private keys live. Implemented by files here, by a hardware module in production."""

    def current(self, purpose: str) -> str:
        """The id of the key that `sign` would use now: for messages that name their own key. Raises KeyMissing."""

    def sign(self, purpose: str, message: bytes) -> Signature: ...

    def trusted(self, key_id: str) -> Ed25519PublicKey | None:
        """The public key of that id, retired ones too; None when we never made it."""

    def known(self) -> list[str]:
        """The ids of all public keys that are trusted, retired ones too."""

    def make(self, purpose: str) -> str:
        """The key id in force, of a first generation made now where there is none."""

    def rotate(self, purpose: str) -> str:
        """Start a new generation and return its key id; what the old one signed stays valid. Raises KeyMissing."""


class FileKeyStore:
    """Keys as PEM files in one folder: for development, and for machines whose disk is the vault.

    Two processes that make or rotate at once take turns. Rotation removes the old private key. What the folder lacks
    is not made up for by `current` and `sign`: they raise KeyMissing, or KeysUnusable for what may not be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._current: dict[str, tuple[int, str, Ed25519PrivateKey]] = {}
        self._trusted: dict[str, Ed25519PublicKey] = {}

    def current(self, purpose: str) -> str:
        return self._in_force(purpose)[0]

    def sign(self, purpose: str, message: bytes) -> Signature:
        key_id, private = self._in_force(purpose)
        return Signature(key_id, private.sign(message))

    def trusted(self, key_id: str) -> Ed25519PublicKey | None:
        if key_id in self._trusted:
            return self._trusted[key_id]
        if not _ID.fullmatch(key_id):
            return None
        pem = places.read(self._public_file(key_id))
        if pem is None:
            return None
        public = serialization.load_pem_public_key(pem)
        if not isinstance(public, Ed25519PublicKey) or not key_id.endswith(f"-{fingerprint(public)}"):
            return None
        self._trusted[key_id] = public
        return public

    def known(self) -> list[str]:
        found = (file.stem for file in (self.folder / places.TRUSTED).glob("*.pem"))
        return sorted(
            (each for each in found if _ID.fullmatch(each)), key=lambda each: (_purpose(each), generation(each))
        )

    def make(self, purpose: str) -> str:
        with places.locked(self.folder):
            if not self._generations(purpose):
                # A public key that outlived its private one keeps its generation: no number is given twice.
                taken = [generation(each) for each in self.known() if _purpose(each) == purpose]
                self._make(purpose, max(taken, default=0) + 1)
        return self.current(purpose)

    def rotate(self, purpose: str) -> str:
        old = generation(self.current(purpose))
        with places.locked(self.folder):
            if max(self._generations(purpose), default=0) == old:  # else somebody else was faster
                self._make(purpose, old + 1)
                self._private_file(purpose, old).unlink(missing_ok=True)
        return self.current(purpose)

    def _generations(self, purpose: str) -> list[int]:
        found = (re.fullmatch(rf"sign-{purpose}-(\d{{1,6}})\.pem", name) for name in places.names(self.folder))
        return [int(each[1]) for each in found if each]

    def _in_force(self, purpose: str) -> tuple[str, Ed25519PrivateKey]:
        """The newest generation's key. Read again only when the folder has changed."""
        _check(purpose)
        try:
            changed = self.folder.stat().st_mtime_ns
        except OSError:
            changed = 0
        known = self._current.get(purpose)
        # A folder changed a moment ago may change again within the same tick of its clock: look once more.
        if known and known[0] == changed and time.time_ns() - changed > SETTLED_NS:
            return known[1], known[2]
        newest = max(self._generations(purpose), default=0)
        pem = places.read(self._private_file(purpose, newest)) if newest else None
        if pem is None:
            if newest:  # rotated away under our eyes
                return self._in_force(purpose)
            raise places.KeyMissing(f"{TITLES[purpose]}签名密钥（{purpose}）", f"文件夹 {self.folder} ")
        private = _private(pem, self._private_file(purpose, newest))
        key_id = self._trust(purpose, newest, private.public_key())
        self._current[purpose] = changed, key_id, private
        return key_id, private

    def _make(self, purpose: str, number: int) -> None:
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        places.write_once(self._private_file(purpose, number), pem)
        self._trust(purpose, number, private.public_key())

    def _trust(self, purpose: str, number: int, public: Ed25519PublicKey) -> str:
        key_id = f"{purpose}-{number}-{fingerprint(public)}"
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        if not self._public_file(key_id).exists():
            places.write_once(self._public_file(key_id), pem, is_public=True)
        return key_id

    def _private_file(self, purpose: str, number: int) -> Path:
        return self.folder / f"sign-{purpose}-{number}.pem"

    def _public_file(self, key_id: str) -> Path:
        return self.folder / places.TRUSTED / f"{key_id}.pem"


_in_use: list[KeyStore] = []


def use(store: KeyStore) -> None:
    """Sign with the keys of `store` from now on."""
    _in_use[:] = [store]


def store() -> KeyStore:
    """The store in use: files in the keys' folder unless `use` said otherwise."""
    if not _in_use:
        use(FileKeyStore(places.folder()))
    return _in_use[0]


def sign(purpose: str, message: bytes) -> Signature:
    """Sign with the key in force for `purpose` (one of PURPOSES). Raises ValueError for an unknown purpose."""
    _check(purpose)
    return store().sign(purpose, message)


def current(purpose: str) -> str:
    """The id of the key in force for `purpose`. Raises ValueError for an unknown purpose."""
    _check(purpose)
    return store().current(purpose)


def sign_naming_key(purpose: str, message: Callable[[str], bytes]) -> Signature:
    """Sign a message that contains the id of its own key: `message` builds it from the id.

    A rotation between asking and signing is met by signing again.
    """
    key_id = current(purpose)
    signature = sign(purpose, message(key_id))
    while signature.key_id != key_id:
        key_id = signature.key_id
        signature = sign(purpose, message(key_id))
    return signature


def verify(
    key_id: str, message: bytes, value: bytes, *, purpose: str = "", dated: date | datetime | None = None
) -> bool:
    """Whether `value` is the signature of `message` by that key, and the key is one of ours (and of that purpose).

    `dated` is the time that the signed message itself names: what is dated since its key was withdrawn does not hold.
    Raises KeysUnusable when the withdrawals cannot be read.
    """
    if purpose and not key_id.startswith(f"{purpose}-"):
        return False
    return _is_signed(key_id, message, value) and not (dated is not None and _is_after(dated, withdrawn(key_id)))


def _is_signed(key_id: str, message: bytes, value: bytes) -> bool:
    public = store().trusted(key_id)
    if public is None:
        return False
    try:
        public.verify(bytes(value), message)
    except InvalidSignature:
        return False
    return True


def _is_after(dated: date | datetime, withdrawal: Withdrawal | None) -> bool:
    if withdrawal is None:
        return False
    if isinstance(dated, datetime):
        return dated >= withdrawal.since
    return dated >= withdrawal.since.date()


def make(purpose: str) -> str:
    """The key id in force for `purpose`, of a key made now where there is none. Raises KeysUnusable."""
    _check(purpose)
    return store().make(purpose)


def rotate(purpose: str) -> str:
    """Start a new generation for `purpose` and return its key id; what the old one signed stays valid."""
    _check(purpose)
    return store().rotate(purpose)


def known() -> list[str]:
    """The ids of all trusted public keys, by purpose and generation."""
    return store().known()


def withdrawals_in_force() -> dict[str, Withdrawal]:
    """The withdrawals by key id. Raises KeysUnusable when a line of them is not ours."""
    return _withdrawals.all(_withdrawn_file(), _is_seal)


def withdrawn(key_id: str) -> Withdrawal | None:
    """Since when a key is not trusted any more, and why; None for a key in good standing. Raises KeysUnusable."""
    return withdrawals_in_force().get(key_id)


def withdraw(key_id: str, *, since: datetime, reason: str, at: datetime) -> Withdrawal:
    """Trust a retired key no more for what is dated `since` or later; signed by the key in force for seals.

    Raises ValueError for a key that we never made or that is in force: rotate first. A second withdrawal counts only
    when it begins earlier.
    """
    if store().trusted(key_id) is None or key_id == current(_purpose(key_id)):
        raise ValueError(f"not a retired key: {key_id!r}")
    file = _withdrawn_file()
    with places.locked(places.folder()):
        withdrawals.read(file, _is_seal)
        made: list[Withdrawal] = []

        def message(by: str) -> bytes:
            made[:] = [Withdrawal(key_id, since, reason, at, by)]
            return made[0].message()

        signature = sign_naming_key(withdrawals.PURPOSE, message)
        places.append_line(file, made[0].line(signature.value))
    return made[0]


_withdrawals = withdrawals.Kept()


def _withdrawn_file() -> Path:
    return places.folder() / places.TRUSTED / withdrawals.FILE_NAME


def _is_seal(key_id: str, message: bytes, value: bytes) -> bool:
    return key_id.startswith(f"{withdrawals.PURPOSE}-") and _is_signed(key_id, message, value)


def public_pem(key_id: str) -> str | None:
    """The public key of that id as PEM text, to publish; None when we never made it."""
    public = store().trusted(key_id)
    if public is None:
        return None
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def fingerprint(public: Ed25519PublicKey) -> str:
    """The first 8 hexadecimal digits of SHA-256 over the raw public key."""
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return sha256(raw).hexdigest()[:8]


def generation(key_id: str) -> int:
    """The generation in a key id."""
    return int(key_id.split("-")[1])


def _purpose(key_id: str) -> str:
    return key_id.partition("-")[0]


def _private(pem: bytes, file: Path) -> Ed25519PrivateKey:
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except ValueError:
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise places.KeysUnusable(f"密钥 {file} 不是 Ed25519 私钥，或已损坏。{places.FROM_THE_SAFE}")
    return private


def _check(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise ValueError(f"no keys for the purpose {purpose!r}")
