"""The home of the station desk."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.station.views import today
from kaogong.web.ui.navigation import NavItem

urlpatterns = [path("", today.today, name="today")]
nav = [NavItem(title=_("今天"), route="station:today", power="delivery.see", order=0, icon="calendar-check")]
