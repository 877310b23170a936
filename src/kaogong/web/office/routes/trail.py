"""Addresses of the trail: the list, its export, the check of the whole, and one line with its evidence."""

from __future__ import annotations

from django.urls import path

from kaogong.web.office.views import trail
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("trail/", trail.listing, name="trail"),
    path("trail/export.csv", trail.export, name="trail-export"),
    path("trail/check/", trail.check, name="trail-check"),
    path("trail/check/ask/", trail.ask_for_check, name="trail-ask"),
    path("trail/<uuid:entry_id>/", trail.detail, name="trail-detail"),
    path("trail/<uuid:entry_id>/evidence.json", trail.evidence, name="trail-evidence"),
]
nav = [NavItem(title="审计轨迹", route="office:trail", power="audit.read", order=81, group="监督", icon="fingerprint")]
