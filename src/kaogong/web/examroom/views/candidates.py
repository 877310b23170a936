"""One candidate in the room: who, how it goes, and what may be done now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaogong.delivery import selectors, services
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.sittings.selectors import PART_NAMES
from kaogong.web.examroom.views.panel import KINDS, IncidentForm, moment_of
from kaogong.web.ui.refusing import status_of, words_of
from kaogong.web.ui.requests import ActorRequest, signed_in


class CheckInForm(forms.Form):
    """The end of the document shown at the door."""

    document_tail = forms.CharField(
        label=gettext_lazy("证件末四位"), max_length=4, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class ExtendForm(forms.Form):
    """Minutes given back, and why."""

    minutes = forms.IntegerField(label=gettext_lazy("补时"), min_value=1, max_value=180)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)


def _forms(data: Any = None, verb: str = "") -> dict[str, forms.Form]:
    """The forms of the page; the one that was sent is bound."""

    def bound(name: str) -> Any:
        return data if verb == name else None

    return {
        "check_in_form": CheckInForm(bound("check-in"), prefix="check"),
        "bar_form": IncidentForm(bound("bar"), kinds=selectors.BREACHES, prefix="bar"),
        "incident_form": IncidentForm(bound("incident"), prefix="incident"),
        "extend_form": ExtendForm(bound("extend"), prefix="extend"),
    }


@require_safe
@signed_in
def attempt(request: ActorRequest, attempt_id: UUID) -> HttpResponse:
    """One candidate's attempt."""
    return render(request, "examroom/panel/attempt.html", _context(request, attempt_id) | _forms())


def _context(request: ActorRequest, attempt_id: UUID) -> dict[str, Any]:
    found = selectors.attempt_for(request.actor, attempt_id)
    incidents = [each for each in selectors.incidents_of(found.part_id, request.actor) if each.attempt_id == found.pk]
    moves = {move.verb for move in selectors.ATTEMPT.open_to(found.state)}
    may_run = selectors.may_run(request.actor, found.part)
    examiner = selectors.examiner_for(request.actor, found) if found.part.part == "skill" else None
    return {
        "attempt": found,
        "kind": KINDS[found.state],
        "part": found.part,
        "name": PART_NAMES.get(found.part.part, found.part.part),
        "ticket": selectors.tickets_of([found.registration_id]).get(found.registration_id, ""),
        "answered": len(selectors.submission(found.pk)),
        "moments": [moment_of(each) for each in incidents],
        "moves": moves if may_run else set(),
        "is_practical": found.part.part == "skill",
        "due": selectors.sheets_due(request.actor, found.pk) if examiner else [],
        "at": now(),
    }


@require_POST
@signed_in
def start_practical(request: ActorRequest, attempt_id: UUID) -> HttpResponse:
    """The candidate begins to work."""
    found = services.start_practical(actor=request.actor, at=now(), attempt_id=attempt_id)
    messages.success(request, _("%(name)s 开始操作。") % {"name": found.registration.legal_name})
    return redirect("examroom:marking", found.part_id)


@require_POST
@signed_in
def act(request: ActorRequest, attempt_id: UUID, verb: str) -> HttpResponse:
    """One deed on one candidate; a refusal comes back with the form as it was."""
    given = _forms(request.POST, verb)
    if verb not in DEEDS:
        raise Http404
    form = given.get(f"{verb.replace('-', '_')}_form")
    if form is not None and not form.is_valid():
        return render(request, "examroom/panel/attempt.html", _context(request, attempt_id) | given, status=422)
    try:
        DEEDS[verb](request, attempt_id, form.cleaned_data if form else {})
    except Refusal as refusal:
        if form is not None:
            form.add_error(refusal.field if refusal.field in form.fields else None, words_of(refusal))
        context = _context(request, attempt_id) | given | {"refusal": refusal}
        return render(request, "examroom/panel/attempt.html", context, status=status_of(refusal))
    messages.success(request, _("已登记。"))
    return redirect("examroom:attempt", attempt_id)


def _check_in(request: ActorRequest, attempt_id: UUID, given: dict[str, Any]) -> None:
    services.check_in(actor=request.actor, at=now(), attempt_id=attempt_id, **given)


def _turn_away(request: ActorRequest, attempt_id: UUID, given: dict[str, Any]) -> None:
    services.turn_away(actor=request.actor, at=now(), attempt_id=attempt_id)


def _absent(request: ActorRequest, attempt_id: UUID, given: dict[str, Any]) -> None:
    services.mark_absent(actor=request.actor, at=now(), attempt_id=attempt_id)


def _bar(request: ActorRequest, attempt_id: UUID, given: dict[str, Any]) -> None:
    services.bar(actor=request.actor, at=now(), attempt_id=attempt_id, **given)


def _incident(request: ActorRequest, attempt_id: UUID, given: dict[str, Any]) -> None:
    found = selectors.attempt_for(request.actor, attempt_id)
    services.record_incident(actor=request.actor, at=now(), part_id=found.part_id, attempt_id=attempt_id, **given)


def _extend(request: ActorRequest, attempt_id: UUID, given: dict[str, Any]) -> None:
    services.extend(actor=request.actor, at=now(), attempt_id=attempt_id, **given)


DEEDS = {
    "check-in": _check_in,
    "turn-away": _turn_away,
    "absent": _absent,
    "bar": _bar,
    "incident": _incident,
    "extend": _extend,
}
