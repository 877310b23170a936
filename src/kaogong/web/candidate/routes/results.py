"""Addresses of one's own results."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.candidate.views import objections, results
from kaogong.web.ui.navigation import NavItem

ONE = "results/<uuid:result_id>/"
urlpatterns = [
    path("results/", results.index, name="results"),
    path(ONE, results.detail, name="result"),
    path(f"{ONE}notice.pdf", results.notice, name="result-notice"),
    path(f"{ONE}questions/", objections.questions, name="result-questions"),
    path(f"{ONE}recheck/<slug:part>/", results.recheck, name="result-recheck"),
]
nav = [NavItem(title=_("我的成绩"), route="candidate:results", order=30, icon="bar-chart")]
