"""Files of items in other systems' formats, built part by part: QTI packages, Word and Excel files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import xlsxwriter

V2 = "http://www.imsglobal.org/xsd/imsqti_v2p2"
V3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

CHOICE = f"""<assessmentItem xmlns="{V2}" identifier="WATER-1" title="水" adaptive="false" timeDependent="false">
<responseDeclaration identifier="R" cardinality="multiple" baseType="identifier"><correctResponse><value>o</value>
<value>h</value></correctResponse></responseDeclaration>
<itemBody><p>水由哪些元素组成？</p><choiceInteraction responseIdentifier="R" shuffle="true" maxChoices="0">
<simpleChoice identifier="h">氢</simpleChoice><simpleChoice identifier="he">氦</simpleChoice>
<simpleChoice identifier="o">氧</simpleChoice></choiceInteraction></itemBody></assessmentItem>"""
UNKNOWN = f"""<assessmentItem xmlns="{V2}" identifier="MAP" title="" adaptive="false" timeDependent="false">
<responseDeclaration identifier="R" cardinality="multiple" baseType="pair"/>
<itemBody><associateInteraction responseIdentifier="R"/></itemBody></assessmentItem>"""


def item(body: str, declared: str = "", *, after: str = "", attributes: str = 'identifier="I-1"') -> str:
    """A QTI 3.0 item around its body."""
    return (
        f'<qti-assessment-item xmlns="{V3}" {attributes} title="" adaptive="false" time-dependent="false">'
        f"{declared}<qti-item-body>{body}</qti-item-body>{after}</qti-assessment-item>"
    )


def choice(stem: str, options: Sequence[str], right: int = 0) -> str:
    """A QTI 3.0 item of one right choice."""
    choices = "".join(
        f'<qti-simple-choice identifier="c{n}">{words}</qti-simple-choice>' for n, words in enumerate(options)
    )
    declared = (
        '<qti-response-declaration identifier="R" cardinality="single" base-type="identifier"><qti-correct-response>'
        f"<qti-value>c{right}</qti-value></qti-correct-response></qti-response-declaration>"
    )
    body = f'<qti-choice-interaction response-identifier="R"><qti-prompt>{stem}</qti-prompt>{choices}'
    return item(f"{body}</qti-choice-interaction>", declared)


def package(*items: str, more: dict[str, str | bytes] | None = None) -> bytes:
    """A package of items `items/1.xml` …, with a manifest."""
    resources = "".join(
        f'<resource identifier="r{n}" type="imsqti_item_xmlv3p0" href="items/{n}.xml"/>'
        for n in range(1, len(items) + 1)
    )
    parts: dict[str, str | bytes] = {
        "imsmanifest.xml": f"<manifest><resources>{resources}</resources></manifest>",
        **{f"items/{n}.xml": content for n, content in enumerate(items, 1)},
    }
    return archive(parts | (more or {}))


def archive(parts: dict[str, str | bytes]) -> bytes:
    """A zip of the parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def word(*paragraphs: str, more: dict[str, str | bytes] | None = None) -> bytes:
    """A Word document of paragraphs; one that begins with `<` is taken as the XML of its runs."""
    runs = [each if each.startswith("<") else f"<w:r><w:t>{each}</w:t></w:r>" for each in paragraphs]
    body = "".join(f"<w:p><w:pPr/>{each}</w:p>" for each in runs)
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return archive({"word/document.xml": document} | (more or {}))


def excel(*rows: Sequence[object]) -> bytes:
    """A workbook of one sheet, as another program writes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()
