"""Prepares the benchmark's database: tables and reference data, as in production."""

from __future__ import annotations

from datetime import UTC, datetime

import django
from django.core.management import call_command


def prepare() -> None:
    """Set Django up, migrate and load the reference data."""
    django.setup()
    from kaogong.cli import reference  # noqa: PLC0415  # after django.setup()

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    reference.load(at=datetime.now(UTC))
