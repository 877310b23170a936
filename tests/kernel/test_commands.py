from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import Refusal

AT = datetime(2026, 5, 1, 8, tzinfo=UTC)
EXPIRES = datetime(2027, 1, 1, tzinfo=UTC)


class Memory:
    """A trail that remembers in a list."""

    def __init__(self) -> None:
        self.entries: list[trail.Entry] = []

    def write(self, entries: list[trail.Entry]) -> None:
        self.entries += entries


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    memory = Memory()
    monkeypatch.setattr(trail, "_installed", [memory])
    return memory


class TooLate(Refusal):
    message = "已过 {hour} 点。"
    clause = Clause("house", "hours")


@command
def leave_note(*, actor: Actor, at: datetime, key: str) -> str:
    Session.objects.create(session_key=key, session_data="", expire_date=EXPIRES)
    trail.record(actor=actor, action="note.left", key=key)
    return key


@command
def leave_silently(*, actor: Actor, at: datetime, key: str) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=EXPIRES)


@command
def leave_too_late(*, actor: Actor, at: datetime, key: str, note_id: UUID) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=EXPIRES)
    trail.record(actor=actor, action="note.left", key=key)
    raise TooLate(hour=5)


@command
def leave_two(*, actor: Actor, at: datetime, then_refuse: bool = False) -> None:
    leave_note(actor=actor, at=at, key="first")
    if then_refuse:
        leave_too_late(actor=actor, at=at, key="second", note_id=UUID(int=1))


def _kept(key: str) -> bool:
    return Session.objects.filter(session_key=key).exists()


@pytest.mark.django_db
class TestCommand:
    def test_does_the_deed_and_records_it(self, memory: Memory) -> None:
        assert leave_note(actor=PUBLIC, at=AT, key="kept") == "kept"

        assert _kept("kept")
        (entry,) = memory.entries
        assert (entry.action, entry.at, entry.facts) == ("note.left", AT, {"key": "kept"})

    def test_what_leaves_no_line_is_rolled_back(self, memory: Memory) -> None:
        with pytest.raises(trail.NothingRecorded):
            leave_silently(actor=PUBLIC, at=AT, key="silent")

        assert not _kept("silent")

    def test_a_refusal_undoes_the_deed_and_is_itself_recorded_with_its_clause(self, memory: Memory) -> None:
        with pytest.raises(TooLate, match="已过 5 点"):
            leave_too_late(actor=PUBLIC, at=AT, key="late", note_id=UUID(int=9))

        assert not _kept("late")
        refused = memory.entries[-1]
        assert refused.refused
        assert refused.clause == Clause("house", "hours")
        assert refused.facts["note_id"] == str(UUID(int=9))

    def test_commands_within_a_command_stand_or_fall_together(self, memory: Memory) -> None:
        leave_two(actor=PUBLIC, at=AT)
        assert _kept("first")
        Session.objects.all().delete()

        with pytest.raises(TooLate):
            leave_two(actor=PUBLIC, at=AT, then_refuse=True)

        assert not _kept("first")
        assert [entry.refused for entry in memory.entries if entry.refused] == [True]

    def test_without_a_trail_nothing_runs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(trail, "_installed", [])
        with pytest.raises(trail.NoTrail):
            leave_note(actor=PUBLIC, at=AT, key="unseen")

        assert not _kept("unseen")


def test_a_command_must_take_an_actor_and_a_time_by_keyword() -> None:
    with pytest.raises(TypeError, match="keyword-only"):

        @command
        def nameless(key: str) -> None: ...


def test_recording_outside_a_command_is_a_mistake() -> None:
    with pytest.raises(RuntimeError, match="outside a command"):
        trail.record(actor=PUBLIC, action="nothing.happened")
