"""Announcing: called by services inside their command, so that the fact stands or falls with the deed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from kaogong.foundation.kernel.events import Event
from kaogong.foundation.outbox.models import OutboxEvent


class OutsideTransaction(RuntimeError):
    """An event announced outside any transaction: a mistake of ours, for it could outlive a deed that failed."""


def announce(event: Event, *, at: datetime) -> None:
    """Commit `event` together with the deed that is running. Readers get it seconds after the commit.

    `at` is when it happened in the business sense. Raises OutsideTransaction.
    """
    announce_each([event], at=at)


def announce_each(events: Iterable[Event], *, at: datetime) -> None:
    """Announce several events in their order, in one statement."""
    if not connection.in_atomic_block:
        raise OutsideTransaction
    OutboxEvent.objects.bulk_create(
        OutboxEvent(name=event.name, payload=event.payload(), region_code=event.region_code, happened_at=at)
        for event in events
    )
