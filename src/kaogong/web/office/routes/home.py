"""The address of the office's home."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import home
from kaogong.web.ui.navigation import NavItem

urlpatterns = [path("", home.home, name="home")]
nav = [NavItem(title=_("今天"), route="office:home", order=0, icon="calendar-check")]
