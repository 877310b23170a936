"""Parallel sets: ordered by a person, assembled by a job, sealed whole or refused with the rules that clash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop as _
from procrastinate.contrib.django import app

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.itembank import policies, selectors
from kaogong.itembank.models import Paper, PaperSet
from kaogong.itembank.rules import assembly, reports
from kaogong.itembank.rules.assembly import Draw
from kaogong.itembank.rules.sets import FoundSet, Impossible
from kaogong.itembank.selectors.papers import versions_in
from kaogong.itembank.selectors.relations import foes_among
from kaogong.itembank.selectors.sets import candidates_for_set
from kaogong.itembank.services.items import RULES, lock_bank
from kaogong.itembank.services.papers import PaperNumberTaken, blueprint_in_force, order_of, refuse_lapsed, write_paper
from kaogong.itembank.states import PAPER_SET

TASK = "itembank.assemble_set"


class WrongSize(Refusal):
    """A set has two papers or more, up to the rules' limit."""

    message = _("一套试卷为 2 至 {most} 份。")
    clause = Clause(RULES, "sets")
    field = "size"


class BankMoved(Refusal):
    """Since the set was assembled an item went out of use, changed, or was found to be another's enemy."""

    message = _("组卷期间题库有变化，{count} 题不能再选用。")
    advice = _("系统会按新的题库重新组卷。")
    clause = Clause(RULES, "sets")


@command
def order_set(
    *,
    actor: Actor,
    at: datetime,
    occupation_code: str,
    level: int,
    size: int,
    seed: int,
    number: str,
    avoid: Sequence[UUID] = (),
) -> PaperSet:
    """Order `size` parallel papers, numbered `number`-01 and on; a job assembles and seals them.

    Two at once: the bank is locked, the second with the same number is refused. Raises NotPermitted, NoBlueprint,
    WrongSize, NotFound for an unknown paper to avoid, PaperNumberTaken.
    """
    home = policies.home_of(actor, "itembank.assemble")
    actor.require("itembank.assemble", region=home.region_code, organisation=home.organisation_id)
    blueprint = blueprint_in_force(occupation_code, level)
    refuse_lapsed(home, occupation_code, level, timezone.localdate(at))
    most = selectors.set_rules(occupation_code, timezone.localdate(at)).papers
    if not 2 <= size <= most:
        raise WrongSize(most=most)
    lock_bank(occupation_code, level)
    _refuse_taken(number, size)
    if PaperSet.objects.filter(number=number).exists():
        raise PaperNumberTaken(number=number)
    if selectors.papers_for(actor).filter(pk__in=avoid).count() != len(set(avoid)):
        raise NotFound
    found = PaperSet.objects.create(
        blueprint=blueprint,
        number=number,
        size=size,
        seed=seed,
        avoid=[str(each) for each in avoid],
        ordered_at=at,
        ordered_by=actor.name,
        ordered_by_key=policies.person_key(actor),
        occupation_code=occupation_code,
        level=level,
        region_code=home.region_code,
        organisation_id=home.organisation_id,
    )
    trail.record(actor=actor, action="itembank.set_ordered", target=found, number=number, size=size, seed=str(seed))
    app.configure_task(TASK, lock=f"itembank.set:{found.pk}").defer(set_id=str(found.pk))
    return found


@command
def seal_set(*, actor: Actor, at: datetime, set_id: UUID, made: FoundSet) -> PaperSet:
    """Seal the papers of a set, all of them: each with its digest, its signature and its own proof.

    Items on trial are sown into each as into any paper. The bank is locked and looked at once more. Two at once, or a
    withdrawal between: the set is locked, the second meets its state. Raises WrongState, BankMoved, PaperNumberTaken.
    """
    found = _locked(actor, set_id)
    state = PAPER_SET.after("seal", found.state)
    lock_bank(found.occupation_code, found.level)
    _refuse_taken(found.number, found.size)
    bank = candidates_for_set(found)
    _refuse_moved(made, {each.version: each for each in bank})
    on = timezone.localdate(found.ordered_at)
    form = selectors.paper_form(found.occupation_code, on)
    trial = selectors.trial_rules(found.occupation_code, timezone.localdate(at))
    home = policies.Home(found.region_code, found.organisation_id)
    order = order_of(found.blueprint, form, refuse_lapsed(home, found.occupation_code, found.level, on))
    avoid = versions_in([UUID(each) for each in found.avoid])
    waiting = selectors.trial_candidates_of(actor, found.blueprint, on)
    foes = foes_among([*bank, *waiting])
    for place, (items, proof) in enumerate(zip(made.papers, made.proofs, strict=True), 1):
        tried = assembly.sow(waiting, items, trial.per_paper, seed=found.seed + place, foes=foes)
        shared = tuple(len({each.version for each in items} & paper) for paper in avoid)
        report = reports.report(bank, order, Draw(items, 0, shared)) | {
            "avoid": found.avoid,
            "generator": made.report["method"],
            "set": {"number": found.number, "place": place, "of": found.size},
            "proof": proof,
        }
        paper = Paper(
            blueprint=found.blueprint,
            paper_set=found,
            number=_number(found.number, place),
            seed=found.seed,
            report=report,
            sealed_at=at,
            sealed_by=found.ordered_by,
            occupation_code=found.occupation_code,
            level=found.level,
            region_code=found.region_code,
            organisation_id=found.organisation_id,
        )
        write_paper(actor, at, paper, tried, order, by=found.ordered_by_key)
    return _end(found, actor, at, state, made.report, "itembank.set_sealed")


@command
def refuse_set(*, actor: Actor, at: datetime, set_id: UUID, because: Impossible) -> PaperSet:
    """Close a set that cannot be: its report names the rules that clash, each with its clause; nothing was sealed."""
    found = _locked(actor, set_id)
    state = PAPER_SET.after("refuse", found.state)
    reasons = [problem.plain() | {"clause": clause} for problem, clause in because.reasons]
    report = {"clash": reasons, "is_proved": because.is_proved}
    return _end(found, actor, at, state, report, "itembank.set_refused")


@command
def withdraw_set(*, actor: Actor, at: datetime, set_id: UUID) -> PaperSet:
    """Withdraw an order that is not sealed yet: what the job finds afterwards is thrown away."""
    found = _locked(actor, set_id)
    state = PAPER_SET.after("withdraw", found.state)
    return _end(found, actor, at, state, {}, "itembank.set_withdrawn")


def _end(found: PaperSet, actor: Actor, at: datetime, state: str, report: dict[str, Any], action: str) -> PaperSet:
    found.state, found.report, found.ended_at = state, report, at
    if state == "sealed":
        found.progress = PaperSet.STAGES
    found.save(update_fields=["state", "report", "ended_at", "progress"])
    trail.record(actor=actor, action=action, target=found, number=found.number, ordered_by=found.ordered_by)
    return found


def _number(prefix: str, place: int) -> str:
    return f"{prefix}-{place:02d}"


def _refuse_taken(prefix: str, size: int) -> None:
    numbers = [_number(prefix, place) for place in range(1, size + 1)]
    taken = Paper.objects.filter(number__in=numbers).order_by("number").values_list("number", flat=True).first()
    if taken is not None:
        raise PaperNumberTaken(number=taken)


def _refuse_moved(made: FoundSet, bank: dict[str, assembly.Candidate]) -> None:
    chosen = {each.version: each for paper in made.papers for each in paper}
    gone = {version for version, each in chosen.items() if bank.get(version) != each}
    foes = foes_among(list(chosen.values()))
    for paper in made.papers:
        versions = {each.version for each in paper}
        gone |= {each for each in versions if foes.get(each, frozenset()) & versions}
    if gone:
        raise BankMoved(count=len(gone))


def _locked(actor: Actor, set_id: UUID) -> PaperSet:
    found = selectors.sets_for(actor).select_for_update(of=("self",)).filter(pk=set_id).first()
    if found is None:
        raise NotFound
    actor.require("itembank.assemble", region=found.region_code, organisation=found.organisation_id)
    return found
