"""What hangs on the door and lies on the desk: seat sheet and list to sign in, as PDF."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kaogong.seating import selectors
from kaogong.web.office.views.seating.arranging import POWERS
from kaogong.web.ui.requests import ActorRequest, needs


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
