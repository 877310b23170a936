"""Excel files made to hurt whoever opens them: bombs of bytes, of elements, of entities; torn and lying archives."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from kaogong.itembank.rules.files import NotReadable
from kaogong.itembank.rules.files.excel import sheet_rows

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = f"<worksheet {SPACE}><sheetData>%s</sheetData></worksheet>"
ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>'
LAUGHS = (
    '<?xml version="1.0" encoding="%s"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + f"]><worksheet {SPACE}><sheetData>{ROW % '&i;'}</sheetData></worksheet>"
)
OUTSIDE = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet {SPACE}>{ROW % "&a;"}</worksheet>'


def book(sheet: bytes | str, *, texts: bytes | str = "", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook of one sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        if texts:
            archive.writestr("xl/sharedStrings.xml", texts)
    return out.getvalue()


def torn(content: bytes) -> bytes:
    """The same archive with its compressed bytes spoilt."""
    at = content.index(b"sheet1.xml") + 20
    return content[:at] + b"\xff" * 40 + content[at + 40 :]


def lying(content: bytes) -> bytes:
    """The archive says that its sheet unpacks to ten bytes."""
    at = content.rindex(b"PK\x01\x02") + 24
    return content[:at] + struct.pack("<I", 10) + content[at + 4 :]


BOOKS = {
    "bytes": lambda: book(b" " * 80_000_000),
    "cells of one row": lambda: book(SHEET % ("<row>" + "<c/>" * 1_100_000 + "</row>")),
    "empty rows": lambda: book(SHEET % ("<row/>" * 1_100_000)),
    "texts": lambda: book(SHEET % (ROW % "张三"), texts=f"<sst {SPACE}>{'<si/>' * 1_100_000}</sst>"),
    "laughs": lambda: book(LAUGHS % "UTF-8"),
    "laughs in UTF-16": lambda: book((LAUGHS % "UTF-16").encode("utf-16")),
    "a file of the server": lambda: book(OUTSIDE),
    "torn": lambda: torn(book(SHEET % (ROW % "张三" * 400))),
    "torn in LZMA": lambda: torn(book(SHEET % (ROW % "张三" * 400), method=zipfile.ZIP_LZMA)),
    "cut": lambda: book(SHEET % ROW)[:-60],
    "lying of its size": lambda: lying(book(SHEET % (ROW % "张三" * 400))),
    "deep": lambda: book("<a>" * 300_000),
    "no archive": lambda: b"PK\x03\x04" + b"\0" * 100,
}


@pytest.mark.parametrize("name", BOOKS)
def test_is_refused_as_unreadable(name: str) -> None:
    with pytest.raises(NotReadable):
        sheet_rows(BOOKS[name](), rows_at_most=1000)


def test_an_honest_one_is_read_and_its_formula_is_not_followed() -> None:
    formula = f'<row r="2"><c r="A2"><f>HYPERLINK("http://evil.example")</f><v>7</v></c></row>{ROW % "张三"}'
    assert sheet_rows(book(SHEET % formula), rows_at_most=10) == [(2, ["7"]), (1, ["张三"])]
