"""Writing: the kernel's port, filled. Each line is signed before it reaches the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from kaogong.foundation.audit import attesting, encoding, whereabouts
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.trail import Entry
from kaogong.foundation.signing import canonical, keys

PURPOSE = "trail"


class DatabaseTrail:
    """The trail in our own database: several lines cost one statement. Runs within the deed's transaction."""

    def write(self, entries: list[Entry]) -> None:
        if not entries:
            return
        with transaction.atomic():
            cluster, number, now = _transaction()
            rows = [_signed(each, cluster=cluster, number=number, now=now) for each in entries]
            TrailEntry.objects.bulk_create(rows)


def _transaction() -> tuple[int, int, datetime]:
    """The cluster, the transaction's number, and the time by the database's clock.

    One clock for all machines: of two lines about a record, each written under its lock, the later is the newer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT kaogong_cluster(), pg_current_xact_id()::text::bigint, clock_timestamp()")
        cluster, number, now = cursor.fetchone()
        return cluster, number, now


def _signed(entry: Entry, *, cluster: int, number: int, now: datetime) -> TrailEntry:
    actor = entry.actor
    target_type, target_id = _target(entry)
    row = TrailEntry(
        cluster=cluster,
        transaction=number,
        at=entry.at,
        recorded_at=now,
        actor_kind=actor.kind,
        actor_name=_text(actor.name),
        account_id=actor.account_id,
        person_id=actor.person_id,
        posts=_posts(actor),
        door=actor.door,
        action=entry.action,
        target_type=target_type,
        target_id=target_id,
        region_code=entry.region_code or (whereabouts.region_of(entry.facts) if entry.refused else ""),
        reason=_text(entry.reason),
        facts=_facts(entry),
        is_refused=entry.refused,
        clause=str(entry.clause or ""),
    )
    signature = keys.sign_naming_key(PURPOSE, lambda key_id: encoding.entry_message(_with_key(row, key_id)))
    row.signature = signature.value
    return row


def _facts(entry: Entry) -> dict[str, object]:
    facts = {_text(key): plain(value) for key, value in entry.facts.items()}
    return facts | {attesting.FACT: attesting.digest(entry.statement)} if entry.attests else facts


def _target(entry: Entry) -> tuple[str, str]:
    """The record that a line is about; for a refused one the first that the command was given (`sitting_id`: Sitting).

    So the refusals of a record are found beside its deeds.
    """
    if entry.target_id or not entry.refused:
        return entry.target_type, entry.target_id
    for name, value in entry.facts.items():
        if name.endswith("_id"):
            return whereabouts.word_of(name), str(value)
    return "", ""


def _with_key(row: TrailEntry, key_id: str) -> TrailEntry:
    row.key_id = key_id
    return row


def _posts(actor: Actor) -> list[dict[str, str]]:
    return [
        {
            "organisation_id": str(grant.organisation_id),
            "organisation": _text(grant.organisation_name),
            "role": grant.role,
        }
        for grant in actor.grants
    ]


def plain(value: object) -> object:
    """A fact as a JSON value: UUIDs, dates, decimals and numbers that JSON cannot hold exactly become text.

    Raises TypeError for anything else.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        # PostgreSQL hands a large float back as an integer, which would then have no canonical form.
        return value if abs(value) <= canonical.LARGEST_EXACT else str(value)
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_text(str(key)): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    raise TypeError(f"the trail cannot keep {type(value).__name__}")


def _text(text: str) -> str:
    """Text that PostgreSQL can hold: NUL and lone surrogates become the replacement character."""
    return str(text).replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
