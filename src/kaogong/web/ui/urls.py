"""Addresses of the shared interface."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from kaogong.web.ui import views

app_name = "ui"
urlpatterns: list[URLPattern] = [
    path("display/", views.display, name="display"),
    path("language/", set_language, name="language"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", RedirectView.as_view(url="/privacy/"), name="privacy"),
]
if settings.DEBUG:
    urlpatterns.append(path("gallery/", views.gallery, name="gallery"))
