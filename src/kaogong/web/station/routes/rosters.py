"""Addresses of lists of applicants on the station desk."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.station.views import papers, rosters
from kaogong.web.ui.navigation import NavItem

ONE = "lists/<uuid:roster_id>/"
urlpatterns = [
    path("lists/", rosters.index, name="rosters"),
    path("lists/new/", rosters.new, name="roster-new"),
    path("lists/template/", rosters.template, name="roster-template"),
    path(ONE, rosters.detail, name="roster"),
    path(f"{ONE}check/", rosters.check, name="roster-check"),
    path(f"{ONE}recheck/", rosters.recheck, name="roster-recheck"),
    path(f"{ONE}refused/", rosters.refused_rows, name="roster-refused"),
    path(f"{ONE}papers/", papers.of_list, name="roster-papers"),
    path(f"{ONE}commit/", rosters.commit, name="roster-commit"),
    path(f"{ONE}discard/", rosters.discard, name="roster-discard"),
]
nav = [
    NavItem(
        title=_("报名名单"),
        route="station:rosters",
        power="registration.enter",
        order=21,
        icon="file-earmark-spreadsheet",
    )
]
