"""How the outbox stands: how many facts wait for their readers, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min
from procrastinate.contrib.django.models import ProcrastinateJob

from kaogong.foundation.outbox.models import OutboxEvent, Reader


@dataclass(frozen=True, slots=True)
class Standing:
    """Facts not yet handed to the slowest reader, and when the oldest of them was announced."""

    waiting: int
    oldest: datetime | None


def standing() -> Standing:
    """How far the slowest reader is behind what was announced. Without readers nothing waits."""
    slowest = Reader.objects.aggregate(position=Min("position"))["position"]
    if slowest is None:
        return Standing(0, None)
    unread = OutboxEvent.objects.exclude(position__lte=slowest)
    return Standing(unread.count(), unread.aggregate(oldest=Min("announced_at"))["oldest"])


@dataclass(frozen=True, slots=True)
class Jobs:
    """Background jobs that failed since a moment, and those that should have begun before another."""

    failed: int
    overdue: int


def jobs(*, failed_since: datetime, due_before: datetime) -> Jobs:
    """How background work stands."""
    failed = ProcrastinateJob.objects.filter(
        status="failed", procrastinateevent__type="failed", procrastinateevent__at__gte=failed_since
    )
    overdue = ProcrastinateJob.objects.filter(status="todo", scheduled_at__lt=due_before)
    return Jobs(failed.distinct().count(), overdue.count())
