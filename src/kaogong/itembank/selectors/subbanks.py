"""Sub-banks: who finds which, whether papers may use one today, what is in it, what its evaluations said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank import policies
from kaogong.itembank.models import Item, Paper, Point, Range
from kaogong.itembank.network import BankEvaluation, SubBank
from kaogong.itembank.policies import NATION, Home
from kaogong.itembank.rules.subbanks import Standing, Terms, local_at_most, may_be_used
from kaogong.itembank.selectors.blueprints import ranges_of
from kaogong.regulations import selectors as regulations


def sub_banks_for(actor: Actor) -> QuerySet[SubBank]:
    """The sub-banks that the actor finds: the nation's people all, others those of their territory and around it."""
    return SubBank.objects.filter(policies.visible_to(actor)).order_by(
        "occupation_code", "-level", "region_code", "name"
    )


def sub_bank(actor: Actor, sub_bank_id: UUID) -> SubBank:
    """One sub-bank. Raises NotFound."""
    found = sub_banks_for(actor).filter(pk=sub_bank_id).first()
    if found is None:
        raise NotFound
    return found


def terms_on(on: date) -> Terms:
    """The figures of terms and panels on a day. Raises NoProvision."""
    value = regulations.provision("itembank.sub_bank_terms", on=on).value
    assert isinstance(value, dict)  # the library's own file says so
    return Terms(**value)


@dataclass(frozen=True, slots=True)
class NationalShare:
    """How much of a paper of a home must be the nation's, in percent, and the clause; None for the nation's own."""

    percent: int
    clause: Clause

    def local_at_most(self, total: int) -> int:
        """How many of so many items may be local."""
        return local_at_most(total, self.percent)


def national_share(home: Home, occupation_code: str, on: date) -> NationalShare | None:
    """The share that papers of a home keep on a day. Raises NoProvision."""
    if not home.kind:
        return None
    found = regulations.provision(
        "itembank.national_percent_at_least", on=on, occupation_code=occupation_code, region_code=home.region_code
    )
    assert isinstance(found.value, dict)  # the library's own file says so
    return NationalShare(found.value[home.kind], found.clause)


def share_of_paper(paper: Paper) -> NationalShare | None:
    """The share that a sealed paper was to keep, by the figures of the day of its seal; None for a national one."""
    if "national" not in paper.report:
        return None
    home = Home(paper.region_code, paper.organisation_id)
    return national_share(home, paper.occupation_code, timezone.localdate(paper.sealed_at))


def banks_of_home(home: Home, occupation_code: str, level: int) -> list[SubBank]:
    """The sub-banks of exactly that home that were not closed or refused: one or none."""
    mine = (
        Q(region_code=home.region_code) if home.region_code else Q(organisation_id=home.organisation_id, region_code="")
    )
    live = SubBank.objects.filter(mine, occupation_code=occupation_code, level=level)
    return list(live.exclude(state__in=["proposed", "closed"]))


def is_usable(home: Home, occupation_code: str, level: int, on: date) -> bool:
    """Whether papers may take the items of a home on a day."""
    found = [Standing(each.state, each.since, each.until) for each in banks_of_home(home, occupation_code, level)]
    return may_be_used(home.kind, found, on)


def usable_items(home: Home, occupation_code: str, level: int, on: date) -> Q:
    """The items that a paper of a home may take on a day: the nation's, and those of the banks in force above it.

    A national paper takes none of a sub-bank.
    """
    found = NATION
    if home.region_code:
        for territory in home.territories:
            if is_usable(Home(territory, None), occupation_code, level, on):
                found |= Q(region_code=territory)
    elif home.organisation_id is not None and is_usable(home, occupation_code, level, on):
        found |= Q(region_code="", organisation_id=home.organisation_id)
    return found


def home_of_bank(found: SubBank) -> Home:
    """The home of a sub-bank, as papers and items have it."""
    return Home(found.region_code, found.organisation_id)


def local_items(found: SubBank) -> QuerySet[Item]:
    """The items of a sub-bank's home in its occupation and level."""
    mine = Q(region_code=found.region_code) if found.region_code else Q(organisation_id=found.organisation_id)
    return Item.objects.filter(mine, occupation_code=found.occupation_code, level=found.level).exclude(NATION)


def local_points(found: SubBank) -> QuerySet[Point]:
    """The local points of a sub-bank by code, with their ranges."""
    return Point.objects.filter(sub_bank=found).select_related("range", "weighted_range").order_by("codes")


def ranges_for_points(found: SubBank) -> list[Range]:
    """The national ranges that local points may hang under: those of the deepest level, within a weighted one."""
    ranges = ranges_of(found.blueprint_id)
    weighted = [tuple(each.codes) for each in ranges if each.is_weighted]
    parents = {tuple(each.codes[:-1]) for each in ranges}
    return [
        each
        for each in ranges
        if tuple(each.codes) not in parents and any(tuple(each.codes[: len(w)]) == w for w in weighted)
    ]


def evaluations_of(found: SubBank) -> Sequence[BankEvaluation]:
    """What the panels said, newest first."""
    return list(BankEvaluation.objects.filter(sub_bank=found).order_by("-held_to", "-recorded_at"))


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a sub-bank: local points, local items by state, papers of its home and the local items in them."""

    points: int
    items: Counter[str]
    papers: int
    local: Sequence[int]
    """How many local items each of its papers that had the rule has."""

    def plain(self) -> dict[str, object]:
        """For the record of an evaluation."""
        return {
            "points": self.points,
            "items": dict(self.items),
            "papers": self.papers,
            "most_local": max(self.local, default=0),
        }


def content_of(found: SubBank) -> Content:
    """What is in a sub-bank now."""
    states = local_items(found).order_by().values_list("state").annotate(n=Count("pk"))
    mine = Q(region_code=found.region_code) if found.region_code else Q(organisation_id=found.organisation_id)
    papers = Paper.objects.filter(mine, occupation_code=found.occupation_code, level=found.level)
    reports = papers.exclude(state="void").values_list("report__national__local", flat=True)
    local = [int(each) for each in reports if each is not None]
    return Content(local_points(found).count(), Counter(dict(states)), len(reports), local)
