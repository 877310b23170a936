"""Revealing, correcting, merging, searching and turning the keys over."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity import selectors, services
from kaogong.foundation.identity.models import NameCorrection, Person
from kaogong.foundation.kernel.actors import PUBLIC, Actor, service
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.foundation.signing import services as keys
from tests.identity.conftest import POWERS
from tests.support.cast import candidate, officer, outsider
from tests.support.identity import make_person, resident_number

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


class TestReveal:
    def test_gives_the_number_and_writes_the_reason(self, registrar: Actor) -> None:
        person = make_person(number=(number := resident_number()))
        assert services.reveal_document(actor=registrar, at=AT, person_id=person.pk, reason="核对证书姓名") == number
        line = TrailEntry.objects.get(action="identity.document_revealed", target_id=str(person.pk))
        assert line.reason == "核对证书姓名"
        assert number not in str(line.facts)

    @pytest.mark.parametrize("reason", ["", "看看", "a b c", "    "])
    def test_needs_a_reason(self, registrar: Actor, person: Person, reason: str) -> None:
        with pytest.raises(services.ReasonTooShort):
            services.reveal_document(actor=registrar, at=AT, person_id=person.pk, reason=reason)

    def test_needs_the_power(self, person: Person) -> None:
        with pytest.raises(NotPermitted):
            services.reveal_document(actor=officer("persons.see"), at=AT, person_id=person.pk, reason="核对证书姓名")

    def test_even_ones_own_number_is_not_shown(self, person: Person) -> None:
        with pytest.raises(NotPermitted):
            services.reveal_document(actor=candidate(person.pk), at=AT, person_id=person.pk, reason="核对证书姓名")

    def test_outsiders_cannot_even_find_it(self, person: Person) -> None:
        with pytest.raises(NotFound):
            services.reveal_document(actor=outsider(*POWERS), at=AT, person_id=person.pk, reason="核对证书姓名")


class TestCorrectName:
    def test_keeps_the_old_name_and_the_document(self, registrar: Actor, person: Person) -> None:
        correction = services.correct_name(
            actor=registrar, at=AT, person_id=person.pk, name="孙悟空", document="户口簿变更页 2026-17"
        )
        person.refresh_from_db()
        assert (person.name, correction.old_name) == ("孙悟空", "孙悟")
        assert selectors.search(registrar, "悟空").get() == person
        assert selectors.search(registrar, "sunwuk").get() == person
        assert OutboxEvent.objects.filter(name="identity.name_corrected").count() == 1

    def test_needs_a_document(self, registrar: Actor, person: Person) -> None:
        with pytest.raises(services.ProofMissing):
            services.correct_name(actor=registrar, at=AT, person_id=person.pk, name="孙悟空", document=" ")

    def test_refuses_the_same_name(self, registrar: Actor, person: Person) -> None:
        with pytest.raises(services.SameName):
            services.correct_name(actor=registrar, at=AT, person_id=person.pk, name=" 孙 悟", document="户口簿")

    def test_nobody_changes_their_own(self, person: Person) -> None:
        with pytest.raises(NotPermitted):
            services.correct_name(
                actor=candidate(person.pk), at=AT, person_id=person.pk, name="孙空", document="户口簿"
            )

    def test_outsiders_cannot_even_find_it(self, person: Person) -> None:
        with pytest.raises(NotFound):
            services.correct_name(actor=outsider(*POWERS), at=AT, person_id=person.pk, name="孙空", document="户口簿")

    def test_a_correction_cannot_be_undone_in_the_table(self, registrar: Actor, person: Person) -> None:
        services.correct_name(actor=registrar, at=AT, person_id=person.pk, name="孙悟空", document="户口簿")
        with pytest.raises(IntegrityError), transaction.atomic():
            NameCorrection.objects.update(old_name="谁")

    def test_a_person_cannot_be_deleted(self, person: Person) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.filter(pk=person.pk).delete()


class TestCorrectContact:
    def test_by_the_person(self, person: Person) -> None:
        services.correct_contact(actor=candidate(person.pk), at=AT, person_id=person.pk, phone="13900001111")
        contact = selectors.contact_of(person.pk)
        assert contact is not None
        assert (contact.phone, contact.mail) == ("+8613900001111", "sun@example.org")

    def test_empty_removes(self, registrar: Actor, person: Person) -> None:
        services.correct_contact(actor=registrar, at=AT, person_id=person.pk, mail="")
        person.refresh_from_db()
        assert (person.mail_masked, person.phone_masked) == ("", "138****5678")

    def test_needs_the_power_for_others(self, person: Person) -> None:
        with pytest.raises(NotPermitted):
            services.correct_contact(actor=officer("persons.see"), at=AT, person_id=person.pk, phone="13900001111")
        with pytest.raises(NotFound):
            services.correct_contact(actor=candidate(uuid7()), at=AT, person_id=person.pk, phone="13900001111")


class TestMerge:
    def test_the_lost_one_is_followed(self, registrar: Actor) -> None:
        kept, lost = make_person(name="王五"), make_person(name="王五")
        services.merge(actor=registrar, at=AT, keep_id=kept.pk, lose_id=lost.pk, reason="护照与身份证为同一人")
        assert selectors.current(lost.pk) == kept.pk
        assert selectors.get_person(registrar, lost.pk) == kept
        assert set(selectors.all_ids(kept.pk)) == {kept.pk, lost.pk}
        assert selectors.by_id([lost.pk])[lost.pk] == kept
        assert lost not in selectors.persons_for(registrar)

    def test_chains_never_grow(self, registrar: Actor) -> None:
        first, second, third = (make_person(name="王五") for _ in range(3))
        services.merge(actor=registrar, at=AT, keep_id=second.pk, lose_id=third.pk, reason="同一人重复录入")
        services.merge(actor=registrar, at=AT, keep_id=first.pk, lose_id=second.pk, reason="同一人重复录入")
        assert selectors.current(third.pk) == first.pk

    def test_the_lost_ones_number_finds_the_kept(self, registrar: Actor) -> None:
        kept = make_person()
        lost = make_person(number=(number := resident_number()))
        services.merge(actor=registrar, at=AT, keep_id=kept.pk, lose_id=lost.pk, reason="同一人重复录入")
        assert selectors.find_by_document(registrar, "resident", number, on=AT.date()) == kept
        with pytest.raises(services.PersonExists) as caught:
            make_person(number=number)
        assert caught.value.person_id == kept.pk

    def test_refused_twice_and_with_itself(self, registrar: Actor) -> None:
        kept, lost = make_person(), make_person()
        services.merge(actor=registrar, at=AT, keep_id=kept.pk, lose_id=lost.pk, reason="同一人重复录入")
        with pytest.raises(services.AlreadyMerged):
            services.merge(actor=registrar, at=AT, keep_id=kept.pk, lose_id=lost.pk, reason="同一人重复录入")
        with pytest.raises(services.MergingWithItself):
            services.merge(actor=registrar, at=AT, keep_id=kept.pk, lose_id=kept.pk, reason="同一人重复录入")

    def test_needs_the_power_over_both(self, registrar: Actor) -> None:
        here, elsewhere = make_person(), make_person(region_code="370102")
        with pytest.raises(NotFound):
            services.merge(actor=registrar, at=AT, keep_id=here.pk, lose_id=elsewhere.pk, reason="同一人重复录入")
        with pytest.raises(NotPermitted):
            services.merge(
                actor=officer("persons.see"), at=AT, keep_id=here.pk, lose_id=make_person().pk, reason="同一人重复录入"
            )


class TestFinding:
    @pytest.mark.parametrize(
        "typed", ["欧阳", "娜", "阳娜", "欧阳 娜娜", "ouyang", "OuYang Na", "oynn", "oy", "ouyangnana"]
    )
    def test_by_part_of_a_name(self, registrar: Actor, typed: str) -> None:
        person = make_person(name="欧阳娜娜")
        make_person(name="张三")
        assert list(selectors.search(registrar, typed)) == [person]

    @pytest.mark.parametrize("typed", ["阳欧", "张", "zhang", "?", "123456"])
    def test_nobody_else(self, registrar: Actor, typed: str) -> None:
        make_person(name="欧阳娜娜")
        assert not selectors.search(registrar, typed)

    def test_by_the_last_four_of_the_document(self, registrar: Actor) -> None:
        person = make_person(number=(number := resident_number()))
        assert person in selectors.search(registrar, number[-4:])

    def test_by_document_within_reach_only(self, registrar: Actor) -> None:
        person = make_person(number=(number := resident_number()))
        assert selectors.find_by_document(registrar, "resident", number.lower(), on=AT.date()) == person
        assert selectors.find_by_document(outsider(*POWERS), "resident", number, on=AT.date()) is None
        assert selectors.find_by_document(registrar, "resident", "1", on=AT.date()) is None

    def test_outsiders_and_the_public_see_nobody(self, person: Person) -> None:
        for actor in (outsider(*POWERS), PUBLIC, officer("sittings.plan")):
            assert not selectors.persons_for(actor).filter(pk=person.pk)

    def test_candidates_see_themselves(self, person: Person) -> None:
        other = make_person()
        actor = candidate(person.pk)
        assert selectors.own_person(actor) == person
        assert list(selectors.persons_for(actor)) == [person]
        with pytest.raises(NotFound):
            selectors.get_person(actor, other.pk)


class TestRotation:
    def test_persons_stay_findable_all_the_while(self, registrar: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        old = base64.b64encode(os.urandom(32)).decode()
        new = base64.b64encode(os.urandom(32)).decode()
        turner = service("轮换", keys.TURN)
        monkeypatch.setenv("KAOGONG_DIGEST_KEYS", f"k1:{old}")
        monkeypatch.setenv("KAOGONG_ENCRYPTION_KEYS", f"k1:{old}")
        numbers = [resident_number() for _ in range(3)]
        persons = [make_person(number=number, phone="13812345678") for number in numbers]

        monkeypatch.setenv("KAOGONG_DIGEST_KEYS", f"k2:{new},k1:{old}")
        monkeypatch.setenv("KAOGONG_ENCRYPTION_KEYS", f"k2:{new},k1:{old}")
        with pytest.raises(services.PersonExists):
            make_person(number=numbers[0])
        begun = keys.reseal(actor=turner, at=AT, holder="identity.Person", after=None, limit=2)
        assert (begun.rows, begun.after) == (2, sorted(person.pk for person in persons)[1])
        assert [selectors.by_document("resident", number) for number in numbers] == persons
        with pytest.raises(services.PersonExists):
            make_person(number=numbers[0])

        finished = keys.reseal(actor=turner, at=AT, holder="identity.Person", after=begun.after, limit=2)
        assert (finished.rows, finished.after, finished.faults) == (1, None, [])
        monkeypatch.setenv("KAOGONG_DIGEST_KEYS", f"k2:{new}")
        monkeypatch.setenv("KAOGONG_ENCRYPTION_KEYS", f"k2:{new}")
        assert [selectors.by_document("resident", number) for number in numbers] == persons
        assert (
            services.reveal_document(actor=registrar, at=AT, person_id=persons[0].pk, reason="轮换后核对") == numbers[0]
        )
        contact = selectors.contact_of(persons[0].pk)
        assert contact is not None
        assert contact.phone == "+8613812345678"

    def test_needs_the_power(self, registrar: Actor) -> None:
        with pytest.raises(NotPermitted):
            keys.reseal(actor=registrar, at=AT, holder="identity.Person", after=None)


def test_a_sealed_number_copied_to_another_row_does_not_open(registrar: Actor, db: None) -> None:
    from kaogong.foundation.signing.encryption import CannotOpen

    one, other = make_person(), make_person()
    Person.objects.filter(pk=one.pk).update(document_sealed=other.document_sealed)
    with pytest.raises(CannotOpen):
        services.reveal_document(actor=registrar, at=AT, person_id=one.pk, reason="核对证书姓名")


def test_whoever_reaches_everywhere_sees_more_than_herself(db: None) -> None:
    other = make_person(region_code="370102")
    assert other in selectors.persons_for(officer("persons.see", region=""))
