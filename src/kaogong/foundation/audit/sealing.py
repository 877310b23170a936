"""Sealing: lines that are committed for good become leaves of a Merkle tree whose root is signed and chained.

The sealer takes lines whose transaction lies below `pg_snapshot_xmin`: every transaction that old has ended, so nobody
can still slip a line in among them, and it goes on from the last line of the seal before. So writers never wait for
each other or for it, and only the last seconds are unsealed. It refuses lines without a valid signature.

Transaction numbers mean something only within one PostgreSQL cluster, so each line names its own. After a dump is
restored into another cluster (whose numbers start again, low) the lines of the old one are all committed for good and
are sealed to their end, and the new cluster's lines have a course of their own. A physical copy keeps both identity and
numbers: a copy turned back to an earlier point is seen from the checkpoints. (Do not load a dump into a physical copy
of the very cluster that it was taken from: numbers from its future would wait there until its own reach them.)
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from kaogong.foundation.audit import attesting, checkpoints, encoding
from kaogong.foundation.audit.models import Seal, TrailEntry
from kaogong.foundation.signing import digests, keys, merkle

PURPOSE = "seal"
LINES_PER_SEAL = 4096
SEALS_PER_RUN = 16
SEALER_LOCK = 0x6B616F676F6E6701
"""Number of the advisory lock that keeps sealers in single file."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Outcome:
    """What one run sealed, and the lines that it refused because their signature does not hold."""

    seals: list[Seal] = field(default_factory=list)
    refused: list[UUID] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many lines were sealed."""
        return sum(len(seal.entry_ids) for seal in self.seals)


@dataclass(frozen=True, slots=True)
class Course:
    """The lines of one cluster that the sealer has not looked at: those after (transaction, id), below the horizon."""

    cluster: int
    after: tuple[int, UUID] | None
    below: int | None

    def lines(self) -> QuerySet[TrailEntry]:
        """In the order in which they are sealed."""
        found = TrailEntry.objects.filter(cluster=self.cluster)
        if self.after is not None:
            number, entry_id = self.after
            found = found.filter(transaction__gte=number).filter(Q(transaction__gt=number) | Q(id__gt=entry_id))
        if self.below is not None:
            found = found.filter(transaction__lt=self.below)
        return found.order_by("transaction", "id")


def run(*, at: datetime) -> Outcome:
    """Seal what is committed for good, up to SEALS_PER_RUN seals. Two sealers at once take turns.

    The seals are noted in the checkpoints once they are committed.
    """
    outcome = Outcome()
    with transaction.atomic():
        _wait_for_turn()
        for course in courses():
            _follow(course, outcome, at)
        if outcome.seals:
            transaction.on_commit(lambda: _note(outcome.seals))
    for entry_id in outcome.refused:
        log.error("trail: line %s carries no valid signature and was not sealed", entry_id)
    return outcome


def courses() -> Iterator[Course]:
    """One course for each cluster that ever wrote lines here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kaogong_cluster(), pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        ours, horizon = cursor.fetchone()
        cursor.execute(_CLUSTERS)
        clusters = [row[0] for row in cursor.fetchall()]
    for cluster in clusters:
        last = Seal.objects.filter(cluster=cluster).order_by("-number").values_list("through_transaction", "through_id")
        yield Course(cluster, last.first(), horizon if cluster == ours else None)


# A walk along the index: the number of clusters is tiny, the number of lines is not.
_CLUSTERS = """
WITH RECURSIVE known AS (
    SELECT min(cluster) AS cluster FROM audit_trailentry
    UNION ALL
    SELECT (SELECT min(cluster) FROM audit_trailentry WHERE cluster > known.cluster)
    FROM known WHERE known.cluster IS NOT NULL
)
SELECT cluster FROM known WHERE cluster IS NOT NULL
"""


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])


def _follow(course: Course, outcome: Outcome, at: datetime) -> None:
    while len(outcome.seals) < SEALS_PER_RUN:
        lines = list(course.lines()[:LINES_PER_SEAL])
        if not lines:
            return
        # A withdrawn key signs nothing any more: what comes under it now is backdated, whatever day it names.
        good = [line for line in lines if attesting.is_genuine(line) and keys.withdrawn(line.key_id) is None]
        outcome.refused.extend({line.id for line in lines} - {line.id for line in good})
        if good:
            outcome.seals.append(_seal(good, at=at))
        course = Course(course.cluster, (lines[-1].transaction, lines[-1].id), course.below)


def _seal(lines: list[TrailEntry], *, at: datetime) -> Seal:
    before = Seal.objects.order_by("-number").values_list("number", "digest").first()
    hashes = [merkle.leaf_hash(encoding.entry_leaf(line)) for line in lines]
    seal = Seal(
        number=before[0] + 1 if before else 1,
        cluster=lines[-1].cluster,
        through_transaction=lines[-1].transaction,
        through_id=lines[-1].id,
        entry_ids=[line.id for line in lines],
        leaf_hashes=b"".join(hashes),
        root=merkle.root(hashes),
        previous=before[1] if before else "",
        sealed_at=at,
    )

    def message(key_id: str) -> bytes:
        seal.key_id = key_id
        return encoding.seal_message(seal)

    seal.signature = keys.sign_naming_key(PURPOSE, message).value
    seal.digest = digests.plain(encoding.seal_message(seal))
    seal.save(force_insert=True)
    return seal


def _note(seals: list[Seal]) -> None:
    try:
        checkpoints.append(seals)
    except OSError:
        # The seals stand; the next run notes them too. Verification says what the file lacks.
        log.exception("trail: could not note seals %s in %s", [seal.number for seal in seals], checkpoints.file())
