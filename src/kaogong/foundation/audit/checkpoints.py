"""Checkpoints: every seal is also noted in a file outside the database, so that a database turned back is seen.

One JSON line for each seal, appended, never rewritten: its number, digest and signature, and the ids of its lines, so
that lines which vanish together with their seal can still be named. Keep the file on another machine's disk (set
`KAOGONG_CHECKPOINTS`), or copy it there: whoever can rewrite both it and the database still lacks the signing key, but
could make both forget.

After a lawful restore from a backup, verification will say *rolled back*: that is the truth. Archive the file, say why
in the trail, and begin a new one.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from kaogong.foundation.audit import encoding
from kaogong.foundation.audit.models import Seal
from kaogong.foundation.signing import keys

PURPOSE = "seal"
CHECKPOINT = b"kaogong trail checkpoint 1\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One line of the file. `is_genuine`: its signature is ours."""

    line: int
    number: int
    digest: str
    entry_ids: tuple[UUID, ...]
    is_genuine: bool


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no checkpoint (torn by a crash, or written by someone else)."""

    line: int


def file() -> Path:
    """Where the checkpoints are: `KAOGONG_CHECKPOINTS`, else `checkpoints/trail.log` in the project's var folder."""
    given = os.environ.get("KAOGONG_CHECKPOINTS")
    return Path(given) if given else Path(settings.VAR) / "checkpoints" / "trail.log"


def append(seals: Sequence[Seal]) -> None:
    """Note these seals, and those before them that a crash kept from being noted. Raises OSError."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        last = _last_number(stream.fileno(), path)
        missed = Seal.objects.filter(number__gt=last, number__lt=seals[0].number).order_by("number")
        if stream.tell() and not _ends_with_newline(path):
            stream.write(b"\n")
        for seal in missed.iterator(chunk_size=100):
            # A seal that was tampered with meanwhile must not get a genuine line.
            message, signature = encoding.seal_message(seal), bytes(seal.signature)
            if keys.verify(seal.key_id, message, signature, purpose=PURPOSE, dated=seal.sealed_at):
                stream.write(_line(seal) + b"\n")
        for seal in seals:
            stream.write(_line(seal) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def read() -> Iterator[Checkpoint | Unreadable]:
    """Every line of the file in order; nothing when there is no file."""
    try:
        stream = file().open("rb")
    except FileNotFoundError:
        return
    with stream:
        for line, text in enumerate(stream, start=1):
            yield _parsed(line, text)


def newest() -> int:
    """The number on the newest readable line of the file; 0 when there is none, or no file that can be read."""
    try:
        with file().open("rb") as stream:
            return _last_number(stream.fileno(), file())
    except OSError:
        return 0


def _line(seal: Seal) -> bytes:
    ids = ",".join(each.hex for each in seal.entry_ids)
    signature = keys.sign(PURPOSE, _message(seal.number, seal.digest, ids))
    return json.dumps(
        {
            "seal": seal.number,
            "digest": seal.digest,
            "sealed_at": encoding.moment(seal.sealed_at),
            "entries": ids,
            "key": signature.key_id,
            "signature": signature.value.hex(),
        }
    ).encode()


def _message(number: int, digest: str, ids: str) -> bytes:
    return CHECKPOINT + f"{number}\n{digest}\n{ids}".encode()


def _parsed(line: int, text: bytes) -> Checkpoint | Unreadable:
    try:
        values = json.loads(text)
        number, digest, ids = int(values["seal"]), str(values["digest"]), str(values["entries"])
        is_genuine = keys.verify(
            str(values["key"]), _message(number, digest, ids), bytes.fromhex(values["signature"]), purpose=PURPOSE
        )
        return Checkpoint(line, number, digest, tuple(UUID(hex=each) for each in ids.split(",") if each), is_genuine)
    except (ValueError, KeyError, TypeError):
        return Unreadable(line)


def _last_number(descriptor: int, path: Path) -> int:
    """The number on the last readable line, found from the end; 0 when there is none."""
    size = os.fstat(descriptor).st_size
    window = 1 << 18
    while size:
        with path.open("rb") as stream:
            stream.seek(max(0, size - window))
            lines = stream.read().splitlines()
        for text in reversed(lines):
            parsed = _parsed(0, text)
            if isinstance(parsed, Checkpoint):
                return parsed.number
        if window >= size:
            return 0
        window *= 4
    return 0


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"
