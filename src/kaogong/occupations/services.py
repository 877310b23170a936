"""Writes of the occupations: loading the editions that the product ships."""

from __future__ import annotations

import csv
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.occupations.models import Edition, Occupation
from kaogong.occupations.rules import bigrams, pinyin

FOLDER = Path(__file__).with_name("reference")
FIELDS = ["name", "level", "parent_code", "is_green", "is_digital", "name_bigrams", "name_pinyin"]


@command
def load_reference(*, actor: Actor, at: datetime) -> dict[str, int]:
    """Bring the editions to what the shipped files say; loading again writes nothing.

    A code that an edition no longer has in its file is removed from it. Returns nodes by edition and rows written.
    """
    actor.require("reference.load")
    editions = tomllib.loads((FOLDER / "editions.toml").read_text(encoding="utf-8"))["editions"]
    counts = {"written": 0}
    for stated in editions:
        edition, _new = Edition.objects.update_or_create(
            key=stated["key"], defaults={name: stated[name] for name in ("title", "in_force_on", "note")}
        )
        before = {node.code: node for node in Occupation.objects.filter(edition=edition)}
        nodes = [_node(edition, row, before.get(row["code"])) for row in _rows(stated["file"])]
        counts[stated["key"]] = len(nodes)
        counts["written"] += _write(edition, nodes, before)
    trail.record(actor=actor, action="occupations.loaded", counts=counts)
    return counts


def _node(edition: Edition, row: dict[str, str], before: Occupation | None) -> Occupation:
    known = before if before is not None and before.name == row["name"] else None
    return Occupation(
        edition=edition,
        code=row["code"],
        name=row["name"],
        level=int(row["level"]),
        parent_code=row["parent"],
        is_green=row["green"] == "1",
        is_digital=row["digital"] == "1",
        name_bigrams=known.name_bigrams if known else bigrams(row["name"]),
        name_pinyin=known.name_pinyin if known else pinyin(row["name"]),
    )


def _write(edition: Edition, nodes: list[Occupation], before: dict[str, Occupation]) -> int:
    Occupation.objects.filter(edition=edition).exclude(code__in=[node.code for node in nodes]).delete()
    changed = [node for node in nodes if node.code not in before or _facts(node) != _facts(before[node.code])]
    Occupation.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["edition", "code"], update_fields=FIELDS
    )
    return len(changed)


def _facts(node: Occupation) -> list[Any]:
    return [getattr(node, name) for name in FIELDS]


def _rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
