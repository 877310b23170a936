"""Background work of the outbox: delivering, every few seconds."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from kaogong.foundation.outbox import delivering


@app.periodic(cron="* * * * * */5", periodic_id="outbox.deliver")
@app.task(name="outbox.deliver", queueing_lock="outbox.deliver")
def deliver(timestamp: int = 0) -> int:
    """Hand unread events to their readers; returns how many jobs were deferred."""
    return delivering.deliver(at=timezone.now())
