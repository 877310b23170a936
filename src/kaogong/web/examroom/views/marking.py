"""The examiner's tablet: whom to mark, one score sheet with big steppers, signed once."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.delivery import selectors, services
from kaogong.foundation.documents import forms as papers
from kaogong.foundation.documents.typesetting import typeset
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.itembank import selectors as bank
from kaogong.itembank import services as itembank
from kaogong.sittings.selectors import LEVEL_NAMES
from kaogong.web.examroom.views.panel import KINDS
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, signed_in


@require_safe
@signed_in
def index(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """The candidates of a practical part, with what the reader still has to sign."""
    part = selectors.part_for(request.actor, part_id)
    attempts = list(selectors.attempts_of(part_id, request.actor))
    draws, own = selectors.draws_of(part_id), selectors.own_sheets(request.actor, part_id)
    tickets = selectors.tickets_of([each.registration_id for each in attempts])
    mine = {duty.room_id for duty in selectors.duties_at(request.actor, part_id) if duty.room_id}
    rows = [
        {
            "attempt": each,
            "kind": KINDS[each.state],
            "word": _("操作中") if each.state == "started" else each.state_label,
            "ticket": tickets.get(each.registration_id, ""),
            "signed": own.get(each.pk, 0),
            "due": len(draws),
            "is_done": own.get(each.pk, 0) >= len(draws) > 0,
        }
        for each in attempts
        if not mine or each.seat.room_id in mine
    ]
    open_ids = {each.pk for each in attempts if each.state in {"started", "present", "expected"}}
    left = sum(own.get(each, 0) < len(draws) for each in open_ids)
    context = {
        "part": part,
        "rows": rows,
        "draws": draws,
        "left": left,
        "may_run": selectors.may_run(request.actor, part),
    }
    return render(request, "examroom/panel/marking.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def sheet(request: ActorRequest, attempt_id: UUID, draw_id: UUID) -> HttpResponse:
    """One score sheet: filled, looked over, signed. Signed ones are shown as they are."""
    attempt = selectors.attempt_for(request.actor, attempt_id)
    due = _due(request, attempt_id, draw_id)
    content = itembank.view_task(actor=request.actor, at=now(), task_id=due.draw.task_id)
    refusal: Refusal | None = None
    given: dict[str, str] = {}
    if request.method == "POST" and due.sheet is None:
        given = {each.code: request.POST.get(f"mark-{each.code}", "").strip() for each in content.criteria}
        try:
            services.sign_score_sheet(
                actor=request.actor,
                at=now(),
                attempt_id=attempt_id,
                draw_id=draw_id,
                marks={code: mark for code, text in given.items() if (mark := _mark(text)) is not None},
                safety_violation=request.POST.get("unsafe") == "on",
                note=request.POST.get("note", ""),
            )
            messages.success(request, _("评分记录表已签字。"))
            return redirect("examroom:marking", attempt.part_id)
        except Refusal as refused:
            refusal = refused
    faults = getattr(refusal, "faults", {})
    kept = due.sheet.marks if due.sheet else given
    rows = [
        {"criterion": each, "mark": kept.get(each.code, ""), "fault": faults.get(each.code)}
        for each in content.criteria
    ]
    context = {
        "attempt": attempt,
        "part": attempt.part,
        "draw": due.draw,
        "sheet": due.sheet,
        "content": content,
        "rows": rows,
        "refusal": refusal,
        "unsafe": request.POST.get("unsafe") == "on",
        "note": request.POST.get("note", ""),
        "ticket": selectors.tickets_of([attempt.registration_id]).get(attempt.registration_id, ""),
        "siblings": selectors.sheets_due(request.actor, attempt_id),
    }
    return render(request, "examroom/panel/sheet.html", context, status=status_of(refusal) if refusal else 200)


@require_safe
@signed_in
def sheet_pdf(request: ActorRequest, attempt_id: UUID, draw_id: UUID) -> HttpResponse:
    """The sheet on paper: filled when signed, empty before: to mark by hand should the tablet fail."""
    attempt = selectors.attempt_for(request.actor, attempt_id)
    due = _due(request, attempt_id, draw_id)
    content = itembank.view_task(actor=request.actor, at=now(), task_id=due.draw.task_id)
    marks = due.sheet.marks if due.sheet else {}
    sitting = attempt.part.sitting
    form = papers.ScoreSheet(
        station=sitting.station.organisation.name,
        round_title=sitting.round.name,
        sitting_title=sitting.number,
        occupation=sitting.round.occupation_name,
        level=LEVEL_NAMES[sitting.round.level],
        task_code=due.draw.task.code,
        task_title=due.draw.task.title,
        minutes=due.draw.task.minutes,
        ticket_number=selectors.tickets_of([attempt.registration_id]).get(attempt.registration_id, ""),
        seat=str(attempt.seat),
        name=None,
        criteria=tuple(
            papers.ScoreCriterion(
                number=str(number),
                requirement=each.text,
                points=each.marks,
                deduction_rule=each.deduction,
                mark=Decimal(marks[each.code]) if each.code in marks else None,
                deducted=each.marks - Decimal(marks[each.code]) if each.code in marks else None,
            )
            for number, each in enumerate(content.criteria, start=1)
        ),
        points_total=content.full_marks,
        mark_total=due.sheet.total if due.sheet else None,
        notes=(content.safety_rule,),
        watermark=bank.watermark(request.actor, now()),
    )
    document = typeset(form, at=now())
    response = HttpResponse(document.pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="score-sheet.pdf"'
    return response


def _due(request: ActorRequest, attempt_id: UUID, draw_id: UUID) -> selectors.SheetDue:
    found = next((each for each in selectors.sheets_due(request.actor, attempt_id) if each.draw.pk == draw_id), None)
    if found is None:
        raise NotFound
    return found


def _mark(text: str) -> Decimal | None:
    """A mark as typed; None for what is no number, so that the service names the row."""
    plain = text.replace("．", ".")
    is_number = plain.replace(".", "", 1).isascii() and plain.replace(".", "", 1).isdecimal() and len(plain) < 8
    return Decimal(plain) if is_number else None
