"""Addresses of rechecks."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import rechecks
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("rechecks/", rechecks.index, name="rechecks"),
    path("rechecks/<uuid:recheck_id>/", rechecks.case, name="recheck"),
    path("rechecks/<uuid:recheck_id>/uphold/", rechecks.uphold, name="recheck-uphold"),
    path("rechecks/<uuid:recheck_id>/correct/", rechecks.correct, name="recheck-correct"),
]
nav = [
    NavItem(
        title=_("成绩复核"),
        route="office:rechecks",
        power="scoring.recheck",
        order=51,
        group=_("成绩与证书"),
        icon="arrow-repeat",
    )
]
