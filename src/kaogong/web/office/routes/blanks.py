"""Addresses of blanks: stock, ledger, one serial's way, and the deeds of the keeper."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import blank_deeds, blanks, reckoning
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("blanks/", blanks.stock, name="blanks"),
    path("blanks/ledger/", blanks.ledger, name="blanks-ledger"),
    path("blanks/serial/", blanks.serial, name="blanks-serial"),
    path("blanks/series/new/", blank_deeds.order, name="blanks-order"),
    path("blanks/count/", reckoning.count_blanks, name="blanks-count"),
    path("blanks/<slug:verb>/", blank_deeds.deed, name="blanks-deed"),
]
nav = [
    NavItem(
        title=_("空白证书"), route="office:blanks", power="blanks.see", order=54, group=_("成绩与证书"), icon="box-seam"
    ),
]
