"""Addresses of the classification of occupations."""

from __future__ import annotations

from django.urls import path

from kaogong.web.public.views import occupations
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("occupations/", occupations.search, name="occupations"),
    path("occupations/<str:code>/", occupations.occupation, name="occupation"),
]
nav = [NavItem(title="职业分类", route="public:occupations", order=40, icon="diagram-3")]
