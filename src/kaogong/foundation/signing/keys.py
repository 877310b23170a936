"""Signing keys behind a port: what is signed says with which key, and old signatures outlive a rotation.

One Ed25519 key (RFC 8032) for each purpose and generation. The development backend keeps private keys as files that
only we can read; the public ones stay beside them in `trusted/` for ever: that folder is the trust list. A hardware
module takes its place by `use(store)`. The database never holds a private key.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kaogong.foundation.signing import places

SETTLED_NS = 1_000_000_000
PURPOSES = frozenset({"trail", "seal", "certificate", "receipt", "paper"})
_ID = re.compile(r"(?P<purpose>[a-z]+)-(?P<generation>\d{1,6})-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Signature:
    """64 bytes, and the id of the key that made them: `"trail-1-0a1b2c3d"` (purpose, generation, fingerprint)."""

    key_id: str
    value: bytes


class KeyStore(Protocol):
    """Where private keys live. Implemented by files here, by a hardware module in production."""

    def current(self, purpose: str) -> str:
        """The id of the key that `sign` would use now: for messages that name their own key."""

    def sign(self, purpose: str, message: bytes) -> Signature: ...

    def trusted(self, key_id: str) -> Ed25519PublicKey | None:
        """The public key of that id, retired ones too; None when we never made it."""

    def rotate(self, purpose: str) -> str:
        """Start a new generation and return its key id; what the old one signed stays valid."""


class FileKeyStore:
    """Keys as PEM files in one folder: for development, and for machines whose disk is the vault.

    Two processes that make the first key at once end with the same one. Rotation removes the old private key.
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
        try:
            pem = self._public_file(key_id).read_bytes()
        except FileNotFoundError:
            return None
        public = serialization.load_pem_public_key(pem)
        if not isinstance(public, Ed25519PublicKey) or not key_id.endswith(f"-{fingerprint(public)}"):
            return None
        self._trusted[key_id] = public
        return public

    def rotate(self, purpose: str) -> str:
        old, _ = self._in_force(purpose)
        key_id = self._make(purpose, _generation(old) + 1)
        self._private_file(purpose, _generation(old)).unlink(missing_ok=True)
        return key_id

    def _in_force(self, purpose: str) -> tuple[str, Ed25519PrivateKey]:
        """The newest generation's key; made when there is none. Read again only when the folder has changed."""
        _check(purpose)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        changed = self.folder.stat().st_mtime_ns
        known = self._current.get(purpose)
        # A folder changed a moment ago may change again within the same tick of its clock: look once more.
        if known and known[0] == changed and time.time_ns() - changed > SETTLED_NS:
            return known[1], known[2]
        generations = [int(file.stem.rpartition("-")[2]) for file in self.folder.glob(f"sign-{purpose}-*.pem")]
        if not generations:
            self._make(purpose, 1)
            return self._in_force(purpose)
        try:
            pem = self._private_file(purpose, max(generations)).read_bytes()
        except FileNotFoundError:  # rotated away under our eyes
            return self._in_force(purpose)
        private = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise TypeError(f"{self._private_file(purpose, max(generations))} holds no Ed25519 key")
        key_id = self._trust(purpose, max(generations), private.public_key())
        self._current[purpose] = changed, key_id, private
        return key_id, private

    def _make(self, purpose: str, generation: int) -> str:
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        places.write_once(self._private_file(purpose, generation), pem)
        return self._in_force(purpose)[0]

    def _trust(self, purpose: str, generation: int, public: Ed25519PublicKey) -> str:
        key_id = f"{purpose}-{generation}-{fingerprint(public)}"
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        if not self._public_file(key_id).exists():
            places.write_once(self._public_file(key_id), pem, mode=0o644)
        return key_id

    def _private_file(self, purpose: str, generation: int) -> Path:
        return self.folder / f"sign-{purpose}-{generation}.pem"

    def _public_file(self, key_id: str) -> Path:
        return self.folder / "trusted" / f"{key_id}.pem"


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


def verify(key_id: str, message: bytes, value: bytes, *, purpose: str = "") -> bool:
    """Whether `value` is the signature of `message` by that key, and the key is one of ours (and of that purpose)."""
    if purpose and not key_id.startswith(f"{purpose}-"):
        return False
    public = store().trusted(key_id)
    if public is None:
        return False
    try:
        public.verify(bytes(value), message)
    except InvalidSignature:
        return False
    return True


def rotate(purpose: str) -> str:
    """Start a new generation for `purpose` and return its key id; what the old one signed stays valid."""
    _check(purpose)
    return store().rotate(purpose)


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


def _generation(key_id: str) -> int:
    return int(key_id.split("-")[1])


def _check(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise ValueError(f"no keys for the purpose {purpose!r}")
