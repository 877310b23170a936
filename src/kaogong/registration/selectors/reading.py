"""A claim joined with our own register of certificates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from kaogong.registration import hooks, rules


def record_of(
    claim: Mapping[str, Any], *, awards: Collection[hooks.EarlierAward], on: date
) -> tuple[rules.Record, list[rules.Fault]]:
    """The claim as a record, joined with what our own register of certificates knows; faults of the claim beside it."""
    record, faults = rules.read(claim, on=on)
    registered = [
        rules.Award(each.occupation_code, each.level, each.awarded_on, each.number, is_registered=True)
        for each in awards
    ]
    return record.with_awards(registered), faults
