"""Keys turned over on a database in use, by the command: everything moves, opens and is found while the site writes."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection, transaction
from typer.testing import CliRunner

from kaogong.certificates import selectors as certificates
from kaogong.certificates.models import Certificate
from kaogong.cli.keys import app
from kaogong.delivery import services as delivery
from kaogong.delivery.models import Custody, PaperCopy
from kaogong.delivery.selectors.answers import questions_of
from kaogong.foundation.access import selectors as access
from kaogong.foundation.access.models import Account
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.identity import services as identity_services
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import service
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.notices.models import Notice
from kaogong.foundation.signing import custody, encryption, keys, ring, services
from kaogong.foundation.signing.places import KeysUnusable
from kaogong.itembank import selectors as itembank
from kaogong.itembank import services as itembank_services
from kaogong.itembank.models import ItemTranslation, ItemVersion, Paper
from kaogong.registration import selectors as registration
from kaogong.registration.models import Evidence, RosterRow
from kaogong.scoring.models import Dispute
from kaogong.scoring.working import ruling_context
from tests.registration.test_rosters import as_csv, line, stage
from tests.scoring.test_objections import file as object_to
from tests.scoring.test_objections import published, uphold
from tests.signing.conftest import empty_folder
from tests.support.access import make_account
from tests.support.cast import officer, outsider
from tests.support.certificates import make_certificate
from tests.support.custody import hand_in, kept_hall
from tests.support.delivery import START, Hall
from tests.support.identity import make_person, resident_number
from tests.support.itembank import COLUMNS, NOW, TRAINER, csv_file, importer, make_approved_item
from tests.support.packages import UNKNOWN, package
from tests.support.registration import make_drafted
from tests.support.signing_in import SECRET, with_totp
from tests.support.sittings import APPLYING, announced_sitting
from tests.support.translations import make_approved_translation

pytestmark = pytest.mark.usefixtures("real_database")
shell = CliRunner(env={"COLUMNS": "240"})
TURNER = service("更换密钥", services.TURN)
KEEPER = officer("persons.see", "persons.correct", region="")
AT = datetime(2026, 3, 9, 2, tzinfo=UTC)
CONTENT = b"%PDF-1.4 certificate"
WHY = ["--reason", "年度轮换"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real_database: str) -> Path:
    """A copy of the keys that the reference data was sealed with."""
    shutil.copytree(settings.KEYS, tmp_path / "keys")
    return empty_folder(tmp_path / "keys", monkeypatch)


@dataclass
class Season:
    """One of everything that a key is behind."""

    certificate: Certificate
    tag: str
    person: Person
    number: str
    account: Account
    evidence: Evidence
    translation: ItemTranslation
    disputes: tuple[Dispute, Dispute]
    kept: tuple[Hall, list[Account], Custody]


@pytest.fixture
def season() -> Season:
    certificate = make_certificate()
    hall = published(theory=(80,))
    several = uphold(object_to(hall, 1), "several", answers=("A", "B"))
    disputes = several, uphold(object_to(hall, 2))
    translation = make_approved_translation(make_approved_item())
    number = resident_number()
    person = make_person(number=number, phone="13812345678", mail="sun@example.org")
    account = with_totp(make_account(phone="13900001111", mail="zhou@example.org"))
    application = make_drafted(announced_sitting(), person=person)
    evidence = Evidence(registration=application, kind="certificate", title="证书.pdf", handed_in_at=APPLYING)
    evidence.content_sealed = encryption.seal(CONTENT, context=registration.evidence_context(evidence.pk))
    evidence.save(force_insert=True)
    stage(announced_sitting(), as_csv(line(1)))
    itembank_services.stage_import(
        actor=importer(),
        at=NOW,
        file_name="题库.csv",
        content=csv_file("标注只需一人,判断,,,,,错"),
        column_map=COLUMNS,
        occupation_code=TRAINER,
        level=5,
    )
    itembank_services.stage_import(
        actor=importer(),
        at=NOW,
        file_name="题包.zip",
        content=package(UNKNOWN),
        column_map={},
        occupation_code=TRAINER,
        level=5,
        profile="qti",
    )
    notice = Notice(channel="sms", to_masked="138****5678", template="t", text="t", queued_at=AT, sent_at=AT)
    notice.to_sealed = encryption.seal(b"+8613812345678", context=f"notices.notice.to:{notice.pk}")
    notice.save(force_insert=True)
    kept = kept_hall()
    hand_in(kept[2], kept[1][0])
    tag = certificates.tag_of(certificate)
    return Season(certificate, tag, person, number, account, evidence, translation, disputes, kept)


def under(which: str = "") -> dict[str, set[str]]:
    """Columns, and the keys under which their values stand; of one ring or both."""
    found: dict[str, set[str]] = {}
    for count in (count for each in custody.holders() for count in each.counts()):
        if which in {"", count.ring}:
            found.setdefault(count.column, set()).add(count.key_id)
    return found


def fixed() -> set[str]:
    """Columns whose digests stay under their key by nature."""
    return {f"{table.label}.{each.name}" for table in custody.tables() for each in table.digested if each.fixed}


def turn() -> None:
    """Turn both rings over and move everything, as an administrator does."""
    for which in ("encryption", "digest"):
        assert shell.invoke(app, ["rotate", which, *WHY]).exit_code == 0
    moved = shell.invoke(app, ["reseal", "--batch", "7"])
    assert moved.exit_code == 0, moved.output


def everything_opens(season: Season) -> None:
    """What each module does with its sealed values works."""
    person, account = season.person, season.account
    assert identity.by_document("resident", season.number) == person
    contact = identity.contact_of(person.pk)
    assert contact is not None
    assert (contact.phone, contact.mail) == ("+8613812345678", "sun@example.org")
    assert access.by_phone("13900001111") == access.by_mail("zhou@example.org") == account
    assert access.phone_of(Account.objects.get(pk=account.pk)) == "+8613900001111"
    assert get_adapter().decrypt(Authenticator.objects.get(user=account).data["secret"]) == SECRET
    assert registration.evidence_content(Evidence.objects.get(pk=season.evidence.pk)) == CONTENT
    assert registration.roster_row_values(RosterRow.objects.get())["document_number"]
    (said,) = itembank.approved_translations([season.translation.version_id]).values()
    assert said["ug"].stem
    ruling, plain = (Dispute.objects.get(pk=each.pk) for each in season.disputes)
    clear = encryption.open_sealed(bytes(ruling.answers_sealed), context=ruling_context(ruling))
    assert (json.loads(clear), bytes(plain.answers_sealed)) == (["A", "B"], b"")
    copies = PaperCopy.objects.filter(released_at__isnull=False)
    assert copies
    for copy in copies:
        assert len(questions_of(copy.pk, at=AT.replace(year=2027))) == copy.questions
    for paper in Paper.objects.all():
        assert itembank.check_paper(paper).is_whole
    kept, keepers, custody_ = season.kept
    with transaction.atomic():
        hand_in(custody_, keepers[1])
        assert delivery.release_papers(actor=kept.invigilator, at=START, part_id=kept.theory.pk) == 1
        transaction.set_rollback(True)  # so that it can be asked again after the next turn
    at = datetime.now(UTC)
    assert certificates.verify(season.certificate.number, season.certificate.name, at).outcome == "valid"
    assert certificates.verify_tag(season.certificate.number, season.tag, at).outcome == "valid"


class TestReseal:
    def test_moves_everything_that_a_key_is_behind(self, season: Season, folder: Path) -> None:
        old = {place.key: ring.load(place).current for place in ring.PLACES}
        every = {
            f"{table.label}.{each.name}" for table in custody.tables() for each in (*table.sealed, *table.digested)
        }
        assert set(under()) == every | {"mfa.Authenticator.data"}

        turn()

        new = {place.key: ring.load(place).current for place in ring.PLACES}
        assert all(held == {new["encryption"]} for held in under("encryption").values())
        assert {column: held for column, held in under("digest").items() if held != {new["digest"]}} == {
            column: {old["digest"]} for column in fixed()
        }
        everything_opens(season)

        # What the old encryption key opened, the new one alone opens now.
        (folder / "encryption-keys").write_text((folder / "encryption-keys").read_text().partition(",")[0])
        everything_opens(season)
        assert custody.doubts() == []

    def test_finds_duplicates_across_the_keys(self, season: Season) -> None:
        assert shell.invoke(app, ["rotate", "digest", *WHY]).exit_code == 0
        with pytest.raises(identity_services.PersonExists):
            make_person(number=season.number)
        assert shell.invoke(app, ["reseal"]).exit_code == 0
        with pytest.raises(identity_services.PersonExists):
            make_person(number=season.number)

    def test_goes_on_where_it_stopped(self) -> None:
        shell.invoke(app, ["rotate", "encryption", *WHY])
        items = custody.holder("itembank.ItemVersion")
        total = items.waiting()
        first = services.reseal(actor=TURNER, at=AT, holder=items.label, after=None, limit=40)
        assert (first.rows, items.waiting()) == (40, total - 40)

        assert shell.invoke(app, ["reseal"]).exit_code == 0
        assert items.waiting() == 0
        done = TrailEntry.objects.filter(action="signing.resealed", facts__holder=items.label)
        assert sum(each.facts["rows"] for each in done) == total

    def test_two_at_once_share_the_work(self) -> None:
        shell.invoke(app, ["rotate", "encryption", *WHY])
        items = custody.holder("itembank.ItemVersion")
        total = items.waiting()

        def work(_number: int) -> int:
            rows, after = 0, None
            try:
                while True:
                    moved = services.reseal(actor=TURNER, at=AT, holder=items.label, after=after, limit=50)
                    rows, after = rows + moved.rows, moved.after
                    if after is None:
                        return rows
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            shares = list(pool.map(work, range(2)))
        assert items.waiting() == total - sum(shares)
        assert shell.invoke(app, ["reseal"]).exit_code == 0
        assert items.waiting() == 0

    def test_names_a_row_that_does_not_open_and_moves_the_others(self) -> None:
        good, bad, other = make_person(), make_person(), make_person()
        Person.objects.filter(pk=bad.pk).update(document_sealed=good.document_sealed)
        Person.objects.filter(pk=other.pk).update(document_digest=other.document_digest[:-4] + "0000")
        shell.invoke(app, ["rotate", "encryption", *WHY])

        moved = shell.invoke(app, ["reseal"])

        assert moved.exit_code == 1
        assert f"identity.Person {bad.pk}" in moved.output.replace("\n", "")
        assert f"identity.Person {other.pk}" in moved.output.replace("\n", "")
        assert custody.holder("identity.Person").waiting() == 2

    def test_needs_the_power(self) -> None:
        for actor in (outsider(services.TURN), service("别人", "audit.read")):
            with pytest.raises(NotPermitted):
                services.reseal(actor=actor, at=AT, holder="identity.Person", after=None)
            with pytest.raises(NotPermitted):
                services.rotate_ring(actor=actor, at=AT, which="encryption", reason="年度轮换")


@pytest.mark.concurrency
class TestWhileTheSiteWrites:
    def test_nothing_is_lost_and_nothing_stays_behind(self) -> None:
        """People are entered and change their phones all the while; each is found under the phone given last."""
        begun = [make_person(phone=f"138000000{place:02d}") for place in range(30)]
        stop, entered = Event(), {}

        def write(worker: int) -> None:
            try:
                turn_ = 0
                while not stop.is_set():
                    person = (
                        begun[(worker * 7 + turn_ * 3) % len(begun)] if turn_ % 2 else make_person(phone="13700000000")
                    )
                    phone = f"+86139{worker:02d}{turn_:06d}"
                    identity_services.correct_contact(actor=KEEPER, at=AT, person_id=person.pk, phone=phone)
                    entered[person.pk] = phone
                    turn_ += 1
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            writers = [pool.submit(write, worker) for worker in range(2)]
            try:
                for _round in range(2):
                    turn()
            finally:
                stop.set()
            for each in writers:
                each.result()
        assert shell.invoke(app, ["reseal"]).exit_code == 0

        new = {ring.load(place).current for place in ring.PLACES}
        held = {column: ids for column, ids in under().items() if column.startswith("identity.")}
        assert all(ids <= new for ids in held.values()), held
        assert len(entered) > 10
        for person_id in entered:
            contact = identity.contact_of(person_id)
            person = Person.objects.get(pk=person_id)
            assert contact is not None
            assert identity.masked_phone(contact.phone) == person.phone_masked


class TestStart:
    def test_all_is_well_with_the_keys_that_were_used(self, season: Season) -> None:
        assert custody.doubts() == []
        assert shell.invoke(app, ["status"]).exit_code == 0

    def test_a_ring_without_the_key_behind_old_values_is_refused(self, season: Season, folder: Path) -> None:
        old = ring.load(ring.ENCRYPTION).current
        ring.rotate(ring.ENCRYPTION)
        (folder / "encryption-keys").write_text((folder / "encryption-keys").read_text().partition(",")[0])

        with pytest.raises(KeysUnusable) as refusal:
            custody.check()
        for word in (old, str(folder / "encryption-keys"), "保险柜"):
            assert word in str(refusal.value)
        assert shell.invoke(app, ["status"]).exit_code == 1

    def test_so_is_one_whose_digests_cannot_be_found(self, folder: Path) -> None:
        old = ring.load(ring.DIGEST).current
        make_person()
        (folder / "digest-keys").unlink()
        ring.make(ring.DIGEST)
        with pytest.raises(KeysUnusable, match=old):
            custody.check()

    def test_a_lost_public_key_is_named(self, folder: Path) -> None:
        make_person()
        key_id = keys.current("trail")
        keys.rotate("trail")
        (folder / "trusted" / f"{key_id}.pem").unlink()
        keys.use(keys.FileKeyStore(folder))
        with pytest.raises(KeysUnusable, match=key_id):
            custody.check()
        (folder / "trusted" / f"{key_id}.lost").touch()
        custody.check()

    @pytest.mark.parametrize("name", ["sign-seal-*.pem", "encryption-keys", "digest-keys"])
    def test_a_key_that_is_gone_is_named_and_not_made_anew(self, folder: Path, name: str) -> None:
        for file in folder.glob(name):
            file.unlink()
        keys.use(keys.FileKeyStore(folder))
        with pytest.raises(KeysUnusable):
            custody.check()
        assert not list(folder.glob(name))


class TestMake:
    def test_says_in_the_trail_what_was_lost(self, season: Season, folder: Path) -> None:
        lost = ring.load(ring.ENCRYPTION).current
        (folder / "encryption-keys").unlink()

        made = shell.invoke(app, ["make", "--reason", "两处备份均毁于火灾"])

        assert made.exit_code == 0, made.output
        new = ring.load(ring.ENCRYPTION).current
        assert ring.generation(new) == ring.generation(lost) + 1
        said = TrailEntry.objects.get(action="signing.keys_made", reason="两处备份均毁于火灾")
        assert said.facts["keys"] == {"encryption": new}
        assert said.actor_name.startswith("命令行 ")
        # What the lost key sealed stays shut, and the site may start all the same.
        assert custody.doubts() == []
        assert ring.load(ring.ENCRYPTION).lost == {lost}
        with pytest.raises(encryption.CannotOpen):
            identity.contact_of(season.person.pk)
        assert make_person().document_masked

    def test_leaves_whole_keys_alone(self) -> None:
        refused = shell.invoke(app, ["make", *WHY])
        assert refused.exit_code == 1
        assert "密钥齐全" in refused.output


class TestRotateSigning:
    def test_leaves_its_line_with_both_keys(self) -> None:
        old = keys.current("certificate")
        assert shell.invoke(app, ["rotate", "signing", "certificate", *WHY]).exit_code == 0
        said = TrailEntry.objects.get(action="signing.key_rotated")
        assert said.facts == {"old_key": old, "new_key": keys.current("certificate")}
        assert (said.reason, said.door) == ("年度轮换", "shell")

    def test_all_of_them_at_once(self) -> None:
        before = {purpose: keys.generation(keys.current(purpose)) for purpose in keys.PURPOSES}
        assert shell.invoke(app, ["rotate", "signing", "all", *WHY]).exit_code == 0
        after = {purpose: keys.generation(keys.current(purpose)) for purpose in keys.PURPOSES}
        assert after == {purpose: generation + 1 for purpose, generation in before.items()}

    @pytest.mark.parametrize("arguments", [["signing", "lunch", *WHY], ["signing", "trail", "--reason", "x"]])
    def test_not_without_a_purpose_and_a_reason(self, arguments: list[str]) -> None:
        before = {purpose: keys.current(purpose) for purpose in keys.PURPOSES}
        assert shell.invoke(app, ["rotate", *arguments]).exit_code in {1, 2}
        assert {purpose: keys.current(purpose) for purpose in keys.PURPOSES} == before

    def test_a_ring_in_the_environment_is_left_to_its_owner(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KAOGONG_DIGEST_KEYS", (folder / "digest-keys").read_text())
        refused = shell.invoke(app, ["rotate", "digest", *WHY])
        assert refused.exit_code == 1
        assert "KAOGONG_DIGEST_KEYS" in refused.output
        assert str(folder / "digest-keys") in refused.output.replace("\n", "")


def test_every_item_stays_found_by_its_stem() -> None:
    version = ItemVersion.objects.select_related("item").first()
    assert version is not None
    turn()
    moved = ItemVersion.objects.get(pk=version.pk)
    assert moved.stem_digest != version.stem_digest
    assert moved.digest == version.digest
