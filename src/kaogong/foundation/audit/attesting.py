"""Attesting: lines of the trail carry the digest of the record that their deed left behind, and records are held to it.

So the trail, which nobody can rewrite, vouches for tables that a database administrator can. The digest is SHA-256 over
the record's statement in canonical JSON; the newest line that attests a record is the one that counts, and an empty
digest takes the word back. Whoever acts on a record in earnest asks `doubted` first; `audit verify` asks of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import connection

from kaogong.foundation.audit import encoding
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.records import Attested
from kaogong.foundation.signing import canonical, digests, keys

FACT = "attests"
MESSAGE = b"kaogong statement 1\n"
ROWS_AT_A_TIME = 1000
LOOKS = 3
"""How often a record that seems altered is read again: a deed may have come between reading it and its line."""

R = TypeVar("R", bound=Attested)


def digest(statement: Mapping[str, Any] | None) -> str:
    """The digest of a statement, 64 hexadecimal digits; empty for None. Raises TypeError, ValueError as `canonical`."""
    return "" if statement is None else digests.plain(MESSAGE + canonical.encode(statement))


def is_genuine(line: TrailEntry) -> bool:
    """Whether the line is exactly what the service signed, with a key that was trusted on the day it names."""
    try:
        message = encoding.entry_message(line)
    except (TypeError, ValueError):  # a database administrator may store what we cannot spell
        return False
    return keys.verify(line.key_id, message, bytes(line.signature), purpose="trail", dated=line.recorded_at)


def doubted(records: Sequence[R]) -> list[R]:
    """Those of `records` that are not what their newest genuine line says, or of which no line says anything.

    One query and one signature a record. Drafts of which nothing was ever attested are not doubted.
    """
    newest: dict[str, TrailEntry] = {}
    for line in _lines([record.pk for record in records]):
        newest[line.target_id] = line
    return [record for record in records if not _holds(record, newest.get(str(record.pk)))]


def _holds(record: Attested, line: TrailEntry | None) -> bool:
    if line is None:
        return record.statement() is None
    return is_genuine(line) and line.facts[FACT] == _digest_now(record)


def _digest_now(record: Attested) -> str | None:
    """The digest of the record as it stands; None when it holds what has no spelling."""
    try:
        return digest(record.statement())
    except (TypeError, ValueError):
        return None


def _lines(ids: Collection[UUID]) -> Iterator[TrailEntry]:
    """The attesting lines of these records, the newest last."""
    lines = TrailEntry.objects.filter(target_id__in=[str(each) for each in ids], facts__has_key=FACT, is_refused=False)
    return lines.order_by("recorded_at", "id").iterator()


# -- all of them ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doubt:
    """A record that is not as the trail says. `entry_id`: the line that says so, None when there is no line."""

    kind: str
    model: type[Attested]
    record_id: UUID | str
    entry_id: UUID | None


def models() -> list[type[Attested]]:
    """Every kind of record that the trail vouches for, by name."""
    found = [model for model in apps.get_models() if issubclass(model, Attested)]
    return sorted(found, key=lambda model: model.__name__)


def doubts(model: type[Attested]) -> Iterator[Doubt | int]:
    """Compare every record of a kind with its line, both ways: altered, slipped in, removed.

    Between doubts it tells the number of records that it has read since. May run while others write. Lines are taken
    as they stand: whether they are genuine is the verification's own question.
    """
    last: UUID | None = None
    while True:
        rows = model._default_manager.order_by("pk")
        batch = list((rows if last is None else rows.filter(pk__gt=last))[:ROWS_AT_A_TIME])
        if not batch:
            break
        last = batch[-1].pk
        for record in _differing(model, batch):
            entry_id = _newest(record.pk)
            yield Doubt("altered" if entry_id else "slipped_in", model, record.pk, entry_id)
        yield len(batch)
    for entry_id, target_id in _vanished(model):
        yield Doubt("removed", model, target_id, entry_id)


def _differing(model: type[Attested], batch: Sequence[Attested]) -> Sequence[Attested]:
    for _look in range(LOOKS):
        lines = TrailEntry.objects.filter(target_id__in=[str(each.pk) for each in batch], facts__has_key=FACT)
        said = dict(lines.order_by("recorded_at", "id").values_list("target_id", f"facts__{FACT}"))
        batch = [each for each in batch if said.get(str(each.pk), "") != _digest_now(each)]
        if not batch:
            return []
        batch = list(model._default_manager.filter(pk__in=[each.pk for each in batch]).order_by("pk"))
    return batch


def _newest(record_id: UUID) -> UUID | None:
    lines = list(_lines([record_id]))
    return lines[-1].pk if lines else None


def _vanished(model: type[Attested]) -> list[tuple[UUID, str]]:
    """The newest lines that vouch for records of this kind which are no longer there."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id, target_id FROM (
                SELECT DISTINCT ON (target_id) id, target_id, facts ->> %s AS attests FROM audit_trailentry AS line
                WHERE target_type = %s AND facts ? %s
                  AND NOT EXISTS (SELECT FROM {table} AS row WHERE row.id::text = line.target_id)
                ORDER BY target_id, recorded_at DESC, id DESC
            ) AS newest WHERE attests <> '' ORDER BY id
            """,  # noqa: S608  # the table's name comes from the model
            [FACT, model.__name__, FACT],
        )
        return list(cursor.fetchall())
