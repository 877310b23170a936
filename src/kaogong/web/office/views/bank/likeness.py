"""查重: pairs of items that are alike, compared on demand, opened side by side, judged by a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaogong.itembank import selectors, services
from kaogong.occupations import selectors as occupations
from kaogong.web.office.listing import export, number_of, page_of
from kaogong.web.office.views.bank.forms import NoteForm
from kaogong.web.office.views.bank.items import READ, question_of
from kaogong.web.office.views.bank.words import VERDICT_KIND, banks_of, split, type_name
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Filter

JUDGE = ("itembank.review", "itembank.approve")
VERDICTS = selectors.Resemblance.Verdict


@require_safe
@needs(*READ)
def index(request: ActorRequest) -> HttpResponse:
    """The pairs within reach, those that wait first; never what the items say."""
    rows = selectors.resemblances_for(request.actor)
    place = split(request.GET.get("bank", ""))
    if place is not None:
        rows = rows.filter(first__item__occupation_code=place[0], first__item__level=place[1])
    if (verdict := request.GET.get("verdict", "")) in VERDICTS.values:
        rows = rows.filter(verdict=verdict)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(first__item__number__icontains=text) | rows.filter(second__item__number__icontains=text)
    if kind := request.GET.get("export", ""):
        heads = [_("题号"), _("另一题"), _("相近程度（%）"), _("判断"), _("判断人"), _("说明")]
        return export(kind, "likeness", heads, (_line(row) for row in rows))
    page = page_of(request, rows)
    names = {code: occupations.name_of(code) for code in {row.first.item.occupation_code for row in page}}
    banks = banks_of(request.actor)
    context = {
        "page": page,
        "cells": [_cell(row, names) for row in page],
        "filters": [
            Filter("bank", _("题库"), banks),
            Filter("verdict", _("判断"), [(key, _(name)) for key, name in VERDICTS.choices]),
        ],
        "banks": banks,
        "bank": request.GET.get("bank", ""),
        "compared": number_of(request, "found"),
        "may_judge": any(request.actor.holds(power) for power in JUDGE),
    }
    return render(request, "office/bank/likeness.html", context)


def _cell(row: selectors.Resemblance, names: dict[str, str]) -> dict[str, object]:
    first = row.first.item
    return {
        "row": row,
        "bank": f"{names[first.occupation_code]} {level_name(first.level)}",
        "type": type_name(row.first.type),
        "percent": percent_of(row),
        "kind": VERDICT_KIND[row.verdict],
        "word": _(VERDICTS(row.verdict).label),
    }


def _line(row: selectors.Resemblance) -> tuple[object, ...]:
    word = _(VERDICTS(row.verdict).label)
    return (row.first.item.number, row.second.item.number, percent_of(row), word, row.judged_by, row.note)


def percent_of(row: selectors.Resemblance) -> int:
    """How alike a pair is, in whole percent."""
    return round(row.likeness * 100)


@require_POST
@needs(*JUDGE)
def compare(request: ActorRequest) -> HttpResponse:
    """Compare a whole bank with itself."""
    bank = request.POST.get("bank", "")
    place = split(bank)
    if place is None or bank not in dict(banks_of(request.actor)):
        raise Http404
    found = services.compare_bank(actor=request.actor, at=now(), occupation_code=place[0], level=place[1])
    return redirect(f"{request.path.removesuffix('compare/')}?bank={bank}&found={found}")


@require_safe
@needs(*READ)
def detail(request: ActorRequest, resemblance_id: UUID) -> HttpResponse:
    """One pair; its items stay closed."""
    return _page(request, selectors.resemblance(request.actor, resemblance_id))


@require_POST
@needs(*READ)
def opened(request: ActorRequest, resemblance_id: UUID) -> HttpResponse:
    """Open both items side by side: the trail says who did."""
    pair = services.view_resemblance(actor=request.actor, at=now(), resemblance_id=resemblance_id)
    return _page(request, pair.resemblance, pair)


def _page(request: ActorRequest, row: selectors.Resemblance, pair: services.Pair | None = None) -> HttpResponse:
    sides: list[dict[str, Any]] = []
    for version, content in ((row.first, pair and pair.first), (row.second, pair and pair.second)):
        item = version.item
        question = question_of(content) if content else None
        word = _(selectors.ITEM.states[item.state])
        sides.append({"item": item, "version": version, "question": question, "word": word})
    context = {
        "row": row,
        "sides": sides,
        "is_open": pair is not None,
        "percent": percent_of(row),
        "kind": VERDICT_KIND[row.verdict],
        "word": _(VERDICTS(row.verdict).label),
        "type": type_name(row.first.type),
        "occupation": occupations.name_of(row.first.item.occupation_code),
        "level": level_name(row.first.item.level),
        "verdicts": [(key, _(name)) for key, name in VERDICTS.choices if key != VERDICTS.OPEN],
        "may_judge": any(request.actor.holds(power) for power in JUDGE),
    }
    return render(request, "office/bank/resemblance.html", context)


@require_POST
@needs(*JUDGE)
def judge(request: ActorRequest, resemblance_id: UUID) -> HttpResponse:
    """Say of a pair what it is."""
    form = NoteForm(request.POST)
    form.is_valid()
    services.judge_resemblance(
        actor=request.actor,
        at=now(),
        resemblance_id=resemblance_id,
        verdict=request.POST.get("verdict", ""),
        note=form.cleaned_data.get("note", ""),
    )
    return redirect("office:resemblance", resemblance_id=resemblance_id)
