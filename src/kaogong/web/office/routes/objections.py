"""Addresses of objections to questions."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import objections
from kaogong.web.ui.navigation import NavItem

ONE = "objections/<uuid:dispute_id>/"
urlpatterns = [
    path("objections/", objections.index, name="objections"),
    path(ONE, objections.case, name="objection"),
    path(f"{ONE}open/", objections.opened, name="objection-open"),
    path(f"{ONE}dismiss/", objections.dismiss, name="objection-dismiss"),
    path(f"{ONE}uphold/", objections.uphold, name="objection-uphold"),
    path(f"{ONE}rescoring/", objections.rescoring, name="objection-rescoring"),
    path(f"{ONE}rescore/", objections.rescore, name="objection-rescore"),
]
nav = [
    NavItem(
        title=title, route="office:objections", power=power, order=52, group=_("成绩与证书"), icon="question-circle"
    )
    for title, power in ((_("试题异议"), "scoring.decide_objection"), (_("重新评分"), "scoring.finalise"))
]
