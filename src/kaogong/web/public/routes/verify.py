"""Addresses of the verification of certificates."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.public.views import verify
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("verify/", verify.ask, name="verify"),
    path("verify/report/", verify.report, name="verify-report"),
]
nav = [NavItem(title=_("证书查询"), route="public:verify", order=20, icon="patch-check")]
