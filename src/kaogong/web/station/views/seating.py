"""The station's seats: its coming sittings, their rooms as maps, and the papers to hang and to sign."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kaogong.foundation.kernel.refusals import NotFound
from kaogong.seating import selectors
from kaogong.sittings import selectors as sittings
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.rooms import part_view
from kaogong.web.ui.shapes import Figure, Kind

POWERS = ("seating.see", "delivery.run", "delivery.see")
KIND: dict[str, Kind] = {"scheduled": "waiting", "published": "active", "held": "done"}


@require_safe
@needs(*POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """The coming sittings of the station."""
    rows = list(sittings.sittings_for(request.actor, *POWERS).filter(held_on__gte=localdate(), state__in=list(KIND)))
    for row in rows:
        row.kind, row.word = KIND[row.state], sittings.SITTING.states[row.state]  # type: ignore[attr-defined]  # for the page
        row.counts = selectors.candidate_counts(row.pk)  # type: ignore[attr-defined]  # for the page
    return render(request, "station/seating/index.html", {"rows": rows})


@require_safe
@needs(*POWERS)
def rooms(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """The rooms of one sitting."""
    sitting = sittings.sittings_for(request.actor, *POWERS).filter(pk=sitting_id).first()
    if sitting is None:
        raise NotFound
    parts = [part_view(part) for part in sittings.parts_of(sitting_id)]
    context = {
        "sitting": sitting,
        "kind": KIND.get(sitting.state, "stopped"),
        "word": sittings.SITTING.states[sitting.state],
        "parts": [(each, selectors.panel(each.part.pk)) for each in parts],
        "figures": [Figure(each.name, sum(room.taken for room in each.rooms), _("人"), as_of=now()) for each in parts],
    }
    return render(request, "station/seating/rooms.html", context)


@never_cache
@require_safe
@needs(*POWERS)
def attendance(request: ActorRequest, room_id: UUID, wave: int) -> HttpResponse:
    """The list that candidates sign."""
    return _pdf(selectors.attendance_pdf(request.actor, room_id, wave, now()).pdf, "attendance")


@never_cache
@require_safe
@needs(*POWERS)
def door(request: ActorRequest, room_id: UUID, wave: int) -> HttpResponse:
    """The sheet on the door."""
    return _pdf(selectors.door_pdf(request.actor, room_id, wave, now()).pdf, "door")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
