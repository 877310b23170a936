"""Papers under lock: the questions encrypted under a key of their own, and that key bound to copy, part and hour.

AES-256-GCM (NIST SP 800-38D). The content is bound to the copy; its key is sealed by `signing.encryption` in a context
that names the hour before which nobody may open it. The database alone opens nothing: the outer key is not in it; and
whoever changes the hour in the table changes the context, so the key no longer opens at all.
Under custodians that sealed key is one half: with the other, which they hold in shares, it gives the content's key.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kaogong.foundation.signing import digests, encryption

NONCE_BYTES = 12


class PaperLocked(Exception):
    """The copy was asked for before its hour, or its seal does not fit: nothing of it is shown."""


@dataclass(frozen=True, slots=True)
class Said:
    """A question in another language: stem, and the options in the order of the Chinese ones."""

    stem: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question as a candidate may see it: the paper's position, type, stem, options in order. Never its key.

    `said` has it in the other languages of the round, by tag, as far as there are approved versions.
    """

    position: int
    type: str
    stem: str
    options: tuple[str, ...]
    said: Mapping[str, Said] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lock:
    """What a copy's seal is bound to."""

    copy_id: UUID
    part_id: UUID
    not_before: datetime

    @property
    def context(self) -> str:
        """The same moment in any zone gives the same text."""
        moment = self.not_before.astimezone(UTC).isoformat(timespec="microseconds")
        return f"delivery.paper-key:{self.copy_id}:{self.part_id}:{moment}"


@dataclass(frozen=True, slots=True)
class Sealed:
    """The encrypted questions, their sealed decryption key, and the digest of the clear text."""

    content: bytes
    key: bytes
    digest: str


def seal(questions: Sequence[Question], lock: Lock, *, half: bytes = b"") -> Sealed:
    """Encrypt the questions under a fresh key, and seal that key until the lock's hour.

    With the custodians' `half` the content's key is made of both, and what is sealed here opens nothing by itself.
    """
    clear = json.dumps([asdict(each) for each in questions], ensure_ascii=False, separators=(",", ":")).encode()
    key, nonce = AESGCM.generate_key(bit_length=256), os.urandom(NONCE_BYTES)
    content = nonce + AESGCM(_joined(key, half)).encrypt(nonce, clear, _bound(lock))
    return Sealed(content, encryption.seal(key, context=lock.context), digests.plain(clear))


def unseal(content: bytes, key_sealed: bytes, lock: Lock, *, digest: str, at: datetime) -> list[Question]:
    """The questions, from the lock's hour on. Raises PaperLocked before it, and for anything that was tampered with."""
    if at < lock.not_before:
        raise PaperLocked("before its hour")
    content = bytes(content)
    try:
        key = encryption.open_sealed(bytes(key_sealed), context=lock.context)
        clear = AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], _bound(lock))
    except (encryption.CannotOpen, InvalidTag, ValueError) as error:
        raise PaperLocked("the seal does not fit") from error
    if digests.plain(clear) != digest:
        raise PaperLocked("not the paper that was delivered")
    return [_question(row) for row in json.loads(clear)]


def _question(row: Mapping[str, Any]) -> Question:
    said = {tag: Said(each["stem"], tuple(each["options"])) for tag, each in row.get("said", {}).items()}
    return Question(row["position"], row["type"], row["stem"], tuple(row["options"]), said)


def join(content: bytes, key_sealed: bytes, half: bytes, lock: Lock, *, digest: str, at: datetime) -> bytes:
    """The content's key from both halves, sealed as that of a copy without custodians. Raises PaperLocked."""
    try:
        own = encryption.open_sealed(bytes(key_sealed), context=lock.context)
    except encryption.CannotOpen as error:
        raise PaperLocked("the seal does not fit") from error
    whole = encryption.seal(_joined(own, half), context=lock.context)
    unseal(content, whole, lock, digest=digest, at=at)
    return whole


def rebind(key_sealed: bytes, before: Lock, after: Lock) -> bytes:
    """The decryption key sealed until another hour; the content is not opened. Raises PaperLocked."""
    try:
        return encryption.seal(encryption.open_sealed(bytes(key_sealed), context=before.context), context=after.context)
    except encryption.CannotOpen as error:
        raise PaperLocked("the seal does not fit") from error


def _joined(own: bytes, half: bytes) -> bytes:
    if not half:
        return own
    return HKDF(SHA256(), length=32, salt=None, info=b"kaogong delivery.paper-key of two halves").derive(own + half)


def _bound(lock: Lock) -> bytes:
    return f"delivery.paper:{lock.copy_id}:{lock.part_id}".encode()
