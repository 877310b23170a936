"""What every list of the office does: sort and page by the address bar, and leave as CSV or as an Excel sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import xlsxwriter
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.web.ui.refusing import words_of

Row = TypeVar("Row", bound=Model)
PER_PAGE = 20
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet would take for a formula at the head of a cell; in East Asia the wide forms too."""


def page_of(request: HttpRequest, rows: QuerySet[Row] | Sequence[Row], per_page: int = PER_PAGE) -> Page[Row]:
    """The page that the address bar asks for; the last one when it asks for too much."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def sorted_by(
    request: HttpRequest, rows: QuerySet[Row], allowed: Mapping[str, str], default: str = ""
) -> QuerySet[Row]:
    """Rows ordered by `?sort=` (`name` or `-name`) if `allowed` (names to fields) knows it, else by `default`."""
    asked = request.GET.get("sort", "")
    wanted = asked if asked.removeprefix("-") in allowed else default
    name = wanted.removeprefix("-")
    if name not in allowed:
        return rows
    return rows.order_by(("-" if wanted.startswith("-") else "") + allowed[name], "pk")


def number_of(request: HttpRequest, name: str) -> int | None:
    """A whole number from the address bar, or None."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def export(kind: str, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The rows as a file to keep: `kind` "xlsx" for Excel, else CSV (UTF-8, with the mark Excel looks for)."""
    return _excel(name, heads, rows) if kind == "xlsx" else _csv(name, heads, rows)


def _csv(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(heads)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return response


def _excel(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, heads, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [cell if isinstance(cell, int | float) else str(cell) for cell in row])
        sheet.autofit()
    response = HttpResponse(stream.getvalue(), content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _harmless(cell: Any) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def tell(form: Any, refusal: Refusal) -> None:
    """Put a refusal's sentence at the field it names, or on top of the form; the input stays."""
    form.add_error(refusal.field if refusal.field in form.fields else None, words_of(refusal))
