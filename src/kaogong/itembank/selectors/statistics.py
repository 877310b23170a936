"""What calibration learnt of items: the newest statistics, what the rule of promotion says, what is to be watched."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank import hooks, policies
from kaogong.itembank.models import Item, ItemStatistic, ItemVersion
from kaogong.itembank.rules.languages import CHINESE
from kaogong.itembank.rules.promotion import Facts, Verdict, judge
from kaogong.itembank.selectors.blueprints import current_versions
from kaogong.itembank.selectors.figures import Watch, promotion_bounds, watch

ON_TRIAL = ("cleared", "trial", "assessed")


@dataclass(frozen=True, slots=True)
class Standing:
    """An item's newest version with its newest statistic, if there is one."""

    version: ItemVersion
    statistic: ItemStatistic | None
    is_of_old_key: bool = False
    """Whether its key was ruled on after the statistic: figures of an answer that no longer counts."""

    @property
    def item(self) -> Item:
        return self.version.item


@dataclass(frozen=True, slots=True)
class Watched:
    """An item in use beyond one of the bounds: `reasons` are names of them (drift, exposure, key)."""

    standing: Standing
    reasons: Sequence[str]


def statistics_of(version_id: UUID) -> QuerySet[ItemStatistic]:
    """All statistics of a version, the newest first: for modules and pages that found the item under scope."""
    return ItemStatistic.objects.filter(version=version_id).order_by("-as_of", "-pk")


def newest_statistics(version_ids: Collection[UUID], *, language: str = CHINESE) -> dict[UUID, ItemStatistic]:
    """The newest statistic of each version that has one, in that language."""
    found = ItemStatistic.objects.filter(version__in=list(version_ids), language=language)
    newest = found.order_by("version", "-as_of", "-pk").distinct("version")
    return {each.version_id: each for each in newest}


def known_parameters(version_ids: Collection[UUID], *, language: str = CHINESE) -> dict[UUID, ItemStatistic]:
    """The newest statistic with parameters of each version that has one: what a calibration holds fast.

    Parameters of an answer that was ruled on since are not among them.
    """
    found = ItemStatistic.objects.filter(
        version__in=list(version_ids), language=language, a__isnull=False, b__isnull=False
    )
    newest = found.order_by("version", "-as_of", "-pk").distinct("version")
    ruled = hooks.ruled_at(version_ids)
    return {each.version_id: each for each in newest if not is_of_old_key(each, ruled)}


def is_of_old_key(statistic: ItemStatistic, ruled: Mapping[UUID, datetime]) -> bool:
    """Whether a statistic is older than the newest ruling on its version (see `hooks.ruled_at`)."""
    return statistic.version_id in ruled and statistic.as_of < ruled[statistic.version_id]


def of_old_key(statistics: Collection[ItemStatistic]) -> set[UUID]:
    """The ids of those statistics that an answer ruled on since was counted for."""
    ruled = hooks.ruled_at({each.version_id for each in statistics})
    return {each.pk for each in statistics if is_of_old_key(each, ruled)}


def standings(
    actor: Actor, *, states: Sequence[str], bank: tuple[str, int] | None = None, language: str = CHINESE
) -> list[Standing]:
    """Items in those states that the actor finds, of one bank (occupation, level) or all, with their statistics."""
    within = Q(item__occupation_code=bank[0], item__level=bank[1]) if bank else Q()
    versions = list(
        current_versions()
        .filter(within, policies.visible_items_of(actor), item__state__in=states)
        .select_related("item__point__weighted_range")
        .defer("content_sealed")
        .order_by("item__occupation_code", "-item__level", "item__number")
    )
    newest = newest_statistics([each.pk for each in versions], language=language)
    old = of_old_key(newest.values())
    found = [(each, newest.get(each.pk)) for each in versions]
    return [Standing(each, told, told is not None and told.pk in old) for each, told in found]


def standing_of(found: Item) -> Standing:
    """An item found under scope, as it stands."""
    version = (
        ItemVersion.objects.select_related("item__point__weighted_range")
        .defer("content_sealed")
        .get(item=found, version=found.latest)
    )
    newest = newest_statistics([version.pk]).get(version.pk)
    return Standing(version, newest, newest is not None and bool(of_old_key([newest])))


def verdict_of(standing: Standing, on: date) -> Verdict:
    """What the rule of promotion says of an item on a day. Raises NoProvision."""
    bounds, _clause = promotion_bounds(standing.item.occupation_code, standing.version.type, on)
    found = standing.statistic
    if found is None:
        return judge(Facts(cases=0), bounds)
    facts = Facts(
        cases=found.cases,
        p=found.p,
        r=found.r,
        upper_lower=found.upper_lower,
        a=found.a,
        b=found.b,
        se_b=found.se_b,
        flags=found.flags,
        dif=found.dif,
        is_of_old_key=standing.is_of_old_key,
    )
    return judge(facts, bounds)


def watched(actor: Actor, on: date, *, bank: tuple[str, int] | None = None) -> list[Watched]:
    """Items in use that moved or that too many have met, by the figures of their occupation. Raises NoProvision."""
    found = []
    bounds: dict[str, Watch] = {}
    for each in standings(actor, states=["approved"], bank=bank):
        code = each.item.occupation_code
        limit = bounds[code] = bounds.get(code) or watch(code, on)
        if reasons := reasons_to_watch(each, limit):
            found.append(Watched(each, reasons))
    return found


def reasons_to_watch(standing: Standing, limit: Watch) -> list[str]:
    """Which bounds an item is beyond: drift, exposure; `key` when its answer was ruled on since it was calibrated."""
    statistic = standing.statistic
    if statistic is None:
        return []
    beyond = {
        "drift": statistic.drift is not None and abs(statistic.drift) > limit.drift,
        "exposure": limit.is_overexposed(statistic.exposure, statistic.uses, statistic.cases),
        "key": standing.is_of_old_key,
    }
    return [name for name, holds in beyond.items() if holds]


def numbers_of(version_ids: Collection[UUID]) -> dict[UUID, str]:
    """The item numbers of versions: for modules that found them under scope."""
    return dict(ItemVersion.objects.filter(pk__in=list(version_ids)).values_list("pk", "item__number"))
