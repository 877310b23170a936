"""Marks and results in the office: sittings to score, one sitting, publishing, one candidate's result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.scoring import selectors, services
from kaogong.sittings import selectors as sittings
from kaogong.sittings.selectors import LEVEL_NAMES, PART_NAMES
from kaogong.web.office.listing import export, page_of, sorted_by
from kaogong.web.office.papers import print_out
from kaogong.web.ui.formats import date_zh
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, grave, needs
from kaogong.web.ui.shapes import Chart, Figure, Filter, Kind, Series, Step

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kaogong.sittings.models import Sitting

KIND: dict[str, Kind] = {"drafted": "waiting", "final": "done", "superseded": "neutral"}
ORDER = list(PART_NAMES)
BAND = 10
"""How wide the bands of marks are that `PartOverview` counts."""
SEEING = ("scoring.see", "scoring.mark", "scoring.finalise")


@require_safe
@needs(*SEEING)
def index(request: ActorRequest) -> HttpResponse:
    """Sittings that were or are being held, with how far their results are."""
    rows = selectors.sittings_to_score(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(
            Q(number__icontains=text) | Q(round__name__icontains=text) | Q(station__organisation__name__icontains=text)
        )
    if (progress := request.GET.get("progress", "")) in {"published", "drafted", "none"}:
        rows = selectors.with_progress(rows, progress)
    rows = sorted_by(request, rows, {"day": "held_on", "number": "number"})
    if kind := request.GET.get("export", ""):
        return _exported(kind, rows)
    page = page_of(request, rows)
    standing = selectors.progress_of([row.pk for row in page])
    for row in page:
        row.standing = standing[row.pk]  # type: ignore[attr-defined]  # for the page
    choices = [("none", _("未核算")), ("drafted", _("待发布")), ("published", _("已发布"))]
    context = {"page": page, "filters": [Filter("progress", _("进度"), choices)]}
    return render(request, "office/scoring/index.html", context)


def _exported(kind: str, rows: QuerySet[Sitting]) -> HttpResponse:
    standing = selectors.progress_of(list(rows.values_list("pk", flat=True)))
    heads = [_("考试日期"), _("场次"), _("批次"), _("鉴定站"), _("成绩"), _("合格"), _("待发布")]
    cells = (
        (
            row.held_on.isoformat(),
            row.number,
            row.round.name,
            row.station.organisation.name,
            standing[row.pk].results,
            standing[row.pk].passed,
            standing[row.pk].drafted,
        )
        for row in rows
    )
    return export(kind, "scoring", heads, cells)


@require_safe
@needs(*SEEING)
def detail(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """One sitting: each part's marking and spread, the results in a list, what is next."""
    sitting = sittings.sitting(request.actor, sitting_id)
    overview = selectors.overview(sitting_id, request.actor)
    results = selectors.results_for(request.actor).filter(registration__sitting=sitting_id).exclude(state="superseded")
    listed = _filtered(request, results)
    if kind := request.GET.get("export", ""):
        return export(kind, f"results-{sitting.number}", _heads(overview), _cells(listed, overview))
    if request.GET.get("print", ""):
        facts = [
            (_("场次"), sitting.number),
            (_("考试日期"), date_zh(sitting.held_on)),
            (_("鉴定所（站）"), str(sitting.station)),
            (_("职业与等级"), f"{sitting.round.occupation_name} {LEVEL_NAMES[sitting.round.level]}"),
        ]
        return print_out(request, _("成绩册"), _heads(overview), _cells(listed, overview), facts=facts)
    page = page_of(request, listed)
    for row in page:
        row.cells = [row.parts.get(each.part.part) for each in overview]
        row.kind = KIND[row.state]
    standing = selectors.progress_of([sitting_id])[sitting_id]
    lines = selectors.pass_lines(sitting)
    choices = [("yes", _("合格")), ("no", _("不合格"))]
    context = {
        "sitting": sitting,
        "overview": overview,
        "charts": [_chart(each, lines.get(each.part.part, Decimal(60))) for each in overview],
        "figures": _figures(overview, standing),
        "steps": _steps(overview, standing),
        "standing": standing,
        "page": page,
        "filters": [Filter("passed", _("结论"), choices)],
        "part_names": PART_NAMES,
        "may_mark": sittings.may(request.actor, "scoring.mark", sitting),
        "may_finalise": sittings.may(request.actor, "scoring.finalise", sitting),
        "at": now(),
    }
    return render(request, "office/scoring/detail.html", context)


def _filtered(request: ActorRequest, results: Any) -> Any:
    if text := request.GET.get("q", "").strip():
        results = results.filter(Q(registration__legal_name__icontains=text) | Q(registration__number__icontains=text))
    if (passed := request.GET.get("passed", "")) in {"yes", "no"}:
        results = results.filter(is_passed=passed == "yes")
    return sorted_by(request, results, {"name": "registration__legal_name", "number": "registration__number"}, "number")


def _heads(overview: list[selectors.PartOverview]) -> list[str]:
    parts = [PART_NAMES.get(each.part.part, each.part.part) for each in overview]
    return [_("报名号"), _("姓名"), *parts, _("结论"), _("状态")]


def _cells(results: Iterable[Any], overview: list[selectors.PartOverview]) -> Iterator[list[object]]:
    for row in results:
        parts = [row.parts.get(each.part.part, {}) for each in overview]
        marks = [part.get("mark") or selectors.OUTCOMES.get(part.get("outcome", ""), "") for part in parts]
        verdict = _("合格") if row.is_passed else _("不合格")
        yield [row.registration.number, row.registration.legal_name, *marks, verdict, row.state_label]


def _chart(each: selectors.PartOverview, line: Decimal) -> dict[str, Any]:
    """A part's marks in bands of ten, those that reach the pass mark in a colour of their own."""
    labels = [label for label, _number in each.bands]
    numbers = [number for _label, number in each.bands]
    from_band = int(line) // BAND
    if line % BAND:
        series = [Series(_("人数"), numbers)]
    else:
        series = [
            Series(_("达到合格线"), [*[0] * from_band, *numbers[from_band:]]),
            Series(_("未达合格线"), [*numbers[:from_band], *[0] * len(numbers[from_band:])]),
        ]
    chart = Chart("stacked", labels, series, _("人"), _("分数段"))
    name = PART_NAMES.get(each.part.part, each.part.part)
    return {"name": name, "key": each.part.part, "chart": chart, "each": each, "line": line}


def _figures(overview: list[selectors.PartOverview], standing: selectors.Progress) -> list[Figure]:
    at = now()
    figures = []
    for each in overview:
        name = PART_NAMES.get(each.part.part, each.part.part)
        sat = each.marked - sum(each.counts.get(state, 0) for state in ("absent", "late"))
        figures.append(
            Figure(
                _("%(part)s达线") % {"part": name},
                each.passed,
                _("/ %(sat)s 人") % {"sat": max(sat, 0)},
                at,
                _("已评分的考生中，成绩达到合格线的人数；合格线按标准，不舍入。"),
            )
        )
    figures.append(
        Figure(
            _("全部合格"),
            standing.passed,
            _("/ %(all)s 人") % {"all": standing.results},
            at,
            _("每个科目都分别合格的考生。"),
        )
    )
    return figures


def _steps(overview: list[selectors.PartOverview], standing: selectors.Progress) -> list[Step]:
    closed = bool(overview) and all(each.is_closed for each in overview)
    marked = closed and all(each.unmarked == 0 for each in overview)
    drafted = standing.results > 0
    published = drafted and standing.drafted == 0
    done = [closed, marked, drafted, published]
    current = next((place for place, is_done in enumerate(done) if not is_done), len(done))
    labels = [_("考试封存"), _("评分"), _("核算成绩"), _("发布")]
    return [
        Step(label, "done" if done[place] else "current" if place == current else "todo")
        for place, label in enumerate(labels)
    ]


@require_POST
@needs("scoring.mark")
def mark(request: ActorRequest, sitting_id: UUID, part_id: UUID) -> HttpResponse:
    """Mark a part."""
    number = services.mark_part(actor=request.actor, at=now(), part_id=part_id)
    messages.success(request, _("评分完成，新评 %(number)s 份。") % {"number": number})
    return redirect("office:scoring-sitting", sitting_id)


@require_POST
@needs("scoring.mark")
def draft(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """Draft the results."""
    results = services.draft_results(actor=request.actor, at=now(), sitting_id=sitting_id)
    messages.success(request, _("已核算 %(number)s 名考生的成绩，尚未发布。") % {"number": len(results)})
    return redirect("office:scoring-sitting", sitting_id)


@require_http_methods(["GET", "POST"])
@needs("scoring.finalise")
@grave
def finalise(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """Publish: shown before, then done."""
    sitting = sittings.sitting(request.actor, sitting_id)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            results = services.finalise(actor=request.actor, at=now(), sitting_id=sitting_id)
            messages.success(request, _("已发布 %(number)s 名考生的成绩。") % {"number": len(results)})
            return redirect("office:scoring-sitting", sitting_id)
        except Refusal as refused:
            refusal = refused
    standing = selectors.progress_of([sitting_id])[sitting_id]
    does = [
        _("发布 %(number)s 名考生的成绩") % {"number": standing.drafted},
        _("考生可以查询成绩，并收到通知"),
        _("开始计算申请复核的期限"),
    ]
    context = {"sitting": sitting, "standing": standing, "does": does, "refusal": refusal}
    return render(request, "office/scoring/finalise.html", context, status=status_of(refusal) if refusal else 200)


@require_safe
@needs(*SEEING, "scoring.recheck")
def result(request: ActorRequest, result_id: UUID) -> HttpResponse:
    """One candidate's result: each part with its working, and the versions."""
    found = selectors.result(request.actor, result_id)
    marks = selectors.marks_of([found.registration_id]).get(found.registration_id, {})
    round_ = found.registration.sitting.round
    parts = [
        {
            "name": PART_NAMES.get(code, code),
            "kept": kept,
            "outcome": selectors.OUTCOMES.get(kept["outcome"], kept["outcome"]),
            "mark": marks.get(code),
            "sat_on": date.fromisoformat(kept["carried_from"]) if kept["carried_from"] else None,
        }
        for code, kept in sorted(found.parts.items(), key=lambda part: ORDER.index(part[0]))
    ]
    context = {
        "result": found,
        "kind": KIND[found.state],
        "parts": parts,
        "history": selectors.history_of(found),
        "round": round_,
        "level": LEVEL_NAMES[round_.level],
    }
    return render(request, "office/scoring/result.html", context)
