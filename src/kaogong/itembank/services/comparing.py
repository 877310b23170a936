"""Items compared in memory: as they enter a bank, and before they do. Used by the services that write.

The content is opened and compared there; what stays is pairs of versions and how alike they are. The caller's line in
the trail says how many items were opened for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank import sealing, selectors
from kaogong.itembank.models import ItemVersion, Resemblance
from kaogong.itembank.rules.items import ItemContent
from kaogong.itembank.rules.likeness import Bank, Sketch, like_one
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

FEW = 3
"""Up to so many new items are compared one by one, which is faster than to index the bank."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many items were opened to compare with, and how many new pairs were found."""

    compared: int
    alike: int


def keep_alike(new: Mapping[ItemVersion, ItemContent], *, at: datetime) -> Kept:
    """Compare versions just written with the whole bank and each other, keep the pairs that are alike.

    All of them belong to one occupation and level. Items that the author does not find are compared too.
    """
    written = list(new)
    item = written[0].item
    old = newest(item.occupation_code, item.level).exclude(pk__in=[each.pk for each in written])
    others = list(old.exclude(item__in=[each.item_id for each in written]).only("pk", "content_sealed"))
    found = _alike([*new.values()], opened(others), selectors.alike_from(item.occupation_code, timezone.localdate(at)))
    pairs = [(written[low], (written if is_new else others)[high], share) for low, high, is_new, share in found]
    return Kept(len(others), keep_pairs(pairs, at))


def told_alike(
    actor: Actor, rows: Sequence[tuple[int, ItemContent]], *, occupation_code: str, level: int, at: datetime
) -> tuple[dict[int, list[Problem]], int]:
    """What the rows of a file look like, by their lines, and how many items were opened to know it; nothing is kept.

    Another item's number is told to whom finds that item.
    """
    if not rows:
        return {}, 0
    others = list(newest(occupation_code, level).select_related("item"))
    numbers = dict(
        selectors.items_for(actor)
        .filter(occupation_code=occupation_code, level=level)
        .order_by()
        .values_list("pk", "number")
    )
    told: dict[int, list[Problem]] = {}
    found = _alike(
        [content for _line, content in rows],
        opened(others),
        selectors.alike_from(occupation_code, timezone.localdate(at)),
    )
    for low, high, is_new, share in found:
        percent = round(share * 100)
        if is_new:
            later, earlier = sorted((rows[low][0], rows[high][0]), reverse=True)
            told.setdefault(later, []).append(
                Problem("stem", _("与第 {line} 行相近（{percent}%）"), {"line": earlier, "percent": percent})
            )
        elif number := numbers.get(others[high].item_id):
            told.setdefault(rows[low][0], []).append(
                Problem("stem", _("与题号 {number} 相近（{percent}%）"), {"number": number, "percent": percent})
            )
        else:
            told.setdefault(rows[low][0], []).append(
                Problem("stem", _("与题库中您无权查看的一道题相近（{percent}%）"), {"percent": percent})
            )
    return told, len(others)


def newest(occupation_code: str, level: int) -> QuerySet[ItemVersion]:
    """The newest versions of a bank's items that are not retired."""
    return (
        selectors.current_versions()
        .filter(item__occupation_code=occupation_code, item__level=level)
        .exclude(item__state="retired")
        .order_by("pk")
    )


def opened(versions: Sequence[ItemVersion]) -> list[ItemContent]:
    """Their content, in order."""
    return [sealing.open_item(each.content_sealed, version_id=each.pk) for each in versions]


def _alike(
    new: Sequence[ItemContent], others: Sequence[ItemContent], threshold: float
) -> Iterator[tuple[int, int, bool, float]]:
    """Pairs as (place among the new, place of the other, whether the other is new as well, likeness)."""
    if len(new) <= FEW:
        for place, content in enumerate(new):
            yield from ((place, each.second, False, each.likeness) for each in like_one(content, others, threshold))
            later = like_one(content, new[place + 1 :], threshold)
            yield from ((place, place + 1 + each.second, True, each.likeness) for each in later)
        return
    sketches = [Sketch.of(each) for each in new]
    if others:
        bank = Bank([Sketch.of(each) for each in others])
        yield from ((each.first, each.second, False, each.likeness) for each in bank.like(sketches, threshold))
    yield from ((each.first, each.second, True, each.likeness) for each in Bank(sketches).among_themselves(threshold))


def keep_pairs(pairs: Sequence[tuple[ItemVersion, ItemVersion, float]], at: datetime) -> int:
    """Keep the pairs that are not listed yet; return how many."""
    made = []
    for one, other, share in pairs:
        first, second = sorted((one, other), key=lambda version: version.pk)
        made.append(Resemblance(first=first, second=second, likeness=min(share, 1.0), found_at=at))
    known = set(
        Resemblance.objects.filter(first__in=[each.first_id for each in made]).values_list("first_id", "second_id")
    )
    fresh = [each for each in made if (each.first_id, each.second_id) not in known]
    Resemblance.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    return len(fresh)
