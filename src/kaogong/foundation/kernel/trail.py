"""The trail as the kernel knows it: a port. `audit` installs the real one at start-up; without it nothing runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause


class Attest(Enum):
    """What a line says of its target's content besides what was done to it: see `records.Attested`."""

    NOTHING = "nothing"
    AS_IT_IS = "as_it_is"
    NO_MORE = "no_more"
    """The record is about to be removed, lawfully."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the trail before it is signed: who did what to which record, when (in the business sense) and why.

    `statement` is the target's content when the line attests it; None with `attests` says that it is vouched for no
    longer.
    """

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
    attests: bool = False
    statement: Mapping[str, object] | None = None


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
    def pk(self) -> Any: ...


@runtime_checkable
class Stating(Target, Protocol):
    """A target that can be attested: `records.Attested`."""

    def statement(self) -> dict[str, Any] | None: ...


def record(
    *,
    actor: Actor,
    action: str,
    target: Target | None = None,
    reason: str = "",
    attest: Attest = Attest.NOTHING,
    **facts: object,
) -> None:
    """Write one line about the running command. Raises RuntimeError outside a command.

    `action` is dotted, past tense (`registration.admitted`). The target's `region_code`, when it has one, is copied.
    Facts must be plain JSON values or UUIDs, dates, decimals; never a clear document number, contact or item content.
    `attest` makes the line vouch for the target's content; the target must be `records.Attested`, saved and locked.
    """
    record_each(actor=actor, action=action, targets=[target], reason=reason, attest=attest, **facts)


def record_each(
    *,
    actor: Actor,
    action: str,
    targets: Sequence[Target | None],
    reason: str = "",
    attest: Attest = Attest.NOTHING,
    **facts: object,
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
            attests=attest is not Attest.NOTHING,
            statement=_stated(target) if attest is Attest.AS_IT_IS else None,
        )
        for target in targets
    ]
    installed().write(entries)
    frame.recorded += len(entries)


def _stated(target: Target | None) -> dict[str, Any] | None:
    if not isinstance(target, Stating):
        raise TypeError(f"{type(target).__name__} cannot be attested")
    return target.statement()


def plain_ids(arguments: Mapping[str, object]) -> dict[str, str]:
    """The identifiers among a command's arguments: all of them that a refused line may keep."""
    return {name: str(value) for name, value in arguments.items() if isinstance(value, UUID)}
