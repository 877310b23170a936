"""Addresses of marks and results."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import scoring
from kaogong.web.ui.navigation import NavItem

ONE = "scoring/<uuid:sitting_id>/"
urlpatterns = [
    path("scoring/", scoring.index, name="scoring"),
    path(ONE, scoring.detail, name="scoring-sitting"),
    path(f"{ONE}mark/<uuid:part_id>/", scoring.mark, name="scoring-mark"),
    path(f"{ONE}draft/", scoring.draft, name="scoring-draft"),
    path(f"{ONE}finalise/", scoring.finalise, name="scoring-finalise"),
    path("results/<uuid:result_id>/", scoring.result, name="result"),
]
nav = [
    NavItem(
        title=_("评分与成绩"),
        route="office:scoring",
        power="scoring.see",
        order=50,
        group=_("成绩与证书"),
        icon="bar-chart",
    )
]
