"""Addresses of stations, their licences and rooms."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import stations
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("stations/", stations.index, name="stations"),
    path("stations/new/", stations.establish, name="station-new"),
    path("stations/<uuid:station_id>/", stations.detail, name="station"),
    path("stations/<uuid:station_id>/licence/", stations.grant, name="licence-new"),
    path("stations/<uuid:station_id>/rooms/", stations.add_room, name="room-new"),
    path("licences/<uuid:licence_id>/<slug:verb>/", stations.change_licence, name="licence-change"),
    path("station-rooms/<uuid:room_id>/<slug:verb>/", stations.change_room, name="room-change"),
]
nav = [
    NavItem(
        title=_("鉴定所（站）"),
        route="office:stations",
        power="stations.license",
        order=62,
        group=_("机构与人员"),
        icon="building",
    )
]
