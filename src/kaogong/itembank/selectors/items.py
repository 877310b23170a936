"""Items without their content: numbers, points, states, types."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db.models import Count, F, QuerySet

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank import policies
from kaogong.itembank.models import Item, ItemReview, ItemVersion, Paper, PaperItem
from kaogong.itembank.selectors.blueprints import current_versions


def items_for(actor: Actor) -> QuerySet[Item]:
    """The items that the actor finds, by number."""
    return (
        Item.objects.filter(policies.visible_to(actor))
        .select_related("point__weighted_range", "point__range")
        .order_by("occupation_code", "level", "number")
    )


def item(actor: Actor, item_id: UUID) -> Item:
    """One item. Raises NotFound."""
    found = items_for(actor).filter(pk=item_id).first()
    if found is None:
        raise NotFound
    return found


def items_with_versions(actor: Actor) -> QuerySet[ItemVersion]:
    """The newest version of each item that the actor finds, with item and point, for lists. Sealed content deferred."""
    return (
        current_versions()
        .filter(item__in=Item.objects.filter(policies.visible_to(actor)))
        .select_related("item__point__weighted_range", "item__point__range")
        .defer("content_sealed")
        .order_by("item__occupation_code", "item__level", "item__number")
    )


def may_open(actor: Actor, found: Item) -> bool:
    """Whether the actor may read an item that she finds: by her bank, or because a paper within her reach used it."""
    if Item.objects.filter(policies.may_be_opened_by(actor), pk=found.pk).exists():
        return True
    used = Paper.objects.filter(policies.visible_to(actor, policies.PAPER), state="used").exclude(policies.NATION)
    return PaperItem.objects.filter(version__item=found, version__version=found.latest, paper__in=used).exists()


def versions_of(found: Item) -> QuerySet[ItemVersion]:
    """All versions of an item, newest first, without their content."""
    return ItemVersion.objects.filter(item=found).defer("content_sealed").order_by("-version")


def current_version(found: Item) -> ItemVersion:
    """The newest version of an item."""
    return ItemVersion.objects.get(item=found, version=found.latest)


def reviews_of(found: Item) -> QuerySet[ItemReview]:
    """What the reviewers said of an item, newest first."""
    return ItemReview.objects.filter(item=found).order_by("-reviewed_at", "-pk")


def reviews_passed(found: Item) -> set[str]:
    """The reviews that the newest version has passed."""
    return set(
        ItemReview.objects.filter(item=found, version=found.latest, verdict=ItemReview.Verdict.PASSED).values_list(
            "kind", flat=True
        )
    )


def reviewers_of(found: Item) -> set[str]:
    """Who reviewed the newest version, by key."""
    return set(ItemReview.objects.filter(item=found, version=found.latest).values_list("reviewer_key", flat=True))


def hands_on(version: ItemVersion) -> set[str]:
    """Who wrote, reviewed or approved that version of an item, or the item as it stands, by key."""
    reviews = ItemReview.objects.filter(item=version.item_id, version=version.version)
    keys = {key for row in reviews.values_list("author_key", "reviewer_key") for key in row}
    item = version.item
    return (keys | {item.author_key, item.reviewer_key, item.approver_key}) - {""}


def reviewed_by(key: str, items: QuerySet[Item]) -> bool:
    """Whether that person reviewed any of the items, in the version that is the newest."""
    return ItemReview.objects.filter(item__in=items, version=F("item__latest"), reviewer_key=key).exists()


def bank_counts(actor: Actor) -> dict[tuple[str, int], Counter[str]]:
    """How many items there are by occupation and level, and in which states."""
    counts: dict[tuple[str, int], Counter[str]] = {}
    rows = items_for(actor).order_by().values("occupation_code", "level", "state").annotate(n=Count("pk"))
    for row in rows:
        counts.setdefault((row["occupation_code"], row["level"]), Counter())[row["state"]] += row["n"]
    return counts
