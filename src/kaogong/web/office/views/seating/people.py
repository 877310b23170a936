"""The people of a sitting: who serves, what is lacking, who could be asked, and why somebody must stand aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.personnel import selectors as personnel
from kaogong.seating import selectors, services
from kaogong.sittings import selectors as sittings
from kaogong.sittings.selectors import PART_NAMES
from kaogong.web.office.views.seating.arranging import POWERS, steps, visible
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, needs

if TYPE_CHECKING:
    from kaogong.sittings.models import Sitting, SittingPart

INVIGILATORS = 100
"""How many people the choice of invigilators offers; a choice of the page, no rule."""


class AppointForm(forms.Form):
    """Who is to serve, as what, and where."""

    role = forms.ChoiceField(label=gettext_lazy("职责"))
    person = forms.ChoiceField(label=gettext_lazy("人员"))
    room = forms.ChoiceField(label=gettext_lazy("考场"), required=False)

    def __init__(self, *args: Any, roles: Any, people: Any, rooms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("role", roles), ("person", people), ("room", rooms)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(choices)
        if not rooms:
            del self.fields["room"]


@require_safe
@needs(*POWERS)
def people(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """The panels of a sitting, part by part."""
    return _page(request, visible(request, sitting_id))


def _page(
    request: ActorRequest,
    sitting: Sitting,
    refused: Refusal | None = None,
    part_id: UUID | None = None,
    form: AppointForm | None = None,
) -> HttpResponse:
    may_appoint = sitting.state in ("scheduled", "published") and sittings.may(
        request.actor, "seating.appoint", sitting
    )
    may_publish = sittings.may(request.actor, "seating.arrange", sitting)
    rows = []
    for part in sittings.parts_of(sitting.pk):
        is_theirs = part.pk == part_id
        rows.append(
            {
                "part": part,
                "name": PART_NAMES[part.part],
                "members": selectors.panel(part.pk),
                "checks": selectors.checks_of(part),
                "notes": selectors.rotation_notes(part) if part.part != "theory" else [],
                "form": form if is_theirs and form else _form(request, part) if may_appoint else None,
                "refused": refused if is_theirs else None,
            }
        )
    context = {
        "sitting": sitting,
        "steps": steps(sitting, "people", may_publish=may_publish),
        "may_publish": may_publish,
        "rows": rows,
        "has_seats": selectors.arrangement_of(sitting.pk) is not None,
        "may_appoint": may_appoint,
    }
    status = status_of(refused) if refused else 200
    return render(request, "office/seating/people.html", context, status=status)


def _form(request: ActorRequest, part: SittingPart, posted: Any = None) -> AppointForm:
    prefix = f"part-{part.part}"
    rooms = [(str(room.pk), f"{room.number:02d} {room.room.name}") for room in sittings.rooms_of(part.pk)]
    if part.part == "theory":
        roles = [("invigilator", _("监考员")), ("supervisor", _("质量督导员"))]
        return AppointForm(posted, prefix=prefix, roles=roles, people=_anyone(request, part), rooms=rooms)
    roles = [("leader", _("考评组长")), ("examiner", _("考评员")), ("supervisor", _("质量督导员"))]
    return AppointForm(posted, prefix=prefix, roles=roles, people=_examiners(request, part), rooms=[])


def _examiners(request: ActorRequest, part: SittingPart) -> list[tuple[str, str]]:
    """Whoever holds a fitting card and is free, and the supervisors within reach."""
    fitting = [
        (str(card.person_id), f"{card.person.name} · {card.get_kind_display()} · {card.employer or _('无单位')}")
        for card in selectors.eligible_cards(request.actor, part)
    ]
    supervisors = [
        (str(card.person_id), f"{card.person.name} · {card.get_kind_display()}")
        for card in personnel.cards_for(request.actor).filter(kind="supervisor", state="granted")
    ]
    return [*dict([*supervisors, *fitting]).items()]


def _anyone(request: ActorRequest, part: SittingPart) -> list[tuple[str, str]]:
    """Whoever is free and no candidate: card holders first, then other people of the territory."""
    candidates = set(selectors.candidates_of(part).values_list("person_id", flat=True))
    carded = {
        card.person_id: f"{card.person.name} · {card.get_kind_display()}" for card in personnel.cards_for(request.actor)
    }
    free = personnel.available(part.starts_at, part.ends_at, set(carded))
    found = [(str(pk), name) for pk, name in carded.items() if pk in free and pk not in candidates]
    if text := request.GET.get("who", "").strip():
        others = identity.search(request.actor, text).exclude(pk__in=[*candidates, *carded])[:INVIGILATORS]
        found = [(str(each.pk), f"{each.name} {each.document_masked[-4:]}") for each in others] + found
    return found


@require_POST
@needs("seating.appoint")
def appoint(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """Appoint one person."""
    part = sittings.part(part_id)
    sitting = visible(request, part.sitting_id)
    form = _form(request, part, request.POST)
    if not form.is_valid():
        return _page(request, sitting, part_id=part_id, form=form)
    room = form.cleaned_data.get("room")
    try:
        member = services.appoint(
            actor=request.actor,
            at=now(),
            part_id=part_id,
            role=form.cleaned_data["role"],
            person_id=UUID(form.cleaned_data["person"]),
            room_id=UUID(room) if room and form.cleaned_data["role"] == "invigilator" else None,
        )
    except Refusal as refusal:
        return _page(request, sitting, refusal, part_id, form)
    said = _("已安排{name}担任{role}。").format(name=member.person.name, role=member.role_label)
    messages.success(request, said)
    return redirect("office:seating-people", sitting.pk)


@require_POST
@needs("seating.appoint")
def release(request: ActorRequest, member_id: UUID) -> HttpResponse:
    """Release one member."""
    member = services.release_member(
        actor=request.actor, at=now(), member_id=member_id, reason=request.POST.get("reason", "")
    )
    messages.success(request, _("已解除职责，日程已空出。"))
    return redirect("office:seating-people", member.part.sitting_id)
