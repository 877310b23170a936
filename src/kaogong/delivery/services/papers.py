"""Papers to rooms: delivered under lock, released at their hour, moved with their sitting; practical tasks drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from math import ceil
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from kaogong.delivery import policies, rules, selectors
from kaogong.delivery.events import PapersReleased
from kaogong.delivery.models import PaperCopy, TaskDraw
from kaogong.delivery.papers import Lock, Question, rebind
from kaogong.delivery.selectors import custody
from kaogong.delivery.selectors.answers import lock_of
from kaogong.delivery.services import opening
from kaogong.delivery.services.refusals import (
    AlreadyDelivered,
    AlreadyDrawn,
    AlreadyReleased,
    CustodiansMissing,
    LanguageIncomplete,
    NoPaperDelivered,
    NothingToDraw,
    PaperDoesNotFit,
    PartHasNoPaper,
    TooEarly,
)
from kaogong.delivery.wording import moment
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.outbox import announcing
from kaogong.itembank import selectors as itembank
from kaogong.itembank import services as bank
from kaogong.itembank.models import Paper
from kaogong.regulations.selectors import provision
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import SittingPart
from kaogong.sittings.selectors import PART_NAMES


@command
def deliver_paper(*, actor: Actor, at: datetime, part_id: UUID, paper_id: UUID, wave: int = 0) -> PaperCopy:
    """Put a sealed paper at a theory part (at one wave of it, or at all: 0), locked until that hour.

    Several papers may lie at one wave: neighbours then get different ones. Two who deliver one paper at once: one does.
    """
    part = selectors.part_for(actor, part_id)
    if not sittings.may(actor, "delivery.deliver", part.sitting):
        raise NotPermitted(power="delivery.deliver")
    if part.part == "skill":
        raise PartHasNoPaper(part=PART_NAMES.get(part.part, part.part))
    paper = itembank.paper(actor, paper_id)
    _require_fit(paper, part)
    copy = PaperCopy(id=uuid7(), part=part, paper=paper, wave=wave, delivered_at=at)
    copy.not_before = part.wave_starts_at(max(wave, 1))
    SittingPart.objects.select_for_update().get(pk=part.pk)  # nobody names other custodians meanwhile
    copy.custody = custody.live_custody(part.pk, for_update=True)
    if copy.custody is None and custody.needs_custodians(part):
        raise CustodiansMissing
    questions = opening.questions_of(actor, copy)
    copy.languages = _languages(part, paper, questions, at)
    opening.lock_up(copy, questions)
    try:
        with transaction.atomic():
            copy.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyDelivered(paper=paper.number) from error
    bank.use_paper(actor=actor, at=at, paper_id=paper_id)
    trail.record(
        actor=actor,
        action="delivery.paper_delivered",
        target=copy,
        part=part.pk,
        paper=paper.number,
        digest=copy.digest,
        not_before=copy.not_before.isoformat(),
        languages=copy.languages,
    )
    return copy


def _languages(part: SittingPart, paper: Paper, questions: Sequence[Question], at: datetime) -> dict[str, int]:
    """How many questions are there in each language of the round. Raises LanguageIncomplete below the rule's share."""
    counts = {tag: sum(tag in each.said for each in questions) for tag in part.sitting.round.languages}
    if not counts:
        return counts
    round_ = part.sitting.round
    share = provision(
        "delivery.language_share",
        on=localdate(at),
        region_code=part.sitting.region_code,
        occupation_code=round_.occupation_code,
    )
    least = Decimal(share.value) * len(questions)
    for tag, count in counts.items():
        if count < least:
            raise LanguageIncomplete(
                paper=paper.number,
                language=itembank.LANGUAGES[tag].name,
                count=count,
                total=len(questions),
                least=ceil(least),
                clause=share.clause,
            )
    return counts


@command
def release_papers(*, actor: Actor, at: datetime, part_id: UUID) -> int:
    """Unseal the papers whose hour has come; returns how many. Refused before the hour, by the server's clock.

    Under custodians as many shares as the threshold must have been handed in (SharesMissing).
    Two invigilators at once: one releases, the other is told by whom.
    """
    part = selectors.part_for(actor, part_id)
    policies.require_run(actor, part)
    copies = list(PaperCopy.objects.select_for_update().filter(part=part).order_by("wave", "pk"))
    if not copies:
        raise NoPaperDelivered
    waiting = [copy for copy in copies if copy.released_at is None]
    due = [copy for copy in waiting if copy.not_before <= at]
    if not due and waiting:
        raise TooEarly(starts_at=moment(min(copy.not_before for copy in waiting)), deed="启封")
    if not due:
        last = max(copies, key=lambda copy: copy.released_at or copy.not_before)
        raise AlreadyReleased(released_at=moment(last.released_at), released_by=last.released_by)
    opening.unlock(due, at)
    for copy in due:
        copy.released_at, copy.released_by = at, actor.name
        copy.save(update_fields=["key_sealed", "released_at", "released_by"])
    opening.forget_shares(due)
    trail.record_each(actor=actor, action="delivery.paper_released", targets=list[trail.Target](due), part=part.pk)
    region = part.sitting.region_code
    announcing.announce(PapersReleased(region_code=region, part_id=part.pk, copies=len(due)), at=at)
    return len(due)


@command
def follow_move(*, actor: Actor, at: datetime, sitting_id: UUID, days: int) -> None:
    """Re-date the locks of a sitting that moved; called within its move. Shares handed in go back to their keepers."""
    copies = _waiting_of(sitting_id)
    for copy in copies:
        before, hour = lock_of(copy), copy.part.wave_starts_at(max(copy.wave, 1))
        copy.key_sealed = rebind(bytes(copy.key_sealed), before, Lock(copy.pk, copy.part_id, hour))
        copy.not_before = hour
        copy.save(update_fields=["key_sealed", "not_before"])
    opening.give_back(sitting_id)
    trail.record(actor=actor, action="delivery.papers_redated", sitting=sitting_id, copies=len(copies), days=days)


@command
def draw_tasks(*, actor: Actor, at: datetime, part_id: UUID, seed: int) -> list[TaskDraw]:
    """Draw one task for each module of the practical part, from a seed that anyone can draw again with.

    Once only: two who draw at once get one draw.
    """
    part = selectors.part_for(actor, part_id)
    if not (policies.may_run(actor, part) or sittings.may(actor, "delivery.deliver", part.sitting)):
        raise NotPermitted(power="delivery.deliver")
    SittingPart.objects.select_for_update().get(pk=part.pk)
    earlier = TaskDraw.objects.filter(part=part).first()
    if earlier is not None:
        raise AlreadyDrawn(seed=earlier.seed)
    round_ = part.sitting.round
    modules = itembank.practical_modules(round_.standard_id, round_.level) if part.part == "skill" else []
    if not modules:
        raise NothingToDraw
    draws = []
    for module in modules:
        tasks = {task.code: task for task in module.tasks}
        drawn = tasks[rules.draw(list(tasks), seed=seed, module=module.code)]
        draws.append(TaskDraw(part=part, module_code=module.code, task=drawn, seed=seed, drawn_at=at))
    TaskDraw.objects.bulk_create(draws)
    codes = {draw.module_code: draw.task.code for draw in draws}
    trail.record(actor=actor, action="delivery.tasks_drawn", target=part, seed=seed, tasks=codes)
    return draws


def _require_fit(paper: Paper, part: SittingPart) -> None:
    round_ = part.sitting.round
    blueprint = paper.blueprint
    fits = (
        paper.state != "void"
        and blueprint.standard_id == round_.standard_id
        and blueprint.occupation_code == round_.occupation_code
        and blueprint.level == round_.level
    )
    if not fits:
        raise PaperDoesNotFit(paper=paper.number)


def _waiting_of(sitting_id: UUID) -> list[PaperCopy]:
    found = PaperCopy.objects.select_for_update(of=("self",)).select_related("part")
    return list(found.filter(part__sitting=sitting_id, released_at__isnull=True))
