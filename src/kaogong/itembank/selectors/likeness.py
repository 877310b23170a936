"""Items that are alike: pairs by their numbers, never their content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank import policies
from kaogong.itembank.models import ImportBatch, ImportRow, Item, Resemblance
from kaogong.itembank.rules.problems import Problem
from kaogong.regulations import selectors as regulations


def alike_from(occupation_code: str, on: date) -> float:
    """From which likeness on (0 to 1) a pair of an occupation's items is told. Raises NoProvision."""
    return float(regulations.provision("itembank.alike_from", on=on, occupation_code=occupation_code).value) / 100


def resemblances_for(actor: Actor) -> QuerySet[Resemblance]:
    """The pairs of which the actor finds both items, of newest versions, none retired; open ones first."""
    within = Item.objects.filter(policies.visible_to(actor))
    return (
        _current()
        .filter(first__item__in=within, second__item__in=within)
        .select_related("first__item__point", "second__item__point")
        .defer("first__content_sealed", "second__content_sealed")
        .order_by(F("judged_at").desc(nulls_first=True), "-likeness", "pk")
    )


def resemblance(actor: Actor, resemblance_id: UUID) -> Resemblance:
    """One pair. Raises NotFound."""
    found = resemblances_for(actor).filter(pk=resemblance_id).first()
    if found is None:
        raise NotFound
    return found


def resemblances_of(actor: Actor, item: Item) -> tuple[list[Resemblance], int]:
    """The pairs of an item that nobody has called distinct; and how many more there are with items out of reach."""
    about = (Q(first__item=item) | Q(second__item=item)) & ~Q(verdict=Resemblance.Verdict.DISTINCT)
    found = list(resemblances_for(actor).filter(about))
    return found, _current().filter(about).count() - len(found)


def open_resemblances(actor: Actor) -> Mapping[tuple[str, int], int]:
    """How many pairs wait for a verdict, by occupation and level."""
    counts: dict[tuple[str, int], int] = {}
    open_ones = resemblances_for(actor).filter(verdict=Resemblance.Verdict.OPEN).order_by()
    for code, level in open_ones.values_list("first__item__occupation_code", "first__item__level"):
        counts[code, level] = counts.get((code, level), 0) + 1
    return counts


def alike_rows(batch: ImportBatch) -> list[tuple[int, list[Problem]]]:
    """The good rows of a batch that look like another item: (line in the file, what it looks like)."""
    rows = ImportRow.objects.filter(batch=batch, content_sealed__isnull=False).exclude(problems=[]).order_by("line")
    return [(line, [Problem.of(each) for each in problems]) for line, problems in rows.values_list("line", "problems")]


def _current() -> QuerySet[Resemblance]:
    return Resemblance.objects.filter(
        first__version=F("first__item__latest"), second__version=F("second__item__latest")
    ).exclude(Q(first__item__state="retired") | Q(second__item__state="retired"))
