"""Blueprints: how well the bank covers one, drafting from a points file, approval."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors, services
from kaogong.regulations import selectors as regulations
from kaogong.standards import selectors as standards
from kaogong.web.office.listing import export, page_of, tell
from kaogong.web.office.views.bank.words import BANK_POWERS, BLUEPRINT_KIND, told
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Chart, Figure, Filter, Series

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kaogong.itembank.models import Blueprint, Point

LARGEST = 1024 * 1024


class PointsForm(forms.Form):
    """A points file for a level of a standard."""

    standard = forms.ChoiceField(label=gettext_lazy("职业技能标准"))
    level = forms.TypedChoiceField(
        label=gettext_lazy("等级"), coerce=int, choices=[(level, level_name(level)) for level in (5, 4, 3, 2, 1)]
    )
    title = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    norm = forms.ChoiceField(label=gettext_lazy("建库标准"), choices=selectors.NORMS, required=False)
    file = forms.FileField(
        label=gettext_lazy("鉴定点文件"),
        help_text=gettext_lazy(
            "CSV（UTF-8），每行一个鉴定点，列名为 range1_code、range1_name、…、point、name、importance。"
        ),
        widget=forms.FileInput(attrs={"accept": ".csv"}),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["standard"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_file(self) -> list[dict[str, str]]:
        """The rows of the file by column name."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("文件超过 1 MB。"))
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise forms.ValidationError(_("文件不是 UTF-8 编码。")) from problem
        return [{key or "": value or "" for key, value in row.items()} for row in csv.DictReader(io.StringIO(text))]


@require_safe
@needs(*BANK_POWERS)
def coverage(request: ActorRequest) -> HttpResponse:
    """How well the bank covers the chosen blueprint: points and items by range, as a table and a chart."""
    choices = list(selectors.blueprints_for(request.actor).exclude(state="retired"))
    wanted = request.GET.get("blueprint", "")
    found = next((each for each in choices if str(each.pk) == wanted), None)
    found = found or next((each for each in choices if each.state == "approved"), choices[0] if choices else None)
    context: dict[str, object] = {
        "filters": [Filter("blueprint", _("细目表"), [(str(each.pk), each.title) for each in choices])],
        "choices": choices,
        "found": found,
    }
    if found is not None:
        covered = selectors.coverage(found)
        context |= {"coverage": covered, "rows": _rows(covered), "figures": _figures(found, covered)}
        context |= {"chart": _chart(covered), "as_of": now()}
    return render(request, "office/bank/coverage.html", context)


def _rows(covered: selectors.Coverage) -> list[dict[str, object]]:
    return [
        {
            "range": each.range,
            "code": "-".join(each.range.codes),
            "points": each.point_count,
            "mix": [each.points.get(importance, 0) for importance in selectors.IMPORTANCES],
            "empty": each.point_count - each.points_in_use,
            "single": each.in_use("single"),
            "truefalse": each.in_use("truefalse"),
            "waiting": each.waiting,
        }
        for each in covered.ranges
    ]


def _figures(found: selectors.Blueprint, covered: selectors.Coverage) -> list[Figure]:
    per_point = regulations.provision("itembank.items_per_point", on=localdate(), occupation_code=found.occupation_code)
    items = covered.items_in_use
    average = f"{items / covered.point_count:.1f}" if covered.point_count else "0"
    at = now()
    return [
        Figure(_("鉴定点"), covered.point_count, _("个"), at, _("细目表的最小单位；一份试卷在一个点上至多一题。")),
        Figure(_("在用试题"), items, _("道"), at, _("经审题、终审，试卷可以选用的试题。")),
        Figure(
            _("平均每点"),
            average,
            _("道"),
            at,
            _("%(clause)s：每个鉴定点应不少于 %(value)s 道（%(certainty)s）。")
            % {
                "clause": per_point.title,
                "value": per_point.value,
                "certainty": _(regulations.CERTAINTY[per_point.certainty]),
            },
        ),
        Figure(_("没有在用试题的点"), covered.empty_points, _("个"), at, _("这些鉴定点眼下不会被任何试卷抽到。")),
        Figure(_("未归入鉴定点"), covered.unbound, _("道"), at, _("还没有归入鉴定点的草稿，试卷不能选用。")),
    ]


def _chart(covered: selectors.Coverage) -> Chart:
    names = [each.range.name for each in covered.ranges]
    return Chart(
        form="stacked",
        categories=names,
        series=[
            Series(_("单项选择题"), [each.in_use("single") for each in covered.ranges]),
            Series(_("判断题"), [each.in_use("truefalse") for each in covered.ranges]),
            Series(_("待审"), [each.waiting for each in covered.ranges]),
        ],
        unit=_("道"),
        category_label=_("鉴定范围"),
    )


@require_safe
@needs(*BANK_POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """All blueprints, drafts and retired ones among them."""
    page = page_of(request, selectors.blueprints_for(request.actor))
    cells = [(each, BLUEPRINT_KIND[each.state], _(selectors.BLUEPRINT.states[each.state])) for each in page]
    context = {"page": page, "cells": cells, "may_write": request.actor.may("itembank.write")}
    return render(request, "office/bank/blueprints.html", context)


@require_http_methods(["GET", "POST"])
@needs("itembank.write")
def draft(request: ActorRequest) -> HttpResponse:
    """Draft a blueprint from a points file; what cannot be read comes back as a list with lines."""
    published = standards.standards_for(request.actor).filter(state="published")
    choices = [(str(each.pk), each.title) for each in published]
    form = PointsForm(request.POST or None, request.FILES or None, choices=choices)
    problems: list[selectors.Problem] = []
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            made = services.draft_blueprint(
                actor=request.actor,
                at=now(),
                standard_id=UUID(entered["standard"]),
                level=entered["level"],
                title=entered["title"],
                norm=entered["norm"] or selectors.NORMS[0][0],
                rows=entered["file"],
            )
            return redirect("office:blueprint", blueprint_id=made.pk)
        except services.BlueprintUnreadable as refusal:
            problems = refusal.problems
            tell(form, refusal)
        except Refusal as refusal:
            tell(form, refusal)
    status = 422 if form.errors else 200
    return render(request, "office/bank/blueprint_new.html", {"form": form, "problems": told(problems)}, status=status)


@require_safe
@needs(*BANK_POWERS)
def detail(request: ActorRequest, blueprint_id: UUID) -> HttpResponse:
    """One blueprint: what it must satisfy, what keeps it from approval, and its points."""
    found = selectors.blueprint(request.actor, blueprint_id)
    required = selectors.requirements_on(localdate(), found.occupation_code, found.norm)
    points = selectors.points_of(found.pk)
    if text := request.GET.get("q", "").strip():
        points = points.filter(name__icontains=text)
    if (importance := request.GET.get("importance", "")) in selectors.IMPORTANCES:
        points = points.filter(importance=importance)
    if kind := request.GET.get("export", ""):
        return _exported(kind, found, points, request.GET.get("dialect", ""))
    context = {
        "blueprint": found,
        "kind": BLUEPRINT_KIND[found.state],
        "word": _(selectors.BLUEPRINT.states[found.state]),
        "required": list(required.values()),
        "certainty": regulations.CERTAINTY,
        "problems": told(selectors.blueprint_faults(found, localdate())),
        "impact": selectors.impact_of(found),
        "dialects": list(selectors.DIALECTS.items()),
        "page": page_of(request, points, per_page=50),
        "filters": [Filter("importance", _("重要程度"), list(selectors.IMPORTANCE.items()))],
        "may_approve": request.actor.may("itembank.approve") and found.state == "drafted",
    }
    return render(request, "office/bank/blueprint.html", context)


@require_http_methods(["GET", "POST"])
@needs("itembank.approve")
def approve(request: ActorRequest, blueprint_id: UUID) -> HttpResponse:
    """Say what approval does, then do it."""
    found = selectors.blueprint(request.actor, blueprint_id)
    if request.method == "POST":
        follow = [code.split("-") for code in request.POST.getlist("follow")]
        services.approve_blueprint(actor=request.actor, at=now(), blueprint_id=found.pk, follow=follow)
        return redirect("office:blueprint", blueprint_id=found.pk)
    impact = selectors.impact_of(found)
    does = [
        _("此后该职业该等级的试卷按这份细目表抽题。"),
        _("同一标准同一等级的现行细目表同时停用；已组成的试卷不受影响。"),
    ]
    if impact is not None:
        does += [
            _("%(count)d 道试题随鉴定点归入本表，状态不变。") % {"count": impact.following},
            _("%(count)d 道试题的鉴定点已经取消：留在原表，新试卷不再选用。") % {"count": impact.left_behind},
        ]
        if impact.papers:
            does.append(_("按原表封存、尚未启用的试卷有 %(count)d 份，仍可使用。") % {"count": impact.papers})
    context = {"blueprint": found, "does": does, "impact": impact}
    return render(request, "office/bank/blueprint_approve.html", context)


def _exported(kind: str, found: Blueprint, points: QuerySet[Point], dialect: str) -> HttpResponse:
    """The points with their codes in one of the dialects that other banks read."""
    dialect = dialect if dialect in selectors.DIALECTS else "letters"
    heads = [_("代码"), _("鉴定点"), _("重要程度"), _("组卷范围"), _("鉴定范围")]
    cells = (
        (
            selectors.spell(tuple(point.codes), dialect),
            point.name,
            point.importance,
            point.weighted_range.name if point.weighted_range else "",
            point.range.name,
        )
        for point in points
    )
    return export(kind, f"blueprint-{found.occupation_code}-{found.level}", heads, cells)
