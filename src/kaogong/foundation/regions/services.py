"""Writes of the regions: loading GB/T 2260 and its changes."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime

from django.db.models import Model

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.regions import gazetteer, selectors
from kaogong.foundation.regions.models import Region, RegionChange
from kaogong.foundation.regions.rules import lifetimes

REGION = ("code", "name", "level", "parent_code", "since_year", "until_year")
CHANGE = ("year", "kind", "level", "old_code", "old_name", "new_code", "new_name", "instrument")
Row = tuple[object, ...]


@command
def load_reference(*, actor: Actor, at: datetime) -> dict[str, int]:
    """Bring the tables of divisions and changes to what the shipped files say; loading again writes nothing.

    Returns how many rows each table has, and how many were written and removed.
    """
    actor.require("reference.load")
    changes = gazetteer.changes()
    places = lifetimes(gazetteer.current(), changes)
    regions = {(p.code, p.name, p.level, p.parent, p.since, p.until) for p in places}
    events = {(c.year, c.kind, c.level, c.old_code, c.old_name, c.new_code, c.new_name, c.instrument) for c in changes}
    counts = {
        "regions": len(regions),
        "changes": len(events),
        "written": _match(Region, REGION, regions) + _match(RegionChange, CHANGE, events),
    }
    selectors.forget()
    trail.record(actor=actor, action="regions.loaded", counts=counts)
    return counts


def _match(model: type[Model], fields: tuple[str, ...], wanted: AbstractSet[Row]) -> int:
    """Remove rows that are not wanted and add those that lack; returns how many rows were touched."""
    manager = model._default_manager
    stored = {tuple(row): key for key, *row in manager.values_list("pk", *fields)}
    surplus = [key for row, key in stored.items() if row not in wanted]
    manager.filter(pk__in=surplus).delete()
    missing = sorted(wanted - stored.keys(), key=str)
    manager.bulk_create([model(**dict(zip(fields, row, strict=True))) for row in missing], batch_size=2000)
    return len(surplus) + len(missing)
