"""Addresses of the custodians of papers' keys: the officers' page of a part, and each custodian's own."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.examroom.views import custody
from kaogong.web.ui.navigation import NavItem

PART = "parts/<uuid:part_id>/custody/"
urlpatterns = [
    path(PART, custody.custody, name="custody"),
    path(f"{PART}ask/", custody.ask_emergency, name="custody-ask"),
    path(f"{PART}approve/", custody.approve_emergency, name="custody-approve"),
    path("keeping/", custody.keeping, name="keeping"),
    path("keeping/passphrase/", custody.passphrase, name="keeping-passphrase"),
    path("keeping/<uuid:share_id>/", custody.hand_in, name="share"),
]
nav = [NavItem(title=_("我保管的密钥"), route="examroom:keeping", order=5, icon="key")]
