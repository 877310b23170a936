"""The rule library as the public reads it: instruments, their clauses, and the figures that these set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.regions import selectors as regions
from kaogong.regulations import selectors
from kaogong.regulations.selectors import ClauseText
from kaogong.web.public.views.rule_words import LABELS, Certainty, FigureRow
from kaogong.web.ui.exports import export
from kaogong.web.ui.requests import ActorRequest
from kaogong.web.ui.shapes import Filter

PAGE = 30
CLAUSES_SHOWN = 20


@require_safe
def library(request: ActorRequest) -> HttpResponse:
    """All instruments, searched by word and narrowed by certainty; clauses that have the words come first."""
    text = request.GET.get("q", "").strip()
    certainty = request.GET.get("certainty", "")
    found = selectors.instruments(text, certainty=certainty)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [(row, Certainty.of(row.certainty), regions.name_of(row.region_code)) for row in page]
    context = {
        "page": page,
        "rows": rows,
        "text": text,
        "clauses": _with_certainty(selectors.find_clauses(text, CLAUSES_SHOWN)),
        "filters": [_certainty_filter()],
        "meanings": [Certainty.of(tag) for tag in LABELS],
    }
    return render(request, "public/rules/library.html", context)


@require_safe
def figures(request: ActorRequest) -> HttpResponse:
    """Every figure that the rules of the system use, with its clause and certainty; `export=csv` downloads them."""
    today = localdate()
    scope = {"certainty": request.GET.get("certainty", ""), "on": today if request.GET.get("when") == "now" else None}
    found = selectors.figures(request.GET.get("q", "").strip(), **scope)  # type: ignore[arg-type]  # a mixed mapping
    if request.GET.get("export") == "csv":
        return _as_csv(FigureRow.of(each, today) for each in found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [FigureRow.of(each, today) for each in page],
        "filters": [_certainty_filter(), Filter("when", _("时效"), [("now", _("今天有效"))])],
    }
    return render(request, "public/rules/figures.html", context)


@require_safe
def instrument(request: ActorRequest, instrument: str) -> HttpResponse:
    """One instrument with its clauses and what is known of its source."""
    found = selectors.instrument(instrument)
    if found is None:
        raise Http404
    context = {
        "instrument": found,
        "certainty": Certainty.of(found.certainty),
        "region": regions.name_of(found.region_code),
        "clauses": _with_certainty(selectors.articles(instrument)),
    }
    return render(request, "public/rules/instrument.html", context)


@require_safe
def clause(request: ActorRequest, instrument: str, article: str) -> HttpResponse:
    """One clause as it stood on a day (`?on=2020-01-31`, today by default), with the figures it sets."""
    key, on = Clause(instrument, article), _day(request)
    text = selectors.clause(key, on=on)
    if text is None:
        raise Http404
    context = {
        "text": text,
        "on": on,
        "is_in_force": text.is_in_force(on),
        "instrument": selectors.instrument(instrument),
        "certainty": Certainty.of(text.certainty),
        "rows": [FigureRow.of(each, on) for each in selectors.provisions_of(key)],
        "versions": selectors.versions(key),
    }
    return render(request, "public/rules/clause.html", context)


def _with_certainty(clauses: Iterable[ClauseText]) -> list[tuple[ClauseText, Certainty]]:
    return [(text, Certainty.of(text.certainty)) for text in clauses]


def _certainty_filter() -> Filter:
    return Filter("certainty", _("可靠程度"), [(tag, str(label)) for tag, label in LABELS.items()])


def _as_csv(rows: Iterable[FigureRow]) -> HttpResponse:
    heads = [_("键"), _("名称"), _("值"), _("适用"), _("依据"), _("可靠程度"), _("起"), _("止")]
    lines = (
        (each.key, each.title, row.value, row.applies_to, each.clause, row.certainty.word, each.since, each.until or "")
        for row in rows
        for each in (row.provision,)
    )
    return export("csv", "figures", heads, lines)


def _day(request: ActorRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return localdate()
