"""Addresses of announced rounds and of the directory of stations."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.public.views import objections, rounds
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("rounds/", rounds.index, name="rounds"),
    path("rounds/<uuid:round_id>/", rounds.detail, name="round"),
    path("rounds/<uuid:round_id>/notice/", rounds.notice, name="round-notice"),
    path("rounds/<uuid:round_id>/objections/", objections.index, name="round-objections"),
    path("stations/", rounds.stations_directory, name="stations"),
    path("stations/<uuid:station_id>/", rounds.station, name="station"),
    path("tracks/", rounds.tracks_table, name="tracks"),
]
nav = [
    NavItem(title=_("鉴定报名"), route="public:rounds", order=10, icon="megaphone"),
    NavItem(title=_("鉴定所（站）"), route="public:stations", order=40, icon="building"),
    NavItem(title=_("评价类别"), route="public:tracks", order=50, icon="signpost-split"),
]
