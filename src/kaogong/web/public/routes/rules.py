"""Addresses of the rule library: `/rules/`, an instrument, and the clause that every refusal links to."""

from __future__ import annotations

from django.urls import path

from kaogong.web.public.views import rules
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("rules/", rules.library, name="rules"),
    path("rules/figures/", rules.figures, name="figures"),
    path("rules/<slug:instrument>/", rules.instrument, name="instrument"),
    path("rules/<slug:instrument>/<str:article>/", rules.clause, name="clause"),
]
nav = [NavItem(title="规则依据", route="public:rules", order=60, icon="book")]
