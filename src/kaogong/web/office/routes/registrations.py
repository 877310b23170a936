"""Addresses of applications on the office desk."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import registrations
from kaogong.web.ui.navigation import NavItem

ONE = "registrations/<uuid:registration_id>/"
urlpatterns = [
    path("registrations/", registrations.index, name="registrations"),
    path("reviews/", registrations.review_next, name="registration-next"),
    path("reviews/many/", registrations.bulk, name="registration-bulk"),
    path("reviews/many/confirm/", registrations.bulk_confirm, name="registration-bulk-confirm"),
    path("reviews/many/admit/", registrations.bulk_admit, name="registration-bulk-admit"),
    path("fees/", registrations.fees, name="fees"),
    path(f"{ONE}", registrations.review, name="registration"),
    path(f"{ONE}admit/", registrations.admit, name="registration-admit"),
    path(f"{ONE}return/", registrations.send_back, name="registration-return"),
    path(f"{ONE}refuse/", registrations.refuse, name="registration-refuse"),
    path(f"{ONE}reopen/", registrations.reopen, name="registration-reopen"),
    path(f"{ONE}fee/", registrations.collect, name="fee-collect"),
    path(f"{ONE}original/", registrations.original, name="registration-original"),
    path(f"{ONE}photo.jpg", registrations.photo_file, name="registration-photo"),
    path(f"{ONE}evidence/<uuid:evidence_id>/", registrations.evidence_file, name="registration-evidence"),
]
nav = [
    NavItem(
        title=_("报名名单"),
        route="office:registrations",
        power="registration.see",
        order=21,
        group=_("考务"),
        icon="list-check",
    ),
    NavItem(
        title=_("资格审核"),
        route="office:registration-next",
        power="registration.decide",
        order=20,
        group=_("考务"),
        icon="clipboard-check",
    ),
    NavItem(
        title=_("收费"),
        route="office:fees",
        power="registration.collect_fee",
        order=22,
        group=_("考务"),
        icon="cash-coin",
    ),
]
