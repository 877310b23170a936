"""Typesetting: a template and plain fields in, a PDF out.

Fields reach Typst as JSON in `sys.inputs` and are never part of the source, so nothing that a person writes into a
form can become markup. One compiler stays alive per template and thread: the second page costs a few milliseconds.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

import typst
from django.utils import timezone

from kaogong.foundation.documents.fonts import font_book, missing_glyphs, without_missing
from kaogong.foundation.documents.forms import Form
from kaogong.foundation.documents.qr import qr_svg

Standard = Literal["a-2b", ""]

TEMPLATES = Path(__file__).parent / "templates"
WITH_FORMULAS = frozenset({"item-booklet"})
"""The templates that set formulas."""

_compilers = threading.local()


class TypesettingFailed(ValueError):
    """The template is unknown, a field it needs is absent, or an image cannot be read."""


@dataclass(frozen=True, slots=True)
class Document:
    """A finished document: its bytes, its pages, and the characters that had to be printed as 〓."""

    pdf: bytes
    pages: int
    missing: tuple[str, ...]


def typeset(form: Form, *, standard: Standard = "a-2b", at: datetime | None = None) -> Document:
    """Typeset `form` with the template it names.

    Its photo becomes an image, its `qr` payload a QR code at the lower right; everything else is a field.
    Raises TypesettingFailed when the photo is not an image that can be read.
    """
    fields = {field.name: getattr(form, field.name) for field in dataclasses.fields(form)}
    images = {name: fields.pop(name) for name, value in list(fields.items()) if isinstance(value, bytes)}
    if payload := fields.pop("qr", ""):
        images["qr"] = qr_svg(payload)
    return render(form.template, fields, images=images, standard=standard, at=at)


def render(
    template: str,
    fields: Mapping[str, object],
    *,
    images: Mapping[str, bytes] = {},
    standard: Standard = "a-2b",
    at: datetime | None = None,
) -> Document:
    """Typeset `fields` and `images` (PNG, JPEG or SVG) with `templates/<template>.typ`.

    `at` is the date that the file carries, an aware datetime, by default now; equal fields at equal moments give
    equal bytes. Dates print as 2026年11月24日, with the time of day in the zone they come in. Characters that no font
    has print as 〓 and are named in `Document.missing`. Raises TypesettingFailed.
    """
    plain = _plain(fields)
    text = json.dumps(plain, ensure_ascii=False)
    missing = missing_glyphs(text)
    inputs = {
        "fields": without_missing(text) if missing else text,
        "images": json.dumps({name: list(image) for name, image in images.items()}),
    }
    compiler = _compiler(template)
    moment = int((at or datetime.now(UTC)).timestamp())
    try:
        pdf = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=standard or None, timestamp=moment)
        pages = int(compiler.query("<pages>", field="value", one=True))
    except typst.TypstError as error:
        raise TypesettingFailed(f"{template}: {error.message}") from error
    if not isinstance(pdf, bytes):
        raise TypesettingFailed(f"{template}: the typesetter returned no single file")
    return Document(pdf=pdf, pages=pages, missing=missing)


def _compiler(template: str) -> typst.Compiler:
    alive: dict[str, typst.Compiler] = _compilers.__dict__.setdefault("alive", {})
    if template not in alive:
        source = TEMPLATES / f"{template}.typ"
        if source.parent != TEMPLATES or not source.is_file():
            raise TypesettingFailed(f"no template {template!r}")
        fonts = font_book(has_formulas=template in WITH_FORMULAS)
        alive[template] = typst.Compiler(input=source, root=str(TEMPLATES), font_paths=fonts)
    return alive[template]


def _plain(value: object) -> object:
    """Return `value` in the words of JSON: dates in Chinese, moments in Beijing time, dataclasses as maps."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypesettingFailed("a moment printed for people must know its time zone")
        here = timezone.localtime(value)
        return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypesettingFailed(f"a {type(value).__name__} cannot be printed")
