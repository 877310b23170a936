"""The address of the privacy notice."""

from __future__ import annotations

from django.urls import path

from kaogong.web.public.views import privacy

urlpatterns = [path("privacy/", privacy.notice, name="privacy")]
