"""Questions that notices asks downstream: who is to be told of an event, and with which further facts.

An event that carries `person_id` needs neither. `registration`, say, answers whom a moved sitting concerns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

Payload = Mapping[str, object]
Recipients = Callable[[Payload], list[UUID]]
Facts = Callable[[Payload, UUID], Mapping[str, object]]

_recipients: dict[str, Recipients] = {}
_facts: dict[str, Facts] = {}


def recipients_with(event: str, answer: Recipients) -> None:
    """Register who is told of an event: its payload to the ids of persons. The latest wins."""
    _recipients[event] = answer


def facts_with(event: str, answer: Facts) -> None:
    """Register further facts for an event's words: its payload and the person's id to names and values."""
    _facts[event] = answer


def recipients_of(event: str, payload: Payload) -> list[UUID]:
    """Whom an event concerns: the hook's answer, else the person whom the payload names, else nobody."""
    if event in _recipients:
        return _recipients[event](payload)
    named = payload.get("person_id")
    return [UUID(str(named))] if named else []


def facts_of(event: str, payload: Payload, person_id: UUID) -> dict[str, object]:
    """What the words may use: the payload and what downstream adds to it."""
    more = _facts[event](payload, person_id) if event in _facts else {}
    return {**payload, **more}
