"""The bank that the product ships: blueprint, items and practical tasks of 电工 level 5."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.commands import command
from kaogong.itembank import selectors
from kaogong.itembank.models import Blueprint, Item, ItemVersion, Point, PracticalTask
from kaogong.itembank.rules import files
from kaogong.itembank.rules.items import TYPE_CODES
from kaogong.itembank.services.blueprints import approve_blueprint, draft_blueprint
from kaogong.itembank.services.items import write_version
from kaogong.itembank.services.practical import faults_of, tasks_of
from kaogong.standards import selectors as standards
from kaogong.standards.models import StandardVersion

REFERENCE = Path(__file__).parents[1] / "reference"
COLUMNS = {
    "stem": "stem",
    "type": "type",
    "key": "key",
    "a": "a",
    "b": "b",
    "c": "c",
    "d": "d",
    "difficulty": "difficulty",
    "consistency": "consistency",
    "explanation": "explanation",
    "range1_code": "range1_code",
    "range2_code": "range2_code",
    "range3_code": "range3_code",
    "point": "point",
}


class FaultyReference(ValueError):
    """A shipped file contradicts the rules: a mistake of ours, told with file and place."""


@command
def load_reference(*, actor: Actor, at: datetime) -> dict[str, int]:
    """Load the shipped bank through the same rules as any other; what is loaded already is left alone.

    The shipped items enter as approved with the origin `reference`: read twice before they were shipped, yet by no
    licensed electrician, which reference/README.md tells and the names of reviewer and approver repeat.
    Raises FaultyReference.
    """
    actor.require("reference.load")
    loader = service(actor.name, "itembank.write", "itembank.approve", "reference.load", door=actor.door)
    bank = tomllib.loads((REFERENCE / "banks.toml").read_text(encoding="utf-8"))
    counts = {"blueprints": 0, "items": 0, "tasks": 0}
    for entry in bank["banks"]:
        standard = standards.in_force(entry["occupation_code"], timezone.localdate(at))
        known = Blueprint.objects.filter(standard=standard, level=entry["level"], state="approved").first()
        if known is None:
            known = _load_blueprint(loader, at, standard, entry)
            counts["blueprints"] += 1
            counts["items"] += _load_items(known, entry, at)
        counts["tasks"] += _load_tasks(standard, entry)
    trail.record(actor=actor, action="itembank.reference_loaded", counts=counts)
    return counts


def _load_blueprint(loader: Actor, at: datetime, standard: StandardVersion, entry: Mapping[str, Any]) -> Blueprint:
    rows = [row for name in entry["points"] for row in _csv(name)]
    drafted = draft_blueprint(
        actor=loader, at=at, standard_id=standard.pk, level=entry["level"], title=entry["title"], rows=rows
    )
    return approve_blueprint(actor=loader, at=at, blueprint_id=drafted.pk)


def _csv(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _load_items(blueprint: Blueprint, entry: Mapping[str, Any], at: datetime) -> int:
    points = {tuple(point.codes): point for point in selectors.points_of(blueprint.pk)}
    rows = [row for name in entry["items"] for row in _rows(name, frozenset(points), timezone.localdate(at))]
    items, versions = [], []
    running: dict[tuple[str, ...], int] = {}
    for row in rows:
        running[row.codes] = running.get(row.codes, 0) + 1
        item = _item(blueprint, points[row.codes], row, running[row.codes], at)
        items.append(item)
        versions.append(write_version(item, row.content, difficulty=row.difficulty, consistency=row.consistency, at=at))
    Item.objects.bulk_create(items, batch_size=500)
    ItemVersion.objects.bulk_create(versions, batch_size=500)
    return len(items)


def _rows(name: str, points: frozenset[tuple[str, ...]], on: date) -> Sequence[files.Row]:
    text = (REFERENCE / name).read_text(encoding="utf-8")
    entries = [files.Entry(*row) for row in files.table_of(text, COLUMNS, rows_at_most=100_000)]
    limits = selectors.item_limits(on)
    rows = files.read_rows(entries, files.Reading(COLUMNS, "plain", limits, 3, 3, points))
    if faulty := [f"{name}:{row.line} {row.problems[0]}" for row in rows if row.problems or not row.codes]:
        raise FaultyReference("; ".join(faulty))
    return rows


def _item(blueprint: Blueprint, point: Point, row: files.Row, running: int, at: datetime) -> Item:
    type_code = TYPE_CODES[row.content.type]
    return Item(
        occupation_code=blueprint.occupation_code,
        level=blueprint.level,
        point=point,
        number="-".join((type_code, *row.codes, f"{running:03d}")),
        state="approved",
        origin=Item.Origin.REFERENCE,
        author="参考题库",
        author_key="reference",
        reviewer="人工智能通读（非持证电工）",
        approver="随系统装入，未经专家审定",
        approved_at=at,
        in_use_since=at,
        created_at=at,
    )


def _load_tasks(standard: StandardVersion, entry: Mapping[str, Any]) -> int:
    if PracticalTask.objects.filter(standard=standard, level=entry["level"]).exists():
        return 0
    document = tomllib.loads((REFERENCE / entry["practical"]).read_text(encoding="utf-8"))
    if problems := faults_of(document):
        raise FaultyReference(f"{entry['practical']}: {problems[0].field} {problems[0]}")
    return len(PracticalTask.objects.bulk_create(tasks_of(document, standard, entry["level"])))
