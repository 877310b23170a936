"""Background work of notices: take an event from the outbox, send one notice."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kaogong.foundation.kernel.actors import service
from kaogong.foundation.notices import selectors, services
from kaogong.foundation.outbox import receiving

READER = "notices.receive"
SENDER = service("通知发送", "notices.see")


class NotSentYet(Exception):
    """The carrier did not take the message; procrastinate tries again later."""


@app.task(name=READER)
def receive(
    *,
    event_id: str,
    name: str,
    payload: Mapping[str, object],
    region_code: str = "",
    happened_at: str = "",
    position: int = 0,
) -> None:
    """Queue the notices of an event; delivered a second time it does nothing."""
    with transaction.atomic():
        if receiving.first_time(READER, event_id):
            services.queue(
                actor=SENDER,
                at=timezone.now(),
                event_id=UUID(event_id),
                event=name,
                payload=payload,
                region_code=region_code,
            )


@app.task(name="notices.send", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def send(*, notice_id: str) -> None:
    """Send one notice; tried again after 4, 16, 64 … seconds until it is sent or given up."""
    if not selectors.is_waiting(UUID(notice_id)):
        return
    notice = services.send(actor=SENDER, at=timezone.now(), notice_id=UUID(notice_id))
    if selectors.state_of(notice) == "waiting":
        raise NotSentYet(notice_id)
