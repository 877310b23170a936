"""Those on duty: what is theirs today, a part step by step, a room live."""

from __future__ import annotations

from datetime import date
from secrets import randbelow
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.delivery import selectors, services
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors as itembank
from kaogong.sittings import selectors as sittings
from kaogong.sittings.selectors import PART_NAMES
from kaogong.web.ui.refusing import status_of, words_of
from kaogong.web.ui.requests import ActorRequest, signed_in
from kaogong.web.ui.shapes import Kind, Moment, SeatPlace, Step

KINDS: dict[str, Kind] = {
    "expected": "neutral",
    "present": "waiting",
    "started": "active",
    "submitted": "done",
    "sealed": "done",
    "absent": "stopped",
    "late": "stopped",
    "barred": "stopped",
}
ROLES = {
    "leader": gettext_lazy("考评组长"),
    "examiner": gettext_lazy("考评员"),
    "invigilator": gettext_lazy("监考员"),
    "supervisor": gettext_lazy("质量督导员"),
}


class DeliverForm(forms.Form):
    """Which paper goes to the part."""

    paper = forms.ChoiceField(label=gettext_lazy("试卷"), help_text=gettext_lazy("只列出本职业本等级、已封存的试卷。"))

    def __init__(self, *args: Any, papers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["paper"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = papers


class IncidentForm(forms.Form):
    """What went wrong in the room."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    text = forms.CharField(label=gettext_lazy("经过"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, kinds: tuple[str, ...] = selectors.PLAIN_INCIDENTS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind, selectors.INCIDENTS[kind].title) for kind in kinds]


class DoorForm(forms.Form):
    """Whom the invigilator lets in: ticket (scanned or typed) and the end of the document shown."""

    ticket_number = forms.CharField(
        label=gettext_lazy("准考证号"),
        max_length=24,
        help_text=gettext_lazy("扫描或输入；只输末四位也可以。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )
    document_tail = forms.CharField(
        label=gettext_lazy("证件末四位"), max_length=4, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


@require_safe
@signed_in
def home(request: ActorRequest) -> HttpResponse:
    """The parts of a day that are the reader's: on duty, or at her station or in her territory."""
    day = _day(request.GET.get("day", ""))
    rows = [_row(request, part) for part in selectors.parts_on(request.actor, day)]
    coming = selectors.parts_for(request.actor).filter(starts_at__date__gt=day)[:5] if not rows else []
    context = {"day": day, "rows": rows, "coming": coming, "today": localdate(), "part_names": PART_NAMES}
    return render(request, "examroom/panel/home.html", context)


def _day(text: str) -> date:
    """The day asked for; today for none, and for a day that no calendar has."""
    try:
        return parse_date(text) or localdate()
    except ValueError:
        return localdate()


def _row(request: ActorRequest, part: Any) -> dict[str, Any]:
    counts = selectors.part_counts(request.actor, part.pk)
    duties = selectors.duties_at(request.actor, part.pk)
    return {
        "part": part,
        "name": PART_NAMES.get(part.part, part.part),
        "total": sum(counts.values()),
        "inside": counts["present"] + counts["started"] + counts["submitted"] + counts["sealed"],
        "closing": selectors.closing_of(part.pk),
        "roles": [str(ROLES[duty.role]) for duty in duties],
        "marks": part.part == "skill" and any(duty.role in {"leader", "examiner"} for duty in duties),
    }


@require_safe
@signed_in
def part(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """A part from the paper's delivery to its closing: what is done, what is next, the rooms, what happened."""
    found = selectors.part_for(request.actor, part_id)
    return render(request, "examroom/panel/part.html", _part_context(request, found))


def _part_context(request: ActorRequest, found: Any, **more: Any) -> dict[str, Any]:
    counts = selectors.part_counts(request.actor, found.pk)
    copies = list(selectors.copies_of(found.pk, request.actor))
    draws = selectors.draws_of(found.pk)
    closing = selectors.closing_of(found.pk)
    is_theory = found.part == "theory"
    custody = selectors.custody_of(found.pk, request.actor) if is_theory else None
    at = now()
    context = {
        "part": found,
        "name": PART_NAMES.get(found.part, found.part),
        "sitting": found.sitting,
        "counts": counts,
        "states": [
            (selectors.ATTEMPT.states[state], number, KINDS[state]) for state, number in counts.items() if number
        ],
        "total": sum(counts.values()),
        "copies": copies,
        "draws": draws,
        "closing": closing,
        "is_theory": is_theory,
        "custody": custody,
        "handed": selectors.handed_in(custody) if custody else 0,
        "steps": _steps(found, copies, draws, counts, closing),
        "rooms": selectors.rooms_for(request.actor, found),
        "waves": range(1, found.waves + 1),
        "may_run": selectors.may_run(request.actor, found) and closing is None,
        "may_deliver": sittings.may(request.actor, "delivery.deliver", found.sitting) and closing is None,
        "is_due": found.starts_at <= at,
        "released": bool(copies) and all(copy.released_at for copy in copies),
        "moments": [moment_of(each) for each in selectors.incidents_of(found.pk, request.actor)[:50]],
        "marks": found.part == "skill" and bool(selectors.duties_at(request.actor, found.pk)),
        "at": at,
        "incident_form": IncidentForm(),
    }
    if draws:
        context["prints_preparation"] = selectors.may_run(request.actor, found) or context["may_deliver"]
        context["preparation_since"] = selectors.preparation_since(found)
        context["open_draws"] = [each for each in draws if itembank.may_open_task(request.actor, each.task_id, at)]
    if is_theory and context["may_deliver"]:
        context["deliver_form"] = DeliverForm(papers=_papers(request, found))
    return context | more


def _papers(request: ActorRequest, found: Any) -> list[tuple[str, str]]:
    round_ = found.sitting.round
    papers = itembank.papers_for(request.actor).filter(occupation_code=round_.occupation_code, level=round_.level)
    return [(str(paper.pk), paper.number) for paper in papers.exclude(state="void")]


def _steps(found: Any, copies: list[Any], draws: list[Any], counts: dict[str, int], closing: Any) -> list[Step]:
    prepared = bool(copies) if found.part == "theory" else bool(draws)
    opened = sum(counts.values()) > 0
    began = (
        bool(copies) and all(copy.released_at for copy in copies) if found.part == "theory" else counts["started"] > 0
    )
    done = [prepared, opened, began or closing is not None, closing is not None]
    labels = [
        _("下发试卷") if found.part == "theory" else _("抽取试题"),
        _("开放签到"),
        _("启封开考") if found.part == "theory" else _("开始操作"),
        _("结束封存"),
    ]
    current = next((place for place, is_done in enumerate(done) if not is_done), len(done))
    return [
        Step(label, "done" if done[place] else "current" if place == current else "todo")
        for place, label in enumerate(labels)
    ]


def moment_of(incident: Any) -> Moment:
    """An incident as a line of the timeline."""
    kind = selectors.INCIDENTS.get(incident.kind)
    who = f"{incident.attempt.registration.legal_name}：" if incident.attempt else ""
    tone: Kind = "stopped" if kind and kind.bars else "waiting"
    return Moment(
        incident.happened_at, kind.title if kind else incident.kind, f"{who}{incident.text}", incident.recorded_by, tone
    )


@require_POST
@signed_in
def deliver(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """Deliver a paper under lock."""
    found = selectors.part_for(request.actor, part_id)
    form = DeliverForm(request.POST, papers=_papers(request, found))
    if not form.is_valid():
        return render(request, "examroom/panel/part.html", _part_context(request, found, deliver_form=form), status=422)
    services.deliver_paper(actor=request.actor, at=now(), part_id=part_id, paper_id=UUID(form.cleaned_data["paper"]))
    messages.success(request, _("试卷已加密下发，开考时启封。"))
    return redirect("examroom:part", part_id)


@require_POST
@signed_in
def draw(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """Draw the practical tasks by a seed, given or thrown now."""
    text = request.POST.get("seed", "").strip()
    seed = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else randbelow(1_000_000)
    services.draw_tasks(actor=request.actor, at=now(), part_id=part_id, seed=seed)
    messages.success(request, _("试题已抽定，种子 %(seed)s。") % {"seed": seed})
    return redirect("examroom:part", part_id)


@require_POST
@signed_in
def preparation_pdf(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """The preparation notice of the drawn tasks, on POST: every copy is a line in the trail."""
    document = services.print_preparation(actor=request.actor, at=now(), part_id=part_id)
    return _pdf(document.pdf, "preparation")


@require_POST
@signed_in
def drawn_pdf(request: ActorRequest, part_id: UUID, draw_id: UUID, paper: str) -> HttpResponse:
    """The task sheet or score sheet of a drawn task, on POST: every copy is a line in the trail."""
    document = services.print_drawn(actor=request.actor, at=now(), part_id=part_id, draw_id=draw_id, paper=paper)
    return _pdf(document.pdf, f"task-{paper}")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


@require_POST
@signed_in
def open_room(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """Open the rooms of a part for checking in."""
    number = services.open_room(actor=request.actor, at=now(), part_id=part_id)
    messages.success(request, _("考场已开放，共 %(number)s 名考生。") % {"number": number})
    return redirect("examroom:part", part_id)


@require_POST
@signed_in
def release(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """Release the papers whose hour has come."""
    services.release_papers(actor=request.actor, at=now(), part_id=part_id)
    messages.success(request, _("试卷已启封，考生可以开始作答。"))
    return redirect("examroom:part", part_id)


@require_POST
@signed_in
def incident(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """Write down what went wrong in the room."""
    found = selectors.part_for(request.actor, part_id)
    form = IncidentForm(request.POST)
    if not form.is_valid():
        return render(
            request, "examroom/panel/part.html", _part_context(request, found, incident_form=form), status=422
        )
    services.record_incident(actor=request.actor, at=now(), part_id=part_id, **form.cleaned_data)
    messages.success(request, _("情况已登记。"))
    return redirect("examroom:part", part_id)


@require_http_methods(["GET", "POST"])
@signed_in
def close(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """Close a part: shown before, then done."""
    found = selectors.part_for(request.actor, part_id)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            services.close_part(actor=request.actor, at=now(), part_id=part_id)
            messages.success(request, _("考试已结束，作答全部封存。"))
            return redirect("examroom:part", part_id)
        except Refusal as refused:
            refusal = refused
    counts = selectors.part_counts(request.actor, part_id)
    absent, busy = counts["expected"] + counts["present"], counts["started"]
    does = [_("%(number)s 人未到场或未开始的，登记为缺考") % {"number": absent}] if absent else []
    if busy:
        does.append(_("%(number)s 人仍在作答的，按已保存的内容交卷") % {"number": busy})
    does.append(_("全部作答封存，考场关闭"))
    context = {"part": found, "name": PART_NAMES.get(found.part, found.part), "does": does, "refusal": refusal}
    return render(request, "examroom/panel/close.html", context, status=status_of(refusal) if refusal else 200)


@require_safe
@signed_in
def room(request: ActorRequest, part_id: UUID, room_id: UUID) -> HttpResponse:
    """A room: the code for the machines, the door, the seats as they are now."""
    return render(request, "examroom/panel/room.html", _room_context(request, part_id, room_id) | {"form": DoorForm()})


@require_safe
@signed_in
def room_live(request: ActorRequest, part_id: UUID, room_id: UUID) -> HttpResponse:
    """The part of the room's page that renews itself."""
    return render(request, "examroom/panel/room_live.html", _room_context(request, part_id, room_id))


@require_POST
@signed_in
def door(request: ActorRequest, part_id: UUID, room_id: UUID) -> HttpResponse:
    """Check somebody in by ticket and document; the answer stays beside the form, ready for the next."""
    form, said, refusal = DoorForm(request.POST), "", None
    if form.is_valid():
        try:
            attempt = _attempt_of(request, part_id, room_id, form.cleaned_data["ticket_number"].strip())
            done = services.check_in(
                actor=request.actor,
                at=now(),
                attempt_id=attempt.pk,
                document_tail=form.cleaned_data["document_tail"],
            )
            said = _("%(name)s 已签到，%(seat)s 号座位。") % {
                "name": done.registration.legal_name,
                "seat": done.seat,
            }
            form = DoorForm()
        except Refusal as refused:
            refusal = refused
            form.add_error(None, words_of(refused))
    context = _room_context(request, part_id, room_id) | {"form": form, "said": said, "refusal": refusal}
    template = "examroom/panel/room_door.html" if request.headers.get("HX-Request") else "examroom/panel/room.html"
    return render(request, template, context, status=status_of(refusal) if refusal else 200)


def _attempt_of(request: ActorRequest, part_id: UUID, room_id: UUID, typed: str) -> Any:
    """By the whole ticket number, or by its last four digits within this room."""
    if len(typed) > 4:
        return selectors.attempt_by_ticket(request.actor, part_id, typed)
    here = list(selectors.attempts_of(part_id, request.actor).filter(seat__room=room_id))
    tickets = selectors.tickets_of([each.registration_id for each in here])
    found = [each for each in here if typed and tickets.get(each.registration_id, "").endswith(typed)]
    number = tickets.get(found[0].registration_id, "") if len(found) == 1 else typed
    return selectors.attempt_by_ticket(request.actor, part_id, number)


def _room_context(request: ActorRequest, part_id: UUID, room_id: UUID) -> dict[str, Any]:
    at = now()
    wave_text = request.GET.get("wave", "") or request.POST.get("wave", "")
    found = selectors.part_for(request.actor, part_id)
    wave = int(wave_text) if wave_text in {str(each) for each in range(1, found.waves + 1)} else _wave_now(found, at)
    picture = selectors.room_picture(request.actor, part_id, room_id, wave=wave, at=at)
    may_run = selectors.may_run(request.actor, found)
    return {
        "part": found,
        "name": PART_NAMES.get(found.part, found.part),
        "picture": picture,
        "rows": _seat_rows(picture),
        "states": [
            (selectors.ATTEMPT.states[state], number, KINDS[state])
            for state, number in picture.counts.items()
            if number
        ],
        "total": len(picture.seats),
        "wave": wave,
        "waves": range(1, found.waves + 1),
        "may_run": may_run,
        "code": selectors.room_code(request.actor, part_id, room_id, at=at)
        if may_run and found.part != "skill"
        else None,
        "at": at,
    }


def _wave_now(found: Any, at: Any) -> int:
    """The wave that runs, or is next."""
    return next((wave for wave in range(1, found.waves + 1) if at < found.wave_ends_at(wave)), found.waves)


def _seat_rows(picture: selectors.RoomPicture) -> list[tuple[str, list[SeatPlace | None]]]:
    """Seats in their rows and columns; a place where nobody sits is an aisle."""
    places = {(seat.attempt.seat.row, seat.attempt.seat.column): seat for seat in picture.seats}
    if not places:
        return []
    last_row, last_column = max(row for row, _c in places), max(column for _r, column in places)
    return [
        (
            _("%(row)s 排") % {"row": row},
            [_place(places.get((row, column))) for column in range(1, last_column + 1)],
        )
        for row in range(1, last_row + 1)
    ]


def _place(seat: selectors.SeatPicture | None) -> SeatPlace | None:
    if seat is None:
        return None
    word = f"{seat.answered} 题" if seat.state == "started" else seat.state_label
    url = reverse("examroom:attempt", args=[seat.attempt.pk])
    return SeatPlace(str(seat.attempt.seat), KINDS[seat.state], word, seat.name, url)
