"""Addresses of issuing, the register of certificates, and what happens to one afterwards."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import certificate_deeds, certificates, issuing, reckoning
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("certificates/", certificates.index, name="certificates"),
    path("issuing/", issuing.waiting, name="issue-list"),
    path("issuing/<uuid:sitting_id>/", issuing.plan, name="issue"),
    path("issuing/<uuid:sitting_id>/done/", issuing.done, name="issue-done"),
    path("certificates/counters/", reckoning.counters, name="certificate-counters"),
    path("certificates/counters/<str:number>/", reckoning.reckon, name="certificate-reckon"),
    path("certificates/print/", issuing.print_run, name="certificates-print"),
    path("certificates/<uuid:certificate_id>/", certificates.detail, name="certificate"),
    path("certificates/<uuid:certificate_id>/paper.pdf", certificates.paper, name="certificate-pdf"),
    path("certificates/<uuid:certificate_id>/<slug:verb>/", certificate_deeds.deed, name="certificate-deed"),
]
nav = [
    NavItem(
        title=_("证书核发"),
        route="office:issue-list",
        power="certificates.issue",
        order=52,
        group=_("成绩与证书"),
        icon="patch-check",
    ),
    NavItem(
        title=_("证书登记簿"),
        route="office:certificates",
        power="certificates.see",
        order=53,
        group=_("成绩与证书"),
        icon="journal-text",
    ),
]
