"""The admission ticket: on the screen, and as a PDF to print."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kaogong.foundation.kernel.refusals import NotFound
from kaogong.seating import selectors
from kaogong.web.ui.requests import ActorRequest, signed_in


@require_safe
@signed_in
def ticket(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The ticket as one reads it on a phone in front of the door."""
    found = selectors.ticket_of(registration_id, request.actor)
    if found is None:
        raise NotFound
    context = {
        "ticket": found,
        "number": selectors.grouped_number(found),
        "form": selectors.ticket_form(request.actor, registration_id),
        "registration_id": registration_id,
    }
    return render(request, "candidate/ticket/ticket.html", context)


@never_cache
@require_safe
@signed_in
def ticket_pdf(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The ticket to print."""
    document = selectors.ticket_pdf(request.actor, registration_id, now())
    response = HttpResponse(document.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="admission-ticket-{registration_id}.pdf"'
    return response
