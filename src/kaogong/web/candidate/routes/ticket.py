"""Addresses of the admission ticket."""

from __future__ import annotations

from django.urls import path

from kaogong.web.candidate.views import ticket

urlpatterns = [
    path("tickets/<uuid:registration_id>/", ticket.ticket, name="ticket"),
    path("tickets/<uuid:registration_id>/ticket.pdf", ticket.ticket_pdf, name="ticket-pdf"),
]
