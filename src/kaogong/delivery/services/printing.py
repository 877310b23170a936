"""The papers of the drawn tasks, printed for station and panel: who got which copy stands on it and in the trail."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kaogong.delivery import policies, selectors
from kaogong.delivery.services.refusals import NotDrawn, PreparationNotYet
from kaogong.delivery.wording import moment
from kaogong.foundation.documents.typesetting import Document, typeset
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.itembank import selectors as itembank
from kaogong.sittings import selectors as sittings


@command
def print_preparation(*, actor: Actor, at: datetime, part_id: UUID) -> Document:
    """The preparation notice of the drawn tasks, for those who run the part or send it its papers, from its day on.

    It lists equipment, materials and tools; the tasks themselves stay sealed. Refused before the provision's day.
    """
    part = selectors.part_for(actor, part_id)
    if not (policies.may_run(actor, part) or sittings.may(actor, "delivery.deliver", part.sitting)):
        raise NotPermitted(power="delivery.run")
    draws = selectors.draws_of(part_id)
    if not draws:
        raise NotDrawn
    since = selectors.preparation_since(part)
    if at < since:
        raise PreparationNotYet(since=moment(since))
    form = itembank.preparation_notice(
        [draw.task_id for draw in draws], selectors.occasion_of(part), mark=itembank.watermark(actor, at)
    )
    codes = [draw.task.code for draw in draws]
    trail.record(actor=actor, action="delivery.task_printed", target=part, tasks=codes, paper="preparation")
    return typeset(form, at=at)


@command
def print_drawn(*, actor: Actor, at: datetime, part_id: UUID, draw_id: UUID, paper: str) -> Document:
    """The task sheet or the score sheet of a drawn task, for those to whom the bank opens that task now.

    Raises NotFound for a draw of another part, and for whoever must not read the task yet or at all.
    """
    part = selectors.part_for(actor, part_id)
    draw = next((each for each in selectors.draws_of(part_id) if each.pk == draw_id), None)
    if draw is None or paper not in {"task", "score"}:
        raise NotFound
    content = itembank.task_content(actor, draw.task_id, at)
    form = itembank.task_paper(content, paper, selectors.occasion_of(part), mark=itembank.watermark(actor, at))
    trail.record(actor=actor, action="delivery.task_printed", target=part, tasks=[draw.task.code], paper=paper)
    return typeset(form, at=at)
