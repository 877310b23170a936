"""Furniture for tests of the trail: deeds to record, and a database administrator who means harm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.ids import uuid7
from tests.support.cast import officer

AT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
SEALER = service("轨迹封存", "audit.read", "audit.seal")


@command
def do_something(
    *,
    actor: Actor,
    at: datetime,
    target_id: UUID,
    power: str = "",
    action: str = "test.done",
    facts: Mapping[str, object] | None = None,
) -> UUID:
    """A deed for tests: leaves one line that names `target_id` among its facts, or is refused for want of `power`."""
    if power:
        actor.require(power)
    trail.record(actor=actor, action=action, target=_Target(target_id), reason="试验", **(facts or {}))
    return target_id


@command
def vouch_for(*, actor: Actor, at: datetime, records: Sequence[trail.Target]) -> None:
    """Let the trail vouch for records that a test laid past the services."""
    trail.record_each(actor=actor, action="test.laid", targets=records, attest=trail.Attest.AS_IT_IS)


class _Target:
    region_code = "320102"

    def __init__(self, pk: UUID) -> None:
        self.pk = pk


def make_line(*, name: str = "钱主任", action: str = "test.done", at: datetime = AT, **facts: object) -> TrailEntry:
    """Do a deed of its own transaction and return the line that it left."""
    target = do_something(actor=officer(name=name), at=at, target_id=uuid7(), action=action, facts=facts)
    return TrailEntry.objects.get(target_id=str(target))


@contextmanager
def administrator(url: str) -> Iterator[psycopg.Connection]:
    """A superuser's session with every trigger switched off; commits at the end."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


_COPIED = ", ".join(
    field.column
    for field in TrailEntry._meta.concrete_fields
    if field.column not in {"id", "transaction", "actor_name"}
)


def forged_copy(line: TrailEntry, *, transaction: str = "transaction") -> tuple[UUID, str, list[UUID]]:
    """The id, the statement and its values that copy `line` with its signature under a new id and another's name.

    `transaction` is an SQL expression: the number of the copied line's transaction, or of another.
    """
    new = uuid7()
    statement = (
        f"INSERT INTO audit_trailentry (id, transaction, actor_name, {_COPIED}) "
        f"SELECT %s, {transaction}, '混入者', {_COPIED} FROM audit_trailentry WHERE id = %s"
    )
    return new, statement, [new, line.id]


def slip_in(url: str, line: TrailEntry, *, transaction: str = "transaction") -> UUID:
    """As an administrator: put in a forged copy of `line` for good; returns its id."""
    new, statement, values = forged_copy(line, transaction=transaction)
    with administrator(url) as connection:
        connection.execute(statement, values)  # type: ignore[arg-type]  # the statement is put together from columns
    return new
