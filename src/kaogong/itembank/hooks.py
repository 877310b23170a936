"""A question that the item bank cannot answer itself: may this person read a practical task at work?

Examiners act on a sitting through their place on its panel, which downstream modules know; they register here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from kaogong.foundation.kernel.actors import Actor

TaskReader = Callable[[Actor, UUID, datetime], bool]
_task_readers: list[TaskReader] = []


def answer_may_read_task(reader: TaskReader) -> None:
    """Register an answer, in `AppConfig.ready()`: True when the actor needs the task at that moment."""
    if reader not in _task_readers:
        _task_readers.append(reader)


def may_read_task(actor: Actor, task_id: UUID, at: datetime) -> bool:
    """Whether any module says that the actor needs to read the task now."""
    return any(reader(actor, task_id, at) for reader in _task_readers)
