"""Staged imports and their repair lists."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank import policies
from kaogong.itembank.models import ImportBatch, ImportRow
from kaogong.itembank.rules.problems import Problem


def batches_for(actor: Actor) -> QuerySet[ImportBatch]:
    """The import batches that the actor finds, newest first."""
    return ImportBatch.objects.filter(policies.visible_to(actor, ["itembank.import"])).order_by("-staged_at")


def import_batch(actor: Actor, batch_id: UUID) -> ImportBatch:
    """One batch. Raises NotFound."""
    found = batches_for(actor).filter(pk=batch_id).first()
    if found is None:
        raise NotFound
    return found


def repair_list(batch: ImportBatch) -> list[tuple[int, list[Problem]]]:
    """The bad rows of a batch: (line in the file, every reason)."""
    rows = ImportRow.objects.filter(batch=batch, content_sealed__isnull=True).order_by("line")
    return [(line, [Problem.of(each) for each in problems]) for line, problems in rows.values_list("line", "problems")]


def places_of(batch: ImportBatch) -> dict[int, str]:
    """Where in the package the bad rows of a batch stand: line to part; empty for files that have no parts."""
    rows = ImportRow.objects.filter(batch=batch, content_sealed__isnull=True).exclude(place="")
    return dict(rows.values_list("line", "place"))


def count_originals(batch: ImportBatch) -> int:
    """How many records of a batch are kept aside as they came."""
    return ImportRow.objects.filter(batch=batch, original_sealed__isnull=False).count()
