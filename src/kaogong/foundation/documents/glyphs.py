"""Which characters a font file can print, read from the file itself.

A small reader of the `cmap` table of TrueType and OpenType files: formats 4 and 12 of its Unicode subtables, which is
what every font in use carries. Source: ISO/IEC 14496-22 (Open Font Format), clause on `cmap`.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_UNICODE_SUBTABLES = frozenset({(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)})


class UnreadableFont(ValueError):
    """The file is not a single TrueType or OpenType font with a Unicode character map."""


def coverage(font: Path) -> frozenset[int]:
    """Return the code points that `font` has a glyph for; `.notdef` does not count.

    Raises UnreadableFont for anything but one sfnt file (collections are not read).
    """
    try:
        cmap = _table(font, b"cmap")
        (count,) = struct.unpack_from(">H", cmap, 2)
        found: set[int] = set()
        for index in range(count):
            platform, encoding, offset = struct.unpack_from(">HHL", cmap, 4 + 8 * index)
            if (platform, encoding) in _UNICODE_SUBTABLES:
                found |= _subtable(cmap, offset)
    except struct.error as error:
        raise UnreadableFont(f"{font.name}: {error}") from error
    if not found:
        raise UnreadableFont(f"{font.name}: no Unicode character map")
    return frozenset(found)


def _table(font: Path, tag: bytes) -> bytes:
    with font.open("rb") as file:
        header = file.read(12)
        if header[:4] not in (b"\x00\x01\x00\x00", b"OTTO", b"true"):
            raise UnreadableFont(f"{font.name}: not a TrueType or OpenType font")
        (count,) = struct.unpack_from(">H", header, 4)
        directory = file.read(16 * count)
        for name, _checksum, offset, length in struct.iter_unpack(">4sLLL", directory):
            if name == tag:
                file.seek(offset)
                return file.read(length)
    raise UnreadableFont(f"{font.name}: no {tag.decode()} table")


def _subtable(cmap: bytes, offset: int) -> set[int]:
    (kind,) = struct.unpack_from(">H", cmap, offset)
    if kind == 4:
        return _segments(cmap, offset)
    if kind == 12:
        return _groups(cmap, offset)
    return set()


def _segments(cmap: bytes, offset: int) -> set[int]:
    """Read format 4: segments of the basic plane, by a delta or through an array of glyph numbers."""
    (double,) = struct.unpack_from(">H", cmap, offset + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", cmap, offset + 14)
    starts = struct.unpack_from(f">{count}H", cmap, offset + 16 + double)
    deltas = struct.unpack_from(f">{count}H", cmap, offset + 16 + 2 * double)
    ranges_at = offset + 16 + 3 * double
    ranges = struct.unpack_from(f">{count}H", cmap, ranges_at)
    found: set[int] = set()
    for index, (start, end, delta, shift) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        if start > end or start == 0xFFFF:
            continue
        if shift == 0:
            found.update(code for code in range(start, end + 1) if (code + delta) & 0xFFFF)
            continue
        glyphs = struct.unpack_from(f">{end - start + 1}H", cmap, ranges_at + 2 * index + shift)
        found.update(code for code, glyph in zip(range(start, end + 1), glyphs, strict=True) if glyph)
    return found


def _groups(cmap: bytes, offset: int) -> set[int]:
    """Read format 12: groups of consecutive code points over all planes."""
    (count,) = struct.unpack_from(">L", cmap, offset + 12)
    found: set[int] = set()
    for index in range(count):
        start, end, glyph = struct.unpack_from(">LLL", cmap, offset + 16 + 12 * index)
        found.update(range(start if glyph else start + 1, end + 1))
    return found
