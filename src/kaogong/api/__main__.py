"""`python -m kaogong.api`: write the OpenAPI document that is committed beside the code."""

from __future__ import annotations

import os

import django


def main() -> None:
    """Set Django up and write the snapshot."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaogong.config.settings")
    django.setup()
    from kaogong.api import docs  # noqa: PLC0415  # after django.setup()

    docs.SNAPSHOT.write_text(docs.snapshot(), encoding="utf-8")


if __name__ == "__main__":
    main()
