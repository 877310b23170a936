"""Sealing: what is committed for good, once, in order; under concurrent writers; after a restore elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from kaogong.foundation.audit import checkpoints, encoding, sealing, selectors, services, tasks
from kaogong.foundation.audit.models import Check, Seal, TrailEntry
from kaogong.foundation.audit.verification import verify
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.signing import keys, merkle
from tests.support.audit import AT, SEALER, administrator, do_something, make_line, slip_in
from tests.support.cast import officer, outsider


def sealed_ids() -> list[object]:
    return [entry_id for seal in Seal.objects.order_by("number") for entry_id in seal.entry_ids]


@pytest.mark.usefixtures("real_database")
class TestSeal:
    def test_holds_the_lines_in_order_under_a_signed_root(self) -> None:
        lines = [make_line() for _ in range(3)]
        [seal] = services.seal(actor=SEALER, at=AT).seals
        assert seal.entry_ids[-3:] == [line.id for line in lines]
        assert bytes(seal.root) == merkle.root(encoding.leaf_hashes(seal))
        assert keys.verify(seal.key_id, encoding.seal_message(seal), seal.signature, purpose="seal")

    def test_chains_to_the_one_before(self) -> None:
        make_line()
        services.seal(actor=SEALER, at=AT)
        make_line()
        services.seal(actor=SEALER, at=AT)
        newest, before = Seal.objects.order_by("-number")[:2]
        assert newest.number == before.number + 1
        assert newest.previous == before.digest

    def test_is_noted_outside_the_database(self) -> None:
        make_line()
        services.seal(actor=SEALER, at=AT)
        seal = Seal.objects.order_by("-number")[0]
        [*_, last] = checkpoints.read()
        assert isinstance(last, checkpoints.Checkpoint)
        assert (last.number, last.digest, list(last.entry_ids)) == (seal.number, seal.digest, seal.entry_ids)
        assert last.is_genuine

    def test_an_unwritable_checkpoint_file_is_reported_and_made_good_later(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        make_line()
        with monkeypatch.context() as patch:
            patch.setenv("KAOGONG_CHECKPOINTS", "/proc/nowhere/trail.log")
            services.seal(actor=SEALER, at=AT)
        assert "could not note" in caplog.text
        make_line()
        services.seal(actor=SEALER, at=AT)
        assert verify().notes == []

    def test_many_lines_make_several_seals(self, monkeypatch: pytest.MonkeyPatch) -> None:
        services.seal(actor=SEALER, at=AT)  # what the reference data left
        monkeypatch.setattr(sealing, "LINES_PER_SEAL", 4)
        for _ in range(10):
            make_line()
        outcome = services.seal(actor=SEALER, at=AT)
        assert [len(seal.entry_ids) for seal in outcome.seals] == [4, 4, 3]  # ten, and the note of the first sealing
        assert verify().findings == []

    def test_a_forged_line_with_a_far_number_does_not_carry_the_sealer_away(self, real_database: str) -> None:
        """Were the forged line the seal's end, true lines of that cluster would be passed by for ever."""
        good = make_line()
        slip_in(real_database, good, transaction="transaction + 1")
        services.seal(actor=SEALER, at=AT)
        assert Seal.objects.latest("number").entry_ids[-1] == good.id
        assert Seal.objects.latest("number").through_id == good.id

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            services.seal(actor=officer("audit.read"), at=AT)

    @pytest.mark.parametrize(
        "statement", ["UPDATE audit_seal SET root = 'x'", "DELETE FROM audit_seal", "TRUNCATE audit_seal"]
    )
    def test_is_never_changed(self, statement: str) -> None:
        make_line()
        services.seal(actor=SEALER, at=AT)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    def test_outlives_a_rotation_of_the_keys(self) -> None:
        make_line()
        services.seal(actor=SEALER, at=AT)
        keys.rotate("trail")
        keys.rotate("seal")
        make_line()
        services.seal(actor=SEALER, at=AT)
        assert len(set(TrailEntry.objects.values_list("key_id", flat=True))) == 2
        assert verify().findings == []


class TestCommittedForGood:
    @pytest.mark.django_db
    def test_lines_of_an_open_transaction_are_left(self) -> None:
        line = make_line()
        services.seal(actor=SEALER, at=AT)
        assert line.id not in sealed_ids()

    def test_a_line_that_commits_late_is_sealed_in_its_turn(self, real_database: str) -> None:
        """An older transaction is still open: nothing younger is sealed before it ends, and nothing is lost."""
        make_line()
        services.seal(actor=SEALER, at=AT)
        with psycopg.connect(real_database) as slow:
            slow.execute("SELECT pg_current_xact_id()")  # takes its number, writes nothing yet
            young = make_line()
            services.seal(actor=SEALER, at=AT)
            assert young.id not in sealed_ids()
            slow.rollback()
        services.seal(actor=SEALER, at=AT)
        assert young.id in sealed_ids()

    def test_lines_of_another_cluster_are_sealed_after_a_restore(self, real_database: str) -> None:
        """As if the dump of a cluster with far higher numbers had been loaded here: both courses go on."""
        line = make_line()
        services.seal(actor=SEALER, at=AT)
        with administrator(real_database) as admin:
            # The service that wrote there signed the numbers of that cluster.
            line.pk, line.cluster, line.transaction = uuid7(), line.cluster - 1, 2**40
            signature = keys.sign("trail", encoding.entry_message(line))
            line.key_id, line.signature = signature.key_id, signature.value
            admin.execute(
                "INSERT INTO audit_trailentry SELECT (jsonb_populate_record(e, jsonb_build_object("
                "'id', %s::text, 'cluster', %s::bigint, 'transaction', %s::bigint, 'signature', '\\x' || %s::text))).* "
                "FROM audit_trailentry e WHERE id = %s",
                [
                    line.pk,
                    line.cluster,
                    line.transaction,
                    line.signature.hex(),
                    Seal.objects.latest("number").entry_ids[-1],
                ],
            )
        ours = make_line()
        services.seal(actor=SEALER, at=AT)
        assert line.pk in sealed_ids()
        assert ours.id in sealed_ids()
        late = make_line()
        services.seal(actor=SEALER, at=AT)
        assert late.id in sealed_ids()
        assert verify().findings == []


@pytest.mark.concurrency
class TestConcurrency:
    def test_many_writers_while_sealing_nothing_lost_nothing_sealed_twice(self, real_database: str) -> None:
        writers, each, failures = 6, 25, []
        done = threading.Event()

        def write() -> None:
            for _ in range(each):
                with transaction.atomic():
                    do_something(actor=officer(), at=AT, target_id=uuid7())
                    do_something(actor=officer(), at=AT, target_id=uuid7())

        def seal() -> None:
            while not done.is_set():
                services.seal(actor=SEALER, at=timezone.now())

        def guarded(work: Callable[[], None]) -> Callable[[], None]:
            def run() -> None:
                try:
                    work()
                except Exception as failure:  # told by the assertion below
                    failures.append(failure)
                finally:
                    connections.close_all()

            return run

        threads = [threading.Thread(target=guarded(write)) for _ in range(writers)]
        sealers = [threading.Thread(target=guarded(seal)) for _ in range(2)]
        for thread in (*threads, *sealers):
            thread.start()
        for thread in threads:
            thread.join()
        done.set()
        for thread in sealers:
            thread.join()
        services.seal(actor=SEALER, at=timezone.now())

        assert failures == []
        ids = sealed_ids()
        assert len(ids) == len(set(ids))
        assert set(TrailEntry.objects.filter(action="test.done").values_list("pk", flat=True)) <= set(ids)
        assert TrailEntry.objects.filter(action="test.done").count() == writers * each * 2
        assert verify().findings == []


@pytest.mark.usefixtures("real_database")
class TestTasks:
    def test_sealing_stops_when_only_its_own_notes_wait(self) -> None:
        make_line()
        assert tasks.seal() > 0
        assert not selectors.has_deeds_to_seal()
        assert tasks.seal() == 0

    def test_a_check_is_kept(self) -> None:
        make_line()
        tasks.seal()
        assert tasks.check() == 0
        check = Check.objects.latest("finished_at")
        assert (check.finding_count, check.lines) == (0, TrailEntry.objects.count() - 1)

    def test_a_check_names_what_it_found(self, real_database: str) -> None:
        line = make_line()
        tasks.seal()
        with administrator(real_database) as admin:
            admin.execute("DELETE FROM audit_trailentry WHERE id = %s", [line.id])
        assert tasks.check() == 1
        assert Check.objects.latest("finished_at").findings[0]["entry_id"] == str(line.id)

    def test_a_check_can_be_asked_for_once(self) -> None:
        reader = officer("audit.read")
        assert services.ask_for_check(actor=reader, at=AT) is True
        assert services.ask_for_check(actor=reader, at=AT) is False
        with pytest.raises(NotPermitted):
            services.ask_for_check(actor=officer(), at=AT)


@pytest.mark.usefixtures("real_database")
class TestProof:
    def test_anyone_can_recompute_the_root_from_the_line(self) -> None:
        lines = [make_line() for _ in range(5)]
        services.seal(actor=SEALER, at=AT)
        for line in lines:
            proof = selectors.proof(actor=officer("audit.read"), entry_id=line.id)
            assert proof is not None
            assert proof.is_genuine
            assert proof.is_included

    def test_there_is_none_before_the_line_is_sealed(self) -> None:
        assert selectors.proof(actor=officer("audit.read"), entry_id=make_line().id) is None

    def test_an_altered_line_fails_both(self, real_database: str) -> None:
        line = make_line()
        services.seal(actor=SEALER, at=AT)
        with administrator(real_database) as admin:
            admin.execute("UPDATE audit_trailentry SET reason = '' WHERE id = %s", [line.id])
        proof = selectors.proof(actor=officer("audit.read"), entry_id=line.id)
        assert proof is not None
        assert (proof.is_genuine, proof.is_included) == (False, False)

    def test_outsiders_cannot_even_find_it(self) -> None:
        with pytest.raises(NotFound):
            selectors.proof(actor=outsider("audit.read"), entry_id=make_line().id)
