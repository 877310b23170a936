"""Tables as files to keep: CSV or an Excel sheet, in which no cell computes anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.http import HttpResponse

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet would take for a formula at the head of a cell; in East Asia the wide forms too."""


def export(
    kind: str, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, as_text: bool = False
) -> HttpResponse:
    """The rows as a file to keep: `kind` "xlsx" for Excel, else CSV (UTF-8, with the mark Excel looks for).

    `as_text` is for sheets that people fill in: their columns keep what is typed and make no number or day of it.
    """
    return _excel(name, heads, rows, as_text=as_text) if kind == "xlsx" else _csv(name, heads, rows)


def _csv(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(heads)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return response


def _excel(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, as_text: bool) -> HttpResponse:
    stream = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, plain) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 1)
        if as_text:
            sheet.set_column(0, len(heads) - 1, None, book.add_format({"num_format": "@"}))
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
