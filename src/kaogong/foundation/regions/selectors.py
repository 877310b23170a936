"""Names, parents and territories of region codes, on a day or today. Open to everyone: the divisions are public.

The table is small and changes with a release only, so each process keeps it in memory until `load_reference` drops it.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from kaogong.foundation.regions import models
from kaogong.foundation.regions.gazetteer import AS_OF
from kaogong.foundation.regions.rules import NOW, Atlas, Change, Place, Succession, full_code, prefix

__all__ = [
    "Place",
    "Succession",
    "atlas",
    "children",
    "exists",
    "full_code",
    "name_of",
    "place",
    "predecessors",
    "prefix",
    "search",
    "short_name",
    "successors",
    "territory",
]


def name_of(code: str, on: date | None = None) -> str:
    """The full name as it was on that day, `江苏省南京市玄武区`; 全国 for no code, an unknown code as it is."""
    return atlas().name(code, _year(on))


def short_name(code: str, on: date | None = None) -> str:
    """The division's own name, `玄武区`; 全国 for the empty code, the code itself for an unknown one."""
    found = atlas().place(code, _year(on))
    return found.name if found else code or "全国"


def place(code: str, on: date | None = None) -> Place | None:
    """The division that bore this code on that day (else the nearest in time), or None for a code that never was."""
    return atlas().place(code, _year(on))


def exists(code: str, on: date | None = None) -> bool:
    """Whether a division of this code stood on that day."""
    found = atlas().place(code, _year(on))
    return found is not None and found.stood_in(_year(on))


def territory(code: str, on: date | None = None) -> tuple[str, ...]:
    """Code prefixes whose records belong to this territory, with its predecessors': `3701` → (`3701`, `3712`)."""
    return atlas().territory(code, _year(on))


def children(code: str, on: date | None = None) -> list[Place]:
    """The divisions directly under this one; the provinces under the empty code."""
    return atlas().children(code, _year(on))


def successors(code: str, on: date | None = None) -> list[Succession]:
    """What became of a code by that day, one step of the chain; empty when it still stands."""
    return atlas().successors(code, _year(on))


def predecessors(code: str, on: date | None = None) -> list[Succession]:
    """Which codes went into this one by that day, one step of the chain."""
    return atlas().predecessors(code, _year(on))


def search(text: str, limit: int = 20, *, with_past: bool = False) -> list[Place]:
    """Divisions by words of their full name (`江苏 鼓楼`) or by the beginning of their code; best first."""
    return atlas().search(text, limit, with_past=with_past)


def atlas() -> Atlas:
    """The whole table as the rules know it."""
    return _atlas() if _atlas.cache_info().currsize or models.Region.objects.exists() else Atlas([], [])


def forget() -> None:
    """Drop what this process remembers, because the table has changed."""
    _atlas.cache_clear()


@cache
def _atlas() -> Atlas:
    places = [
        Place(*row)
        for row in models.Region.objects.values_list("code", "name", "level", "parent_code", "since_year", "until_year")
    ]
    changes = [
        Change(
            row.year,
            row.kind,
            row.level,
            row.old_code,
            row.old_name,
            "",
            row.new_code,
            row.new_name,
            "",
            row.instrument,
        )
        for row in models.RegionChange.objects.order_by("year", "id")
    ]
    return Atlas(places, changes)


def _year(on: date | None) -> int:
    return NOW if on is None or on >= AS_OF else on.year
