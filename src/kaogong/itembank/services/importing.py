"""Imports: a file is analysed whole, its good rows wait as a batch, a person commits the batch or discards it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.foundation.outbox import announcing
from kaogong.foundation.signing import digests
from kaogong.itembank import policies, sealing, selectors
from kaogong.itembank.events import ImportCommitted
from kaogong.itembank.models import ImportBatch, ImportRow, Item, ItemVersion
from kaogong.itembank.rules.files import NotReadable, Row
from kaogong.itembank.rules.items import ItemContent
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.selectors.analysis import (
    Judged,
    Progress,
    analyse,
    known_stems,
    no_progress,
    points_by_codes,
    taken_numbers,
)
from kaogong.itembank.services.comparing import keep_alike, told_alike
from kaogong.itembank.services.items import free_number, lock_bank, write_version
from kaogong.itembank.states import IMPORT
from kaogong.occupations import selectors as occupations

RULES = "kaogong-itembank-rules"


class FileUnreadable(Refusal):
    """The file as a whole cannot be read; nothing is staged."""

    message = _("文件不能读入：{reason}。")
    advice = _("请核对文件编码、表头与列的对应关系后重新提交。")
    clause = Clause(RULES, "import")
    field = "file"


class UnknownOccupation(Refusal):
    """The classification has no such occupation."""

    message = _("职业分类中没有编码为 {code} 的职业。")
    clause = Clause(RULES, "import")
    field = "occupation_code"


class NothingToCommit(Refusal):
    """The batch has no good row."""

    message = _("这一批没有可以入库的试题。")
    advice = _("请按清单修改文件后重新上传，并放弃这一批。")
    clause = Clause(RULES, "import")


class StagedTooLong(Refusal):
    """Since the batch was staged, others have entered items that it now repeats."""

    message = _("暂存之后题库有了变化：本批有 {count} 道题与新入库的试题重复或题号冲突（第 {lines} 行）。")
    advice = _("请放弃这一批并重新上传文件，系统会重新核对。")
    clause = Clause(RULES, "import")


@command
def stage_import(
    *,
    actor: Actor,
    at: datetime,
    file_name: str,
    content: bytes,
    column_map: Mapping[str, str],
    occupation_code: str,
    level: int,
    profile: str = "plain",
    progress: Progress = no_progress,
) -> ImportBatch:
    """Analyse a file by its profile, a table also by a column map (`{"stem": "题干", …}`); its good rows are a batch.

    Nothing enters the bank yet. Bad rows are kept with line and every reason, those of a package with their sealed
    original; good ones that look like another item with what they look like; the file itself is not kept.
    Raises NotPermitted, UnknownOccupation, FileUnreadable.
    """
    home = policies.home_of(actor, "itembank.import")
    actor.require("itembank.import", region=home.region_code, organisation=home.organisation_id)
    if not occupations.exists(occupation_code):
        raise UnknownOccupation(code=occupation_code)
    try:
        found = analyse(
            content=content,
            column_map=column_map,
            occupation_code=occupation_code,
            level=level,
            profile=profile,
            on=timezone.localdate(at),
            progress=progress,
        )
    except NotReadable as problem:
        raise FileUnreadable(reason=str(problem)) from None
    batch = ImportBatch(
        file_name=file_name[-200:],
        file_digest=digests.plain(content),
        encoding=found.encoding,
        profile=profile,
        columns=dict(column_map),
        occupation_code=occupation_code,
        level=level,
        region_code=home.region_code,
        organisation_id=home.organisation_id,
        staged_at=at,
        staged_by=actor.name,
        staged_by_key=policies.person_key(actor),
        good_rows=found.good,
        bad_rows=found.bad,
        unbound_rows=found.unbound,
    )
    batch.save(force_insert=True)
    good = [(each.row.line, each.row.content) for each in found.rows if each.is_good]
    alike, compared = told_alike(actor, good, occupation_code=occupation_code, level=level, at=at)
    rows = [_staged(batch, each, alike.get(each.row.line, ())) for each in found.rows]
    ImportRow.objects.bulk_create(rows, batch_size=500)
    trail.record(
        actor=actor,
        action="itembank.import_staged",
        target=batch,
        file_digest=batch.file_digest,
        good=batch.good_rows,
        bad=batch.bad_rows,
        unbound=batch.unbound_rows,
        compared=compared,
        alike=len(alike),
    )
    return batch


def _staged(batch: ImportBatch, judged: Judged, alike: Sequence[Problem]) -> ImportRow:
    made = ImportRow(
        batch=batch,
        line=judged.row.line,
        problems=[each.plain() for each in (*judged.problems, *alike)],
        place=judged.row.place[-200:],
    )
    if judged.row.source and not judged.is_good:
        made.original_sealed = sealing.seal_original(judged.row.source, row_id=made.pk)
    if judged.is_good:
        made.stem_digest = judged.stem_digest
        made.content_sealed = sealing.seal_row(_packed(judged.row), row_id=made.pk)
    return made


def _packed(row: Row) -> dict[str, Any]:
    return {
        "content": row.content.encode().decode(),
        "number": row.number,
        "codes": list(row.codes),
        "difficulty": row.difficulty,
        "consistency": row.consistency,
    }


@command
def commit_import(*, actor: Actor, at: datetime, batch_id: UUID) -> ImportBatch:
    """Enter all good rows of a batch into the bank as drafts, at once; rows without a point become unbound drafts.

    Two who commit at once: the batch is locked, the second finds it committed and is refused. When the bank changed
    meanwhile so that rows would be duplicates, nothing enters. Raises NotFound, NotPermitted, WrongState,
    NothingToCommit, StagedTooLong.
    """
    batch = _locked(actor, batch_id)
    state = IMPORT.after("commit", batch.state)
    rows = list(ImportRow.objects.filter(batch=batch, content_sealed__isnull=False).order_by("line"))
    if not rows:
        raise NothingToCommit
    lock_bank(batch.occupation_code, batch.level)
    items, versions, contents = _made(batch, rows, at)
    Item.objects.bulk_create(items, batch_size=500)
    ItemVersion.objects.bulk_create(versions, batch_size=500)
    ImportRow.objects.bulk_update(rows, ["item"], batch_size=500)
    kept = keep_alike(dict(zip(versions, contents, strict=True)), at=at)
    batch.state, batch.committed_at, batch.committed_by = state, at, actor.name
    batch.save(update_fields=["state", "committed_at", "committed_by"])
    trail.record(
        actor=actor,
        action="itembank.import_committed",
        target=batch,
        items=len(items),
        file_digest=batch.file_digest,
        compared=kept.compared,
        alike=kept.alike,
    )
    announcing.announce(ImportCommitted(batch_id=batch.pk, items=len(items), region_code=batch.region_code), at=at)
    return batch


def _made(
    batch: ImportBatch, rows: Sequence[ImportRow], at: datetime
) -> tuple[list[Item], list[ItemVersion], list[ItemContent]]:
    """The items, versions and contents of the rows, and each row's link to its item; nothing is saved yet."""
    place = (batch.occupation_code, batch.level)
    numbers, points, known = taken_numbers(*place), points_by_codes(*place), known_stems(*place)
    clashing, items, versions, contents = [], [], [], []
    for row in rows:
        assert row.content_sealed is not None  # the query asked for such rows
        packed = sealing.open_row(row.content_sealed, row_id=row.pk)
        content = ItemContent.decode(packed["content"].encode())
        number = packed["number"]
        is_known = any(each in known for each in sealing.digests_of_stem(content.stem))  # under an older key too
        if is_known or (number and number in numbers):
            clashing.append(row.line)
            continue
        codes = tuple(packed["codes"])
        number = number or free_number(numbers, content.type, codes)
        numbers.add(number)
        item = Item(
            occupation_code=batch.occupation_code,
            level=batch.level,
            point=points.get(codes),
            number=number,
            origin=Item.Origin.IMPORTED,
            region_code=batch.region_code,
            organisation_id=batch.organisation_id,
            author=batch.staged_by,
            author_key=batch.staged_by_key,
            created_at=at,
        )
        items.append(item)
        versions.append(
            write_version(item, content, difficulty=packed["difficulty"], consistency=packed["consistency"], at=at)
        )
        contents.append(content)
        row.item = item
    if clashing:
        raise StagedTooLong(count=len(clashing), lines="、".join(map(str, clashing[:10])))
    return items, versions, contents


@command
def discard_import(*, actor: Actor, at: datetime, batch_id: UUID) -> ImportBatch:
    """Give a staged batch up: its sealed rows and originals are emptied, its repair list stays."""
    batch = _locked(actor, batch_id)
    batch.state, batch.discarded_at = IMPORT.after("discard", batch.state), at
    batch.save(update_fields=["state", "discarded_at"])
    ImportRow.objects.filter(batch=batch).exclude(content_sealed=None).delete()
    ImportRow.objects.filter(batch=batch).exclude(original_sealed=None).update(original_sealed=None)
    trail.record(actor=actor, action="itembank.import_discarded", target=batch, rows=batch.good_rows)
    return batch


@command
def view_originals(*, actor: Actor, at: datetime, batch_id: UUID) -> list[tuple[str, bytes]]:
    """Open what a batch could not take in, as (place in the package, content), and leave a line in the trail."""
    batch = selectors.import_batch(actor, batch_id)
    actor.require("itembank.import", region=batch.region_code, organisation=batch.organisation_id)
    rows = ImportRow.objects.filter(batch=batch).exclude(original_sealed=None).order_by("line")
    opened = []
    for row in rows:
        assert row.original_sealed is not None  # the query asked for such rows
        opened.append((row.place, sealing.open_original(row.original_sealed, row_id=row.pk)))
    if not opened:
        raise NotFound
    trail.record(actor=actor, action="itembank.originals_viewed", target=batch, originals=len(opened))
    return opened


def _locked(actor: Actor, batch_id: UUID) -> ImportBatch:
    found = selectors.batches_for(actor).select_for_update().filter(pk=batch_id).first()
    if found is None:
        raise NotFound
    actor.require("itembank.import", region=found.region_code, organisation=found.organisation_id)
    return found
