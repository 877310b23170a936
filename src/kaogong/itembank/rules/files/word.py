"""Word documents (.docx) that hold items in the national text format: their paragraphs, as lines of text.

Source: ECMA-376 part 1, WordprocessingML. Macros are refused; fields, links and deleted text are not followed. A
picture, formula or symbol leaves a mark, so that the row which holds it is not taken for whole.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from kaogong.itembank.rules.files.archives import Archive, BadXml, xml_of
from kaogong.itembank.rules.files.rows import OBJECT
from kaogong.itembank.rules.files.text import NotReadable
from kaogong.itembank.rules.problems import gettext_noop as _

DOCUMENT = "word/document.xml"
MARKED = frozenset({"drawing", "pict", "object", "oMath", "sym"})
BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}


def text_of(archive: Archive) -> str:
    """The text of the document, a line a paragraph. Raises NotReadable."""
    if DOCUMENT not in archive.names:
        raise NotReadable(_("压缩包里没有 Word 文档"))
    try:
        root = xml_of(archive.read(DOCUMENT))
    except BadXml as problem:
        raise NotReadable(_("这个文件不是可以打开的 Word 文件（.docx）")) from problem
    return "\n".join(_paragraph(each) for each in root.iter() if _name(each) == "p" and _is_word(each))


def _paragraph(paragraph: ET.Element) -> str:
    """The runs of one paragraph; what lies in a text box inside is a paragraph of its own, and marked here."""
    found: list[str] = []
    waiting = list(reversed(list(paragraph)))
    while waiting:
        each = waiting.pop()
        name = _name(each)
        if name in MARKED:
            found.append(OBJECT)
        elif name == "t":
            found.append(each.text or "")
        elif name in BREAKS:
            found.append(BREAKS[name])
        elif name not in {"del", "moveFrom", "pPr", "rPr", "instrText"}:
            waiting += reversed(list(each))
    return "".join(found)


def _is_word(element: ET.Element) -> bool:
    return "wordprocessingml" in element.tag


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
