"""Addresses of the organisations: the matrix, one body, and what may be done to it."""

from __future__ import annotations

from django.urls import path

from kaogong.web.office.views import organisations
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("organisations/", organisations.matrix, name="organisations"),
    path("organisations/new/", organisations.establish, name="organisations-establish"),
    path("organisations/codes/", organisations.code_table, name="organisations-codes"),
    path("organisations/<uuid:organisation_id>/", organisations.detail, name="organisation"),
    path("organisations/<uuid:organisation_id>/<slug:verb>/", organisations.change, name="organisations-change"),
]
nav = [
    NavItem(
        title="机构",
        route="office:organisations",
        power="organisations.edit",
        order=63,
        group="机构与人员",
        icon="diagram-3",
    ),
]
