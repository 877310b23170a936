"""Addresses of the holder's own certificates."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.candidate.views import certificates
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("certificates/", certificates.index, name="certificates"),
    path("certificates/<uuid:certificate_id>.pdf", certificates.paper, name="certificate-pdf"),
]
nav = [NavItem(title=_("我的证书"), route="candidate:certificates", order=50, icon="patch-check")]
