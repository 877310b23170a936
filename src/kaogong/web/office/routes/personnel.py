"""Addresses of examiners, supervisors, their cards, diaries and relations."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import personnel
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("examiners/", personnel.index, name="personnel"),
    path("examiners/new/", personnel.grant, name="card-new"),
    path("examiners/<uuid:card_id>/", personnel.detail, name="card"),
    path("examiners/<uuid:card_id>/relations/", personnel.relate, name="card-relate"),
    path("examiners/<uuid:card_id>/<slug:verb>/", personnel.change, name="card-change"),
]
nav = [
    NavItem(
        title=_("考评人员"),
        route="office:personnel",
        power="personnel.view",
        order=61,
        group=_("机构与人员"),
        icon="person-badge",
    )
]
