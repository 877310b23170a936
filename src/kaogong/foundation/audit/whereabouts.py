"""Where a refusal's line lies: the region of the record that the refused deed was about.

A deed done copies the region from its target. A refused one was rolled back and knows its arguments only, and whoever
is refused without a post (a candidate) lies in nobody's institution: no auditor of the place would see it. So each
module's app says, for the words of its deeds' arguments, which table holds the record and the way to its region:

    whereabouts = {"Part": ("sittings.SittingPart", "sitting__region_code")}      # for `part_id`
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from uuid import UUID

from django.apps import apps


@cache
def known() -> Mapping[str, tuple[str, str]]:
    """What the apps say: word of an argument → (label of the table, path to its region)."""
    return {word: where for app in apps.get_app_configs() for word, where in getattr(app, "whereabouts", {}).items()}


def word_of(argument: str) -> str:
    """The record that an argument names: `sitting_id` → `Sitting`."""
    return argument.removesuffix("_id").title().replace("_", "")


def region_of(arguments: Mapping[str, object]) -> str:
    """The region of the first record among these identifiers that has one; empty when none has.

    At most one look at a primary key for each identifier. The record need not be in anybody's reach: the line is.
    """
    for name, value in arguments.items():
        where = known().get(word_of(name)) if name.endswith("_id") else None
        if where is not None and (region := _looked_up(*where, str(value))):
            return region
    return ""


def _looked_up(label: str, path: str, key: str) -> str:
    try:
        wanted = UUID(key)
    except ValueError:
        return ""
    return apps.get_model(label)._default_manager.filter(pk=wanted).values_list(path, flat=True).first() or ""
