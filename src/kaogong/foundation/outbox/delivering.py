"""Delivering: hands unread events, in order, to the background tasks that subscribed to them.

The jobs are deferred in the transaction that moves the reader on, so that no event is skipped or forgotten; jobs of one
reader carry the same lock, so that they run in order. A job may still run twice (a worker killed at the wrong moment):
see `receiving.first_time`.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from kaogong.foundation.outbox import sequencing, subscriptions
from kaogong.foundation.outbox.models import OutboxEvent, Reader

AT_ONCE = 500


def deliver(*, at: datetime) -> int:
    """Deal positions, then hand every reader what it has not read; returns how many jobs were deferred.

    Two at once: a reader is served by one of them, the other passes it by.
    """
    while sequencing.deal() == sequencing.AT_ONCE:
        pass
    return sum(_serve(task, names, at) for task, names in subscriptions.readers().items())


def _serve(task: str, names: frozenset[str], at: datetime) -> int:
    Reader.objects.get_or_create(name=task)
    total = 0
    while True:
        seen, handed = _hand_over(task, names, at)
        total += handed
        if seen < AT_ONCE:
            return total


def _hand_over(task: str, names: frozenset[str], at: datetime) -> tuple[int, int]:
    """One portion for one reader: how many events were passed, and how many of them it wanted."""
    with transaction.atomic():
        reader = Reader.objects.select_for_update(skip_locked=True).filter(name=task).first()
        if reader is None:
            return 0, 0
        events = list(OutboxEvent.objects.filter(position__gt=reader.position).order_by("position")[:AT_ONCE])
        wanted = [event for event in events if subscriptions.wants(names, event.name)]
        if wanted:
            app.configure_task(task, lock=task).batch_defer(*[_arguments(event) for event in wanted])
        if events:
            reader.position, reader.read_at = events[-1].position or reader.position, at
            reader.save(update_fields=["position", "read_at"])
        return len(events), len(wanted)


def _arguments(event: OutboxEvent) -> dict[str, JSONValue]:
    return {
        "event_id": str(event.id),
        "name": event.name,
        "payload": event.payload,
        "region_code": event.region_code,
        "happened_at": event.happened_at.isoformat(),
        "position": event.position,
    }
