"""Addresses of the markers' desk."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop as _

from kaogong.web.office.views import grading
from kaogong.web.ui.navigation import NavItem

ONE = "grading/<uuid:part_id>/"
urlpatterns = [
    path("grading/", grading.index, name="grading"),
    path(ONE, grading.desk, name="grading-part"),
    path(f"{ONE}<slug:code>/", grading.script, name="grading-script"),
]
nav = [
    NavItem(
        title=_("阅卷"),
        route="office:grading",
        power="scoring.grade",
        order=51,
        group=_("成绩与证书"),
        icon="pencil",
    )
]
