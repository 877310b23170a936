"""Parallel sets of papers: the list, an order, its progress, the proof of what was sealed or the rules that clash."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors, services
from kaogong.occupations import selectors as occupations
from kaogong.web.office.listing import page_of, tell
from kaogong.web.office.views.bank.forms import SetForm
from kaogong.web.office.views.bank.papers import AVOIDED_AT_FIRST, banks_with_blueprint, tabs_of
from kaogong.web.office.views.bank.words import PAPER_KIND, PAPER_POWERS, SET_KIND, told
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Chart, Series


@require_safe
@needs(*PAPER_POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """The sets within reach, newest first."""
    page = page_of(request, selectors.sets_for(request.actor))
    cells = [
        (row, occupations.name_of(row.occupation_code), SET_KIND[row.state], _(selectors.PAPER_SET.states[row.state]))
        for row in page
    ]
    context = {
        "page": page,
        "cells": cells,
        "tabs": tabs_of("sets"),
        "may_assemble": request.actor.holds("itembank.assemble"),
    }
    return render(request, "office/bank/sets.html", context)


@require_http_methods(["GET", "POST"])
@needs("itembank.assemble")
def order(request: ActorRequest) -> HttpResponse:
    """Order a set: a job assembles it while one watches or goes away."""
    banks = banks_with_blueprint(request.actor)
    papers = [(str(each.pk), each.number) for each in selectors.papers_for(request.actor).exclude(state="void")[:100]]
    initial = {"seed": secrets.randbelow(1_000_000_000), "avoid": [pk for pk, _number in papers[:AVOIDED_AT_FIRST]]}
    form = SetForm(request.POST or None, banks=banks, papers=papers, initial=initial)
    if request.method == "POST" and form.is_valid():
        code, level = form.cleaned_data["bank"]
        try:
            found = services.order_set(
                actor=request.actor,
                at=now(),
                occupation_code=code,
                level=level,
                size=form.cleaned_data["size"],
                seed=form.cleaned_data["seed"],
                number=form.cleaned_data["number"],
                avoid=[UUID(each) for each in form.cleaned_data["avoid"]],
            )
            return redirect("office:paper-set", set_id=found.pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "has_banks": bool(banks)}
    return render(request, "office/bank/set_new.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@needs(*PAPER_POWERS)
def detail(request: ActorRequest, set_id: UUID) -> HttpResponse:
    """One set: how far it is, or its proof, or why it cannot be."""
    found = selectors.paper_set(request.actor, set_id)
    report = found.report
    context = {
        "set": found,
        "occupation": occupations.name_of(found.occupation_code),
        "level": level_name(found.level),
        "kind": SET_KIND[found.state],
        "word": _(selectors.PAPER_SET.states[found.state]),
        "papers": [
            (paper, PAPER_KIND[paper.state], _(selectors.PAPER.states[paper.state]))
            for paper in selectors.papers_of_set(request.actor, found)
        ],
        "may_withdraw": found.state == "ordered"
        and request.actor.may("itembank.assemble", region=found.region_code, organisation=found.organisation_id),
        "rules": [_rule(row) for row in report.get("rules", [])],
        "clash": [(_words(row), _clause(row)) for row in report.get("clash", [])],
        "charts": [_chart(found, rows) for rows in _kinds(report.get("goal", []))],
    }
    return render(request, "office/bank/set.html", context)


@never_cache
@require_safe
@needs(*PAPER_POWERS)
def live(request: ActorRequest, set_id: UUID) -> HttpResponse:
    """How far a set is; the page is loaded anew when it has ended."""
    found = selectors.paper_set(request.actor, set_id)
    if found.state != "ordered":
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    return render(request, "office/bank/set_live.html", {"set": found})


@require_http_methods(["GET", "POST"])
@needs("itembank.assemble")
def withdraw(request: ActorRequest, set_id: UUID) -> HttpResponse:
    """Withdraw an order that is not sealed yet."""
    found = selectors.paper_set(request.actor, set_id)
    if request.method == "POST":
        services.withdraw_set(actor=request.actor, at=now(), set_id=found.pk)
        return redirect("office:paper-set", set_id=found.pk)
    does = [_("后台停止组卷，一份试卷也不封存。"), _("编号前缀 {number} 不再使用。").format(number=found.number)]
    return render(request, "office/bank/set_withdraw.html", {"set": found, "does": does})


def _words(row: dict[str, Any]) -> str:
    return told([selectors.Problem.of(row)])[0][1]


def _clause(row: dict[str, Any]) -> Clause | None:
    return Clause(*row["clause"].split("/", 1)) if row["clause"] else None


def _rule(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the proof: the words, the bound, what the papers have, the slack."""
    return {
        "words": _words(row),
        "clause": _clause(row),
        "bound": _span(row["lower"], row["upper"]) if row["lower"] else _("至多 {most}").format(most=_g(row["upper"])),
        "value": _span(row["least"], row["most"]) if row["lower"] else _("最多 {most}").format(most=_g(row["most"])),
        "slack": _g(row["slack"]),
    }


def _span(low: float, high: float) -> str:
    return _g(low) if low == high else f"{_g(low)}–{_g(high)}"


def _g(value: float | None) -> str:
    return "—" if value is None else f"{value:g}"


def _kinds(goal: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The rows of the goal by kind: difficulty, then information where parameters were known."""
    difficulty = [row for row in goal if row["label"] == "difficulty"]
    return [rows for rows in (difficulty, [row for row in goal if row["label"] != "difficulty"]) if rows]


def _chart(found: selectors.PaperSet, rows: list[dict[str, Any]]) -> tuple[str, str, Chart]:
    """A chart of the papers: name, title, and the numbers, each row beside its target."""
    is_difficulty = rows[0]["label"] == "difficulty"
    per = found.report["total"] if is_difficulty else 1
    series = []
    for row in rows:
        name = _("平均难度") if is_difficulty else row["label"]
        series.append(Series(name, [round(value / per, 3) for value in row["papers"]]))
    if is_difficulty:
        series.append(Series(_("题库的比例"), [round(rows[0]["target"] / per, 3)] * found.size))
    chart = Chart(
        form="bar",
        categories=[f"{place:02d}" for place in range(1, found.size + 1)],
        series=series,
        category_label=_("试卷"),
    )
    return (
        ("difficulty", _("各份试卷的平均难度（1–5）"), chart)
        if is_difficulty
        else ("information", _("各份试卷的信息量"), chart)
    )
