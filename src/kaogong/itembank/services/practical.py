"""Practical tasks: laid down with their score sheets, opened by those who need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from kaogong.foundation.documents.typesetting import Document, typeset
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.itembank import sealing, selectors
from kaogong.itembank.models import PracticalTask
from kaogong.itembank.rules.practical import problems_of
from kaogong.itembank.rules.problems import Problem
from kaogong.standards.models import StandardVersion


def tasks_of(document: Mapping[str, Any], standard: StandardVersion, level: int) -> Iterator[PracticalTask]:
    """The practical tasks of a document, content sealed, not saved yet."""
    for module in document["modules"]:
        for entry in module["tasks"]:
            content = {
                "statement": entry["statement"],
                "steps": [line.strip() for line in entry["steps"].strip().splitlines()],
                "preparation": entry["preparation"],
                "safety_rule": entry["safety_rule"],
                "rules": list(document.get("rules", [])),
            }
            task = PracticalTask(
                standard=standard,
                occupation_code=standard.occupation_code,
                level=level,
                module_code=module["code"],
                module_name=module["name"],
                weight=module["weight"],
                code=entry["code"],
                title=entry["title"],
                minutes=module["minutes"],
                preparation_minutes=entry.get("preparation_minutes", 0),
                criteria=entry["criteria"],
                is_illustrative=bool(document.get("illustrative") or module.get("illustrative")),
                digest=sealing.digest_of_task(content, entry["criteria"]),
            )
            task.content_sealed = sealing.seal_task(content, task_id=task.pk)
            yield task


def faults_of(document: Mapping[str, Any]) -> Sequence[Problem]:
    """What is wrong with a document of practical tasks."""
    return problems_of(document)


@command
def view_task(*, actor: Actor, at: datetime, task_id: UUID) -> selectors.TaskContent:
    """Open a practical task and leave a line in the trail. Raises NotFound for whoever has no business with it."""
    found = selectors.task_content(actor, task_id, at)
    trail.record(actor=actor, action="itembank.task_viewed", target=found.task, code=found.task.code)
    return found


@command
def print_task(*, actor: Actor, at: datetime, task_id: UUID, paper: str) -> Document:
    """Print a paper of a task for whoever may open it, her name and the moment across it; the trail names the paper.

    `paper` is a key of `TASK_PAPERS`. Raises NotFound for whoever has no business with the task, WeightsNotWhole.
    """
    found = selectors.task_content(actor, task_id, at)
    form = selectors.task_paper(found, paper, selectors.Occasion(), mark=selectors.watermark(actor, at))
    trail.record(actor=actor, action="itembank.task_printed", target=found.task, code=found.task.code, paper=paper)
    return typeset(form, at=at)
