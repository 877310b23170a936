"""Rechecks in the office: the queue, the case with its evidence, the decision."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaogong.delivery import selectors as delivery
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.scoring import selectors, services
from kaogong.sittings.selectors import PART_NAMES
from kaogong.web.office.listing import export, minute_of, tell
from kaogong.web.ui.formats import date_zh
from kaogong.web.ui.phrases import said
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, grave, needs
from kaogong.web.ui.shapes import Case, Kind

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kaogong.scoring.models import Recheck


KIND: dict[str, Kind] = {"requested": "waiting", "upheld": "neutral", "corrected": "done"}
QUEUE = 40


class UpholdForm(forms.Form):
    """What was found, and the mark stands."""

    finding = forms.CharField(label=gettext_lazy("复核结论"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class CorrectForm(forms.Form):
    """What kind of error, what was found, and the right mark; for the skill part by its sheets."""

    kind = forms.ChoiceField(label=gettext_lazy("差错类型"), choices=[*selectors.ERRORS.items()])
    finding = forms.CharField(label=gettext_lazy("复核结论"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    value = forms.DecimalField(
        label=gettext_lazy("更正后的成绩"),
        required=False,
        max_digits=5,
        decimal_places=2,
        help_text=gettext_lazy("改了下面的评分表合计时不必填，系统重新计算。"),
    )

    def __init__(self, *args: Any, sheets: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheets = sheets
        for sheet in sheets:
            label = _("%(examiner)s · %(module)s 合计") % {
                "examiner": sheet.examiner.person.name,
                "module": sheet.draw.task.module_name,
            }
            self.fields[f"sheet-{sheet.pk}"] = forms.DecimalField(
                label=label, required=False, max_digits=5, decimal_places=2, help_text=f"{_('签字时')} {sheet.total}"
            )

    @property
    def sheet_fields(self) -> list[Any]:
        """The fields of the sheets' totals, for the folded part of the form."""
        return [self[f"sheet-{sheet.pk}"] for sheet in self.sheets]

    @property
    def totals_typed(self) -> bool:
        """Whether a sheet's total was typed: the folded part then stays open."""
        return any(self.data.get(field.html_name) for field in self.sheet_fields)

    def totals(self) -> dict[UUID, Decimal]:
        """The totals that were typed and differ from what was signed."""
        typed = {sheet: self.cleaned_data.get(f"sheet-{sheet.pk}") for sheet in self.sheets}
        return {sheet.pk: total for sheet, total in typed.items() if total is not None and total != sheet.total}


@require_safe
@needs("scoring.recheck", "scoring.see")
def index(request: ActorRequest) -> HttpResponse:
    """The queue; the first that waits is opened beside it. `?export=` takes all of them away."""
    if kind := request.GET.get("export", ""):
        return _exported(kind, selectors.rechecks_for(request.actor, "scoring.recheck", "scoring.see"))
    waiting = selectors.rechecks_for(request.actor, "scoring.recheck", "scoring.see").filter(state="requested").first()
    if waiting is not None:
        return _case(request, waiting.pk)
    return render(request, "office/rechecks/case.html", {"cases": _queue(request, None), "recheck": None})


def _exported(kind: str, rows: QuerySet[Recheck]) -> HttpResponse:
    heads = [
        _("报名号"),
        _("姓名"),
        _("科目"),
        _("申请理由"),
        _("申请时间"),
        _("答复期限"),
        _("状态"),
        _("差错类型"),
        _("复核结论"),
        _("复核人"),
        _("办结时间"),
    ]
    cells = (
        (
            row.result.registration.number,
            row.result.registration.legal_name,
            said(PART_NAMES.get(row.part, row.part)),
            row.reason,
            minute_of(row.requested_at),
            row.answer_until.isoformat(),
            row.state_label,
            row.get_kind_display(),
            row.finding,
            row.decided_by_name,
            minute_of(row.decided_at),
        )
        for row in rows.order_by("requested_at", "pk")
    )
    return export(kind, "rechecks", heads, cells)


@require_safe
@needs("scoring.recheck", "scoring.see")
def case(request: ActorRequest, recheck_id: UUID) -> HttpResponse:
    """One recheck."""
    return _case(request, recheck_id)


def _case(request: ActorRequest, recheck_id: UUID, **more: Any) -> HttpResponse:
    found = selectors.recheck(request.actor, recheck_id)
    mark = selectors.marks_of([found.result.registration_id]).get(found.result.registration_id, {}).get(found.part)
    sheets = delivery.score_sheets(mark.attempt_id) if mark else []
    context = {
        "recheck": found,
        "kind": KIND[found.state],
        "cases": _queue(request, recheck_id),
        "part_name": PART_NAMES.get(found.part, found.part),
        "kept": found.result.parts[found.part],
        "outcome": selectors.OUTCOMES.get(found.result.parts[found.part]["outcome"], ""),
        "mark": mark,
        "sheets": sheets,
        "is_overdue": found.state == "requested" and found.answer_until < localdate(),
        "uphold_form": UpholdForm(prefix="uphold"),
        "correct_form": CorrectForm(prefix="correct", sheets=sheets),
    }
    refusal = more.get("refusal")
    status = status_of(refusal) if refusal else (422 if more else 200)
    return render(request, "office/rechecks/case.html", context | more, status=status)


def _queue(request: ActorRequest, current: UUID | None) -> list[Case]:
    rows = selectors.rechecks_for(request.actor, "scoring.recheck", "scoring.see")
    ordered = [*rows.filter(state="requested")[:QUEUE], *rows.exclude(state="requested").order_by("-decided_at")[:10]]
    return [
        Case(
            f"{row.result.registration.legal_name} · {said(PART_NAMES.get(row.part, row.part))}",
            reverse("office:recheck", args=[row.pk]),
            _("%(day)s 前答复") % {"day": date_zh(row.answer_until)} if row.state == "requested" else "",
            KIND[row.state],
            row.state_label,
            row.pk == current,
        )
        for row in ordered
    ]


@require_POST
@needs("scoring.recheck")
def uphold(request: ActorRequest, recheck_id: UUID) -> HttpResponse:
    """The mark stands."""
    form = UpholdForm(request.POST, prefix="uphold")
    if not form.is_valid():
        return _case(request, recheck_id, uphold_form=form)
    try:
        services.uphold(actor=request.actor, at=now(), recheck_id=recheck_id, finding=form.cleaned_data["finding"])
    except Refusal as refusal:
        tell(form, refusal)
        return _case(request, recheck_id, uphold_form=form, refusal=refusal)
    messages.success(request, _("已维持原成绩，并通知考生。"))
    return redirect("office:recheck", recheck_id)


@require_POST
@needs("scoring.recheck")
@grave
def correct(request: ActorRequest, recheck_id: UUID) -> HttpResponse:
    """An error was found."""
    found = selectors.recheck(request.actor, recheck_id)
    mark = selectors.marks_of([found.result.registration_id]).get(found.result.registration_id, {}).get(found.part)
    form = CorrectForm(request.POST, prefix="correct", sheets=delivery.score_sheets(mark.attempt_id) if mark else [])
    if not form.is_valid():
        return _case(request, recheck_id, correct_form=form)
    try:
        services.correct(
            actor=request.actor,
            at=now(),
            recheck_id=recheck_id,
            kind=form.cleaned_data["kind"],
            finding=form.cleaned_data["finding"],
            value=form.cleaned_data["value"],
            sheet_totals=form.totals(),
        )
    except Refusal as refusal:
        tell(form, refusal)
        return _case(request, recheck_id, correct_form=form, refusal=refusal)
    messages.success(request, _("已更正，形成新的成绩，并通知考生。"))
    return redirect("office:recheck", recheck_id)
