"""Announcing: the fact stands or falls with the deed, and is never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from kaogong.foundation.kernel.events import Event
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.outbox import announcing
from kaogong.foundation.outbox.models import OutboxEvent

AT = datetime(2026, 3, 2, tzinfo=UTC)


OURS = OutboxEvent.objects.filter(name="test.happened")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened(Event):
    name: ClassVar[str] = "test.happened"
    subject_id: UUID


@pytest.mark.django_db
class TestAnnounce:
    def test_keeps_the_fact(self) -> None:
        event = Happened(subject_id=uuid7(), region_code="320102")
        announcing.announce(event, at=AT)
        row = OURS.get()
        assert (row.name, row.region_code, row.happened_at) == ("test.happened", "320102", AT)
        assert row.payload == {"region_code": "320102", "subject_id": str(event.subject_id)}
        assert row.position is None

    def test_falls_with_the_deed(self) -> None:
        with transaction.atomic():
            announcing.announce(Happened(subject_id=uuid7()), at=AT)
            transaction.set_rollback(True)
        assert not OURS.exists()

    def test_several_cost_one_statement_and_keep_their_order(self, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]  # pytest-django's fixture
        events = [Happened(subject_id=uuid7()) for _ in range(50)]
        with django_assert_num_queries(1):
            announcing.announce_each(events, at=AT)
        told = [row.payload["subject_id"] for row in OURS.order_by("ordinal")]
        assert told == [str(event.subject_id) for event in events]

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE outbox_outboxevent SET name = 'x'",
            "UPDATE outbox_outboxevent SET position = 1, payload = '{}'",
            "DELETE FROM outbox_outboxevent",
            "TRUNCATE outbox_outboxevent",
        ],
    )
    def test_is_never_changed(self, statement: str) -> None:
        announcing.announce(Happened(subject_id=uuid7()), at=AT)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_a_position_is_dealt_once(self) -> None:
        announcing.announce(Happened(subject_id=uuid7()), at=AT)
        OURS.update(position=10**9)
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            OURS.update(position=10**9 + 1)

    def test_nobody_announces_for_another_transaction(self) -> None:
        with pytest.raises(IntegrityError, match="belongs to the transaction"), transaction.atomic():
            OutboxEvent.objects.create(name="x", payload={}, happened_at=AT, transaction=1)


class TestOutsideTransaction:
    def test_is_refused(self, real_database: str) -> None:
        with pytest.raises(announcing.OutsideTransaction):
            announcing.announce(Happened(subject_id=uuid7()), at=AT)
