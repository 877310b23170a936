"""Addresses of one's own applications."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.candidate.views import registration
from kaogong.web.ui.navigation import NavItem

ONE = "registrations/<uuid:registration_id>/"
urlpatterns = [
    path("registrations/", registration.index, name="registrations"),
    path("registrations/start/<uuid:sitting_id>/", registration.start, name="registration-start"),
    path(ONE, registration.detail, name="registration"),
    path(f"{ONE}parts/", registration.parts, name="registration-parts"),
    path(f"{ONE}language/", registration.language, name="registration-language"),
    path(f"{ONE}where/", registration.where, name="registration-where"),
    path(f"{ONE}condition/", registration.condition, name="registration-condition"),
    path(f"{ONE}facts/", registration.facts, name="registration-facts"),
    path(f"{ONE}facts/check/", registration.facts_check, name="registration-facts-check"),
    path(f"{ONE}evidence/", registration.evidence, name="registration-evidence"),
    path(
        f"{ONE}evidence/<uuid:evidence_id>/remove/", registration.evidence_remove, name="registration-evidence-remove"
    ),
    path(f"{ONE}promise/", registration.promise, name="registration-promise"),
    path(f"{ONE}photo/", registration.photo, name="registration-photo"),
    path(f"{ONE}photo.jpg", registration.photo_file, name="registration-photo-file"),
    path(f"{ONE}check/", registration.check, name="registration-check"),
    path(f"{ONE}receipt/", registration.receipt, name="registration-receipt"),
    path(f"{ONE}withdraw/", registration.withdraw, name="registration-withdraw"),
]
nav = [NavItem(title=_("我的报名"), route="candidate:registrations", order=10, icon="clipboard-check")]
