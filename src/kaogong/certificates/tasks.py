"""Background work of certificates: forgetting askers whose bucket is full again, every night."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from kaogong.certificates import limiting


@app.periodic(cron="10 3 * * *", periodic_id="certificates.forget_askers")
@app.task(name="certificates.forget_askers", queueing_lock="certificates.forget_askers")
def forget_askers(timestamp: int = 0) -> int:
    """Remove the buckets that are full again; returns how many there were."""
    return limiting.forget(at=timezone.now())
