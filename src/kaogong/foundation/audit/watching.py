"""Watching the trail, for the health page: what waits to be sealed, what the last check found, whether time went back.

Counts and times only: they may be shown to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kaogong.foundation.audit import checkpoints, sealing
from kaogong.foundation.audit.models import Check, Seal
from kaogong.foundation.audit.selectors import HOUSEKEEPING


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deeds that no seal has reached: how many, and when the oldest was written."""

    deeds: int
    oldest: datetime | None


def waiting() -> Waiting:
    """What waits to be sealed, housekeeping left out, also what is not yet committed for good."""
    deeds, oldest = 0, []
    for course in sealing.courses():
        lines = sealing.Course(course.cluster, course.after, below=None).lines().exclude(action__in=HOUSEKEEPING)
        deeds += lines.count()
        oldest += list(lines.values_list("recorded_at", flat=True)[:1])
    return Waiting(deeds, min(oldest, default=None))


def last_check() -> tuple[datetime, int] | None:
    """When the whole trail was last verified, and how many findings there were; None before the first time."""
    return Check.objects.order_by("-finished_at").values_list("finished_at", "finding_count").first()


def is_turned_back() -> bool:
    """Whether the file of checkpoints knows of a seal that the database lacks: an older state, not noted as restored.

    A file that is not on this machine tells nothing.
    """
    noted = checkpoints.newest()  # first: a seal is committed before it is noted
    return noted > (Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0)
