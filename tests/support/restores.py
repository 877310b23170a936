"""A restore as `scripts/note-restore` leaves it in the trail, for tests."""

from __future__ import annotations

from datetime import UTC, datetime

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.commands import command


@command
def _note(*, actor: Actor, at: datetime) -> None:
    trail.record(actor=actor, action="audit.restored", reason="演练：磁盘损坏", newest_seal=1)


def note_restore() -> None:
    """The database was brought back from a backup just now."""
    _note(actor=service("恢复备份", "audit.seal", door="shell"), at=datetime.now(UTC))
