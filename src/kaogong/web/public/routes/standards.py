"""Addresses of the occupational skill standards."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.public.views import standards
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("standards/", standards.index, name="standards"),
    path("standards/<uuid:standard_id>/", standards.standard, name="standard"),
    path("standards/<uuid:standard_id>/print/", standards.printed, name="standard-print"),
]
nav = [NavItem(title=_("职业技能标准"), route="public:standards", order=50, icon="book")]
