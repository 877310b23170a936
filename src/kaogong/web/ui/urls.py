"""Addresses of the shared interface."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from kaogong.web.ui import views

app_name = "ui"
urlpatterns: list[URLPattern] = [
    path("display/", views.display, name="display"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
if settings.DEBUG:
    urlpatterns.append(path("gallery/", views.gallery, name="gallery"))
