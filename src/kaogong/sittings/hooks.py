"""What must happen downstream in the same transaction when a sitting changes: registered in `AppConfig.ready()`.

`seating` re-dates its panels' duties when a sitting moves, and frees them when it is cancelled.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kaogong.foundation.kernel.actors import Actor


class Moved(Protocol):
    """Called after the parts were shifted by whole `days`."""

    def __call__(self, *, actor: Actor, at: datetime, sitting_id: UUID, days: int) -> None: ...


class Cancelled(Protocol):
    """Called after the sitting was cancelled."""

    def __call__(self, *, actor: Actor, at: datetime, sitting_id: UUID, reason: str) -> None: ...


moved: list[Moved] = []
cancelled: list[Cancelled] = []


def when_moved(function: Moved) -> Moved:
    """Have `function` called, within the command, for every sitting that moves."""
    _once(moved.append, function, moved)
    return function


def when_cancelled(function: Cancelled) -> Cancelled:
    """Have `function` called, within the command, for every sitting that is cancelled."""
    _once(cancelled.append, function, cancelled)
    return function


def _once(append: Callable[..., None], function: object, registered: list[Moved] | list[Cancelled]) -> None:
    if function not in registered:
        append(function)
