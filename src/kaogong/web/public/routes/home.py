"""The address of the site's front page."""

from __future__ import annotations

from django.urls import path

from kaogong.web.public.views import home

urlpatterns = [path("", home.index, name="home")]
