"""The trail as the kernel knows it: a port. `audit` installs the real one at start-up; without it nothing runs."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the trail before it is signed: who did what to which record, when (in the business sense) and why."""

    actor: Actor
    action: str
    at: datetime
    target_type: str = ""
    target_id: str = ""
    region_code: str = ""
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    refused: bool = False
    clause: Clause | None = None


class Trail(Protocol):
    """What `audit` provides. `write` takes several entries so that a batch costs one statement."""

    def write(self, entries: list[Entry]) -> None: ...


class NoTrail(RuntimeError):
    """No trail is installed: the kernel stays closed rather than act unrecorded."""


class NothingRecorded(RuntimeError):
    """A command ended without a line in the trail: a mistake of ours, rolled back."""


@dataclass(slots=True)
class Frame:
    """A command that is running: its name, its business time, and how many lines it has recorded."""

    name: str
    at: datetime
    recorded: int = 0


_installed: list[Trail] = []
running: ContextVar[Frame | None] = ContextVar("running command", default=None)


def install(trail: Trail) -> None:
    """Make `trail` the one that every command writes to. Called once, by `audit`."""
    _installed[:] = [trail]


def installed() -> Trail:
    """The trail in use. Raises NoTrail when there is none."""
    if not _installed:
        raise NoTrail
    return _installed[0]


class Target(Protocol):
    """Anything with an identity: in practice a model instance."""

    @property
    def pk(self) -> object: ...


def record(
    *,
    actor: Actor,
    action: str,
    target: Target | None = None,
    reason: str = "",
    **facts: object,
) -> None:
    """Write one line about the running command. Raises RuntimeError outside a command.

    `action` is dotted, past tense (`registration.admitted`). The target's `region_code`, when it has one, is copied.
    Facts must be plain JSON values or UUIDs, dates, decimals; never a clear document number, contact or item content.
    """
    record_each(actor=actor, action=action, targets=[target], reason=reason, **facts)


def record_each(
    *, actor: Actor, action: str, targets: list[Target] | list[Target | None], reason: str = "", **facts: object
) -> None:
    """Write one line for each of `targets`, in one statement."""
    frame = running.get()
    if frame is None:
        raise RuntimeError("trail.record outside a command")
    entries = [
        Entry(
            actor=actor,
            action=action,
            at=frame.at,
            target_type=type(target).__name__ if target is not None else "",
            target_id=str(target.pk) if target is not None else "",
            region_code=str(getattr(target, "region_code", "") or ""),
            reason=reason,
            facts=facts,
        )
        for target in targets
    ]
    installed().write(entries)
    frame.recorded += len(entries)


def plain_ids(arguments: Mapping[str, object]) -> dict[str, str]:
    """The identifiers among a command's arguments: all of them that a refused line may keep."""
    return {name: str(value) for name, value in arguments.items() if isinstance(value, UUID)}
