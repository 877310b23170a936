"""Objections to questions in the office: the list, the case, the ruling, the re-scoring that another person signs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaogong.certificates import selectors as certificates
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors as itembank
from kaogong.scoring import selectors, services
from kaogong.sittings.selectors import LEVEL_NAMES
from kaogong.web.office.listing import export, minute_of, page_of, sorted_by, tell
from kaogong.web.office.views.bank.items import question_of
from kaogong.web.ui.phrases import said
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, grave, needs
from kaogong.web.ui.shapes import Figure, Filter, Kind

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kaogong.scoring.models import Dispute

KIND: dict[str, Kind] = {"open": "waiting", "dismissed": "neutral", "upheld": "active", "rescored": "done"}
SEEING = ("scoring.decide_objection", "scoring.finalise")
SORTS = {"number": "number", "until": "answer_until", "opened": "opened_at"}
EFFECTS = [
    ("key", gettext_lazy("更正答案：只有新答案算对")),
    ("several", gettext_lazy("几个答案都算对")),
    ("void", gettext_lazy("整题作废：按规则全体给分或不计此题")),
]


class DismissForm(forms.Form):
    """Why the question stands."""

    reason = forms.CharField(
        label=gettext_lazy("裁定理由"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("理由会公布，请不要写出题目内容和答案。"),
    )


class UpholdForm(DismissForm):
    """What the fault does to the marks, and why."""

    effect = forms.ChoiceField(label=gettext_lazy("处理办法"), choices=EFFECTS)
    answers = forms.CharField(
        label=gettext_lazy("算对的答案"),
        max_length=400,
        required=False,
        help_text=gettext_lazy(
            "选择题填字母，几个答案用空格隔开（多项选择题的一个答案如 ABD）；判断题填 T 或 F。整题作废不填。"
        ),
    )

    field_order = ("effect", "answers", "reason")

    def accepted(self, kind: str) -> list[str]:
        """The answers typed: of a fill-in question the whole text is one, its gaps on lines."""
        typed = str(self.cleaned_data["answers"])
        return [typed] if kind == "fillin" else [each.upper() for each in re.split(r"[\s,，、]+", typed) if each]


@require_safe
@needs(*SEEING)
def index(request: ActorRequest) -> HttpResponse:
    """Disputed questions, those that wait first; `?export=` takes all that were found away."""
    rows = selectors.disputes_for(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(
            Q(number__icontains=text) | Q(round__name__icontains=text) | Q(round__occupation_name__icontains=text)
        )
    if (state := request.GET.get("state", "")) in selectors.DISPUTE.states:
        rows = rows.filter(state=state)
    rows = sorted_by(request, rows, SORTS)
    if kind := request.GET.get("export", ""):
        return _exported(kind, rows)
    page = page_of(request, rows)
    today = localdate()
    for row in page:
        row.kind = KIND[row.state]  # type: ignore[attr-defined]  # for the page
        row.is_overdue = row.state == "open" and row.answer_until < today  # type: ignore[attr-defined]  # for the page
    filters = [Filter("state", _("状态"), [(key, str(said(word))) for key, word in selectors.DISPUTE.states.items()])]
    return render(request, "office/objections/index.html", {"page": page, "filters": filters})


def _exported(kind: str, rows: QuerySet[Dispute]) -> HttpResponse:
    heads = [
        _("编号"),
        _("批次"),
        _("职业"),
        _("等级"),
        _("提出人数"),
        _("状态"),
        _("处理办法"),
        _("裁定理由"),
        _("裁定人"),
        _("裁定时间"),
        _("成绩变动"),
    ]
    cells = (
        (
            row.number,
            row.round.name,
            row.round.occupation_name,
            said(LEVEL_NAMES[row.round.level]),
            row.objections,  # type: ignore[attr-defined]  # annotated by disputes_for
            said(row.state_label),
            said(row.get_effect_display()),
            row.reason,
            row.decided_by_name,
            minute_of(row.decided_at),
            row.counts.get("changed", ""),
        )
        for row in rows
    )
    return export(kind, "objections", heads, cells)


@require_safe
@needs(*SEEING)
def case(request: ActorRequest, dispute_id: UUID) -> HttpResponse:
    """One disputed question: what was said, how it was answered, the ruling; its content stays closed."""
    return _case(request, selectors.dispute(request.actor, dispute_id))


@require_POST
@needs("scoring.decide_objection")
def opened(request: ActorRequest, dispute_id: UUID) -> HttpResponse:
    """Open the question: the trail says who did."""
    found = selectors.dispute(request.actor, dispute_id)
    try:
        view = services.open_disputed(actor=request.actor, at=now(), dispute_id=dispute_id)
    except Refusal as refusal:
        return _case(request, found, refusal=refusal)
    return _case(request, found, question=question_of(view.content), item=view.item)


@require_POST
@needs("scoring.decide_objection")
@grave
def dismiss(request: ActorRequest, dispute_id: UUID) -> HttpResponse:
    """The question is sound."""
    found = selectors.dispute(request.actor, dispute_id)
    form = DismissForm(request.POST, prefix="dismiss")
    if not form.is_valid():
        return _case(request, found, dismiss_form=form)
    try:
        reason = form.cleaned_data["reason"]
        services.dismiss_objections(actor=request.actor, at=now(), dispute_id=dispute_id, reason=reason)
    except Refusal as refusal:
        tell(form, refusal)
        return _case(request, found, dismiss_form=form, refusal=refusal)
    messages.success(request, _("已裁定异议不成立，理由已公布并通知提出人。"))
    return redirect("office:objection", dispute_id)


@require_POST
@needs("scoring.decide_objection")
@grave
def uphold(request: ActorRequest, dispute_id: UUID) -> HttpResponse:
    """The question is faulty."""
    found = selectors.dispute(request.actor, dispute_id)
    form = UpholdForm(request.POST, prefix="uphold")
    if not form.is_valid():
        return _case(request, found, uphold_form=form)
    try:
        services.uphold_objections(
            actor=request.actor,
            at=now(),
            dispute_id=dispute_id,
            effect=form.cleaned_data["effect"],
            reason=form.cleaned_data["reason"],
            answers=form.accepted(found.version.type),
        )
    except Refusal as refusal:
        tell(form, refusal)
        return _case(request, found, uphold_form=form, refusal=refusal)
    messages.success(request, _("已裁定异议成立，试题已停用；请由成绩管理人员办理重新评分。"))
    return redirect("office:objection", dispute_id)


@require_POST
@needs("scoring.finalise")
def rescoring(request: ActorRequest, dispute_id: UUID) -> HttpResponse:
    """Who would change from what to what; the trail says who looked."""
    return _rescoring(request, dispute_id)


def _rescoring(request: ActorRequest, dispute_id: UUID, refused: Refusal | None = None) -> HttpResponse:
    found = selectors.dispute(request.actor, dispute_id)
    try:
        seen = services.preview_rescoring(actor=request.actor, at=now(), dispute_id=dispute_id)
    except Refusal as refusal:
        return _case(request, found, refusal=refusal)
    holders = certificates.of_registrations([change.attempt.registration_id for change in seen.changes])
    context = {
        "dispute": found,
        "seen": seen,
        "counts": seen.counts,
        "figures": _figures(seen.counts),
        "holders": holders,
        "does": [
            _("为 %(n)d 名考生形成新的评分和成绩，原成绩保留备查，并通知本人") % {"n": seen.counts["changed"]},
            _("公布裁定的影响人数"),
        ],
        "refusal": refused,
    }
    status = status_of(refused) if refused else 200
    return render(request, "office/objections/rescoring.html", context, status=status)


@require_POST
@needs("scoring.finalise")
@grave
def rescore(request: ActorRequest, dispute_id: UUID) -> HttpResponse:
    """Sign the list that was seen."""
    try:
        token = request.POST.get("expected", "")
        services.rescore(actor=request.actor, at=now(), dispute_id=dispute_id, expected=token)
    except services.PreviewOutdated as refusal:
        return _rescoring(request, dispute_id, refusal)
    except Refusal as refusal:
        return _case(request, selectors.dispute(request.actor, dispute_id), refusal=refusal)
    messages.success(request, _("已重新评分，新成绩已公布并通知考生。"))
    return redirect("office:objection", dispute_id)


def _case(request: ActorRequest, found: Dispute, **more: Any) -> HttpResponse:
    marks = list(selectors.rescored_marks(found)) if request.actor.holds("scoring.finalise") else []
    decides = found.state == "open" and request.actor.holds("scoring.decide_objection")
    context = {
        "dispute": found,
        "kind": KIND[found.state],
        "type": itembank.TYPES[found.version.type],
        "is_overdue": found.state == "open" and found.answer_until < localdate(),
        "objections": selectors.objections_to(found),
        "given": selectors.answers_given(found),
        "others": selectors.other_rounds_with(found),
        "parts": selectors.parts_touched(found),
        "marks": marks,
        "holders": certificates.of_registrations([mark.registration_id for mark in marks]),
        "figures": _figures(found.counts) if found.state == "rescored" else [],
        "decides": decides,
        "may_sign": found.state == "upheld" and request.actor.holds("scoring.finalise"),
        "dismiss_form": DismissForm(prefix="dismiss"),
        "uphold_form": UpholdForm(prefix="uphold"),
    }
    refusal = more.get("refusal")
    faulty = any(name.endswith("_form") for name in more)
    status = status_of(refusal) if refusal else (422 if faulty else 200)
    return render(request, "office/objections/case.html", context | more, status=status)


def _figures(counts: dict[str, int]) -> list[Figure]:
    at = now()
    rows = [
        (_("成绩变动"), "changed", _("得到新成绩的考生")),
        (_("变为合格"), "to_passed", _("原来不合格、重新评分后合格的考生")),
        (_("变为不合格"), "to_failed", _("原来合格、重新评分后不合格的考生")),
        (_("保持合格"), "kept", _("按裁定会低于合格线、依规则保持原成绩的考生")),
        (_("没有变化"), "unchanged", _("答过这道题、成绩不变的考生")),
    ]
    return [Figure(label, counts.get(key, 0), _("人"), as_of=at, definition=words) for label, key, words in rows]
