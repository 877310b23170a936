"""What a database administrator can do to the trail, and how each deed of his is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from kaogong.foundation.audit import services
from kaogong.foundation.audit.models import Seal, TrailEntry
from kaogong.foundation.audit.verification import Finding, verify
from kaogong.foundation.kernel.ids import uuid7
from kaogong.regulations.models import Provision
from tests.support.audit import AT, SEALER, forged_copy, make_line
from tests.support.database import copied_database


def seal() -> Seal:
    services.seal(actor=SEALER, at=AT)
    return Seal.objects.order_by("-number")[0]


def named(kind: str) -> set[str]:
    """The lines that a verification names with findings of that kind."""
    return {str(each.entry_id) for each in verify().findings if each.kind == kind and each.entry_id}


class Trail:
    """Five sealed lines, and an administrator at work within the test's own transaction."""

    def __init__(self) -> None:
        self.lines = [make_line(name=f"经办人{number}", amount=number) for number in range(5)]
        self.seal = seal()

    def attack(self, statement: str, *values: object) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, values)
            assert cursor.rowcount != 0
            cursor.execute("SET LOCAL session_replication_role = origin")

    def slip_in(self, *, transaction: str = "transaction") -> str:
        new, statement, values = forged_copy(self.lines[0], transaction=transaction)
        self.attack(statement, *values)
        return str(new)


@pytest.fixture(scope="module")
def sealed(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Trail, Path]]:
    """One sealed trail for the whole file, with its checkpoints; whoever attacks it is rolled back."""
    file = tmp_path_factory.mktemp("sealed") / "trail.log"
    with django_db_blocker.unblock(), copied_database():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KAOGONG_CHECKPOINTS", str(file))
            made = Trail()
        yield made, file


@pytest.fixture
def trail(sealed: tuple[Trail, Path], checkpoint_file: Path) -> Iterator[Trail]:
    """The shared trail; the database is as before when the test ends. Nothing new can be sealed meanwhile."""
    made, file = sealed
    checkpoint_file.parent.mkdir()
    checkpoint_file.write_bytes(file.read_bytes())
    with transaction.atomic():
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def living(real_database: str) -> Trail:
    """A trail of the test's own, which goes on: lines are committed and sealed after the attack."""
    return Trail()


class TestSoundTrail:
    def test_nothing_is_found(self, trail: Trail) -> None:
        report = verify()
        assert report.findings == []
        assert report.is_sound
        assert report.notes == []

    def test_the_last_lines_wait_and_that_is_said(self, trail: Trail) -> None:
        make_line()
        assert verify().waiting == 2  # the line and the note of the sealing

    def test_every_line_is_counted_and_progress_told(self, trail: Trail) -> None:
        told: list[tuple[int, int]] = []
        report = verify(lambda done, total: told.append((done, total)))
        assert report.lines == TrailEntry.objects.count()
        assert report.records == Provision.objects.count()
        assert told[-1] == (report.lines + report.records,) * 2


@pytest.mark.django_db
class TestOpenTransaction:
    def test_its_lines_wait(self) -> None:
        before = verify().waiting
        make_line()
        report = verify()
        assert (report.findings, report.waiting) == ([], before + 1)


class TestAlteredLine:
    @pytest.mark.parametrize(
        "change",
        [
            """facts = '{"amount": 999}'""",
            "actor_name = '别人'",
            "at = at - interval '1 day'",
            "recorded_at = recorded_at + interval '1 second'",
            "reason = ''",
            "region_code = '440100'",
            "is_refused = NOT is_refused",
            "posts = '[]'",
            "transaction = transaction + 1",
            "account_id = NULL",
            "signature = '\\x00'",
            "key_id = 'trail-9-00000000'",
            "facts = facts || '{\"large\": 99999999999999999999}'",
        ],
    )
    def test_is_named(self, trail: Trail, change: str) -> None:
        line = trail.lines[2]
        trail.attack(f"UPDATE audit_trailentry SET {change} WHERE id = %s", line.id)
        findings = verify().findings
        assert [(each.kind, each.entry_id, each.seal) for each in findings] == [("altered", line.id, trail.seal.number)]
        assert str(line.id) in findings[0].words

    def test_two_lines_that_swap_their_contents_are_both_named(self, trail: Trail) -> None:
        first, second = trail.lines[1], trail.lines[3]
        for line, other in ((first, second), (second, first)):
            trail.attack(
                "UPDATE audit_trailentry SET actor_name = %s, facts = %s::jsonb, signature = %s WHERE id = %s",
                other.actor_name,
                f'{{"amount": {other.facts["amount"]}}}',
                bytes(other.signature),
                line.id,
            )
        assert named("altered") == {str(first.id), str(second.id)}


class TestRemovedLine:
    def test_is_named_with_the_time_it_was_written(self, trail: Trail) -> None:
        line = trail.lines[2]
        trail.attack("DELETE FROM audit_trailentry WHERE id = %s", line.id)
        [finding] = verify().findings
        assert (finding.kind, finding.entry_id) == ("removed", line.id)
        assert str(line.id) in finding.words

    def test_is_named_when_its_leaf_went_with_it(self, trail: Trail) -> None:
        line = trail.lines[2]
        trail.attack("DELETE FROM audit_trailentry WHERE id = %s", line.id)
        self._cut_leaf(trail, line)
        assert named("removed") == {str(line.id)}

    def test_is_named_when_even_the_root_was_recomputed(self, trail: Trail) -> None:
        from kaogong.foundation.audit import encoding
        from kaogong.foundation.signing import digests, merkle

        line = trail.lines[2]
        trail.attack("DELETE FROM audit_trailentry WHERE id = %s", line.id)
        self._cut_leaf(trail, line)
        forged = Seal.objects.get(pk=trail.seal.pk)
        forged.root = merkle.root(encoding.leaf_hashes(forged))
        trail.attack(
            "UPDATE audit_seal SET root = %s, digest = %s WHERE number = %s",
            forged.root,
            digests.plain(encoding.seal_message(forged)),
            forged.number,
        )
        report = verify()
        assert ("removed", line.id) in {(each.kind, each.entry_id) for each in report.findings}
        assert any(each.kind == "altered" and each.seal == forged.number for each in report.findings)

    def test_without_checkpoints_the_seal_is_named_still(self, trail: Trail, checkpoint_file: Path) -> None:
        line = trail.lines[2]
        trail.attack("DELETE FROM audit_trailentry WHERE id = %s", line.id)
        self._cut_leaf(trail, line)
        checkpoint_file.unlink()
        report = verify()
        assert {each.seal for each in report.findings} == {trail.seal.number}
        assert any(str(checkpoint_file) in note for note in report.notes)

    @staticmethod
    def _cut_leaf(trail: Trail, line: TrailEntry) -> None:
        place = trail.seal.entry_ids.index(line.id)
        leaves = bytes(trail.seal.leaf_hashes)
        trail.attack(
            "UPDATE audit_seal SET entry_ids = array_remove(entry_ids, %s), leaf_hashes = %s WHERE number = %s",
            line.id,
            leaves[: place * 32] + leaves[place * 32 + 32 :],
            trail.seal.number,
        )


class TestSlippedInLine:
    def test_with_a_copied_signature_is_named(self, trail: Trail) -> None:
        new = trail.slip_in()
        assert named("slipped_in") == {new}

    def test_among_the_lines_that_wait_is_refused_by_the_sealer(self, living: Trail) -> None:
        new = living.slip_in(transaction="pg_current_xact_id()::text::bigint")
        good = make_line()
        outcome = services.seal(actor=SEALER, at=AT)
        assert [str(each) for each in outcome.refused] == [new]
        assert good.id in outcome.seals[0].entry_ids
        assert TrailEntry.objects.filter(action="audit.sealed").latest("recorded_at").facts["refused_lines"] == [new]
        assert named("slipped_in") == {new}

    def test_with_a_place_in_a_seal_is_named(self, trail: Trail) -> None:
        new = trail.slip_in()
        trail.attack(
            "UPDATE audit_seal SET entry_ids = entry_ids || %s::uuid, leaf_hashes = leaf_hashes || sha256('x') "
            "WHERE number = %s",
            new,
            trail.seal.number,
        )
        assert named("slipped_in") == {new}

    def test_a_genuine_line_whose_leaf_was_cut_is_named_as_unsealed(self, trail: Trail) -> None:
        line = trail.lines[4]
        TestRemovedLine._cut_leaf(trail, line)
        assert named("unsealed") == {str(line.id)}


class TestOrder:
    def test_two_leaves_that_swap_places_are_named(self, trail: Trail) -> None:
        first, second = trail.lines[1], trail.lines[3]
        ids, leaves = list(trail.seal.entry_ids), bytes(trail.seal.leaf_hashes)
        hashes = [leaves[start : start + 32] for start in range(0, len(leaves), 32)]
        one, two = ids.index(first.id), ids.index(second.id)
        ids[one], ids[two], hashes[one], hashes[two] = ids[two], ids[one], hashes[two], hashes[one]
        trail.attack(
            "UPDATE audit_seal SET entry_ids = %s, leaf_hashes = %s WHERE number = %s",
            ids,
            b"".join(hashes),
            trail.seal.number,
        )
        assert named("altered") == {str(first.id), str(second.id)}


class TestSeals:
    def test_the_newest_seal_and_its_lines_removed_are_named(self, living: Trail) -> None:
        late = [make_line(), make_line()]
        last = seal()
        living.attack("DELETE FROM audit_trailentry WHERE id = ANY(%s)", last.entry_ids)
        living.attack("DELETE FROM audit_seal WHERE number = %s", last.number)
        findings = verify().findings
        assert {each.kind for each in findings} == {"rolled_back"}
        assert {line.id for line in late} <= {each.entry_id for each in findings}
        assert findings[0] == Finding("rolled_back", None, findings[0].words, last.number)

    def test_a_seal_from_the_middle_is_named(self, living: Trail) -> None:
        make_line()
        seal()
        living.attack("DELETE FROM audit_seal WHERE number = %s", living.seal.number)
        findings = verify().findings
        assert ("removed", None, living.seal.number) in {(each.kind, each.entry_id, each.seal) for each in findings}
        assert {line.id for line in living.lines} <= {each.entry_id for each in findings if each.kind == "unsealed"}

    def test_a_database_turned_back_and_used_again_is_seen(self, living: Trail) -> None:
        lost = make_line()
        last = seal()
        living.attack("DELETE FROM audit_trailentry WHERE id = ANY(%s)", last.entry_ids)
        living.attack("DELETE FROM audit_seal WHERE number = %s", last.number)
        make_line()
        assert seal().number == last.number
        findings = verify().findings
        assert {each.kind for each in findings} == {"rolled_back"}
        assert lost.id in {each.entry_id for each in findings}

    def test_everything_wiped_is_seen(self, trail: Trail) -> None:
        trail.attack("TRUNCATE audit_trailentry, audit_seal")
        report = verify()
        assert {line.id for line in trail.lines} <= {each.entry_id for each in report.findings}
        assert {each.kind for each in report.findings} == {"rolled_back", "record_slipped_in"}

    @pytest.mark.parametrize(
        "change",
        [
            "sealed_at = sealed_at + interval '1 second'",
            "through_transaction = 1",
            "previous = 'x'",
            "signature = '\\x01'",
        ],
    )
    def test_an_altered_seal_is_named(self, trail: Trail, change: str) -> None:
        trail.attack(f"UPDATE audit_seal SET {change} WHERE number = %s", trail.seal.number)
        assert ("altered", trail.seal.number) in {(each.kind, each.seal) for each in verify().findings}


class TestCheckpointFile:
    def test_a_forged_line_is_named(self, trail: Trail, checkpoint_file: Path) -> None:
        text = checkpoint_file.read_text()
        checkpoint_file.write_text(text + text.replace(trail.seal.digest, "0" * 64))
        [finding] = [each for each in verify().findings if each.seal == trail.seal.number]
        assert finding.kind == "altered"

    def test_a_torn_line_is_noted_and_written_again(self, living: Trail, checkpoint_file: Path) -> None:
        content = checkpoint_file.read_bytes()
        checkpoint_file.write_bytes(content[:-40])
        assert len(verify().notes) == 2  # unreadable, and a seal that was not noted
        make_line()
        seal()
        report = verify()
        assert report.findings == []
        assert len(report.notes) == 1  # the torn line stays where it is

    def test_a_lost_file_is_noted_and_begun_again(self, living: Trail, checkpoint_file: Path) -> None:
        checkpoint_file.unlink()
        assert len(verify().notes) == 1
        make_line()
        seal()
        assert verify().notes == []

    def test_a_seal_altered_while_the_file_was_lost_gets_no_genuine_line(
        self, living: Trail, checkpoint_file: Path
    ) -> None:
        checkpoint_file.unlink()
        living.attack(
            "UPDATE audit_seal SET entry_ids[1] = %s WHERE number = %s",
            uuid7(),
            living.seal.number,
        )
        make_line()
        seal()
        assert f'"seal": {living.seal.number},' not in checkpoint_file.read_text()
