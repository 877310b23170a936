"""Addresses of one's own data: all of it on one page, as a file, the claim of a record, and corrections."""

from __future__ import annotations

from django.urls import path

from kaogong.web.candidate.views import profile
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("profile/", profile.overview, name="profile"),
    path("profile/download.json", profile.download, name="profile-download"),
    path("profile/contact/", profile.contact, name="profile-contact"),
    path("profile/claim/", profile.claim, name="profile-claim"),
    path("profile/enter/", profile.enter, name="profile-enter"),
]
nav = [NavItem(title="我的信息", route="candidate:profile", order=80, icon="person-vcard")]
