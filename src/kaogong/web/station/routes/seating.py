"""Addresses of seats on the station desk."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.station.views import seating
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("seating/", seating.index, name="seating"),
    path("seating/<uuid:sitting_id>/", seating.rooms, name="seating-rooms"),
    path("seating/rooms/<uuid:room_id>/<int:wave>/attendance.pdf", seating.attendance, name="room-attendance"),
    path("seating/rooms/<uuid:room_id>/<int:wave>/door.pdf", seating.door, name="room-door"),
]
nav = [NavItem(title=_("座位"), route="station:seating", power="seating.see", order=30, icon="grid-3x3-gap")]
