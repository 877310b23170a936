"""Joins at start-up what may not know each other: the pages' clause words come from the rule library."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "kaogong.config"
    label = "config"

    def ready(self) -> None:
        """Tell `ui` how a clause becomes words."""
        from kaogong.config.clauses import words  # noqa: PLC0415  # models must be loaded first
        from kaogong.web.ui.clauses import describe_with  # noqa: PLC0415  # beside its use

        describe_with(words)
