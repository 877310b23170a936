"""Imports: upload with a column map, the repair list, committing or discarding the batch."""

from __future__ import annotations

import io
import zipfile
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors, services
from kaogong.occupations import selectors as occupations
from kaogong.web.office.listing import export, page_of, tell
from kaogong.web.office.views.bank.forms import ImportForm
from kaogong.web.office.views.bank.words import IMPORT_KIND, told
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Figure, Filter

ALIKE_SHOWN = 100
"""How many rows with a look-alike the page shows; the exported list has all."""
COLUMN_NAMES = {
    "stem": "题干",
    "type": "题型",
    "key": "答案",
    "a": "选项 A",
    "b": "选项 B",
    "c": "选项 C",
    "d": "选项 D",
    "e": "选项 E",
    "f": "选项 F",
    "g": "选项 G",
    "h": "选项 H",
    "number": "题号",
    "difficulty": "难度",
    "consistency": "一致性",
    "explanation": "解析",
    "rubric": "评分标准",
    "point": "鉴定点代码",
    "range1_code": "一级范围代码",
    "range2_code": "二级范围代码",
    "range3_code": "三级范围代码",
    "level1": "知识点一级",
    "level2": "知识点二级",
    "level3": "知识点三级",
    "level4": "知识点四级",
    "level5": "知识点五级",
    "level6": "知识点六级",
    "picture": "图片",
}


@require_safe
@needs("itembank.import")
def index(request: ActorRequest) -> HttpResponse:
    """The batches within reach, newest first."""
    rows = selectors.batches_for(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(file_name__icontains=text) | rows.filter(occupation_code__startswith=text)
    if (state := request.GET.get("state", "")) in selectors.IMPORT.states:
        rows = rows.filter(state=state)
    page = page_of(request, rows)
    cells = [
        (row, occupations.name_of(row.occupation_code), IMPORT_KIND[row.state], _(selectors.IMPORT.states[row.state]))
        for row in page
    ]
    states = [(key, _(name)) for key, name in selectors.IMPORT.states.items()]
    context = {"page": page, "cells": cells, "filters": [Filter("state", _("状态"), states)]}
    return render(request, "office/bank/imports.html", context)


@require_http_methods(["GET", "POST"])
@needs("itembank.import")
def stage(request: ActorRequest) -> HttpResponse:
    """Take a file in and judge it whole; the good rows wait as a batch."""
    form = ImportForm(request.POST or None, request.FILES or None)
    chosen: dict[str, str] = {}
    if request.method == "POST":
        chosen = form.column_map()
        if form.is_valid():
            raw = form.raw()
            try:
                profile = form.cleaned_data["profile"]
                columns = chosen or selectors.columns_of(raw, localdate(), profile)[1]
                batch = services.stage_import(
                    actor=request.actor,
                    at=now(),
                    file_name=form.cleaned_data["file"].name,
                    content=raw,
                    column_map=columns,
                    occupation_code=form.cleaned_data["occupation_code"],
                    level=form.cleaned_data["level"],
                    profile=profile,
                )
                return redirect("office:import", batch_id=batch.pk)
            except selectors.NotReadableFile as problem:
                form.add_error("file", _(problem.message).format(**problem.facts))
            except Refusal as refusal:
                tell(form, refusal)
    context = {
        "form": form,
        "columns": _columns([], chosen),
        "is_table": _is_table(str(form["profile"].value() or "")),
    }
    return render(request, "office/bank/import_new.html", context, status=422 if form.errors else 200)


@require_POST
@needs("itembank.import")
def columns(request: ActorRequest) -> HttpResponse:
    """The column names of the file just chosen, with the map that they suggest, when its profile is a table."""
    file, profile = request.FILES.get("file"), request.POST.get("profile", "plain")
    header: list[str] = []
    guessed: dict[str, str] = {}
    problem = ""
    if file is not None and not isinstance(file, list):
        try:
            header, guessed = selectors.columns_of(bytes(file.read()), localdate(), profile)
        except selectors.NotReadableFile as unreadable:
            problem = _(unreadable.message).format(**unreadable.facts)
    context = {
        "columns": _columns(header, guessed),
        "header": header,
        "problem": problem,
        "is_table": _is_table(profile),
    }
    return render(request, "office/bank/import_columns.html", context)


def _is_table(profile: str) -> bool:
    return profile in selectors.PROFILES and selectors.PROFILES[profile].shape == "table"


def _columns(header: list[str], chosen: dict[str, str]) -> list[tuple[str, str, bool, list[str], str]]:
    """One entry per field: name, words, whether needed, the columns to choose from, the one chosen."""
    found = []
    for name in selectors.FIELDS:
        column = chosen.get(name, "")
        offered = header or ([column] if column else [])
        found.append((name, _(COLUMN_NAMES[name]), name in selectors.NEEDED, offered, column))
    return found


@require_safe
@needs("itembank.import")
def detail(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    """One batch: its numbers, its repair list, and what can be done with it."""
    batch = selectors.import_batch(request.actor, batch_id)
    places = selectors.places_of(batch)
    repairs = [(line, places.get(line, ""), told(problems)) for line, problems in selectors.repair_list(batch)]
    alike = [(line, told(problems)) for line, problems in selectors.alike_rows(batch)]
    if kind := request.GET.get("export", ""):
        heads = [_("行号"), _("位置"), _("项"), _("原因")]
        rows = [*repairs, *((line, "", problems) for line, problems in alike)]
        lines = ((line, place, field, words) for line, place, problems in rows for field, words in problems)
        return export(kind, "repairs", heads, lines)
    context = {
        "batch": batch,
        "occupation": occupations.name_of(batch.occupation_code),
        "kind": IMPORT_KIND[batch.state],
        "word": _(selectors.IMPORT.states[batch.state]),
        "page": Paginator(repairs, 50).get_page(request.GET.get("page")),
        "figures": [
            Figure(_("可入库"), batch.good_rows, _("行"), batch.staged_at, _("核对无误，等待入库的行。")),
            Figure(_("待修改"), batch.bad_rows, _("行"), batch.staged_at, _("有问题的行，不会入库；见下表。")),
            Figure(
                _("未归入鉴定点"),
                batch.unbound_rows,
                _("行"),
                batch.staged_at,
                _("入库后是草稿，归入鉴定点之前试卷不能选用。"),
            ),
        ],
        "alike": alike[:ALIKE_SHOWN],
        "alike_count": len(alike),
        "is_open": batch.state == selectors.IMPORT.initial,
        "has_places": bool(places),
        "originals": selectors.count_originals(batch),
    }
    return render(request, "office/bank/import.html", context)


@require_POST
@needs("itembank.import")
def originals(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    """What the batch could not take in, as it came, in one archive; the trail says who took it."""
    opened = services.view_originals(actor=request.actor, at=now(), batch_id=batch_id)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (place, content) in enumerate(opened, 1):
            archive.writestr(f"{number:04d}-{place.rsplit('/', 1)[-1] or 'item.xml'}", content)
    response = HttpResponse(stream.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="originals.zip"'
    return response


@require_http_methods(["GET", "POST"])
@needs("itembank.import")
def settle(request: ActorRequest, batch_id: UUID, verb: str) -> HttpResponse:
    """Commit a batch at once, or discard it: shown before, then done."""
    batch = selectors.import_batch(request.actor, batch_id)
    if verb not in {"commit", "discard"}:
        raise Http404
    if request.method == "POST":
        deed = services.commit_import if verb == "commit" else services.discard_import
        deed(actor=request.actor, at=now(), batch_id=batch.pk)
        return redirect("office:import", batch_id=batch.pk)
    if batch.state != selectors.IMPORT.initial:
        return redirect("office:import", batch_id=batch.pk)
    return render(request, "office/bank/import_settle.html", {"batch": batch, "is_commit": verb == "commit"})
