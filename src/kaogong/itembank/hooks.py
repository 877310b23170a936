"""Questions that the item bank cannot answer itself.

May this person read a practical task at work: examiners act on a sitting through their place on its panel. Was the key
of an item ruled on after an examination: rulings are made where the marks are. Downstream modules register answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID

from kaogong.foundation.kernel.actors import Actor

TaskReader = Callable[[Actor, UUID, datetime], bool]
_task_readers: list[TaskReader] = []
RuledReader = Callable[[Collection[UUID]], Mapping[UUID, datetime]]
_ruled_readers: list[RuledReader] = []


def answer_may_read_task(reader: TaskReader) -> None:
    """Register an answer, in `AppConfig.ready()`: True when the actor needs the task at that moment."""
    if reader not in _task_readers:
        _task_readers.append(reader)


def may_read_task(actor: Actor, task_id: UUID, at: datetime) -> bool:
    """Whether any module says that the actor needs to read the task now."""
    return any(reader(actor, task_id, at) for reader in _task_readers)


def answer_ruled_at(reader: RuledReader) -> None:
    """Register an answer, in `AppConfig.ready()`: when versions were last ruled on, those alone that were."""
    if reader not in _ruled_readers:
        _ruled_readers.append(reader)


def ruled_at(version_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each version's key was last ruled on; versions on which nobody ruled are not in it."""
    found: dict[UUID, datetime] = {}
    for reader in _ruled_readers:
        for version, at in reader(version_ids).items():
            found[version] = max(at, found.get(version, at))
    return found
