"""How moments are worded in refusals: by the clocks of China."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def moment(at: datetime | None) -> str:
    """`2026年4月18日 09:00`; empty for none."""
    return "" if at is None else f"{timezone.localtime(at):%Y年%-m月%-d日 %H:%M}"


def clock(at: datetime | None) -> str:
    """`09:00`; empty for none."""
    return "" if at is None else f"{timezone.localtime(at):%H:%M}"
