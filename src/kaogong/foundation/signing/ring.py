"""A ring of symmetric keys, written `k2:base64,k1:base64`: the first is current, the others still open old locks."""

from __future__ import annotations

import base64
import binascii
import os
import re
from dataclasses import dataclass, field
from functools import lru_cache

KEY_BYTES = 32
_ID = re.compile(r"[a-z0-9-]{1,16}")


@dataclass(frozen=True, slots=True)
class Ring:
    """Keys by id, each of 32 bytes; the secrets never show in a traceback."""

    current: str
    keys: dict[str, bytes] = field(repr=False)


@lru_cache(maxsize=8)
def read(text: str) -> Ring:
    """Read a ring. Raises ValueError for a malformed one, without repeating any secret."""
    keys: dict[str, bytes] = {}
    for place, pair in enumerate(text.split(","), start=1):
        key_id, colon, encoded = pair.strip().partition(":")
        if not (colon and _ID.fullmatch(key_id)) or key_id in keys:
            raise ValueError(f"key {place}: expected a new id of [a-z0-9-] and base64 after a colon")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise ValueError(f"key {key_id}: not base64") from None
        if len(secret) != KEY_BYTES:
            raise ValueError(f"key {key_id}: {len(secret)} bytes, expected {KEY_BYTES}")
        keys[key_id] = secret
    return Ring(next(iter(keys)), keys)


def make() -> str:
    """A ring with one fresh key, as text."""
    return "k1:" + base64.b64encode(os.urandom(KEY_BYTES)).decode()
