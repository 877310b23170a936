"""The files that the atlas is built from: GB/T 2260 as of September 2026, and the changes since 1980. Pure."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from kaogong.foundation.regions.rules import Change, Place

FOLDER = Path(__file__).with_name("reference")

AS_OF = date(2026, 9, 1)
"""From this day on the newest table holds, changes of its own year included."""


def current() -> list[Place]:
    """The divisions of the newest table."""
    return [Place(row["code"], row["name"], int(row["level"]), row["parent"]) for row in _rows("gbt2260_2026.csv")]


def changes() -> list[Change]:
    """The events of change, oldest first as the source lists them."""
    names = ("old_code", "old_name", "old_parent", "new_code", "new_name", "new_parent", "instrument")
    return [
        Change(int(row["year"]), row["kind"], int(row["level"]), *(row[name] for name in names))
        for row in _rows("gbt2260_changes.csv")
    ]


def _rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
