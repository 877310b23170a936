"""The address of the notices that went out."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import notices
from kaogong.web.ui.navigation import NavItem

urlpatterns = [path("notices/", notices.index, name="notices")]
nav = [
    NavItem(
        title=_("通知记录"), route="office:notices", power="notices.see", order=80, group=_("监督"), icon="envelope"
    )
]
