"""Subscriptions: which background task gets which events. Filled by other modules in their `AppConfig.ready()`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

ANY = "*"
"""Subscribe to every event."""

_wanted: dict[str, set[str]] = defaultdict(set)


def subscribe(event_name: str, task: str) -> None:
    """Have every event of that name handed to the procrastinate task named `task`, in order, at least once.

    The task takes keyword arguments: `event_id` (text of a UUID), `name`, `payload` (the event's fields as JSON),
    `region_code`, `happened_at` (ISO 8601) and `position`. A second delivery must change nothing: begin it with
    `if not receiving.first_time(reader, event_id): return`, in the transaction of the work itself.
    """
    _wanted[task].add(event_name)


def readers() -> Mapping[str, frozenset[str]]:
    """The subscribed tasks, each with the names of the events that it wants."""
    return {task: frozenset(names) for task, names in sorted(_wanted.items())}


def wants(names: frozenset[str], event_name: str) -> bool:
    """Whether a subscription to `names` covers the event."""
    return ANY in names or event_name in names
