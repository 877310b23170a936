"""Withdrawals: public keys that prove nothing about what is dated from a moment on, because a thief may hold the key.

They stand in `trusted/withdrawn.jsonl`, one signed line each, appended, never rewritten: a file that travels with the
trust list. The line is signed by the key for seals; a key that was itself withdrawn in an earlier line signs no more.
A line that does not hold stops verification as a whole: whoever can spoil the file must not thereby restore a key.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kaogong.foundation.signing import canonical, places

FILE_NAME = "withdrawn.jsonl"
HEAD = b"kaogong key withdrawal 1\n"
PURPOSE = "seal"
IsSigned = Callable[[str, bytes, bytes], bool]
"""Whether a key's signature of a message holds: (key id, message, signature)."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a key is not trusted for what is dated `since` (with its zone) or later; `by` is the key that says so."""

    key_id: str
    since: datetime
    reason: str
    at: datetime
    by: str

    def message(self) -> bytes:
        """What is signed."""
        return HEAD + canonical.encode(self._values())

    def line(self, signature: bytes) -> bytes:
        """The line of the file."""
        return canonical.encode({**self._values(), "signature": signature.hex()})

    def _values(self) -> dict[str, str]:
        return {
            "key": self.key_id,
            "since": self.since.isoformat(),
            "reason": self.reason,
            "at": self.at.isoformat(),
            "by": self.by,
        }


def read(file: Path, is_signed: IsSigned) -> dict[str, Withdrawal]:
    """The withdrawals by key; of several for one key the earliest day counts. Raises KeysUnusable."""
    found: dict[str, Withdrawal] = {}
    for number, text in enumerate((places.read(file) or b"").splitlines(), start=1):
        parsed = _parsed(text)
        if parsed is None or parsed[0].by in found or not is_signed(parsed[0].by, parsed[0].message(), parsed[1]):
            words = f"密钥撤销记录 {file} 第 {number} 行不是本系统签署的，或已被改动。请从备份取回该文件，再重新启动。"
            raise places.KeysUnusable(words)
        each = parsed[0]
        known = found.get(each.key_id)
        if known is None or each.since < known.since:
            found[each.key_id] = each
    return found


def _parsed(text: bytes) -> tuple[Withdrawal, bytes] | None:
    try:
        values = json.loads(text)
        since, at = datetime.fromisoformat(values["since"]), datetime.fromisoformat(values["at"])
        signature = bytes.fromhex(values["signature"])
        each = Withdrawal(str(values["key"]), since, str(values["reason"]), at, str(values["by"]))
    except (ValueError, KeyError, TypeError):
        return None
    return (each, signature) if since.tzinfo is not None else None


class Kept:
    """The withdrawals in a file, read again only when the file has changed."""

    def __init__(self) -> None:
        self._stamp: tuple[Path, int, int] | None = None
        self._found: dict[str, Withdrawal] = {}

    def all(self, file: Path, is_signed: IsSigned) -> dict[str, Withdrawal]:
        """As `read`."""
        try:
            status = file.stat()
        except FileNotFoundError:
            return {}
        except OSError:
            return read(file, is_signed)  # says why it cannot
        stamp = (file, status.st_mtime_ns, status.st_size)
        if stamp != self._stamp:
            self._found, self._stamp = read(file, is_signed), stamp
        return self._found
