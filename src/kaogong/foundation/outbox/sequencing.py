"""Sequencing: deals the positions of events once they are committed for good, so that readers need one number.

A number drawn while announcing would be visible out of order: the later one may commit first, a reader passes, and the
earlier one is never read. So an event has no position until every transaction that could still slip one in before it
has ended (its transaction lies below `pg_snapshot_xmin`). Then positions are dealt without gaps, in the order of
transactions, and within one in the order of announcing. Events of another cluster (restored from its dump) are all
committed for good.
"""

from __future__ import annotations

from django.db import connection, transaction

SEQUENCER_LOCK = 0x6B616F676F6E6702
"""Number of the advisory lock that keeps sequencers in single file."""
AT_ONCE = 10_000

# The lock is taken in a statement of its own: the snapshot of the next one then sees what the one before us dealt.
_DEAL = """
WITH ready AS (
    SELECT id, row_number() OVER (ORDER BY cluster, transaction, ordinal) AS turn
    FROM (
        SELECT id, cluster, transaction, ordinal FROM outbox_outboxevent
        WHERE position IS NULL
          AND (cluster <> kaogong_cluster() OR transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
        ORDER BY cluster, transaction, ordinal LIMIT %s
    ) AS next
), last AS (
    SELECT coalesce(max(position), 0) AS position FROM outbox_outboxevent
)
UPDATE outbox_outboxevent AS event SET position = last.position + ready.turn
FROM ready, last WHERE event.id = ready.id
"""


def deal() -> int:
    """Give positions to the events that are committed for good; returns to how many. Two at once take turns."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCER_LOCK])
        cursor.execute(_DEAL, [AT_ONCE])
        return int(cursor.rowcount)
