"""The rule library as files: every `reference/*.toml` read together and checked as one whole before it is loaded.

A fault names its file and what is wrong with it; all faults are told at once.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from kaogong.foundation.kernel.clauses import Clause
from kaogong.regulations.rules import CERTAINTY, Provision, Scope, overlap

FOLDER = Path(__file__).with_name("reference")

Row = Mapping[str, Any]

INSTRUMENT_FIELDS = frozenset(
    [
        "key",
        "title",
        "issuer",
        "number",
        "issued_on",
        "in_force_on",
        "repealed_on",
        "region_code",
        "certainty",
        "source",
    ]
)
ARTICLE_FIELDS = frozenset(["instrument", "article", "heading", "text", "in_force_on", "until", "certainty"])
PROVISION_FIELDS = frozenset(
    [
        "key",
        "title",
        "value",
        "unit",
        "clause",
        "region_code",
        "track",
        "occupation_code",
        "since",
        "until",
        "certainty",
    ]
)


class FaultyLibrary(ValueError):
    """The files of the rule library contradict themselves or each other; the message names each file and fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("rule library: " + "; ".join(self.faults))


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """One instrument as a file states it."""

    file: str
    key: str
    title: str
    issuer: str
    certainty: str
    number: str = ""
    issued_on: date | None = None
    in_force_on: date | None = None
    repealed_on: date | None = None
    region_code: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article as a file states it."""

    file: str
    clause: Clause
    heading: str
    text: str
    certainty: str
    in_force_on: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ProvisionRow:
    """One provision as a file states it."""

    file: str
    provision: Provision


@dataclass(slots=True)
class Library:
    """All instruments, articles and provisions of the files, in the order in which they were read."""

    instruments: list[InstrumentRow] = field(default_factory=list)
    articles: list[ArticleRow] = field(default_factory=list)
    provisions: list[ProvisionRow] = field(default_factory=list)
    digest: str = ""


def read(folder: Path = FOLDER) -> Library:
    """Read and check every `*.toml` of the folder. Raises FaultyLibrary, which tells all faults at once."""
    library, faults, digest = Library(), [], sha256()
    for file in sorted(folder.glob("*.toml")):
        content = file.read_bytes()
        digest.update(content)
        try:
            tables = tomllib.loads(content.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.append(f"{file.name}: not TOML: {error}")
            continue
        faults += _take(library, file.name, tables)
    library.digest = digest.hexdigest()
    faults += _contradictions(library)
    if faults:
        raise FaultyLibrary(faults)
    return library


def _take(library: Library, file: str, tables: Mapping[str, Any]) -> Iterator[str]:
    """Put a file's rows into the library; yields the faults of rows that cannot be taken."""
    for unknown in sorted(set(tables) - {"instruments", "articles", "provisions"}):
        yield f"{file}: unknown table [[{unknown}]]"
    for row in tables.get("instruments", []):
        faults = list(_misfits(row, INSTRUMENT_FIELDS, ("key", "title", "issuer", "certainty")))
        if not faults:
            library.instruments.append(InstrumentRow(file=file, **row))
        yield from (f"{file}: instrument {row.get('key')!r}: {fault}" for fault in faults)
    for row in tables.get("articles", []):
        faults = list(_misfits(row, ARTICLE_FIELDS, ("instrument", "article", "heading", "text", "certainty")))
        if not faults:
            library.articles.append(_article(file, row))
        yield from (f"{file}: article {row.get('instrument')}/{row.get('article')}: {fault}" for fault in faults)
    for row in tables.get("provisions", []):
        faults = list(_misfits(row, PROVISION_FIELDS, ("key", "title", "value", "clause", "since", "certainty")))
        if not faults:
            library.provisions.append(_provision(file, row))
        yield from (f"{file}: provision {row.get('key')!r}: {fault}" for fault in faults)


def _misfits(row: Row, known: frozenset[str], needed: tuple[str, ...]) -> Iterator[str]:
    yield from (f"lacks {name}" for name in needed if name not in row)
    yield from (f"has an unknown field {name}" for name in sorted(set(row) - known))
    if row.get("certainty", "N") not in CERTAINTY:
        yield f"certainty {row['certainty']!r} is none of {'/'.join(CERTAINTY)}"
    for name in ("issued_on", "in_force_on", "repealed_on", "since", "until"):
        if name in row and type(row[name]) is not date:
            yield f"{name} is not a date"
    if "clause" in row and "/" not in row["clause"]:
        yield f"{row['clause']!r} is not instrument/article"
    if type(row.get("since")) is type(row.get("until")) is date and row["until"] <= row["since"]:
        yield "ends before it begins"
    try:
        json.dumps(row.get("value"))
    except TypeError:
        yield "value is not plain (number, text, list or table)"


def _article(file: str, row: Row) -> ArticleRow:
    rest = {name: value for name, value in row.items() if name not in {"instrument", "article"}}
    return ArticleRow(file=file, clause=Clause(row["instrument"], str(row["article"])), **rest)


def _provision(file: str, row: Row) -> ProvisionRow:
    scope = Scope(row.get("region_code", ""), row.get("track", ""), row.get("occupation_code", ""))
    provision = Provision(
        key=row["key"],
        title=row["title"],
        value=row["value"],
        unit=row.get("unit", ""),
        clause=Clause.parse(row["clause"]),
        certainty=row["certainty"],
        scope=scope,
        since=row["since"],
        until=row.get("until"),
    )
    return ProvisionRow(file, provision)


def _contradictions(library: Library) -> Iterator[str]:
    """What no single file can see: names used twice, references to nothing, overlapping provisions."""
    instruments: dict[str, str] = {}
    for instrument in library.instruments:
        if instrument.key in instruments:
            yield f"{instrument.file}: instrument {instrument.key!r} already stands in {instruments[instrument.key]}"
        instruments.setdefault(instrument.key, instrument.file)
    articles: dict[tuple[Clause, date | None], str] = {}
    for article in library.articles:
        name = (article.clause, article.in_force_on)
        if article.clause.instrument not in instruments:
            yield f"{article.file}: article {article.clause}: unknown instrument {article.clause.instrument!r}"
        if name in articles:
            yield f"{article.file}: article {article.clause} already stands in {articles[name]}"
        articles.setdefault(name, article.file)
    clauses = {clause for clause, _ in articles}
    for row in library.provisions:
        if row.provision.clause not in clauses:
            yield f"{row.file}: provision {row.provision.key!r}: unknown article {row.provision.clause}"
    ordered = sorted(library.provisions, key=lambda row: (row.provision.key, _scope_key(row), row.provision.since))
    for one, other in pairwise(ordered):
        if overlap(one.provision, other.provision):
            where = "" if one.file == other.file else f" with that of {one.file}"
            yield f"{other.file}: provision {other.provision.key!r} since {other.provision.since} overlaps{where}"


def _scope_key(row: ProvisionRow) -> tuple[str, str, str]:
    scope = row.provision.scope
    return scope.region_code, scope.track, scope.occupation_code
