"""Encryption of what the database must not show: document numbers, contacts, item contents, papers.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. The sealed bytes carry the id of their key, so that keys can
rotate; the context (say `"identity.document"` with the record's id) is authenticated, so that a sealed value copied
to another place does not open there.
Keys: `KAOGONG_ENCRYPTION_KEYS="k2:base64,k1:base64"`, the first is current; unset: the file `encryption-keys`.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kaogong.foundation.signing import ring

FORMAT = 1
NONCE_BYTES = 12


class CannotOpen(Exception):
    """The sealed bytes were altered, moved to another context, or sealed with a key that we do not hold."""


def seal(clear: bytes, *, context: str) -> bytes:
    """Encrypt under the current key. 30 bytes or so longer than `clear`."""
    keys = _ring()
    head = _head(keys.current)
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + AESGCM(keys.keys[keys.current]).encrypt(nonce, clear, head + context.encode())


def open_sealed(sealed: bytes, *, context: str) -> bytes:
    """Decrypt. Raises CannotOpen."""
    key_id = key_of(sealed)
    secret = _ring().keys.get(key_id)
    if secret is None:
        raise CannotOpen(f"no encryption key {key_id!r}")
    head = _head(key_id)
    nonce, locked = sealed[len(head) : len(head) + NONCE_BYTES], sealed[len(head) + NONCE_BYTES :]
    try:
        return AESGCM(secret).decrypt(nonce, locked, head + context.encode())
    except (InvalidTag, ValueError):
        raise CannotOpen("altered, or not of this context") from None


def reseal(sealed: bytes, *, context: str) -> bytes:
    """The same content under the current key; unchanged when it already is. Raises CannotOpen."""
    if key_of(sealed) == _ring().current:
        return sealed
    return seal(open_sealed(sealed, context=context), context=context)


def key_of(sealed: bytes) -> str:
    """The id of the key that sealed these bytes. Raises CannotOpen for bytes that are not ours."""
    sealed = bytes(sealed)
    if len(sealed) < 2 or sealed[0] != FORMAT or len(sealed) < 2 + sealed[1] + NONCE_BYTES:
        raise CannotOpen("not sealed by us")
    try:
        return sealed[2 : 2 + sealed[1]].decode("ascii")
    except UnicodeDecodeError:
        raise CannotOpen("not sealed by us") from None


def _head(key_id: str) -> bytes:
    return bytes([FORMAT, len(key_id)]) + key_id.encode("ascii")


def _ring() -> ring.Ring:
    return ring.load(ring.ENCRYPTION)
