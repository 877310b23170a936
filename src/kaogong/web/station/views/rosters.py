"""Lists of applicants: uploaded, judged row by row while one watches or goes away, then committed or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.kernel.refusals import NotFound, Refusal, WrongState
from kaogong.foundation.organisations import selectors as organisations
from kaogong.registration import selectors, services
from kaogong.sittings import selectors as sittings
from kaogong.web.ui.exports import export
from kaogong.web.ui.formats import date_zh, level_name
from kaogong.web.ui.refusing import advice_of, status_of, words_of
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Figure, Filter, Kind

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from kaogong.registration.models import Roster
    from kaogong.sittings.models import Sitting

POWER = "registration.enter"
PER_PAGE = 50
THROUGH = frozenset({"college", "enterprise"})
KIND: dict[str, Kind] = {"reading": "active", "staged": "waiting", "committed": "done", "discarded": "neutral"}
VERDICT_KIND: dict[str, Kind] = {"waiting": "neutral", "good": "done", "warned": "waiting", "refused": "stopped"}


class ListForm(forms.Form):
    """Which sitting, for whom, and the file."""

    sitting = forms.ChoiceField(label=gettext_lazy("场次"))
    file = forms.FileField(
        label=gettext_lazy("名单文件"),
        help_text=gettext_lazy("Excel（.xlsx）或 CSV，用模板填写。上传只作核对，不会提交。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sitting"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def place(self) -> tuple[UUID, UUID | None]:
        """The sitting, and the school or employer whose list it is, if any."""
        body, sitting = self.cleaned_data["sitting"].split("/")
        return UUID(sitting), UUID(body) if body else None


def _choices(request: ActorRequest) -> list[tuple[str, str]]:
    """Every open sitting that the actor may send a list for: at her station, or through her school or employer."""
    at = now()
    own = sittings.sittings_for(request.actor, POWER).filter(held_on__gte=localdate())
    found = [(f"/{each.pk}", _named(each)) for each in own if sittings.is_open(each, at)]
    for grant in request.actor.grants:
        body = organisations.get(grant.organisation_id) if POWER in grant.powers else None
        if body is None or body.kind not in THROUGH:
            continue
        for round_ in sittings.open_rounds(at).filter(region_code__startswith=body.region_code[:2]):
            open_ones = [each for each in sittings.sittings_of(round_.pk) if sittings.is_open(each, at)]
            found += [(f"{body.pk}/{each.pk}", f"{_named(each)}（{body}）") for each in open_ones]
    return list(dict(found).items())


def _named(sitting: Sitting) -> str:
    round_ = sitting.round
    return f"{date_zh(sitting.held_on)} {round_.occupation_name} {level_name(round_.level)} · {sitting.station}"


@require_safe
@needs(POWER)
def index(request: ActorRequest) -> HttpResponse:
    """The lists within reach, the latest first."""
    rows = selectors.rosters_for(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(file_name__icontains=text) | rows.filter(sitting__number__icontains=text)
    if (state := request.GET.get("state", "")) in selectors.ROSTER.states:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    cells = [(row, selectors.roster_counts(row), KIND[row.state]) for row in page]
    filters = [Filter("state", _("状态"), selectors.ROSTER.choices())]
    return render(request, "station/rosters/index.html", {"page": page, "cells": cells, "filters": filters})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(POWER)
def new(request: ActorRequest) -> HttpResponse:
    """Take a file in; the judging begins on the list's own page."""
    choices = _choices(request)
    form = ListForm(request.POST or None, request.FILES or None, choices=choices)
    status = 200
    if request.method == "POST" and form.is_valid():
        sitting, body = form.place()
        file: UploadedFile[Any] = form.cleaned_data["file"]
        try:
            roster = services.stage_roster(
                actor=request.actor,
                at=now(),
                sitting_id=sitting,
                organisation_id=body,
                file_name=str(file.name),
                content=bytes(file.read()),
            )
        except Refusal as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, words_of(refusal) + advice_of(refusal))
            status = status_of(refusal)
        else:
            return redirect("station:roster", roster.pk)
    elif form.errors:
        status = 422
    return render(request, "station/rosters/new.html", {"form": form, "has_sittings": bool(choices)}, status=status)


@require_safe
@needs(POWER)
def template(request: ActorRequest) -> HttpResponse:
    """The empty list for one sitting, with the columns its level asks for and an example line."""
    asked = request.GET.get("sitting", "").rpartition("/")[2]
    try:
        offer = selectors.offer_of(request.actor, UUID(asked))
    except ValueError:
        raise NotFound from None
    head, example = selectors.template_of(offer)
    return export(request.GET.get("kind", "xlsx"), "template", head, [example], as_text=True)


def _own(request: ActorRequest, roster_id: UUID) -> Roster:
    roster = selectors.get_roster(request.actor, roster_id)
    if not selectors.may_enter_list(request.actor, roster):
        raise NotFound
    return roster


@require_safe
@needs(POWER)
def detail(request: ActorRequest, roster_id: UUID) -> HttpResponse:
    """One list: how far the judging is, what was found, and what can be done."""
    return _page(request, _own(request, roster_id))


def _page(request: ActorRequest, roster: Roster, refused: Refusal | None = None) -> HttpResponse:
    counts = selectors.roster_counts(roster)
    shown = request.GET.get("rows", "") or ("refused" if counts.refused else "")
    shown = shown if shown in VERDICT_KIND else ""
    page = Paginator(selectors.roster_rows(roster, shown), PER_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.kind = VERDICT_KIND[row.verdict]  # type: ignore[attr-defined]  # for the page
        row.told = [  # type: ignore[attr-defined]  # for the page
            (selectors.column_names([each["column"]]), selectors.problem_words(each), each.get("clause", ""))
            for each in [*row.problems, *row.warnings]
        ]
    context = {
        "roster": roster,
        "kind": KIND[roster.state],
        "word": roster.state_label,
        "counts": counts,
        "page": page,
        "filters": [Filter("rows", _("核对结果"), [(key, label) for key, label in _verdicts() if key != "waiting"])],
        "shown": shown,
        "figures": [
            Figure(_("可以提交"), counts.good, _("行"), roster.staged_at, url="?rows=good"),
            Figure(_("可以提交，有提示"), counts.warned, _("行"), roster.staged_at, url="?rows=warned"),
            Figure(_("不能提交"), counts.refused, _("行"), roster.staged_at, url="?rows=refused"),
        ],
        "refused": refused,
    }
    status = status_of(refused) if refused else 200
    return render(request, "station/rosters/detail.html", context, status=status)


def _verdicts() -> list[tuple[str, str]]:
    return [("good", _("可以提交")), ("warned", _("可以提交，有提示")), ("refused", _("不能提交"))]


@require_POST
@needs(POWER)
def check(request: ActorRequest, roster_id: UUID) -> HttpResponse:
    """One step of the judging; the page asks for the next by itself, or by its button where scripts are off."""
    roster = _own(request, roster_id)
    try:
        roster = services.check_rows(actor=request.actor, at=now(), roster_id=roster_id)
    except WrongState:
        # Another window was there first; the page says how the list stands now.
        roster = _own(request, roster_id)
    if not request.headers.get("HX-Request"):
        return redirect("station:roster", roster_id)
    if roster.state != "reading":
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    context = {"roster": roster, "counts": selectors.roster_counts(roster)}
    return render(request, "station/rosters/progress.html", context)


@require_POST
@needs(POWER)
def recheck(request: ActorRequest, roster_id: UUID) -> HttpResponse:
    """Judge everything anew."""
    _own(request, roster_id)
    services.recheck_roster(actor=request.actor, at=now(), roster_id=roster_id)
    return redirect("station:roster", roster_id)


@never_cache
@require_POST
@needs(POWER)
def refused_rows(request: ActorRequest, roster_id: UUID) -> HttpResponse:
    """The refused rows as a file to mend, the reasons in the last column."""
    _own(request, roster_id)
    head, lines = services.take_refused_rows(actor=request.actor, at=now(), roster_id=roster_id)
    return export(request.POST.get("kind", "xlsx"), "refused", head, lines, as_text=True)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(POWER)
def commit(request: ActorRequest, roster_id: UUID) -> HttpResponse:
    """Everything at once, or nothing: shown before, then done."""
    roster = _own(request, roster_id)
    if request.method == "POST":
        try:
            services.commit_roster(actor=request.actor, at=now(), roster_id=roster_id)
        except Refusal as refusal:
            return _page(request, _own(request, roster_id), refusal)
        messages.success(request, _("名单已提交，等待资格审核。"))
        return redirect("station:roster", roster_id)
    return _settle(request, roster, is_commit=True)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(POWER)
def discard(request: ActorRequest, roster_id: UUID) -> HttpResponse:
    """Give the list up: shown before, then done."""
    roster = _own(request, roster_id)
    if request.method == "POST":
        services.discard_roster(actor=request.actor, at=now(), roster_id=roster_id)
        messages.success(request, _("名单已放弃，没有提交任何人。"))
        return redirect("station:rosters")
    return _settle(request, roster, is_commit=False)


def _settle(request: ActorRequest, roster: Roster, *, is_commit: bool) -> HttpResponse:
    if roster.state not in ("staged",) and (is_commit or roster.state != "reading"):
        return redirect("station:roster", roster.pk)
    context = {"roster": roster, "counts": selectors.roster_counts(roster), "is_commit": is_commit}
    return render(request, "station/rosters/settle.html", context)
