"""Restores: that the database was brought back from a backup, as the trail says it (`audit.restored`).

Whoever gave numbers or blanks out between the backup and the restore finds here that the tables may not know of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from kaogong.foundation.audit.models import TrailEntry

ACTION = "audit.restored"


@dataclass(frozen=True, slots=True)
class Restore:
    """One restore: the id of its line in the trail, when it was noted, and why it was done."""

    id: UUID
    at: datetime
    reason: str

    @property
    def on(self) -> date:
        """The day on which it was noted."""
        return timezone.localdate(self.at)


def last() -> Restore | None:
    """The newest restore, by the time of writing; None when the database was never restored. One look at an index."""
    found = TrailEntry.objects.filter(action=ACTION, is_refused=False).order_by("-recorded_at")
    row = found.values_list("id", "recorded_at", "reason").first()
    return Restore(*row) if row else None
