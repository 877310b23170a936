"""Verification: recomputes everything from the rows as they are, and names each line that is not as it was written.

What it proves: a line that was sealed and then altered, removed or slipped in is found, by whoever holds the public
keys; and so is a record that the lines vouch for (`attesting`): a result, a certificate, a figure of the rules, a post.
What it cannot: a line removed in the seconds before it was sealed leaves no trace (see `Report.waiting`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from kaogong.foundation.audit import attesting, checkpoints, encoding, sealing
from kaogong.foundation.audit.models import Seal, TrailEntry
from kaogong.foundation.signing import digests, keys, merkle

Kind = Literal[
    "altered",
    "removed",
    "slipped_in",
    "unsealed",
    "rolled_back",
    "record_altered",
    "record_removed",
    "record_slipped_in",
]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written; `entry_id` is None when it concerns a seal as a whole."""

    kind: Kind
    entry_id: UUID | None
    words: str
    seal: int | None = None


@dataclass(slots=True)
class Report:
    """What a verification saw. `waiting`: lines written in the last seconds, genuine, not sealed yet."""

    lines: int = 0
    records: int = 0
    seals: int = 0
    waiting: int = 0
    newest_seal: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(progress: Progress = lambda done, total: None) -> Report:
    """Recompute every line, seal and checkpoint, and hold every attested record to its line.

    Reads only; may run while others write. `progress(done, total)` is called with numbers of lines and records. About
    10,000 lines a second on one core.
    """
    check = _Check(progress)
    check.read_checkpoints()
    check.follow_seals()
    check.compare_with_checkpoints()
    check.look_for_strangers()
    check.hold_records_to_their_lines()
    return check.report


class _Check:
    """One verification under way."""

    def __init__(self, progress: Progress) -> None:
        self.report = Report()
        self.progress = progress
        self.total = TrailEntry.objects.count() + sum(each._default_manager.count() for each in attesting.models())
        self.outside: dict[int, checkpoints.Checkpoint] = {}
        self.digests: dict[int, str] = {}
        self.named: set[UUID] = set()

    def found(self, kind: Kind, entry_id: UUID | None, words: str, seal: int | None = None) -> None:
        if entry_id is not None:
            if entry_id in self.named:
                return
            self.named.add(entry_id)
        self.report.findings.append(Finding(kind, entry_id, words, seal))

    # -- the file outside -------------------------------------------------------------------------------------------

    def read_checkpoints(self) -> None:
        for each in checkpoints.read():
            if isinstance(each, checkpoints.Unreadable):
                self.report.notes.append(_("检查点文件第 {line} 行无法读取。").format(line=each.line))
            elif not each.is_genuine:
                words = _("检查点文件第 {line} 行的签名无效：该行不是本系统写入的。").format(line=each.line)
                self.found("altered", None, words, each.number)
            else:
                self.report.checkpoints += 1
                self._remember(each)

    def _remember(self, each: checkpoints.Checkpoint) -> None:
        known = self.outside.setdefault(each.number, each)
        if known.digest != each.digest:
            words = _("检查点文件中第 {number} 号封存有两个不同的版本：数据库曾被退回到更早的状态后继续使用。")
            self.found("rolled_back", None, words.format(number=each.number), each.number)

    # -- the chain of seals -----------------------------------------------------------------------------------------

    def follow_seals(self) -> None:
        number, digest = 0, ""
        for seal in Seal.objects.order_by("number").iterator(chunk_size=20):
            for missing in range(number + 1, seal.number):
                self._seal_is_gone(missing, "removed", _("第 {number} 号封存被删除。"))
            # After a gap, what the first seal behind it chains to cannot be compared.
            chained = seal.number != number + 1 or seal.previous == digest
            self._check_seal(seal, chained=chained)
            number, digest = seal.number, seal.digest
        self.report.newest_seal = number

    def _check_seal(self, seal: Seal, *, chained: bool) -> None:
        self.report.seals += 1
        self.digests[seal.number] = seal.digest
        flaws = list(_flaws(seal, chained=chained))
        for words in flaws:
            self.found("altered", None, words, seal.number)
        outside = self.outside.get(seal.number)
        ids = list(seal.entry_ids)
        if flaws and outside is not None:
            # The seal was tampered with: what it held is known from outside the database.
            strangers = set(ids) - set(outside.entry_ids)
            for entry_id in _moved(ids, outside.entry_ids):
                words = _("第 {seal} 号封存中行 {id} 的次序被改动。").format(seal=seal.number, id=entry_id)
                self.found("altered", entry_id, words, seal.number)
            ids = [*outside.entry_ids]
            for line in TrailEntry.objects.filter(pk__in=strangers):
                self._judge_stranger(line, is_passed=True)
        self._check_lines(seal, ids, is_intact=not flaws)

    def _check_lines(self, seal: Seal, ids: list[UUID], *, is_intact: bool) -> None:
        rows = TrailEntry.objects.in_bulk(ids)
        hashes = dict(zip(seal.entry_ids, encoding.leaf_hashes(seal), strict=False))
        for place, entry_id in enumerate(ids, start=1):
            row = rows.get(entry_id)
            if row is None:
                words = _("第 {seal} 号封存第 {place} 行（{id}，约写于 {when}）已从数据库中删除。")
                self.found(
                    "removed",
                    entry_id,
                    words.format(seal=seal.number, place=place, id=entry_id, when=_born(entry_id)),
                    seal.number,
                )
            elif not _is_as_sealed(row, hashes.get(entry_id) if is_intact else None):
                words = _("第 {seal} 号封存第 {place} 行已被改动，与写入时的签名不符；现在的内容是：{row}")
                self.found(
                    "altered",
                    entry_id,
                    words.format(seal=seal.number, place=place, row=_described(row)),
                    seal.number,
                )
            elif _is_withdrawn(row.key_id, row.recorded_at):
                words = _(
                    "第 {seal} 号封存第 {place} 行由已撤销的密钥签署，且在它不再可信之后，须逐条核查；内容是：{row}"
                )
                self.found(
                    "slipped_in",
                    entry_id,
                    words.format(seal=seal.number, place=place, row=_described(row)),
                    seal.number,
                )
        self.report.lines += len(rows)
        self._tell_progress()

    # -- a database turned back -------------------------------------------------------------------------------------

    def compare_with_checkpoints(self) -> None:
        for number, outside in sorted(self.outside.items()):
            if number > self.report.newest_seal:
                self._seal_is_gone(
                    number, "rolled_back", _("第 {number} 号封存曾记入检查点，数据库中却没有：数据库被退回。")
                )
            elif number in self.digests and self.digests[number] != outside.digest:
                words = _("第 {number} 号封存与检查点所记不同：数据库被退回后重新封存，或封存被改写。")
                self.found("rolled_back", None, words.format(number=number), number)
                self._name_missing(number, "rolled_back", outside.entry_ids)
        if unnoted := [number for number in self.digests if number not in self.outside]:
            words = _("{count} 个封存（最早第 {first} 号）没有记入检查点文件 {file}；文件被截短、更换，或尚未写入。")
            self.report.notes.append(words.format(count=len(unnoted), first=min(unnoted), file=checkpoints.file()))

    def _seal_is_gone(self, number: int, kind: Kind, words: str) -> None:
        self.found(kind, None, words.format(number=number), number)
        if outside := self.outside.get(number):
            self._name_missing(number, kind, outside.entry_ids)

    def _name_missing(self, number: int, kind: Kind, entry_ids: tuple[UUID, ...]) -> None:
        present = set(TrailEntry.objects.filter(pk__in=entry_ids).values_list("pk", flat=True))
        for entry_id in entry_ids:
            if entry_id not in present:
                words = _("原在第 {seal} 号封存中的行 {id}（约写于 {when}）已不在数据库中。")
                self.found(kind, entry_id, words.format(seal=number, id=entry_id, when=_born(entry_id)), number)

    # -- rows in no seal --------------------------------------------------------------------------------------------

    def look_for_strangers(self) -> None:
        passed = {course.cluster: course.after for course in sealing.courses()}
        for line in _unsealed():
            self.report.lines += 1
            after = passed.get(line.cluster)
            self._judge_stranger(line, is_passed=after is not None and (line.transaction, line.id) <= after)
        self._tell_progress()

    def _judge_stranger(self, line: TrailEntry, *, is_passed: bool) -> None:
        if not attesting.is_genuine(line):
            words = _("这一行没有有效签名：不是本系统写入的，或在封存之前被改动。内容是：{row}")
            self.found("slipped_in", line.id, words.format(row=_described(line)))
        elif is_passed or keys.withdrawn(line.key_id) is not None:  # under a withdrawn key it will never be sealed
            words = _("这一行签名有效，却不在任何封存之中：它曾被移走后放回，或它的封存被改动。内容是：{row}")
            self.found("unsealed", line.id, words.format(row=_described(line)))
        else:
            self.report.waiting += 1

    # -- records ----------------------------------------------------------------------------------------------------

    def hold_records_to_their_lines(self) -> None:
        for model in attesting.models():
            for each in attesting.doubts(model):
                if isinstance(each, attesting.Doubt):
                    self._record_is_doubted(each)
                else:
                    self.report.records += each
                    self._tell_progress()
        self.progress(self.total, self.total)

    def _record_is_doubted(self, doubt: attesting.Doubt) -> None:
        kind, template = _DOUBTS[doubt.kind]
        words = _(template).format(what=_(doubt.model.CALLED), id=doubt.record_id, line=doubt.entry_id)
        self.report.findings.append(Finding(kind, doubt.entry_id, words))

    def _tell_progress(self) -> None:
        self.progress(min(self.report.lines + self.report.records, self.total), self.total)


_DOUBTS: dict[str, tuple[Kind, str]] = {
    "altered": ("record_altered", noop("{what} {id} 已被绕过系统改动：与轨迹第 {line} 行写入时的摘要不符。")),
    "removed": ("record_removed", noop("{what} {id} 已被绕过系统删除：轨迹第 {line} 行登记过它。")),
    "slipped_in": ("record_slipped_in", noop("{what} {id} 没有任何轨迹：不是本系统写入的，或其轨迹已被删除。")),
}


def _flaws(seal: Seal, *, chained: bool) -> Iterator[str]:
    message = encoding.seal_message(seal)
    if not keys.verify(seal.key_id, message, bytes(seal.signature), purpose="seal"):
        yield _("第 {number} 号封存的签名无效：封存被改动。").format(number=seal.number)
    elif _is_withdrawn(seal.key_id, seal.sealed_at):
        words = _("第 {number} 号封存由已撤销的密钥 {key} 签署，且在它不再可信之后：可能不是本系统封存的。")
        yield words.format(number=seal.number, key=seal.key_id)
    if seal.digest != digests.plain(message):
        yield _("第 {number} 号封存的摘要与内容不符。").format(number=seal.number)
    if not chained:
        yield _("第 {number} 号封存没有接在上一号之后：链被改动。").format(number=seal.number)
    hashes = encoding.leaf_hashes(seal)
    if len(hashes) != len(seal.entry_ids) or merkle.root(hashes) != bytes(seal.root):
        yield _("第 {number} 号封存的叶与根不符：封存中的行被删除、增加或换了次序。").format(number=seal.number)


def _is_withdrawn(key_id: str, dated: datetime) -> bool:
    """Whether the key was not trusted any more at the time that the signed content names."""
    withdrawal = keys.withdrawn(key_id)
    return withdrawal is not None and dated >= withdrawal.since


def _moved(ids: list[UUID], original: tuple[UUID, ...]) -> list[UUID]:
    """The ids that stand at another place than before, among those that are in both."""
    both = set(ids) & set(original)
    now, before = [each for each in ids if each in both], [each for each in original if each in both]
    return [mine for mine, theirs in zip(now, before, strict=False) if mine != theirs]


def _is_as_sealed(row: TrailEntry, leaf: bytes | None) -> bool:
    """Whether the row is what was sealed; without a trustworthy leaf, whether it is what was signed."""
    if leaf is None:
        return attesting.is_genuine(row)
    try:
        return merkle.leaf_hash(encoding.entry_leaf(row)) == leaf
    except (TypeError, ValueError):
        return False


def _unsealed() -> Iterator[TrailEntry]:
    """Rows that no seal names, in order. The database compares: ids of a whole country do not fit in our memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute("SELECT id FROM audit_trailentry EXCEPT SELECT unnest(entry_ids) FROM audit_seal ORDER BY 1")
        while rows := cursor.fetchmany(1000):
            yield from TrailEntry.objects.filter(pk__in=[row[0] for row in rows]).order_by("pk")


def _described(row: TrailEntry) -> str:
    when = timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M:%S")
    target = f" {row.target_type} {row.target_id}" if row.target_id else ""
    return f"{when} {row.actor_name} {row.action}{target}（{row.id}）"


def _born(entry_id: UUID) -> str:
    """When a version-7 UUID was made, in words."""
    if entry_id.version != 7:
        return "?"
    made = datetime.fromtimestamp((entry_id.int >> 80) / 1000, tz=UTC)
    return timezone.localtime(made).strftime("%Y-%m-%d %H:%M:%S")
