"""Addresses of the API, version by version, and of its page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from kaogong.api import docs
from kaogong.api.v1 import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", docs.page, name="api-docs"),
    path("v1/", api.urls),
]
