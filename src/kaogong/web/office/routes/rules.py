"""Addresses of the rule library's office: what was entered here, and entering a figure or an instrument."""

from __future__ import annotations

from django.urls import path

from kaogong.web.office.views import rules
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("rules/", rules.entered, name="rules"),
    path("rules/figures/new/", rules.enter_figure, name="rules-figure"),
    path("rules/figures/<uuid:provision_id>/end/", rules.end_figure, name="rules-end"),
    path("rules/instruments/new/", rules.enter_instrument, name="rules-instrument"),
]
nav = [
    NavItem(
        title="规则库",
        route="office:rules",
        power="regulations.edit",
        order=70,
        group="规则",
        icon="book",
    ),
]
