"""Parallel sets: their orders, and everything that the job needs to know to assemble one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from kaogong.foundation.kernel.actors import Actor, Grant, Reach
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank import policies
from kaogong.itembank.models import Item, ItemReview, ItemStatistic, ItemVersion, Paper, PaperSet
from kaogong.itembank.rules.assembly import Candidate, Order
from kaogong.itembank.rules.sets import SetOrder, SetRules
from kaogong.itembank.selectors.blueprints import shares_of
from kaogong.itembank.selectors.figures import paper_form
from kaogong.itembank.selectors.papers import candidates_of, papers_for, versions_in
from kaogong.itembank.selectors.relations import families_among
from kaogong.itembank.selectors.subbanks import national_share
from kaogong.regulations import selectors as regulations

LANGUAGE = "zh-hans"


def sets_for(actor: Actor) -> QuerySet[PaperSet]:
    """The sets that the actor finds, newest first."""
    return (
        PaperSet.objects.filter(policies.visible_to(actor, policies.PAPER))
        .select_related("blueprint")
        .order_by("-ordered_at", "number")
    )


def paper_set(actor: Actor, set_id: UUID) -> PaperSet:
    """One set. Raises NotFound."""
    found = sets_for(actor).filter(pk=set_id).first()
    if found is None:
        raise NotFound
    return found


def papers_of_set(actor: Actor, found: PaperSet) -> QuerySet[Paper]:
    """The papers of a set that the actor finds, by number."""
    return papers_for(actor).filter(paper_set=found).order_by("number")


def set_rules(occupation_code: str, on: date) -> SetRules:
    """The figures of a set on a day. Raises NoProvision."""
    value = regulations.provision("itembank.paper_set", on=on, occupation_code=occupation_code).value
    assert isinstance(value, dict)  # the library's own file says so
    return SetRules.of(value)


def assembler_of(found: PaperSet) -> Actor:
    """The job at work on a set: it finds the bank of the body that ordered it, and no other."""
    bodies = frozenset() if found.organisation_id is None else frozenset({found.organisation_id})
    grant = Grant(
        found.organisation_id or UUID(int=0),
        "考工",
        "成套组卷",
        frozenset({"itembank.assemble"}),
        # An industry's body has no territory; only without a body is the empty prefix the nation's.
        Reach((found.region_code,) if found.region_code or not bodies else (), bodies),
    )
    return Actor(kind="service", name="成套组卷", grants=(grant,), door="job")


def set_order(found: PaperSet) -> SetOrder:
    """What the job is to assemble, from the bank as it is now, by the rules of the day of the order.

    Items that whoever ordered it wrote, reviewed or approved are left out: she would know them.
    """
    on = timezone.localdate(found.ordered_at)
    form = paper_form(found.occupation_code, on)
    bank = candidates_for_set(found)
    enemies, families = families_among(bank)
    share = national_share(policies.Home(found.region_code, found.organisation_id), found.occupation_code, on)
    total = sum(section.count for section in form.sections)
    local = None if share is None else share.local_at_most(total)
    statistics = _newest([each.version for each in bank])
    return SetOrder(
        bank=bank,
        order=Order(shares_of(found.blueprint), form.sections, form.shared_at_most, local),
        size=found.size,
        seed=found.seed,
        rules=set_rules(found.occupation_code, on),
        avoid=versions_in([UUID(each) for each in found.avoid]),
        enemies=enemies,
        families=families,
        parameters={
            str(each.version_id): (each.a, each.b, each.c or 0.0)
            for each in statistics
            if each.a is not None and each.a > 0 and each.b is not None
        },
        exposure={str(each.version_id): each.exposure for each in statistics if each.exposure is not None},
    )


def candidates_for_set(found: PaperSet) -> list[Candidate]:
    """What a set may take now: the bank's candidates without the items that whoever ordered it worked on."""
    bank = candidates_of(assembler_of(found), found.blueprint, timezone.localdate(found.ordered_at))
    mine = Item.objects.filter(
        Q(author_key=found.ordered_by_key)
        | Q(approver_key=found.ordered_by_key)
        | Q(pk__in=ItemReview.objects.filter(reviewer_key=found.ordered_by_key).values("item"))
    )
    versions = ItemVersion.objects.filter(pk__in=[UUID(each.version) for each in bank], item__in=mine)
    known = {str(pk) for pk in versions.values_list("pk", flat=True)}
    return [each for each in bank if each.version not in known]


def _newest(versions: list[str]) -> list[ItemStatistic]:
    """The newest statistic of each version in the language of the papers."""
    return list(
        ItemStatistic.objects.filter(version__in=[UUID(each) for each in versions], language=LANGUAGE)
        .order_by("version", "-as_of", "-pk")
        .distinct("version")
    )
