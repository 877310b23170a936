"""Addresses of accounts and posts: who holds what, appointments, deputies, and help for accounts locked out."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import accounts, posts
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("posts/", posts.index, name="posts"),
    path("posts/new/", posts.appoint, name="post-appoint"),
    path("posts/roles/", posts.roles, name="post-roles"),
    path("posts/<uuid:post_id>/", posts.detail, name="post"),
    path("posts/<uuid:post_id>/end/", posts.end, name="post-end"),
    path("posts/<uuid:post_id>/depute/", posts.depute, name="post-depute"),
    path("deputies/<uuid:deputy_id>/recall/", posts.recall, name="deputy-recall"),
    path("accounts/", accounts.index, name="accounts"),
    path("accounts/new/", accounts.open_account, name="account-open"),
    path("accounts/<uuid:account_id>/", accounts.detail, name="account"),
    path("accounts/<uuid:account_id>/<slug:measure>/", accounts.take, name="account-measure"),
]
nav = [
    NavItem(
        title=_("岗位任命"),
        route="office:posts",
        power="access.view",
        order=64,
        group=_("机构与人员"),
        icon="person-workspace",
    ),
    NavItem(
        title=_("账号"), route="office:accounts", power="access.appoint", order=65, group=_("机构与人员"), icon="key"
    ),
]
