"""Sub-banks: proposed by a body, opened by the nation for a term, evaluated, suspended, closed; their local points."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.itembank import policies, selectors
from kaogong.itembank.models import Point
from kaogong.itembank.network import BankEvaluation, SubBank
from kaogong.itembank.policies import Home
from kaogong.itembank.rules.subbanks import last_day, next_local_code
from kaogong.itembank.services.items import RULES, lock_bank
from kaogong.itembank.services.papers import blueprint_in_force
from kaogong.itembank.services.relations import NoReason
from kaogong.itembank.states import SUB_BANK


class NationalHome(Refusal):
    """The actor works at the national bank: there is nothing to be a sub-bank of."""

    message = _("分库由省级、地市级或者行业的机构申报；国家题库的人员不申报分库。")
    clause = Clause(RULES, "sub-banks")


class SubBankExists(Refusal):
    """That home has a sub-bank of this occupation and level, or has proposed one."""

    message = _("{name}已经申报或设立，不能重复申报。")
    clause = Clause(RULES, "sub-banks")


class OwnProposal(Refusal):
    """Who proposed a sub-bank does not open it."""

    message = _("您是这个分库的申报人，不能由您批准设立。")
    advice = _("请由国家题库的另一位有权人员办理。")
    clause = Clause(RULES, "sub-banks")


class PanelTooSmall(Refusal):
    """An evaluation is the finding of several persons."""

    message = _("评估组须有 {least} 名以上的专家，现有 {count} 名。")
    clause = Clause(RULES, "sub-bank-evaluation")
    field = "panel"


class EvaluationNotYet(Refusal):
    """The days of the evaluation are out of order, lie ahead, or before the bank was opened."""

    message = _("评估日期须先后相符，在分库设立（{since}）之后，并且已经结束。")
    clause = Clause(RULES, "sub-bank-evaluation")
    field = "held_to"


class NotARange(Refusal):
    """Local points hang under a lowest range of the nation's blueprint."""

    message = _("{codes} 不是现行细目表的最低一级鉴定范围。")
    clause = Clause(RULES, "sub-banks")
    field = "range"


class BankNotOpen(Refusal):
    """Nothing is added to a bank that does not run."""

    message = _("{name}现在没有运行，不能增加鉴定点。")
    clause = Clause(RULES, "sub-banks")


@command
def propose_sub_bank(
    *, actor: Actor, at: datetime, occupation_code: str, level: int, name: str, reason: str
) -> SubBank:
    """Propose a sub-bank of the body that the actor approves items for. Its parent is the blueprint in force.

    Two at once: the bank is locked, the second is told. Raises NotPermitted, NationalHome, NoBlueprint, NoReason,
    SubBankExists.
    """
    home = policies.home_of(actor, "itembank.approve")
    actor.require("itembank.approve", region=home.region_code, organisation=home.organisation_id)
    if not home.kind or home.organisation_id is None:
        raise NationalHome
    if not reason.strip():
        raise NoReason
    blueprint = blueprint_in_force(occupation_code, level)
    lock_bank(occupation_code, level)
    mine = SubBank.objects.filter(occupation_code=occupation_code, level=level, region_code=home.region_code)
    if not home.region_code:
        mine = mine.filter(organisation_id=home.organisation_id)
    if (there := mine.exclude(state="closed").first()) is not None:
        raise SubBankExists(name=there.name)
    found = SubBank.objects.create(
        occupation_code=occupation_code,
        level=level,
        blueprint=blueprint,
        name=name.strip(),
        kind=home.kind,
        region_code=home.region_code,
        organisation_id=home.organisation_id,
        organisation_name=_body_of(actor, home),
        reason=reason.strip(),
        proposed_at=at,
        proposed_by=actor.name,
        proposed_by_key=policies.person_key(actor),
    )
    trail.record(actor=actor, action="itembank.sub_bank_proposed", target=found, name=found.name, reason=reason)
    return found


def _body_of(actor: Actor, home: Home) -> str:
    return next(each.organisation_name for each in actor.grants if each.organisation_id == home.organisation_id)


@command
def open_sub_bank(*, actor: Actor, at: datetime, sub_bank_id: UUID, since: date) -> SubBank:
    """Open a proposed sub-bank for its first term, by the nation's people (itembank.approve everywhere).

    Raises NotFound, NotPermitted, WrongState, OwnProposal.
    """
    found = _locked(actor, sub_bank_id)
    state = SUB_BANK.after("open", found.state)
    if policies.person_key(actor) == found.proposed_by_key:
        raise OwnProposal
    found.state, found.since = state, since
    found.until = last_day(since, selectors.terms_on(timezone.localdate(at)).first_years)
    found.opened_at, found.opened_by, found.opened_by_key = at, actor.name, policies.person_key(actor)
    found.save(update_fields=["state", "since", "until", "opened_at", "opened_by", "opened_by_key"])
    trail.record(actor=actor, action="itembank.sub_bank_opened", target=found, since=found.since, until=found.until)
    return found


@command
def refuse_sub_bank(*, actor: Actor, at: datetime, sub_bank_id: UUID, reason: str) -> SubBank:
    """Refuse a proposal, with the reason."""
    return _shift(actor, sub_bank_id, "refuse", "itembank.sub_bank_refused", reason)


@command
def suspend_sub_bank(*, actor: Actor, at: datetime, sub_bank_id: UUID, reason: str) -> SubBank:
    """Keep a sub-bank from new papers until an evaluation lets it go on."""
    return _shift(actor, sub_bank_id, "suspend", "itembank.sub_bank_suspended", reason)


@command
def close_sub_bank(*, actor: Actor, at: datetime, sub_bank_id: UUID, reason: str) -> SubBank:
    """Close a sub-bank for good; its items stay its body's, and no new paper takes them."""
    return _shift(actor, sub_bank_id, "close", "itembank.sub_bank_closed", reason)


@command
def evaluate_sub_bank(
    *,
    actor: Actor,
    at: datetime,
    sub_bank_id: UUID,
    held_from: date,
    held_to: date,
    panel: Sequence[str],
    findings: str,
    verdict: BankEvaluation.Verdict,
) -> BankEvaluation:
    """Record what a panel found of a sub-bank (试点评估), with the figures of the day; the verdict sets its term.

    Passed or conditional: the bank runs (again) until the end of the term that begins with the evaluation's last day;
    failed: it is suspended. Two at once: the bank is locked, both stand, the later decides. Raises NotFound,
    NotPermitted, WrongState, PanelTooSmall, EvaluationNotYet, NoReason.
    """
    found = _locked(actor, sub_bank_id)
    SUB_BANK.after("evaluate", found.state)
    on = timezone.localdate(at)
    terms = selectors.terms_on(on)
    names = list(dict.fromkeys(name.strip() for name in panel if name.strip()))
    if len(names) < terms.panel:
        raise PanelTooSmall(least=terms.panel, count=len(names))
    assert found.since is not None  # an opened bank has a term
    if not found.since <= held_from <= held_to <= on:
        raise EvaluationNotYet(since=found.since)
    if not findings.strip():
        raise NoReason(field="findings")
    years = terms.years_after(verdict)
    said = BankEvaluation.objects.create(
        sub_bank=found,
        held_from=held_from,
        held_to=held_to,
        panel=names,
        findings=findings.strip(),
        figures=selectors.content_of(found).plain(),
        verdict=verdict,
        term_until=last_day(held_to, years) if years else None,
        recorded_at=at,
        recorded_by=actor.name,
    )
    found.state = "open" if said.term_until else "suspended"
    found.until = said.term_until or max(found.since, held_to)
    found.save(update_fields=["state", "until"])
    trail.record(
        actor=actor,
        action="itembank.sub_bank_evaluated",
        target=found,
        verdict=str(verdict),
        until=found.until,
        panel=names,
        reason=said.findings[:300],
    )
    return said


@command
def add_local_point(
    *, actor: Actor, at: datetime, sub_bank_id: UUID, codes: Sequence[str], name: str, importance: str
) -> Point:
    """Hang a local point under a range of the nation's blueprint (itembank.write in the bank's home).

    Its code is the range's and the next of L01, L02 …; ranges and weights stay the nation's. Two at once: the bank is
    locked, each gets a code. Raises NotFound, NotPermitted, BankNotOpen, NotARange.
    """
    found = selectors.sub_bank(actor, sub_bank_id)
    actor.require("itembank.write", region=found.region_code, organisation=found.organisation_id)
    lock_bank(found.occupation_code, found.level)
    found = SubBank.objects.select_for_update().get(pk=found.pk)
    if found.state != "open":
        raise BankNotOpen(name=found.name)
    ranges = {tuple(each.codes): each for each in selectors.ranges_for_points(found)}
    under = ranges.get(tuple(codes))
    if under is None:
        raise NotARange(codes="-".join(codes))
    taken = {row[-1] for row in Point.objects.filter(range=under).values_list("codes", flat=True)}
    sibling = Point.objects.filter(range=under).first()
    weighted = sibling.weighted_range_id if sibling is not None else under.pk
    point = Point.objects.create(
        blueprint_id=found.blueprint_id,
        range=under,
        weighted_range_id=weighted,
        codes=[*under.codes, next_local_code(taken)],
        name=name.strip(),
        importance=Point.Importance(importance),
        sub_bank=found,
    )
    trail.record(
        actor=actor, action="itembank.local_point_added", target=found, code="-".join(point.codes), name=point.name
    )
    return point


def _shift(actor: Actor, sub_bank_id: UUID, verb: str, action: str, reason: str) -> SubBank:
    found = _locked(actor, sub_bank_id)
    state = SUB_BANK.after(verb, found.state)
    if not reason.strip():
        raise NoReason
    found.state, found.note = state, reason.strip()
    found.save(update_fields=["state", "note"])
    trail.record(actor=actor, action=action, target=found, name=found.name, reason=reason)
    return found


def _locked(actor: Actor, sub_bank_id: UUID) -> SubBank:
    """The bank under lock, for the nation's people alone: they open, evaluate and end sub-banks."""
    found = selectors.sub_banks_for(actor).select_for_update(of=("self",)).filter(pk=sub_bank_id).first()
    if found is None:
        raise NotFound
    actor.require("itembank.approve")
    return found
