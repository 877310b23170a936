"""Registration of the shared interface with Django."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The shared interface: templates, static files and tags, without tables."""

    name = "kaogong.web.ui"
    label = "ui"
    verbose_name = "界面"
