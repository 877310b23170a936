"""What calibration reports to the bank: statistics of item versions, appended once for each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.itembank import policies, selectors
from kaogong.itembank.models import Item, ItemStatistic, ItemVersion
from kaogong.itembank.states import ITEM


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a run learnt of one version: fields as in `ItemStatistic`, None where it could not tell."""

    version_id: UUID
    cases: int
    p: float | None = None
    r: float | None = None
    upper_lower: float | None = None
    model: str = ""
    a: float | None = None
    b: float | None = None
    c: float | None = None
    se_a: float | None = None
    se_b: float | None = None
    se_c: float | None = None
    exposure: float | None = None
    uses: int | None = None
    drift: float | None = None
    dif: Sequence[Mapping[str, object]] = ()
    flags: Sequence[str] = ()


@command
def record_statistics(
    *,
    actor: Actor,
    at: datetime,
    run_id: UUID,
    purpose: str,
    rows: Sequence[Learnt],
    language: str = selectors.CHINESE,
) -> int:
    """Append what a run of calibration learnt; returns how many trials ended with it.

    An item on trial whose newest version was answered by as many as the rule asks goes on to the review of its
    statistics. Two at once: the items are locked, the second finds the state that the first left. The same run a second
    time breaks on the table's own constraint. Raises NotPermitted, NotFound (a version beyond the actor's reach).
    """
    if not actor.holds("itembank.calibrate"):
        raise NotPermitted(power="itembank.calibrate")
    wanted = {row.version_id: row for row in rows}
    within = ItemVersion.objects.filter(policies.visible_items_of(actor), pk__in=wanted)
    versions = {each.pk: each for each in within.defer("content_sealed")}
    if len(versions) != len(wanted):
        raise NotFound
    ItemStatistic.objects.bulk_create(
        [
            ItemStatistic(
                version_id=row.version_id,
                language=language,
                run_id=run_id,
                purpose=purpose,
                as_of=at,
                **{name: getattr(row, name) for name in FIGURES},
                dif=[dict(each) for each in row.dif],
                flags=list(row.flags),
            )
            for row in rows
        ],
        batch_size=500,
    )
    ended = _end_trials(actor, at, versions, wanted)
    trail.record(
        actor=actor,
        action="itembank.statistics_recorded",
        run=run_id,
        purpose=purpose,
        items=len(rows),
        ended=ended,
    )
    return ended


FIGURES = (
    "cases",
    "p",
    "r",
    "upper_lower",
    "model",
    "a",
    "b",
    "c",
    "se_a",
    "se_b",
    "se_c",
    "exposure",
    "uses",
    "drift",
)


def _end_trials(actor: Actor, at: datetime, versions: Mapping[UUID, ItemVersion], rows: Mapping[UUID, Learnt]) -> int:
    """Send the items on trial that were answered by enough people to the review of their statistics."""
    cases = {(each.item_id, each.version): rows[pk].cases for pk, each in versions.items()}
    ended = 0
    tried = Item.objects.select_for_update().filter(pk__in=[item for item, _version in cases], state="trial")
    for item in tried.order_by("pk"):
        enough = selectors.trial_rules(item.occupation_code, timezone.localdate(at)).cases
        if cases.get((item.pk, item.latest), 0) < enough:
            continue
        item.state = ITEM.after("assess", item.state)
        item.save(update_fields=["state"])
        trail.record(actor=actor, action="itembank.item_assessed", target=item, reason="")
        ended += 1
    return ended
