"""Digests: plain ones that anyone can repeat, keyed ones that only we can (to look up what is stored encrypted).

Keyed: HMAC-SHA-256 (RFC 2104), with keys apart from the encryption keys, and the purpose mixed in, so that digests of
one text for two purposes cannot be matched.
Keys: `KAOGONG_DIGEST_KEYS="k2:base64,k1:base64"`, the first is current; unset: the file `digest-keys` among the keys.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from kaogong.foundation.signing import ring


def plain(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return sha256(data).hexdigest()


def keyed(text: str, *, purpose: str) -> str:
    """The key's id, a colon and 64 hexadecimal digits, under the current key.

    Normalise `text` first: one spelling, one digest. Raises KeysUnusable.
    """
    keys = _ring()
    return _digest(keys, keys.current, text, purpose)


def keyed_by_all(text: str, *, purpose: str) -> list[str]:
    """The digests under every key that we hold, the current one first: to look up while a rotation is under way."""
    keys = _ring()
    return [_digest(keys, key_id, text, purpose) for key_id in keys.keys]


def key_of(digest: str) -> str:
    """The id of the key that made this digest; empty when it is none of ours."""
    return digest.partition(":")[0] if ":" in digest else ""


def _digest(keys: ring.Ring, key_id: str, text: str, purpose: str) -> str:
    message = purpose.encode() + b"\x00" + text.encode()
    return f"{key_id}:{hmac.new(keys.keys[key_id], message, sha256).hexdigest()}"


def _ring() -> ring.Ring:
    return ring.load(ring.DIGEST)
