"""Addresses of the working calendar: the notices by year, one year, and the counting of a deadline."""

from __future__ import annotations

from django.urls import path

from kaogong.web.office.views import calendar
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("calendar/", calendar.years, name="calendar"),
    path("calendar/new/", calendar.enter, name="calendar-enter"),
    path("calendar/<int:year>/", calendar.year, name="calendar-year"),
    path("calendar/<int:year>/amend/", calendar.amend, name="calendar-amend"),
]
nav = [
    NavItem(
        title="工作日历",
        route="office:calendar",
        power="calendar.edit",
        order=71,
        group="规则",
        icon="calendar3",
    ),
]
