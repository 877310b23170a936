"""The address of the health page."""

from __future__ import annotations

from django.urls import path

from kaogong.web.public.views import health

urlpatterns = [path("health/", health.health, name="health")]
