"""One's own results: each part beside its line, the notice on paper, and asking for a recheck in time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.delivery import selectors as delivery
from kaogong.foundation.documents.forms import PartResult, ResultNotice
from kaogong.foundation.documents.typesetting import typeset
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.scoring import selectors, services
from kaogong.sittings.selectors import LEVEL_NAMES, PART_NAMES
from kaogong.web.ui.formats import date_zh
from kaogong.web.ui.refusing import status_of, words_of
from kaogong.web.ui.requests import ActorRequest, signed_in

ORDER = list(PART_NAMES)
WHY_NOT = {
    "late": gettext_lazy("申请复核的期限已过。"),
    "carried": gettext_lazy("保留成绩，不属于本场次。"),
    "objective": gettext_lazy("计算机按标准答案评分，只有零分或缺考才可以申请复核。"),
    "asked": gettext_lazy("已经申请过复核。"),
}


class RecheckForm(forms.Form):
    """Why the mark is doubted."""

    reason = forms.CharField(
        label=gettext_lazy("您认为哪里有差错？"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("复核只查漏评、合分和登分的差错，不重新评判。"),
    )


@require_safe
@signed_in
def index(request: ActorRequest) -> HttpResponse:
    """All results that stand, the latest first."""
    rows = [{"result": each, "parts": _parts(each)} for each in selectors.own_results(request.actor)]
    return render(request, "candidate/results/index.html", {"rows": rows, "levels": LEVEL_NAMES})


@require_safe
@signed_in
def detail(request: ActorRequest, result_id: UUID) -> HttpResponse:
    """One result: the verdict, each part beside its line, and what may be asked."""
    found = selectors.own_result(request.actor, result_id)
    round_ = found.registration.sitting.round
    offers = {offer.part: offer for offer in selectors.recheck_offers(found, now())} if found.state == "final" else {}
    attempt = selectors.disputable(found)
    parts = _parts(found)
    for part in parts:
        offer = offers.get(part["code"])
        part["offer"] = offer
        part["why_not"] = WHY_NOT.get(offer.why_not, "") if offer else ""
    context = {
        "at": now(),
        "result": found,
        "round": round_,
        "level": LEVEL_NAMES[round_.level],
        "parts": parts,
        "deadline": selectors.recheck_deadline(found),
        "history": selectors.history_of(found)[1:] if found.state == "final" else [],
        "sentence": _sentence(found, parts),
        "attempt": attempt,
        "window": selectors.objection_window(attempt, now()) if attempt else None,
    }
    return render(request, "candidate/results/detail.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def recheck(request: ActorRequest, result_id: UUID, part: str) -> HttpResponse:
    """Ask for a recheck of one part."""
    found = selectors.own_result(request.actor, result_id)
    if part not in found.parts:
        raise Http404
    form = RecheckForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            services.request_recheck(actor=request.actor, at=now(), result_id=result_id, part=part, **form.cleaned_data)
            messages.success(request, _("复核申请已提交，结论会通知您。"))
            return redirect("candidate:result", result_id)
        except Refusal as refused:
            refusal = refused
            form.add_error(refused.field if refused.field in form.fields else None, words_of(refused))
    context = {
        "result": found,
        "part_name": PART_NAMES.get(part, part),
        "kept": found.parts[part],
        "form": form,
        "refusal": refusal,
        "deadline": selectors.recheck_deadline(found),
    }
    return render(request, "candidate/results/recheck.html", context, status=status_of(refusal) if refusal else 200)


@require_safe
@signed_in
def notice(request: ActorRequest, result_id: UUID) -> HttpResponse:
    """The result notice on paper."""
    found = selectors.own_result(request.actor, result_id)
    sitting = found.registration.sitting
    ticket = delivery.tickets_of([found.registration_id]).get(found.registration_id, "")
    until = found.recheck_until
    form = ResultNotice(
        body=sitting.round.organisation.name,
        round_title=sitting.round.name,
        name=found.registration.legal_name,
        masked_id_number=found.registration.person.document_masked,
        ticket_number=ticket,
        occupation=sitting.round.occupation_name,
        level=LEVEL_NAMES[sitting.round.level],
        parts=tuple(
            PartResult(
                part=part["name"],
                mark=Decimal(part["mark"]) if part["is_marked"] else None,
                pass_mark=Decimal(part["pass_mark"]),
                verdict=f"{part['word']}（{_kept(part['sat_on'])}）" if part["sat_on"] else part["word"],
                tone="done" if part["is_passed"] else "stopped",
            )
            for part in _parts(found)
        ),
        verdict="合格" if found.is_passed else "不合格",
        tone="done" if found.is_passed else "stopped",
        published_at=found.published_at or now(),
        notes=(
            "各科目分别达到合格线为合格，成绩不平均、不折抵、不进位。",
            *((f"对成绩有疑问的，可在 {date_zh(until)} 前申请复核。",) if until else ()),
        ),
    )
    document = typeset(form, at=found.published_at)
    response = HttpResponse(document.pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="result-notice.pdf"'
    return response


def _parts(result: Any) -> list[dict[str, Any]]:
    """Every part in words: its name, mark, line and verdict."""
    return [
        {
            "code": code,
            "name": PART_NAMES.get(code, code),
            "mark": kept["mark"],
            "pass_mark": kept["pass_mark"],
            "outcome_code": kept["outcome"],
            "outcome": selectors.OUTCOMES.get(kept["outcome"], ""),
            "is_passed": kept["is_passed"],
            "is_marked": bool(kept["mark"]) and kept["outcome"] in {"scored", "carried"},
            "sat_on": _sat_on(kept),
            "word": _word(kept),
        }
        for code, kept in sorted(result.parts.items(), key=lambda part: ORDER.index(part[0]))
    ]


def _word(kept: dict[str, Any]) -> str:
    if kept["outcome"] == "scored":
        return _("合格") if kept["is_passed"] else _("未达合格线")
    return str(selectors.OUTCOMES.get(kept["outcome"], ""))


def _sat_on(kept: dict[str, Any]) -> date | None:
    """The day of the earlier sitting that a kept mark comes from."""
    return date.fromisoformat(kept["carried_from"]) if kept["carried_from"] else None


def _kept(sat_on: date) -> str:
    return _("%(day)s考") % {"day": date_zh(sat_on)}


def _sentence(result: Any, parts: list[dict[str, Any]]) -> str:
    if result.is_passed:
        return _("各科目都达到合格线。证书核发后在“我的证书”查看。")
    failed = "、".join(part["name"] for part in parts if not part["is_passed"])
    return _("%(parts)s未合格。合格的科目在保留期内不用重考。") % {"parts": failed}
