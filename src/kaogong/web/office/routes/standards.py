"""Addresses of the standards in the office: versions, drafts, publication."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import standards
from kaogong.web.ui.navigation import NavItem

urlpatterns = [
    path("standards/", standards.index, name="standards"),
    path("standards/new/", standards.draft, name="standard-new"),
    path("standards/<uuid:standard_id>/", standards.detail, name="standard"),
    path("standards/<uuid:standard_id>/differences/", standards.differences, name="standard-differences"),
    path("standards/<uuid:standard_id>/publish/", standards.publish, name="standard-publish"),
    path("standards/<uuid:standard_id>/withdraw/", standards.withdraw, name="standard-withdraw"),
]
nav = [
    NavItem(
        title=_("职业技能标准"),
        route="office:standards",
        power="standards.draft",
        order=40,
        group=_("题库与标准"),
        icon="journal-bookmark",
    )
]
