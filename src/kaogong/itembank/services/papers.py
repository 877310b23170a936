"""Papers: assembled from the bank to the blueprint, sealed with a signed manifest, used once, voided with a reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.foundation.outbox import announcing
from kaogong.foundation.signing import canonical, digests, keys
from kaogong.itembank import policies, sealing, selectors
from kaogong.itembank.events import PaperSealed
from kaogong.itembank.models import Blueprint, Item, ItemVersion, Paper, PaperItem
from kaogong.itembank.rules import assembly, reports
from kaogong.itembank.rules.assembly import Candidate, Infeasible, Order
from kaogong.itembank.rules.items import ItemContent
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.selectors.blueprints import shares_of
from kaogong.itembank.selectors.items import reviewed_by
from kaogong.itembank.selectors.papers import manifest, place, versions_in
from kaogong.itembank.selectors.relations import foes_among
from kaogong.itembank.services.items import SealedUntilUsed, lock_bank
from kaogong.itembank.services.reviewing import SamePerson
from kaogong.itembank.states import ITEM, PAPER, SUB_BANK

RULES = "kaogong-itembank-rules"


class NoBlueprint(Refusal):
    """No approved blueprint for that occupation and level: nothing to draw a paper to."""

    message = _("职业 {occupation_code} {level} 级没有审定的鉴定要素细目表，不能组卷。")
    advice = _("请先编制并审定细目表。")
    clause = Clause(RULES, "assembly")


class NotEnoughItems(Refusal):
    """The bank cannot give such a paper; `problems` say which range lacks what."""

    message = _("题库不足，不能组卷：{first}（共 {count} 处）。")
    advice = _("请为所列鉴定范围补充并启用试题，或减少需回避的试卷。")
    clause = Clause(RULES, "assembly")

    def __init__(self, problems: Sequence[Problem], *, clause: Clause | None = None) -> None:
        super().__init__(first=f"{problems[0].field}：{problems[0]}", count=len(problems), clause=clause)
        self.problems = list(problems)


class SubBankLapsed(Refusal):
    """The body's sub-bank was suspended, or its term ended: no new paper from it."""

    message = _("{name}（{state}，使用期至 {until}）现在不能用于组新卷。")
    advice = _("请申请评估，合格后继续使用；在此之前由上级中心组卷。")
    clause = Clause(RULES, "sub-banks")


class PaperNumberTaken(Refusal):
    """The number of a paper is used once."""

    message = _("试卷编号 {number} 已被使用。")
    clause = Clause(RULES, "assembly")
    field = "number"


@command
def assemble(
    *,
    actor: Actor,
    at: datetime,
    occupation_code: str,
    level: int,
    seed: int,
    number: str,
    avoid: Sequence[UUID] = (),
) -> Paper:
    """Draw a paper to the approved blueprint, reproducibly from `seed`, and seal it: digest, signature, report.

    It shares no more than the stated part with each of the papers in `avoid`, and carries as many items on trial as the
    rules say, unscored, among the others of their type. Two at once: the bank of that
    occupation and level is locked, so the second draws after the first and may be told to avoid it.
    Raises NotPermitted, NoBlueprint, NotFound for an unknown paper to avoid, PaperNumberTaken, NotEnoughItems, and
    SamePerson for whoever wrote, reviewed or approved one of the items. A sub-bank's paper keeps the nation's share
    (SubBankLapsed when the bank is not in force).
    """
    home = policies.home_of(actor, "itembank.assemble")
    actor.require("itembank.assemble", region=home.region_code, organisation=home.organisation_id)
    blueprint = blueprint_in_force(occupation_code, level)
    lock_bank(occupation_code, level)
    if Paper.objects.filter(number=number).exists():
        raise PaperNumberTaken(number=number)
    known = selectors.papers_for(actor).filter(pk__in=avoid)
    if known.count() != len(set(avoid)):
        raise NotFound
    on = timezone.localdate(at)
    share = refuse_lapsed(home, occupation_code, level, on)
    form = selectors.paper_form(occupation_code, on)
    trial = selectors.trial_rules(occupation_code, on)
    bank = selectors.candidates_of(actor, blueprint, on)
    order = order_of(blueprint, form, share)
    waiting = selectors.trial_candidates_of(actor, blueprint, on)
    foes = foes_among([*bank, *waiting])
    try:
        found = assembly.draw(bank, order, seed=seed, avoid=versions_in(list(avoid)), foes=foes)
    except Infeasible as infeasible:
        clause = form.shared_clause if infeasible.is_by_sharing else form.clause
        if share is not None and infeasible.is_by_locals:
            clause = share.clause
        raise NotEnoughItems(infeasible.problems, clause=clause) from None
    tried = assembly.sow(waiting, found.items, trial.per_paper, seed=seed, foes=foes)
    paper = Paper(
        blueprint=blueprint,
        number=number,
        seed=seed,
        report=reports.report(bank, order, found) | {"avoid": [str(each) for each in avoid]},
        sealed_at=at,
        sealed_by=actor.name,
        occupation_code=occupation_code,
        level=level,
        region_code=home.region_code,
        organisation_id=home.organisation_id,
    )
    return write_paper(actor, at, paper, tried, order, by=policies.person_key(actor))


def refuse_lapsed(home: policies.Home, occupation_code: str, level: int, on: date) -> selectors.NationalShare | None:
    """What a home's papers keep of the nation's bank; None for national papers.

    Raises SubBankLapsed when the home has a sub-bank that is not in force on the day.
    """
    banks = selectors.banks_of_home(home, occupation_code, level) if home.kind else []
    if banks and not selectors.is_usable(home, occupation_code, level, on):
        raise SubBankLapsed(name=banks[0].name, state=SUB_BANK.states[banks[0].state], until=banks[0].until)
    return selectors.national_share(home, occupation_code, on)


def order_of(blueprint: Blueprint, form: selectors.PaperForm, share: selectors.NationalShare | None) -> Order:
    """What is asked of a paper: the blueprint's ranges, the form's sections, and the nation's share."""
    total = sum(section.count for section in form.sections)
    local = None if share is None else share.local_at_most(total)
    return Order(shares_of(blueprint), form.sections, form.shared_at_most, local)


def blueprint_in_force(occupation_code: str, level: int) -> Blueprint:
    """The blueprint that papers are drawn to. Raises NoBlueprint."""
    try:
        return selectors.blueprint_for(occupation_code, level)
    except NotFound:
        raise NoBlueprint(occupation_code=occupation_code, level=level) from None


def write_paper(
    actor: Actor, at: datetime, paper: Paper, items: Sequence[tuple[Candidate, bool]], order: Order, *, by: str
) -> Paper:
    """Seal a paper with these items (candidate, whether it counts), begin their trial, record and announce it.

    `by` is the key of the person who had it assembled. Raises SamePerson when she worked on one of the items.
    """
    _refuse_author(by, items)
    if sown := [each.number for each, is_scored in items if not is_scored]:
        paper.report |= {"trial": sown}
    _seal(paper, items, order)
    _begin_trial(items)
    trail.record(
        actor=actor,
        action="itembank.paper_sealed",
        target=paper,
        number=paper.number,
        digest=paper.digest,
        items=len(items),
        shared=paper.report["shared"],
    )
    announcing.announce(
        PaperSealed(
            paper_id=paper.pk,
            number=paper.number,
            occupation_code=paper.occupation_code,
            level=paper.level,
            digest=paper.digest,
            region_code=paper.region_code,
        ),
        at=at,
    )
    return paper


def _refuse_author(mine: str, items: Sequence[tuple[Candidate, bool]]) -> None:
    """Raise SamePerson when the assembler wrote, reviewed or approved any of the items: she would know the paper."""
    items_of = Item.objects.filter(
        pk__in=ItemVersion.objects.filter(pk__in=[each.version for each, _scored in items]).values("item")
    )
    if items_of.filter(Q(author_key=mine) | Q(approver_key=mine)).exists() or reviewed_by(mine, items_of):
        raise SamePerson(role="命题人、审题人或终审人", wanted="组卷人")


def _begin_trial(items: Sequence[tuple[Candidate, bool]]) -> None:
    """The unscored items are on trial from now on."""
    sown = [each.version for each, is_scored in items if not is_scored]
    Item.objects.filter(pk__in=ItemVersion.objects.filter(pk__in=sown).values("item"), state="cleared").update(
        state=ITEM.after("try", "cleared")
    )


def _seal(paper: Paper, items: Sequence[tuple[Candidate, bool]], order: Order) -> None:
    """Write the paper with its places, its digest over the canonical manifest, and the signature."""
    marks = {section.type: Decimal(str(float(section.marks))) for section in order.sections}
    versions = [each.version for each, _scored in items]
    digests_of = dict(ItemVersion.objects.filter(pk__in=versions).values_list("pk", "digest"))
    places = [
        PaperItem(
            paper=paper,
            position=position,
            version_id=UUID(each.version),
            marks=marks[each.type],
            is_scored=is_scored,
        )
        for position, (each, is_scored) in enumerate(items, 1)
    ]
    listed = [
        place(each.position, each.version_id, digests_of[each.version_id], each.marks, each.is_scored)
        for each in places
    ]
    paper.report = json.loads(json.dumps(paper.report))
    message = canonical.encode(manifest(paper.number, paper.blueprint.digest, paper.seed, paper.report, listed))
    signature = keys.sign("paper", message)
    paper.digest, paper.key_id, paper.signature = digests.plain(message), signature.key_id, signature.value
    paper.save(force_insert=True)
    PaperItem.objects.bulk_create(places)


@command
def use_paper(*, actor: Actor, at: datetime, paper_id: UUID) -> Paper:
    """Mark a paper as used: it goes to a sitting (power delivery.deliver or itembank.assemble).

    A paper that is used already stays so, for several sittings of one round may share it.
    """
    paper = _locked(actor, paper_id)
    if not (actor.holds("delivery.deliver") or actor.holds("itembank.assemble")):
        raise NotPermitted(power="delivery.deliver")
    if paper.state != "used":
        paper.state = PAPER.after("use", paper.state)
        paper.save(update_fields=["state"])
    trail.record(actor=actor, action="itembank.paper_used", target=paper, number=paper.number)
    return paper


@command
def void_paper(*, actor: Actor, at: datetime, paper_id: UUID, reason: str) -> Paper:
    """Void a paper, say after a leak: no sitting may use it any more."""
    paper = _locked(actor, paper_id)
    actor.require("itembank.assemble", region=paper.region_code, organisation=paper.organisation_id)
    paper.state, paper.voided_because = PAPER.after("void", paper.state), reason
    paper.save(update_fields=["state", "voided_because"])
    trail.record(actor=actor, action="itembank.paper_voided", target=paper, reason=reason)
    return paper


@command
def view_paper(*, actor: Actor, at: datetime, paper_id: UUID) -> list[tuple[PaperItem, ItemContent]]:
    """Open a whole paper with its keys (power itembank.view), and leave a line in the trail."""
    paper = selectors.paper(actor, paper_id)
    actor.require("itembank.view", region=paper.region_code, organisation=paper.organisation_id)
    refuse_unread(actor, paper)
    places = PaperItem.objects.filter(paper=paper).select_related("version").order_by("position")
    opened = [(place, sealing.open_item(place.version.content_sealed, version_id=place.version_id)) for place in places]
    trail.record(actor=actor, action="itembank.paper_viewed", target=paper, number=paper.number)
    return opened


def refuse_unread(actor: Actor, paper: Paper) -> None:
    """Raise SealedUntilUsed when the paper is not used yet and holds items that the actor may only assemble with."""
    if paper.state != "used":
        items = Item.objects.filter(pk__in=PaperItem.objects.filter(paper=paper).values("version__item"))
        # Not `exclude(condition)`: the condition of whoever may open all is empty, and excludes nothing.
        if items.exclude(pk__in=Item.objects.filter(policies.may_be_opened_by(actor))).exists():
            raise SealedUntilUsed


def _locked(actor: Actor, paper_id: UUID) -> Paper:
    found = selectors.papers_for(actor).select_for_update(of=("self",)).filter(pk=paper_id).first()
    if found is None:
        raise NotFound
    return found
