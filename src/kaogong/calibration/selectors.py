"""Reads of calibration: runs, and how healthy a bank is by what they learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone

from kaogong.calibration import policies
from kaogong.calibration.models import Run
from kaogong.calibration.rules.analysing import LIVE, PURPOSES, TRIAL
from kaogong.calibration.rules.information import Curve, curve_of
from kaogong.calibration.scale import known_items
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank import selectors as itembank
from kaogong.itembank.selectors import Blueprint, Coverage, Standing, Watched

__all__ = ["LIVE", "PURPOSES", "TRIAL", "Curve", "Health", "Run", "health_of", "run", "runs_for"]

EXPOSURE_EDGES = (0.0, 0.05, 0.10, 0.15, 0.20, 0.25, 0.50)
"""Lower ends of the bands in which exposure is counted; the last goes on to 1."""


@dataclass(frozen=True)
class Health:
    """How a bank stands on a day: what its blueprint is covered by, what its items measure, what is worn or aged.

    `exposure` counts items in use by band, `ages` by whole years in use, `flags` by name; `without` have no statistic.
    `on_scale` have parameters; a curve wants `length` of them, the items of a paper. `last` is the newest run.
    """

    blueprint: Blueprint
    coverage: Coverage
    curve: Curve | None
    in_use: int
    without: int
    exposure: Sequence[tuple[str, int]]
    ages: Sequence[tuple[int, int]]
    flags: Mapping[str, int]
    watched: Sequence[Watched]
    watch: itembank.Watch
    standings: Sequence[Standing]
    on_scale: int
    length: int
    last: Run | None


def runs_for(actor: Actor, bank: tuple[str, int] | None = None) -> QuerySet[Run]:
    """Runs that the actor finds, the newest first; of one bank (occupation, level) or of all."""
    found = Run.objects.filter(policies.visible_to(actor)).order_by("-run_at", "-pk")
    return found.filter(occupation_code=bank[0], level=bank[1]) if bank else found


def run(actor: Actor, run_id: UUID) -> Run:
    """One run. Raises NotFound."""
    found = runs_for(actor).filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def health_of(actor: Actor, blueprint_id: UUID, on: date) -> Health:
    """How the bank of a blueprint stands. Raises NotFound, NoProvision."""
    blueprint = itembank.blueprint(actor, blueprint_id)
    bank = (blueprint.occupation_code, blueprint.level)
    standings = [
        each
        for each in itembank.standings(actor, states=["approved"], bank=bank)
        if each.item.point is not None and each.item.point.blueprint_id == blueprint.pk
    ]
    limit = itembank.watch(blueprint.occupation_code, on)
    known = [each.statistic for each in standings if each.statistic is not None]
    flags: Counter[str] = Counter(flag for each in known for flag in each.flags)
    watched = [Watched(each, reasons) for each in standings if (reasons := itembank.reasons_to_watch(each, limit))]
    items = known_items([each.version.pk for each in standings])
    length = sum(each.count for each in itembank.paper_form(blueprint.occupation_code, on).sections)
    return Health(
        blueprint=blueprint,
        coverage=itembank.coverage(blueprint),
        curve=curve_of(items, length) if items is not None and items.n >= length else None,
        in_use=len(standings),
        without=len(standings) - len(known),
        exposure=_bands([each.exposure for each in known if each.exposure is not None]),
        ages=_ages(standings, on, limit.years),
        flags=dict(flags.most_common()),
        watched=watched,
        watch=limit,
        standings=standings,
        on_scale=0 if items is None else items.n,
        length=length,
        last=runs_for(actor, bank).first(),
    )


def _bands(shares: Sequence[float]) -> list[tuple[str, int]]:
    """How many items fall into each band of exposure, as (words, number)."""
    if not shares:
        return []
    ends = [*EXPOSURE_EDGES[1:], 1.0]
    counts, _edges = np.histogram(shares, bins=[*EXPOSURE_EDGES, 1.0])
    words = [f"{low:.0%}–{high:.0%}" for low, high in zip(EXPOSURE_EDGES, ends, strict=True)]
    return list(zip(words, map(int, counts), strict=True))


def _ages(standings: Sequence[Standing], on: date, years: int) -> list[tuple[int, int]]:
    """How many items have been in use for so many whole years; the last entry takes all that are older."""
    counts = Counter[int]()
    for each in standings:
        if (since := each.item.in_use_since) is not None:
            begun = timezone.localdate(since)
            whole = on.year - begun.year - ((on.month, on.day) < (begun.month, begun.day))
            counts[min(max(whole, 0), years)] += 1
    return [(age, counts[age]) for age in range(years + 1)] if counts else []
