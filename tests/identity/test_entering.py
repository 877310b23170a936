"""Entering a person: sealed, once, and every fault at its field."""

from __future__ import annotations

from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity import selectors, services
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotPermitted, Refusal
from tests.support.cast import officer, outsider
from tests.support.identity import make_person, old_form, resident_number

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def enter(actor: Actor, **given: Any) -> Person:
    wanted: dict[str, Any] = {
        "name": "李四",
        "document_kind": "resident",
        "document_number": resident_number(),
        "region_code": "320102",
    }
    return services.enter_person(actor=actor, at=AT, **(wanted | given))


@pytest.mark.django_db
class TestEnter:
    def test_seals_number_and_contacts(self, registrar: Actor) -> None:
        number = resident_number()
        person = enter(registrar, document_number=number, phone="138 1234 5678", mail="Li@Example.org")
        row = Person.objects.filter(pk=person.pk).values().get()
        stored = repr({key: bytes(value) if isinstance(value, memoryview) else value for key, value in row.items()})
        assert number not in stored
        assert "13812345678" not in stored
        assert row["document_masked"] == f"320***********{number[-4:]}"
        assert (row["phone_masked"], row["mail_masked"]) == ("138****5678", "l***@example.org")
        contact = selectors.contact_of(person.pk)
        assert contact is not None
        assert (contact.phone, contact.mail) == ("+8613812345678", "li@example.org")

    def test_takes_sex_and_birth_from_the_number(self, registrar: Actor) -> None:
        person = enter(registrar, document_number=resident_number(born_on=date(1990, 3, 7), sex="2"))
        assert (person.sex, person.born_on.year) == ("2", 1990)

    def test_the_trail_tells_it_without_the_number(self, registrar: Actor) -> None:
        number = resident_number()
        person = enter(registrar, document_number=number)
        line = TrailEntry.objects.get(action="identity.person_entered", target_id=str(person.pk))
        assert number not in str(line.facts)
        assert line.facts["masked"] == person.document_masked

    def test_happens_once(self, registrar: Actor) -> None:
        first = enter(registrar, document_number=(number := resident_number()))
        with pytest.raises(services.PersonExists) as caught:
            enter(registrar, document_number=number)
        assert caught.value.person_id == first.pk
        assert caught.value.is_same_name
        assert caught.value.field == "document_number"

    def test_an_old_number_is_its_new_form(self, registrar: Actor) -> None:
        first = enter(registrar, document_number=(number := resident_number()))
        with pytest.raises(services.PersonExists) as caught:
            enter(registrar, name="别人", document_number=old_form(number))
        assert caught.value.person_id == first.pk
        assert not caught.value.is_same_name

    def test_needs_the_power_there(self, registrar: Actor) -> None:
        with pytest.raises(NotPermitted):
            enter(officer("persons.see", region="3201"))
        with pytest.raises(NotPermitted):
            enter(outsider("persons.enter"))
        with pytest.raises(NotPermitted):
            enter(PUBLIC)

    def test_a_body_may_enter_its_own(self) -> None:
        from kaogong.foundation.organisations.models import Organisation

        body = Organisation.objects.first()
        assert body is not None
        school = officer("persons.enter", "persons.see", region="37", organisation=body.pk)
        assert enter(school, organisation_id=body.pk).organisation_id == body.pk

    def test_somebody_may_enter_themselves(self) -> None:
        person = enter(Actor(kind="person", name="本人", account_id=uuid7()))
        assert person.is_self_entered

    def test_but_not_a_second_time(self) -> None:
        with pytest.raises(NotPermitted):
            enter(Actor(kind="person", name="本人", account_id=uuid7(), person_id=uuid7()))

    @pytest.mark.parametrize(
        ("given", "refusal", "field"),
        [
            ({"document_number": "123"}, services.NumberLengthWrong, "document_number"),
            ({"document_number": "32010219950615A015"}, services.NumberCharactersWrong, "document_number"),
            ({"document_number": "320102199513150010"}, services.BirthDateImpossible, "document_number"),
            (
                {"document_number": resident_number(0, born_on=date(2026, 12, 1))},
                services.BirthDateInFuture,
                "document_number",
            ),
            ({"document_number": resident_number(1)[:-1] + "Y"}, services.NumberCharactersWrong, "document_number"),
            ({"document_kind": "library"}, services.DocumentKindUnknown, "document_kind"),
            ({"document_kind": "passport", "document_number": "??"}, services.DocumentShapeWrong, "document_number"),
            ({"name": " "}, services.NameMissing, "name"),
            ({"name": "张3"}, services.NameCharacterWrong, "name"),
            ({"name": "张" * 61}, services.NameTooLong, "name"),
            ({"phone": "123"}, services.PhoneUnsound, "phone"),
            ({"mail": "x"}, services.AddressUnsound, "mail"),
            ({"document_number": resident_number(1, sex="1"), "sex": "2"}, services.SexDisagrees, "sex"),
            (
                {"document_number": resident_number(1), "born_on": date(1990, 1, 1)},
                services.BirthDateDisagrees,
                "born_on",
            ),
            ({"document_kind": "passport", "document_number": "E12345678"}, services.SexMissing, "sex"),
            (
                {"document_kind": "passport", "document_number": "E12345678", "sex": "1"},
                services.BirthDateMissing,
                "born_on",
            ),
            (
                {
                    "document_kind": "passport",
                    "document_number": "E12345678",
                    "sex": "1",
                    "born_on": date(2027, 1, 1),
                },
                services.BirthDateInFuture,
                "born_on",
            ),
        ],
    )
    def test_each_fault_is_its_own_refusal(
        self, registrar: Actor, given: dict[str, Any], refusal: type[Refusal], field: str
    ) -> None:
        with pytest.raises(refusal) as caught:
            enter(registrar, **given)
        assert type(caught.value) is refusal
        assert caught.value.field == field
        assert str(caught.value)

    def test_a_wrong_check_digit_is_said(self, registrar: Actor) -> None:
        sound = resident_number()
        wrong = "0" if sound[-1] != "0" else "1"
        with pytest.raises(services.CheckDigitWrong) as caught:
            enter(registrar, document_number=sound[:-1] + wrong)
        assert wrong in str(caught.value)

    def test_an_address_that_never_was_is_a_warning(self, registrar: Actor) -> None:
        assert enter(registrar, document_number=resident_number(address="999999")).document_warning

    @pytest.mark.parametrize("name", ["尹", "𠮷", "䶮龚", "阿卜杜拉•买买提"])
    def test_short_and_rare_names_are_welcome(self, registrar: Actor, name: str) -> None:
        assert enter(registrar, name=name).name == name.replace("•", "·")


@pytest.mark.concurrency
def test_of_two_who_enter_one_document_at_once_one_wins(real_database: str) -> None:
    number = resident_number()
    barrier = Barrier(2)
    outcomes: list[object] = []

    def run(name: str) -> None:
        barrier.wait()
        try:
            outcomes.append(make_person(name=name, number=number).pk)
        except services.PersonExists as refusal:
            outcomes.append(refusal.person_id)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(name,)) for name in ("甲一", "乙二")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    assert outcomes[0] == outcomes[1]
    assert Person.objects.filter(pk__in=outcomes).count() == 1
