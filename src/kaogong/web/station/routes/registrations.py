"""Addresses of applications on the station desk."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.station.views import papers, registrations
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("registrations/", registrations.index, name="registrations"),
    path("registrations/new/", registrations.new, name="registration-new"),
    path("registrations/<uuid:registration_id>/", registrations.fill, name="registration-fill"),
    path("registrations/<uuid:registration_id>/papers/", papers.of_registration, name="registration-papers"),
    path("registrations/<uuid:registration_id>/withdraw/", registrations.withdraw, name="registration-withdraw"),
]
nav = [
    NavItem(
        title=_("报名"), route="station:registrations", power="registration.enter", order=20, icon="clipboard-check"
    )
]
