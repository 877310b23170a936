"""Practical tasks by module; their content only for those who work with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank import hooks, policies, sealing
from kaogong.itembank.models import PracticalTask
from kaogong.standards import selectors as standards
from kaogong.standards.selectors import StandardVersion


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a score sheet."""

    code: str
    text: str
    marks: Decimal
    deduction: str


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the skill part with the tasks that one is drawn from."""

    code: str
    name: str
    weight: int
    tasks: Sequence[PracticalTask]


@dataclass(frozen=True, slots=True)
class TaskContent:
    """A practical task opened: what examiners and candidates read."""

    task: PracticalTask
    statement: str
    steps: Sequence[str]
    preparation: Mapping[str, Sequence[Mapping[str, Any]]]
    safety_rule: str
    rules: Sequence[str]
    criteria: Sequence[Criterion]

    @property
    def full_marks(self) -> Decimal:
        return sum((each.marks for each in self.criteria), Decimal(0))


def practical_tasks(standard_id: UUID, level: int) -> QuerySet[PracticalTask]:
    """The tasks of a level without their content, by module and code."""
    return (
        PracticalTask.objects.filter(standard=standard_id, level=level)
        .defer("content_sealed")
        .order_by("module_code", "code")
    )


def practical_modules(standard_id: UUID, level: int) -> list[Module]:
    """The modules of a level with their tasks; the weights sum to 100."""
    modules: dict[str, Module] = {}
    for task in practical_tasks(standard_id, level):
        module = modules.setdefault(task.module_code, Module(task.module_code, task.module_name, task.weight, []))
        assert isinstance(module.tasks, list)  # just made
        module.tasks.append(task)
    return list(modules.values())


def practical_places() -> list[tuple[StandardVersion, int]]:
    """The standards and levels that have practical tasks, lowest level (5) first."""
    found = PracticalTask.objects.values_list("standard", "level").distinct()
    return [(standards.standard(standard), level) for standard, level in sorted(found, key=lambda each: -each[1])]


def practical_task(task_id: UUID) -> PracticalTask:
    """One task without its content. Raises NotFound."""
    found = PracticalTask.objects.defer("content_sealed").filter(pk=task_id).first()
    if found is None:
        raise NotFound
    return found


def may_open_task(actor: Actor, task_id: UUID, at: datetime) -> bool:
    """Whether a task's content is open to the actor now: by a power, or because a sitting needs her to read it."""
    return bool(policies.reach_of(actor, policies.TASK)) or hooks.may_read_task(actor, task_id, at)


def task_content(actor: Actor, task_id: UUID, at: datetime) -> TaskContent:
    """A task opened, for those of the bank, those who deliver, and whom a sitting says needs it now.

    Raises NotFound for everyone else. The caller records why it was read.
    """
    found = PracticalTask.objects.filter(pk=task_id).first()
    if found is None or not may_open_task(actor, task_id, at):
        raise NotFound
    content = sealing.open_task(found.content_sealed, task_id=found.pk)
    return TaskContent(
        task=found,
        statement=content["statement"],
        steps=content["steps"],
        preparation=content["preparation"],
        safety_rule=content["safety_rule"],
        rules=content["rules"],
        criteria=[
            Criterion(each["code"], each["text"], Decimal(str(each["marks"])), each["deduction"])
            for each in found.criteria
        ],
    )
