"""Questions that notices asks downstream: who is to be told of an event, and with which further facts.

An event that carries `person_id` needs neither. `registration`, say, answers whom a registration and a sitting concern:
`hooks.persons_behind("registration_id", …)`, then `hooks.persons_behind("sitting_id", …)`, in its `ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

Payload = Mapping[str, object]
Recipients = Callable[[Payload], list[UUID]]
Facts = Callable[[Payload, UUID], Mapping[str, object]]

Behind = Callable[[UUID], list[UUID]]

_recipients: dict[str, Recipients] = {}
_behind: dict[str, Behind] = {}
_facts: dict[str, Facts] = {}


def recipients_with(event: str, answer: Recipients) -> None:
    """Register who is told of an event: its payload to the ids of persons. The latest wins."""
    _recipients[event] = answer


def persons_behind(field: str, answer: Behind) -> None:
    """Register whom an id in a payload stands for: `registration_id` one person, `sitting_id` all of its candidates.

    Asked, in the order of registration, for events that name no person. The latest answer for a field wins.
    """
    _behind[field] = answer


def facts_with(event: str, answer: Facts) -> None:
    """Register further facts for an event's words: its payload and the person's id to names and values."""
    _facts[event] = answer


def recipients_of(event: str, payload: Payload) -> list[UUID]:
    """Whom an event concerns: by its own answer, the person named in it, or whoever stands behind an id; or nobody."""
    if event in _recipients:
        return _recipients[event](payload)
    if named := payload.get("person_id"):
        return [UUID(str(named))]
    for field, answer in _behind.items():
        if value := payload.get(field):
            return answer(UUID(str(value)))
    return []


def facts_of(event: str, payload: Payload, person_id: UUID) -> dict[str, object]:
    """What the words may use: the payload and what downstream adds to it."""
    more = _facts[event](payload, person_id) if event in _facts else {}
    return {**payload, **more}
