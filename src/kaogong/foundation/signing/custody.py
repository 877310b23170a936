"""Custody: everything in the database that a key is behind, found by its fields, counted by key, moved to new keys.

A table takes part by its fields (`signing.fields`); what is kept elsewhere (the authenticators of allauth, in JSON)
registers a `Holder`. Nothing else of ours may hold sealed bytes or keyed digests: `tests/architecture/test_keys.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from kaogong.foundation.signing import digests, encryption, keys, places, ring
from kaogong.foundation.signing.fields import DigestField, SealedField, SignerField

RowId = UUID | int
BYTES_PER_BATCH = 16 * 1024 * 1024
LOOKED_AT_ON_START = 64 * 1024 * 1024
"""Bytes of a table of which every row is looked at when a process starts; of larger ones a sample of their pages."""
UNREADABLE = "?"


@dataclass(frozen=True, slots=True)
class Count:
    """How many values of a column stand under one key. `ring` is `encryption` or `digest`; `fixed`: why they stay."""

    column: str
    ring: str
    key_id: str
    number: int
    fixed: str = ""


@dataclass(slots=True)
class Moved:
    """What one batch moved: how many rows, the row after which to go on (None: that was the end), and the faults.

    A fault is a row whose sealed bytes do not open, or whose digest is not that of its sealed bytes: left as it is.
    """

    rows: int = 0
    after: RowId | None = None
    faults: list[str] = field(default_factory=list)


class Holder(Protocol):
    """Something that holds sealed values."""

    label: str

    def counts(self) -> list[Count]:
        """Every value by column and key."""

    def sample(self) -> Iterator[Count]:
        """Keys that occur: of all values, or of so many that one which matters is hardly missed."""

    def is_empty(self) -> bool: ...

    def waiting(self) -> int:
        """How many rows hold a value that can be moved and is not under the current key."""

    def move(self, *, after: RowId | None, limit: int) -> Moved:
        """Move the next rows; those that others hold at this moment are passed over. Within a transaction."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    ring: str
    fixed: str
    key: str
    """SQL for the id of the key."""
    is_set: str
    """SQL for whether there is a value at all."""

    def looked(self, table: Table, rest: str) -> str:
        """SQL for the keys of the column, each once."""
        return f"SELECT {self.key}, count(*) FROM {table.quoted} {rest} WHERE {self.is_set} GROUP BY 1"  # noqa: S608  # our own names


class Table:
    """A table with sealed, digested or signed columns."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        self.model = model
        self.label = model._meta.label
        self.sealed = [each for each in fields if isinstance(each, SealedField)]
        self.digested = [each for each in fields if isinstance(each, DigestField)]
        self.signers = [each.column for each in fields if isinstance(each, SignerField)]
        self.quoted = _quoted(model._meta.db_table)

    @property
    def columns(self) -> list[_Column]:
        """The columns under a ring."""
        return [_sealed(each) for each in self.sealed] + [_digested(each) for each in self.digested]

    def counts(self) -> list[Count]:
        return [each for column in self.columns for each in self._looked(column, "")]

    def sample(self) -> Iterator[Count]:
        share = self._share()
        for column in self.columns:
            yield from self._looked(column, f"TABLESAMPLE SYSTEM ({share})")

    def signed_by(self) -> set[str]:
        """Ids of signing keys that occur, of a sample as on start."""
        found: set[str] = set()
        with connection.cursor() as cursor:
            for name in self.signers:
                column = _quoted(name)
                cursor.execute(f"SELECT DISTINCT {column} FROM {self.quoted} TABLESAMPLE SYSTEM ({self._share()})")  # noqa: S608  # our own names
                found |= {row[0] for row in cursor.fetchall()}
        return found

    def is_empty(self) -> bool:
        return not self.model._base_manager.exists()

    def waiting(self) -> int:
        stale, current = self._stale()
        if not stale:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {self.quoted} WHERE {stale}", current)  # noqa: S608  # our own names
            return int(cursor.fetchone()[0])

    def move(self, *, after: RowId | None, limit: int) -> Moved:
        ids, is_end = self._next(after, limit)
        moved = Moved(after=None if is_end else ids[-1])
        needed = [each.name for each in self.model._meta.concrete_fields if not isinstance(each, models.BinaryField)]
        rows = self.model._base_manager.filter(pk__in=ids).only(*needed, *(each.name for each in self.sealed))
        names = [each.name for each in (*self.sealed, *self.digested) if not getattr(each, "fixed", "")]
        turned = []
        for row in rows.select_for_update(skip_locked=True, no_key=True).order_by("pk"):
            before = [getattr(row, name) for name in names]
            try:
                self._turn(row)
            except (encryption.CannotOpen, _OtherDigest) as fault:
                moved.faults.append(f"{self.label} {row.pk}：{fault}")
            else:
                # Unchanged: somebody else moved it between our look and our lock.
                if [getattr(row, name) for name in names] != before:
                    turned.append(row)
        self.model._base_manager.bulk_update(turned, names, batch_size=200)
        moved.rows = len(turned)
        return moved

    def _turn(self, row: models.Model) -> None:
        digested = [each for each in self.digested if not each.fixed and getattr(row, each.attname)]
        sources = {each.source for each in digested}
        clear: dict[str, bytes] = {}
        for each in self.sealed:
            if value := bytes(getattr(row, each.attname) or b""):
                context = each.context_of(row)
                if each.name in sources:
                    clear[each.name] = encryption.open_sealed(value, context=context)
                setattr(row, each.attname, encryption.reseal(value, context=context))
        for column in digested:
            text = column.text_of(row, clear.get(column.source, b""))
            if getattr(row, column.attname) not in digests.keyed_by_all(text, purpose=column.purpose):
                raise _OtherDigest(column.name)
            setattr(row, column.attname, digests.keyed(text, purpose=column.purpose))

    def _next(self, after: RowId | None, limit: int) -> tuple[list[RowId], bool]:
        """The next stale rows in order, so many that they fit into memory together; and whether these are the last."""
        stale, values = self._stale()
        if not stale:
            return [], True
        pk = _quoted(self.model._meta.pk.column)
        size = " + ".join(f"coalesce(octet_length({_quoted(each.column)}), 0)" for each in self.sealed) or "0"
        place = f"{pk} > %s AND " if after is not None else ""
        query = f"SELECT {pk}, {size} FROM {self.quoted} WHERE {place}({stale}) ORDER BY {pk} LIMIT %s"  # noqa: S608  # our own names
        with connection.cursor() as cursor:
            cursor.execute(query, [*([after] if after is not None else []), *values, limit])
            found = cursor.fetchall()
        ids: list[RowId] = []
        total = 0
        for row_id, length in found:
            total += length
            if ids and total > BYTES_PER_BATCH:
                break
            ids.append(row_id)
        return ids, len(ids) == len(found) < limit

    def _stale(self) -> tuple[str, list[str]]:
        """SQL for the rows that can be moved, with its values."""
        current = {place.key: ring.load(place).current for place in ring.PLACES}
        movable = [each for each in self.columns if not each.fixed]
        words = " OR ".join(f"({each.is_set} AND {each.key} <> %s)" for each in movable)
        return words, [current[each.ring] for each in movable]

    def _looked(self, column: _Column, rest: str) -> list[Count]:
        with connection.cursor() as cursor:
            cursor.execute(column.looked(self, rest))
            found = cursor.fetchall()
        name = f"{self.label}.{column.name}"
        return [Count(name, column.ring, key_id, number, column.fixed) for key_id, number in sorted(found)]

    def _share(self) -> float:
        """How many percent of the table's pages are looked at on start."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_relation_size(%s::regclass)", [self.quoted])
            size = int(cursor.fetchone()[0])
        return min(100.0, 100.0 * LOOKED_AT_ON_START / max(size, 1))


class _OtherDigest(Exception):
    """A digest that is not that of the sealed value beside it."""

    def __str__(self) -> str:
        return f"{self.args[0]} 与密文不符"


def _sealed(each: SealedField) -> _Column:
    column = _quoted(each.column)
    # Escaped, so that bytes which are not ours cannot break the count.
    key = (
        f"CASE WHEN octet_length({column}) > 14 AND get_byte({column}, 0) = {encryption.FORMAT}"
        f" THEN encode(substring({column} FROM 3 FOR get_byte({column}, 1)), 'escape') ELSE '{UNREADABLE}' END"
    )
    return _Column(each.name, ring.ENCRYPTION.key, "", key, f"octet_length({column}) > 0")


def _digested(each: DigestField) -> _Column:
    column = _quoted(each.column)
    return _Column(each.name, ring.DIGEST.key, each.fixed, f"split_part({column}, ':', 1)", f"{column} <> ''")


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


_registered: list[Holder] = []


def register(holder: Holder) -> None:
    """Add what is no table of ours. Called by its module's `ready()`."""
    if holder.label not in {each.label for each in _registered}:
        _registered.append(holder)


def tables() -> list[Table]:
    """Our tables with a key behind them, in the river's order."""
    found = (Table(model) for model in apps.get_models())
    return [each for each in found if each.sealed or each.digested or each.signers]


def holders() -> list[Holder]:
    """Everything with sealed values or keyed digests."""
    return [*(each for each in tables() if each.sealed or each.digested), *_registered]


def holder(label: str) -> Holder:
    """The one of that name. Raises ValueError."""
    for each in holders():
        if each.label == label:
            return each
    raise ValueError(f"no holder of sealed values: {label!r}")


def is_in_use() -> bool:
    """Whether the database holds anything that a key is behind: then no process may make keys by itself."""
    present = set(connection.introspection.table_names())
    return any(each.model._meta.db_table in present and not each.is_empty() for each in tables())


def doubts() -> list[str]:
    """Why a process must not start with these keys: one Chinese sentence for each reason; none when all is well.

    Every private key and ring must be there, and every key behind what the database holds.
    """
    found = [*_missing()]
    if not found and is_in_use():
        found += _lost({each.key_id for each in _sampled(ring.ENCRYPTION)}, ring.ENCRYPTION)
        found += _lost({each.key_id for each in _sampled(ring.DIGEST)}, ring.DIGEST)
        trusted = {*keys.known(), *_given_up()}
        for key_id in sorted({key_id for table in tables() for key_id in table.signed_by()} - trusted):
            found.append(str(places.KeyMissing(f"公钥 {key_id}", f"文件夹 {places.folder() / places.TRUSTED} ")))
    return found


def check() -> None:
    """Stop unless the keys are whole. Raises KeysUnusable with what `doubts` says."""
    if found := doubts():
        raise places.KeysUnusable("\n".join(found))


def missing() -> list[str]:
    """The purposes of signing keys and the names of rings for which there is no key at all. Raises KeysUnusable."""
    return [what for what, ask in _asked() if _is_missing(ask)]


def _asked() -> Iterator[tuple[str, Any]]:
    for purpose in sorted(keys.PURPOSES):
        yield purpose, lambda purpose=purpose: keys.current(purpose)
    for place in ring.PLACES:
        yield place.key, lambda place=place: ring.load(place)


def _is_missing(ask: Any) -> bool:
    try:
        ask()
    except places.KeyMissing:
        return True
    return False


def _missing() -> Iterator[str]:
    lacking: list[places.KeyMissing] = []
    for _what, ask in (*_asked(), ("withdrawals", keys.withdrawals_in_force)):
        try:
            ask()
        except places.KeyMissing as fault:
            lacking.append(fault)
        except places.KeysUnusable as fault:
            yield str(fault)
    if lacking:
        where = "，".join(dict.fromkeys(each.where.strip() for each in lacking))
        yield str(places.KeyMissing("、".join(each.what for each in lacking), f"{where} "))


def _given_up() -> Iterator[str]:
    """Public keys that are gone for good, as an empty file `<key id>.lost` in the trust list says."""
    for name in places.names(places.folder() / places.TRUSTED):
        if name.endswith(".lost"):
            yield name.removesuffix(".lost")


def _sampled(place: ring.Place) -> Iterable[Count]:
    return (count for each in holders() for count in each.sample() if count.ring == place.key)


def _lost(used: set[str], place: ring.Place) -> Iterator[str]:
    held = ring.load(place)
    for key_id in sorted(used - {UNREADABLE} - held.keys.keys() - held.lost):
        where = f"环境变量 {place.variable} " if place.is_in_environment else f"文件 {place.file} "
        yield str(places.KeyMissing(f"{place.title}中的 {key_id}（库中仍有用它封存的内容）", where))
