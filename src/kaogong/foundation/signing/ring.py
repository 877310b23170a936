"""A ring of symmetric keys, written `k2-3f9a01bc:base64,k1:base64`: the first is current, the others open old locks.

An id that we make ends in a fingerprint of its key, so that a slip in copying a key from paper is noticed, and two
keys that were made apart never bear one name. Ids given by hand need none. `k1-3f9a01bc:lost` says that a key is gone
for good: what it sealed stays shut, and is no reason to stop any more.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from kaogong.foundation.signing import places

KEY_BYTES = 32
LOST = "lost"
_ID = re.compile(r"[a-z0-9-]{1,16}")
_MADE = re.compile(r"k\d{1,6}-(?P<fingerprint>[0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Ring:
    """Keys by id, each of 32 bytes; the secrets never show in a traceback. `lost`: ids of keys given up for good."""

    current: str
    keys: dict[str, bytes] = field(repr=False)
    lost: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ring is kept: its key in the command line, its name, an environment variable or else a file."""

    key: str
    title: str
    variable: str
    file_name: str

    @property
    def file(self) -> Path:
        """Its file in the keys' folder."""
        return places.folder() / self.file_name

    @property
    def is_in_environment(self) -> bool:
        """Whether the environment gives the ring, so that we cannot change it."""
        return bool(os.environ.get(self.variable))


ENCRYPTION = Place("encryption", "加密密钥环", "KAOGONG_ENCRYPTION_KEYS", "encryption-keys")
DIGEST = Place("digest", "摘要密钥环", "KAOGONG_DIGEST_KEYS", "digest-keys")
PLACES = (ENCRYPTION, DIGEST)


def place(which: str) -> Place:
    """The ring of that key. Raises ValueError."""
    for each in PLACES:
        if each.key == which:
            return each
    raise ValueError(f"no ring {which!r}")


def load(place: Place) -> Ring:
    """The ring as it stands now. Raises KeyMissing, and KeysUnusable for a malformed one."""
    text = places.secret_text(place.variable, place.file, what=place.title)
    try:
        return read(text)
    except ValueError as fault:
        where = f"环境变量 {place.variable}" if place.is_in_environment else f"文件 {place.file}"
        words = f"{place.title}（{where}）内容有误：{fault}。请与保险柜中的备份核对，再重新启动。"
        raise places.KeysUnusable(words) from fault


def make(place: Place, *, taken: frozenset[str] = frozenset()) -> str:
    """Make the ring with one fresh key where there is none, and return its current id.

    `taken`: ids under which values stand already: the new id is of a later generation, and they are noted as lost.
    Of two who make it at once both end with the same. Raises KeysUnusable.
    """
    if not place.is_in_environment:
        lost = [f"{key_id}:{LOST}" for key_id in sorted(taken) if _ID.fullmatch(key_id)]
        places.write_once(place.file, ",".join([_fresh(taken), *lost]).encode())
    return load(place).current


def rotate(place: Place) -> str:
    """Put a fresh key in front of the ring in its file, and return its id; the others go on opening what is old.

    Raises KeyMissing, KeysUnusable.
    """
    with places.locked(place.file.parent):
        ring = load(place)
        old = places.secret_text(place.variable, place.file, what=place.title)
        places.replace(place.file, f"{_fresh(ring.lost.union(ring.keys))},{old}".encode())
    return load(place).current


def generation(key_id: str) -> int:
    """The generation in an id: 2 for `k2` and `k2-3f9a01bc`; 0 for an id that names none."""
    found = re.match(r"k(\d{1,6})(?:-|$)", key_id)
    return int(found[1]) if found else 0


@lru_cache(maxsize=8)
def read(text: str) -> Ring:
    """Read a ring. Raises ValueError for a malformed one, without repeating any secret."""
    keys: dict[str, bytes] = {}
    lost: set[str] = set()
    for place, pair in enumerate(text.split(","), start=1):
        key_id, colon, encoded = pair.strip().partition(":")
        if not (colon and _ID.fullmatch(key_id)) or key_id in keys or key_id in lost:
            raise ValueError(f"key {place}: expected a new id of [a-z0-9-] and base64 after a colon")
        if keys and encoded == LOST:
            lost.add(key_id)
            continue
        try:
            secret = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise ValueError(f"key {key_id}: not base64") from None
        if len(secret) != KEY_BYTES:
            raise ValueError(f"key {key_id}: {len(secret)} bytes, expected {KEY_BYTES}")
        named = _MADE.fullmatch(key_id)
        if named and named["fingerprint"] != fingerprint(secret):
            raise ValueError(f"key {key_id}: its fingerprint is another, it was not copied as it was")
        keys[key_id] = secret
    return Ring(next(iter(keys)), keys, frozenset(lost))


def fingerprint(secret: bytes) -> str:
    """8 hexadecimal digits that tell keys apart and nothing of them."""
    return sha256(b"kaogong ring key\n" + secret).hexdigest()[:8]


def _fresh(taken: frozenset[str]) -> str:
    """One fresh key as text, of the generation after those taken."""
    secret = os.urandom(KEY_BYTES)
    number = max(map(generation, taken), default=0) + 1
    return f"k{number}-{fingerprint(secret)}:{base64.b64encode(secret).decode()}"
