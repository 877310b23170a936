"""Items as a Word document in the national text format (国标格式), which our own import reads again.

The document is the plain text of item-bank §2.1, a paragraph a line, with the eight national type letters
(`text-national`). Source of the file's form: ECMA-376 part 1, WordprocessingML, as little of it as Word opens.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from kaogong.itembank.rules.exports import Exported
from kaogong.itembank.rules.exports.qti import NO_XML, WHEN
from kaogong.itembank.rules.formulas import PIECE
from kaogong.itembank.rules.items import CHOICE, LETTERS, TRUE_FALSE, TYPE_CODES

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
UNBOUND = "-"
"""Stands for the point of an item that has none: the import takes it for no point."""
BLANK = re.compile(r"[（(][\s　]*[）)]")
MARKS = re.compile(r"[{｛]\s*(A|a|Ａ|B|b|Ｂ|[.．。]\s*(?:XZ|ＸＺ|xz))\s*[}｝]|【(解析|试题解析|评分标准)】")
OPTION = re.compile(r"(^|\s)[（(]\s*([A-Ha-hＡ-Ｈ])\s*[）)]", re.MULTILINE)
TYPES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" \
ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{MAIN}.document.main+xml"/>\
<Override PartName="/word/header1.xml" ContentType="{MAIN}.header+xml"/></Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/>\
</Relationships>"""


def document(items: Sequence[Exported], *, watermark: str) -> bytes:
    """The document; who took it stands at the head of every page. A choice without a place for its answer gets one."""
    body = ET.Element(_name("body"))
    for item in items:
        for line in [*_lines(item), ""]:
            _paragraph(body, line)
    section = ET.SubElement(body, _name("sectPr"))
    ET.SubElement(section, _name("headerReference"), {_name("type"): "default", f"{{{OFFICE}}}id": "rId1"})
    ET.SubElement(section, _name("pgSz"), {_name("w"): "11906", _name("h"): "16838"})
    root = ET.Element(_name("document"))
    root.append(body)
    header = ET.Element(_name("hdr"))
    _paragraph(header, watermark)
    parts: dict[str, str | ET.Element] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": _relations("officeDocument", "word/document.xml"),
        "word/document.xml": root,
        "word/header1.xml": header,
        "word/_rels/document.xml.rels": _relations("header", "header1.xml"),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, WHEN)
            part.compress_type = zipfile.ZIP_DEFLATED
            raw = content if isinstance(content, str) else ET.tostring(content, encoding="utf-8", xml_declaration=True)
            archive.writestr(part, raw)
    return stream.getvalue()


def _lines(item: Exported) -> Iterator[str]:
    """The record of an item, line by line."""
    content = item.content
    code = TYPE_CODES[content.type]
    yield f"{'-'.join(item.codes) or UNBOUND} {code} {item.difficulty} {item.consistency}"
    stem = _plain(content.stem)
    if content.type in CHOICE:
        stem = BLANK.sub("{.XZ}", stem, count=1) if BLANK.search(stem) else f"{stem}{{.XZ}}"
    yield from f"{{A}}{stem}".split("\n")
    for letter, option in zip(LETTERS, content.options, strict=False):
        yield from f"({letter}) {_plain(option)}".split("\n")
    key = {"T": "√", "F": "×"}[content.key] if content.type == TRUE_FALSE else _plain(content.key)
    yield from f"{{B}}{key}".split("\n")
    if content.explanation:
        yield from f"【解析】{_plain(content.explanation)}".split("\n")
    if content.rubric:
        yield "【评分标准】"
        for each in content.rubric:
            yield f"{_plain(each.text)}|{each.share}"


def _plain(text: str) -> str:
    """Words that the format would take for its own marks, in other brackets; formulas mean the same."""
    told, place = [], 0
    for found in PIECE.finditer(text):
        told += [_words(text[place : found.start()]), _formula(found[0])]
        place = found.end()
    return "".join([*told, _words(text[place:])])


def _words(text: str) -> str:
    text = MARKS.sub(lambda found: f"〔{found[1] or found[2]}〕", text)
    return OPTION.sub(lambda found: f"{found[1]}〔{found[2]}〕", text)


def _formula(text: str) -> str:
    r"""`{a}` is `{a{}}` to TeX, and space before a bracket nothing; `\text` takes no braces, `\mathrm` does."""
    text = re.sub(r"\\text\s*\{\s*([ABab])\s*\}", r"\\mathrm{\1{}}", text)
    return re.sub(r"\s+(?=\()", "", re.sub(r"\{\s*([ABab])\s*\}", r"{\1{}}", text))


def _paragraph(parent: ET.Element, text: str) -> None:
    run = ET.SubElement(ET.SubElement(parent, _name("p")), _name("r"))
    words = ET.SubElement(run, _name("t"), {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    words.text = NO_XML.sub("", text)


def _relations(kind: str, target: str) -> str:
    return RELATIONS.format(package=PACKAGE, office=OFFICE, kind=kind, target=target)


def _name(tag: str) -> str:
    return f"{{{W}}}{tag}"
