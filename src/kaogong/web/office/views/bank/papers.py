"""Papers: the list, assembly from a seed, a paper's report and its seal, opening on the record, voiding."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors, services
from kaogong.occupations import selectors as occupations
from kaogong.web.office.listing import export, page_of, sorted_by, tell
from kaogong.web.office.views.bank.forms import NoteForm, PaperForm
from kaogong.web.office.views.bank.items import question_of
from kaogong.web.office.views.bank.words import DIFFICULTIES, PAPER_KIND, PAPER_POWERS, banks_of, split, told, type_name
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest, grave, needs
from kaogong.web.ui.shapes import Chart, Filter, Series, Tab

AVOIDED_AT_FIRST = 8
"""How many of the newest papers are ticked to be avoided when the form opens."""


@require_safe
@needs(*PAPER_POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """The papers within reach."""
    rows = selectors.papers_for(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(number__icontains=text)
    if (state := request.GET.get("state", "")) in selectors.PAPER.states:
        rows = rows.filter(state=state)
    if (place := split(request.GET.get("bank", ""))) is not None:
        rows = rows.filter(occupation_code=place[0], level=place[1])
    rows = sorted_by(request, rows, {"number": "number", "sealed": "sealed_at"})
    if kind := request.GET.get("export", ""):
        heads = [_("试卷编号"), _("职业编码"), _("等级"), _("状态"), _("封存时间"), _("组卷人"), _("摘要")]
        return export(kind, "papers", heads, (_line(row) for row in rows))
    page = page_of(request, rows)
    context = {
        "page": page,
        "tabs": tabs_of("papers"),
        "cells": [
            (row, occupations.name_of(row.occupation_code), PAPER_KIND[row.state], _(selectors.PAPER.states[row.state]))
            for row in page
        ],
        "filters": [
            Filter("bank", _("题库"), banks_of(request.actor)),
            Filter("state", _("状态"), [(key, _(name)) for key, name in selectors.PAPER.states.items()]),
        ],
        "may_assemble": request.actor.holds("itembank.assemble"),
    }
    return render(request, "office/bank/papers.html", context)


def _line(row: Any) -> tuple[object, ...]:
    state = _(selectors.PAPER.states[row.state])
    return (row.number, row.occupation_code, row.level, state, row.sealed_at, row.sealed_by, row.digest)


@require_http_methods(["GET", "POST"])
@needs("itembank.assemble")
def assemble(request: ActorRequest) -> HttpResponse:
    """Ask for a paper; what the bank lacks for it comes back range by range."""
    banks = banks_with_blueprint(request.actor)
    papers = [(str(each.pk), each.number) for each in selectors.papers_for(request.actor).exclude(state="void")[:100]]
    initial = {"seed": secrets.randbelow(1_000_000_000), "avoid": [pk for pk, _number in papers[:AVOIDED_AT_FIRST]]}
    form = PaperForm(request.POST or None, banks=banks, papers=papers, initial=initial)
    problems: list[selectors.Problem] = []
    refused: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        code, level = form.cleaned_data["bank"]
        try:
            paper = services.assemble(
                actor=request.actor,
                at=now(),
                occupation_code=code,
                level=level,
                seed=form.cleaned_data["seed"],
                number=form.cleaned_data["number"],
                avoid=[UUID(each) for each in form.cleaned_data["avoid"]],
            )
            return redirect("office:paper", paper_id=paper.pk)
        except services.NotEnoughItems as refusal:
            problems, refused = refusal.problems, refusal
        except Refusal as refusal:
            tell(form, refusal)
    status = 422 if form.errors or refused else 200
    context = {"form": form, "problems": told(problems), "refused": refused, "has_banks": bool(banks)}
    return render(request, "office/bank/paper_new.html", context, status=status)


def tabs_of(current: str) -> list[Tab]:
    """Papers one by one, and sets of them."""
    return [
        Tab(_("试卷"), reverse("office:papers"), current == "papers"),
        Tab(_("成套试卷"), reverse("office:paper-sets"), current == "sets"),
    ]


def banks_with_blueprint(actor: Actor) -> list[tuple[str, str]]:
    """The banks that papers can be drawn from, as choices."""
    return [choice for choice in banks_of(actor) if _has_blueprint(choice[0])]


def _has_blueprint(choice: str) -> bool:
    place = split(choice)
    return place is not None and selectors.has_blueprint(*place)


@require_safe
@needs(*PAPER_POWERS)
def detail(request: ActorRequest, paper_id: UUID) -> HttpResponse:
    """One paper's report and its seal, checked now; its questions stay closed."""
    return _page(request, selectors.paper(request.actor, paper_id))


@require_POST
@needs("itembank.view")
@grave
def opened(request: ActorRequest, paper_id: UUID) -> HttpResponse:
    """Open the whole paper with its keys: the trail says who did."""
    paper = selectors.paper(request.actor, paper_id)
    places = services.view_paper(actor=request.actor, at=now(), paper_id=paper.pk)
    questions = [(place.position, question_of(content)) for place, content in places]
    return render(request, "office/bank/paper_open.html", {"paper": paper, "questions": questions})


@require_http_methods(["GET", "POST"])
@needs("itembank.assemble")
def void(request: ActorRequest, paper_id: UUID) -> HttpResponse:
    """Void a paper, with the reason."""
    paper = selectors.paper(request.actor, paper_id)
    form = NoteForm(request.POST or None)
    form.fields["note"].required = True
    if request.method == "POST" and form.is_valid():
        services.void_paper(actor=request.actor, at=now(), paper_id=paper.pk, reason=form.cleaned_data["note"][:200])
        return redirect("office:paper", paper_id=paper.pk)
    does = [_("任何场次都不能再使用这份试卷；已经用它考过的场次不受影响。")]
    status = 422 if form.errors else 200
    return render(request, "office/bank/paper_void.html", {"paper": paper, "form": form, "does": does}, status=status)


def _page(request: ActorRequest, paper: selectors.Paper) -> HttpResponse:
    report = paper.report
    avoided = selectors.papers_for(request.actor).in_bulk([UUID(each) for each in report.get("avoid", [])])
    context = {
        "paper": paper,
        "occupation": occupations.name_of(paper.occupation_code),
        "level": level_name(paper.level),
        "kind": PAPER_KIND[paper.state],
        "word": _(selectors.PAPER.states[paper.state]),
        "check": selectors.check_paper(paper),
        "checked_at": now(),
        "sections": [(type_name(each["type"]), each["count"], each["marks"]) for each in report["sections"]],
        "ranges": [(each, [(type_name(t), n) for t, n in each["types"].items()]) for each in report["ranges"]],
        "importance": [
            (key, _(selectors.IMPORTANCE[key]), entry["paper"], _share(entry["bank_points"], report))
            for key, entry in report["importance"].items()
        ],
        "difficulty": _difficulty(report),
        "shared": [
            (avoided[UUID(each)].number if UUID(each) in avoided else each, count)
            for each, count in zip(report.get("avoid", []), report["shared"], strict=True)
        ],
        "share": selectors.share_of_paper(paper),
        "may_open": request.actor.may("itembank.view", region=paper.region_code, organisation=paper.organisation_id),
        "may_void": paper.state != "void"
        and request.actor.may("itembank.assemble", region=paper.region_code, organisation=paper.organisation_id),
    }
    return render(request, "office/bank/paper.html", context)


def _share(points: int, report: dict[str, Any]) -> float:
    total = sum(entry["bank_points"] for entry in report["importance"].values())
    return points / total if total else 0


def _difficulty(report: dict[str, Any]) -> Chart:
    rows = report["difficulty"]
    return Chart(
        form="bar",
        categories=[_(DIFFICULTIES[row["difficulty"]]) for row in rows],
        series=[
            Series(_("本卷"), [row["paper"] for row in rows]),
            Series(_("题库的比例"), [row["target"] for row in rows]),
        ],
        unit=_("题"),
        category_label=_("难度"),
    )
