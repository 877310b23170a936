"""Reading the first sheet of an Excel file (.xlsx): text as it stands, numbers as they are written, nothing computed.

Source: ECMA-376 part 1, SpreadsheetML. Formulas, macros and links are never followed; only values are taken.
"""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from kaogong.itembank.rules.files.text import NotReadable
from kaogong.itembank.rules.problems import gettext_noop as _

SIGNATURE = b"PK\x03\x04"
UNPACKED_AT_MOST = 64 * 1_048_576
"""A file that unpacks to more was made to fill the memory, not to list people."""
ELEMENTS_AT_MOST = 1_000_000
"""Each element takes a hundred bytes of memory, and five in the file, which compress to nothing."""
COLUMNS_AT_MOST = 200
UNREADABLE = (
    zipfile.BadZipFile, KeyError, ET.ParseError, RuntimeError, ValueError, OSError, EOFError, zlib.error,
    lzma.LZMAError,
)  # fmt: skip
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"


def sheet_rows(raw: bytes, *, rows_at_most: int) -> list[tuple[int, list[str]]]:
    """The rows of the first sheet as (row number, cells); empty rows are left out. Raises NotReadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            if sum(each.file_size for each in book.infolist()) > UNPACKED_AT_MOST:
                raise NotReadable(_("文件展开后过大"))
            names = book.namelist()
            if any(name.casefold().endswith("vbaproject.bin") for name in names):
                raise NotReadable(_("文件含有宏，请另存为不含宏的格式"))
            texts = _shared_texts(_member(book, "xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
            sheets = sorted((name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)), key=_number)
            if not sheets:
                raise NotReadable(_("文件里没有工作表"))
            return _rows(_member(book, sheets[0]), texts, rows_at_most)
    except UNREADABLE as problem:
        if isinstance(problem, NotReadable):
            raise
        raise NotReadable(_("这个文件不是可以打开的 Excel 文件（.xlsx）")) from problem


def _number(name: str) -> int:
    return int("".join(filter(str.isdigit, name)))


def _member(book: zipfile.ZipFile, name: str) -> bytes:
    with book.open(name) as part:
        content = part.read(UNPACKED_AT_MOST + 1)
    # Office never writes a document type; one would be there to define entities. In UTF-16 it would look otherwise.
    if len(content) > UNPACKED_AT_MOST or any(mark in content for mark in (b"<!DOCTYPE", b"<!ENTITY", b"\0")):
        raise NotReadable(_("文件展开后过大"))
    return content.replace(_STRICT[1:-1].encode(), _SPACE[1:-1].encode())


def _shared_texts(content: bytes) -> list[str]:
    return [_text(item) for item in _elements(content, "si")]


def _text(item: ET.Element) -> str:
    """The text of an item, its runs joined; readings (phonetic runs) are no text."""
    own = [each.text or "" for each in item.findall(f"{_SPACE}t")]
    runs = [each.text or "" for run in item.findall(f"{_SPACE}r") for each in run.findall(f"{_SPACE}t")]
    return "".join(own + runs)


def _rows(content: bytes, texts: list[str], rows_at_most: int) -> list[tuple[int, list[str]]]:
    found: list[tuple[int, list[str]]] = []
    for number, row in enumerate(_elements(content, "row"), 1):
        cells: list[str] = []
        for cell in row.iter(f"{_SPACE}c"):
            place = _column(cell.get("r", ""), len(cells))
            if place >= COLUMNS_AT_MOST:
                break
            cells += [""] * (place + 1 - len(cells))
            cells[place] = _value(cell, texts)
        if any(cell.strip() for cell in cells):
            found.append((int(row.get("r", number)), cells))
        if len(found) > rows_at_most + 1:
            raise NotReadable(_("文件超过 {limit} 行，请分开上传"), limit=rows_at_most)
    return found


def _elements(content: bytes, name: str) -> Iterator[ET.Element]:
    for count, (_event, element) in enumerate(ET.iterparse(io.BytesIO(content))):  # noqa: S314  # no document types: see `_member`
        if count > ELEMENTS_AT_MOST:
            raise NotReadable(_("文件展开后过大"))
        if element.tag == f"{_SPACE}{name}":
            yield element
            element.clear()


def _column(reference: str, following: int) -> int:
    """`C7` → 2; a cell without a reference follows the one before it."""
    letters = re.match(r"[A-Z]{1,3}", reference)
    if letters is None:
        return following
    column = 0
    for letter in letters[0]:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _value(cell: ET.Element, texts: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{_SPACE}is")
        return _text(inline).strip() if inline is not None else ""
    value = (cell.findtext(f"{_SPACE}v") or "").strip()
    if kind == "s":
        place = int(value) if value.isdigit() else -1
        return texts[place].strip() if 0 <= place < len(texts) else ""
    if kind == "n" and re.fullmatch(r"-?\d+\.0+", value):
        return value.split(".")[0]
    return value
