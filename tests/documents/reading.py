"""Reading a document back: its text, and the moment at which the tests typeset."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from pypdf import PdfReader
from tests.documents.examples import BEIJING

from kaogong.foundation.documents.typesetting import Document

MOMENT = datetime(2026, 11, 24, 9, 0, tzinfo=BEIJING)


def text_of(document: Document) -> str:
    """Return the text of all pages without white space: a line break or a gap between figures is not a difference."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(document.pdf)).pages)
