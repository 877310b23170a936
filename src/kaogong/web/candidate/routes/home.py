"""The address of the candidate's home."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.candidate.views import home
from kaogong.web.ui.navigation import NavItem

urlpatterns = [path("", home.home, name="home")]
nav = [NavItem(title=_("今天"), route="candidate:home", order=0, icon="house")]
