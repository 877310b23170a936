"""How long a locked-out pair of account and address has to wait, so that the page can say it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import ceil

from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from kaogong.foundation.access.backends import counted_name

GUESSING_WAIT = timedelta(minutes=5)
"""What allauth's own limit of wrong passwords asks for (five in five minutes for one name, from wherever)."""


def minutes_left(request: HttpRequest, credentials: Mapping[str, str] | None) -> int:
    """Minutes, rounded up, until this name may be tried again from this address; trying meanwhile adds none."""
    name, address = counted_name(request, credentials), getattr(request, "axes_ip_address", None)
    newest = AccessAttempt.objects.filter(username=name, ip_address=address).order_by("-attempt_time").first()
    whole: timedelta = settings.AXES_COOLOFF_TIME
    left = newest.attempt_time + whole - timezone.now() if newest else whole
    return max(1, ceil(left / timedelta(minutes=1)))
