"""Receiving: how a subscriber makes sure that an event delivered twice works once."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from kaogong.foundation.outbox.announcing import OutsideTransaction
from kaogong.foundation.outbox.models import Handled


def first_time(reader: str, event_id: UUID | str) -> bool:
    """Note that `reader` deals with the event; False when it already has.

    Call it inside the transaction of the work itself: when the work fails, the note goes with it. Two workers with
    the same event at once: the second waits for the first, then gets False. Raises OutsideTransaction.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    table = connection.ops.quote_name(Handled._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (reader, event_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",  # noqa: S608  # our own table's name
            [reader, str(event_id)],
        )
        return bool(cursor.rowcount == 1)
