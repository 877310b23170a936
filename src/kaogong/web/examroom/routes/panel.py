"""Addresses of those on duty: today's parts, a part, its rooms live, one candidate, marking."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.examroom.views import candidates, marking, panel
from kaogong.web.ui.navigation import NavItem

PART = "parts/<uuid:part_id>/"
ATTEMPT = "attempts/<uuid:attempt_id>/"
urlpatterns = [
    path("", panel.home, name="home"),
    path(PART, panel.part, name="part"),
    path(f"{PART}deliver/", panel.deliver, name="part-deliver"),
    path(f"{PART}draw/", panel.draw, name="part-draw"),
    path(f"{PART}preparation.pdf", panel.preparation_pdf, name="part-preparation"),
    path(f"{PART}draws/<uuid:draw_id>/<slug:paper>.pdf", panel.drawn_pdf, name="part-task"),
    path(f"{PART}open/", panel.open_room, name="part-open"),
    path(f"{PART}release/", panel.release, name="part-release"),
    path(f"{PART}incident/", panel.incident, name="part-incident"),
    path(f"{PART}close/", panel.close, name="part-close"),
    path(f"{PART}rooms/<uuid:room_id>/", panel.room, name="room"),
    path(f"{PART}rooms/<uuid:room_id>/live/", panel.room_live, name="room-live"),
    path(f"{PART}rooms/<uuid:room_id>/door/", panel.door, name="room-door"),
    path(f"{PART}marking/", marking.index, name="marking"),
    path(ATTEMPT, candidates.attempt, name="attempt"),
    path(f"{ATTEMPT}start/", candidates.start_practical, name="attempt-start"),
    path(f"{ATTEMPT}<slug:verb>/", candidates.act, name="attempt-act"),
    path(f"{ATTEMPT}sheets/<uuid:draw_id>/", marking.sheet, name="sheet"),
    path(f"{ATTEMPT}sheets/<uuid:draw_id>/sheet.pdf", marking.sheet_pdf, name="sheet-pdf"),
]
nav = [NavItem(title=_("今天的考场"), route="examroom:home", order=0, icon="display")]
