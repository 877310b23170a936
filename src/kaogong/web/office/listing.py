"""What every list of the office does: sort and page by the address bar, and leave as a file (`ui.exports`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, overload

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.timezone import localtime

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.web.ui.exports import export
from kaogong.web.ui.refusing import words_of

__all__ = ["export", "minute_of", "number_of", "page_of", "sorted_by", "tell"]

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")
PER_PAGE = 20


@overload
def page_of(request: HttpRequest, rows: QuerySet[Row], per_page: int = PER_PAGE) -> Page[Row]: ...
@overload
def page_of(request: HttpRequest, rows: Sequence[Shown], per_page: int = PER_PAGE) -> Page[Shown]: ...
def page_of(request: HttpRequest, rows: Any, per_page: int = PER_PAGE) -> Page[Any]:
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


def minute_of(moment: datetime | None) -> str:
    """A moment as a spreadsheet sorts it: `2026-11-24 09:00`, Beijing time; nothing for none."""
    return f"{localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def tell(form: Any, refusal: Refusal) -> None:
    """Put a refusal's sentence at the field it names, or on top of the form; the input stays."""
    form.add_error(refusal.field if refusal.field in form.fields else None, words_of(refusal))
