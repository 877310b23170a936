"""Loads the tracks and their rule tables that the product ships."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

from kaogong.foundation.kernel import remembering, trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.tracks.models import Track, TrackRule

REFERENCE = Path(__file__).parent / "reference" / "tracks.toml"


@command
def load_reference(*, actor: Actor, at: datetime) -> int:
    """Bring the tables to what `reference/tracks.toml` says; returns how many rules. Loading again changes nothing."""
    actor.require("reference.load")
    content = tomllib.loads(REFERENCE.read_text(encoding="utf-8"))
    tracks = {}
    for entry in content["tracks"]:
        fields = {"name": entry["name"], "description": entry["description"]}
        tracks[entry["key"]], _made = Track.objects.update_or_create(key=entry["key"], defaults=fields)
    for entry in content["rules"]:
        TrackRule.objects.update_or_create(
            track=tracks[entry["track"]],
            topic=entry["topic"],
            since=entry["since"],
            defaults={"value": entry["value"], "clause": entry["clause"], "until": entry.get("until")},
        )
    remembering.forget()
    trail.record(actor=actor, action="tracks.reference_loaded", tracks=len(tracks), rules=len(content["rules"]))
    return len(content["rules"])
