"""Background work of the bank: assembling a set of parallel papers."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import Refusal, WrongState
from kaogong.itembank import selectors, services
from kaogong.itembank.models import PaperSet
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.sets import Impossible

ATTEMPTS = 3
"""How often a set is assembled anew because the bank moved meanwhile."""


@app.task(name=services.ASSEMBLE_SET)
def assemble_set(set_id: str) -> None:
    """Assemble and seal a set, or close it with the rules that clash. A set that is closed already is left alone.

    The work is done outside any transaction, so that its progress is seen and nobody waits for the bank.
    """
    from kaogong.itembank.rules import solving  # noqa: PLC0415  # the solver takes a second to load, for this job only

    for attempt in range(1, ATTEMPTS + 1):
        found = PaperSet.objects.select_related("blueprint").get(pk=UUID(set_id))
        if found.state != "ordered":
            return
        worker = selectors.assembler_of(found)
        try:
            made = solving.assemble(selectors.set_order(found), progress=partial(_advance, found.pk))
            services.seal_set(actor=worker, at=timezone.now(), set_id=found.pk, made=made)
        except Impossible as because:
            _close(worker, found.pk, because)
        except Refusal as refusal:
            if not isinstance(refusal, services.BankMoved) or attempt == ATTEMPTS:
                _close(worker, found.pk, _told(refusal))


def _advance(set_id: UUID, done: int, _total: int) -> None:
    PaperSet.objects.filter(pk=set_id, state="ordered").update(progress=done)


def _close(worker: Actor, set_id: UUID, because: Impossible) -> None:
    """Close the set, unless it was withdrawn meanwhile."""
    with suppress(WrongState):
        services.refuse_set(actor=worker, at=timezone.now(), set_id=set_id, because=because)


def _told(refusal: Refusal) -> Impossible:
    problem = Problem("refusal", "{words}", {"words": str(refusal)})
    clause = refusal.clause
    return Impossible([(problem, f"{clause.instrument}/{clause.article}" if clause else "")], is_proved=False)
