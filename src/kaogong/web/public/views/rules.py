"""The rule library as the public reads it: instruments, their clauses, and the figures that these set."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from kaogong.foundation.kernel.clauses import Clause
from kaogong.regulations import selectors
from kaogong.web.ui.requests import ActorRequest


@require_safe
def library(request: ActorRequest) -> HttpResponse:
    """All instruments, searched by word and filtered by certainty."""
    text = request.GET.get("q", "").strip()
    found = selectors.instruments(text, certainty=request.GET.get("certainty", ""))
    return render(request, "public/rules/library.html", {"instruments": found, "text": text})


@require_safe
def instrument(request: ActorRequest, instrument: str) -> HttpResponse:
    """One instrument with its clauses."""
    found = selectors.instrument(instrument)
    if found is None:
        raise Http404
    context = {"instrument": found, "articles": selectors.articles(instrument)}
    return render(request, "public/rules/instrument.html", context)


@require_safe
def clause(request: ActorRequest, instrument: str, article: str) -> HttpResponse:
    """One clause as it stood on a day (`?on=`, today by default), with the figures it sets."""
    key = Clause(instrument, article)
    text = selectors.clause(key, on=_day(request))
    if text is None:
        raise Http404
    context = {"text": text, "provisions": selectors.provisions_of(key)}
    return render(request, "public/rules/clause.html", context)


def _day(request: ActorRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return localdate()
