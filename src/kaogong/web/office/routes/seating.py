"""Addresses of seats, panels and tickets on the office desk."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import seating
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("seating/", seating.index, name="seating"),
    path("seating/<uuid:sitting_id>/", seating.plan, name="seating-plan"),
    path("seating/<uuid:sitting_id>/arrange/", seating.arrange, name="seating-arrange"),
    path("seating/<uuid:sitting_id>/people/", seating.people, name="seating-people"),
    path("seating/<uuid:sitting_id>/publish/", seating.publish, name="seating-publish"),
    path("seating/seats/<uuid:seat_id>/", seating.move_seat, name="seat"),
    path("seating/parts/<uuid:part_id>/appoint/", seating.appoint, name="panel-appoint"),
    path("seating/members/<uuid:member_id>/release/", seating.release, name="panel-release"),
    path("seating/rooms/<uuid:room_id>/<int:wave>/attendance.pdf", seating.attendance, name="room-attendance"),
    path("seating/rooms/<uuid:room_id>/<int:wave>/door.pdf", seating.door, name="room-door"),
]
nav = [
    NavItem(
        title=_("座位与考评小组"),
        route="office:seating",
        power="seating.see",
        order=30,
        group=_("考务"),
        icon="grid-3x3-gap",
    )
]
