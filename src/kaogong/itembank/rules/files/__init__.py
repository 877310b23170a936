"""Reading files of items: one reader a format, all of which yield the same entries; then rows, or reasons why not.

A profile says the shape (`table`, `text`, `qti`) and the type codes; the bytes say the rest: an archive is Excel, Word
or a package, anything else text in UTF-8 or GB18030.
"""

from __future__ import annotations

from collections.abc import Mapping

from kaogong.itembank.rules.files import excel, national, qti, word
from kaogong.itembank.rules.files.archives import SIGNATURE, Archive
from kaogong.itembank.rules.files.profiles import PROFILES, Profile
from kaogong.itembank.rules.files.rows import Entry, Reading, Row, read_rows
from kaogong.itembank.rules.files.tables import (
    FIELDS,
    NEEDED,
    Grid,
    grid_of,
    guess_columns,
    header_of,
    table_of,
    table_of_grid,
)
from kaogong.itembank.rules.files.text import NotReadable, check_size, decode

__all__ = [
    "FIELDS",
    "NEEDED",
    "PROFILES",
    "Entry",
    "NotReadable",
    "Profile",
    "Reading",
    "Row",
    "check_size",
    "columns_of",
    "decode",
    "entries_of",
    "read_grid",
    "read_rows",
    "table_of",
]


def entries_of(
    raw: bytes, profile: Profile, columns: Mapping[str, str], *, bytes_at_most: int, rows_at_most: int
) -> tuple[list[Entry], str]:
    """The entries of a file, and its encoding or format in a word. Raises NotReadable."""
    check_size(raw, bytes_at_most=bytes_at_most)
    if profile.shape == "qti":
        return qti.entries_of(raw, rows_at_most=rows_at_most)
    if profile.shape == "text":
        if raw.startswith(SIGNATURE):
            text, encoding = word.text_of(Archive(raw)), "Word"
        else:
            text, encoding = decode(raw, bytes_at_most=bytes_at_most)
        return national.entries_of(text, profile.types, rows_at_most=rows_at_most), encoding
    grid, encoding = read_grid(raw, bytes_at_most=bytes_at_most, rows_at_most=rows_at_most)
    table = table_of_grid(grid, columns, rows_at_most=rows_at_most)
    return [Entry(line, values) for line, values in table], encoding


def columns_of(
    raw: bytes, profile: Profile, *, bytes_at_most: int, rows_at_most: int
) -> tuple[list[str], dict[str, str]]:
    """The column names of a table and the map that they suggest; none for a file that is no table."""
    if profile.shape != "table":
        return [], {}
    check_size(raw, bytes_at_most=bytes_at_most)
    grid, _encoding = read_grid(raw, bytes_at_most=bytes_at_most, rows_at_most=rows_at_most)
    header = header_of(grid)
    return header, guess_columns(header, profile.first)


def read_grid(raw: bytes, *, bytes_at_most: int, rows_at_most: int) -> tuple[Grid, str]:
    """The rows of a table as they stand, (line, cells), and its encoding or format. Raises NotReadable."""
    if raw.startswith(SIGNATURE):
        return excel.sheet_rows(raw, rows_at_most=rows_at_most), "Excel"
    text, encoding = decode(raw, bytes_at_most=bytes_at_most)
    return grid_of(text, rows_at_most=rows_at_most), encoding
