"""Delivering: every event, in order, to whoever subscribed; however late its transaction commits."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import psycopg
import pytest
from django.db import connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from kaogong.foundation.kernel.events import Event
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.outbox import announcing, delivering, receiving, sequencing, subscriptions
from kaogong.foundation.outbox.models import OutboxEvent, Reader

AT = datetime(2026, 3, 2, tzinfo=UTC)
TASK = "test.reader"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened(Event):
    name: ClassVar[str] = "test.happened"
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted(Event):
    name: ClassVar[str] = "test.unwanted"


def tell(*numbers: int) -> None:
    with transaction.atomic():
        announcing.announce_each([Happened(number=number) for number in numbers], at=AT)


def heard(task: str = TASK) -> list[int]:
    """The numbers handed to the reader, in the order of its jobs."""
    return [job.args["payload"]["number"] for job in ProcrastinateJob.objects.filter(task_name=task).order_by("id")]


@pytest.fixture(autouse=True)
def only_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """One subscriber, whatever other modules subscribed."""
    monkeypatch.setattr(subscriptions, "_wanted", {TASK: {"test.happened"}})


@pytest.mark.usefixtures("real_database")
class TestDeliver:
    def test_hands_over_what_was_announced_in_order(self) -> None:
        tell(1, 2)
        tell(3)
        assert delivering.deliver(at=AT) == 3
        assert heard() == [1, 2, 3]

    def test_hands_over_once(self) -> None:
        tell(1)
        delivering.deliver(at=AT)
        assert delivering.deliver(at=AT) == 0

    def test_tells_all_that_a_reader_needs(self) -> None:
        tell(7)
        delivering.deliver(at=AT)
        event = OutboxEvent.objects.get(name="test.happened")
        job = ProcrastinateJob.objects.get(task_name=TASK)
        assert job.args == {
            "event_id": str(event.id),
            "name": "test.happened",
            "payload": {"number": 7, "region_code": ""},
            "region_code": "",
            "happened_at": AT.isoformat(),
            "position": event.position,
        }
        assert job.lock == TASK

    def test_passes_what_nobody_wants(self) -> None:
        with transaction.atomic():
            announcing.announce(Unwanted(), at=AT)
        assert delivering.deliver(at=AT) == 0
        assert Reader.objects.get(name=TASK).position == OutboxEvent.objects.latest("position").position

    def test_everything_for_whoever_wants_any(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(subscriptions, "_wanted", {TASK: {subscriptions.ANY}})
        with transaction.atomic():
            announcing.announce(Unwanted(), at=AT)
        assert delivering.deliver(at=AT) == OutboxEvent.objects.count()

    def test_goes_on_after_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(delivering, "AT_ONCE", 3)
        monkeypatch.setattr(sequencing, "AT_ONCE", 2)
        tell(*range(8))
        delivering.deliver(at=AT)
        assert heard() == list(range(8))

    def test_a_failed_hand_over_leaves_the_reader_where_it_was(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tell(1)

        def broken(event: OutboxEvent) -> dict[str, object]:
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr(delivering, "_arguments", broken)
            with pytest.raises(ZeroDivisionError):
                delivering.deliver(at=AT)
        assert heard() == []
        delivering.deliver(at=AT)
        assert heard() == [1]

    def test_events_of_another_cluster_are_delivered_after_a_restore(self, real_database: str) -> None:
        with psycopg.connect(real_database) as restoring:
            restoring.execute("SET session_replication_role = replica")
            restoring.execute(
                "INSERT INTO outbox_outboxevent (id, cluster, transaction, name, payload, region_code, happened_at) "
                "VALUES (%s, 5, 9000000000000, 'test.happened', '{\"number\": 41}', '', now())",
                [uuid7()],
            )
        tell(42)
        delivering.deliver(at=AT)
        assert heard() == [41, 42]


@pytest.mark.concurrency
class TestLateCommits:
    def test_an_event_that_commits_late_is_not_missed(self, real_database: str) -> None:
        """The first to write commits last; the reader must not have passed it by."""
        begun, may_commit = threading.Event(), threading.Event()

        def slow() -> None:
            with transaction.atomic():
                announcing.announce(Happened(number=1), at=AT)
                begun.set()
                may_commit.wait(10)
            connections.close_all()

        thread = threading.Thread(target=slow)
        thread.start()
        begun.wait(10)
        tell(2)
        delivering.deliver(at=AT)
        assert heard() == []
        may_commit.set()
        thread.join()
        delivering.deliver(at=AT)
        assert heard() == [1, 2]

    def test_many_writers_while_two_deliver_nothing_lost_nothing_twice(self, real_database: str) -> None:
        done = threading.Event()
        failures: list[Exception] = []

        def write(first: int) -> None:
            try:
                for number in range(first, first + 40, 2):
                    tell(number, number + 1)
            except Exception as failure:  # told by the assertion below
                failures.append(failure)
            finally:
                connections.close_all()

        def read() -> None:
            try:
                while not done.is_set():
                    delivering.deliver(at=AT)
            except Exception as failure:  # told by the assertion below
                failures.append(failure)
            finally:
                connections.close_all()

        writers = [threading.Thread(target=write, args=[first]) for first in range(0, 240, 40)]
        readers = [threading.Thread(target=read) for _ in range(2)]
        for thread in (*writers, *readers):
            thread.start()
        for thread in writers:
            thread.join()
        done.set()
        for thread in readers:
            thread.join()
        delivering.deliver(at=AT)
        assert failures == []
        assert sorted(heard()) == list(range(240))
        positions = list(OutboxEvent.objects.order_by("position").values_list("position", flat=True))
        assert positions == list(range(1, len(positions) + 1))
        # Within one writer the order is that of its deeds.
        assert all(
            [number for number in heard() if first <= number < first + 40] == list(range(first, first + 40))
            for first in range(0, 240, 40)
        )


class TestCluster:
    def test_its_identity_is_known_to_a_role_without_privileges(self, real_database: str) -> None:
        with psycopg.connect(real_database) as connection:
            connection.execute("CREATE ROLE plain_reader")
            connection.execute("SET ROLE plain_reader")
            first, second = (connection.execute("SELECT kaogong_cluster()").fetchone() for _ in range(2))
            truth = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
            connection.rollback()
        assert first == second == truth


class TestReceiving:
    @pytest.mark.django_db
    def test_a_second_delivery_is_known(self) -> None:
        event_id = uuid7()
        assert receiving.first_time("a", event_id) is True
        assert receiving.first_time("a", str(event_id)) is False
        assert receiving.first_time("b", event_id) is True

    @pytest.mark.django_db
    def test_work_that_fails_is_done_again(self) -> None:
        event_id = uuid7()
        with transaction.atomic():
            receiving.first_time("a", event_id)
            transaction.set_rollback(True)
        assert receiving.first_time("a", event_id) is True

    def test_belongs_into_the_transaction_of_the_work(self, real_database: str) -> None:
        with pytest.raises(announcing.OutsideTransaction):
            receiving.first_time("a", uuid7())


class TestSubscriptions:
    def test_a_task_may_want_several(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from collections import defaultdict

        monkeypatch.setattr(subscriptions, "_wanted", defaultdict(set))
        subscriptions.subscribe("a.b", "t")
        subscriptions.subscribe("a.c", "t")
        assert subscriptions.readers() == {"t": {"a.b", "a.c"}}
        assert subscriptions.wants(frozenset({"a.b"}), "a.b")
        assert not subscriptions.wants(frozenset({"a.b"}), "a.c")
