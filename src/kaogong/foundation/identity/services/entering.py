"""Entering a person: once per document, whoever asks and however often."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from kaogong.foundation.identity import policies, rules, selectors
from kaogong.foundation.identity.models import Person
from kaogong.foundation.identity.services.reading import day_of, read, settle
from kaogong.foundation.identity.services.refusals import PersonExists
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.signing import digests, encryption

WARNINGS = {"address-unknown": "号码前六位不是任何年代的行政区划代码，请人工核对证件"}


@command
def enter_person(
    *,
    actor: Actor,
    at: datetime,
    name: str,
    document_kind: str,
    document_number: str,
    sex: str | None = None,
    born_on: date | None = None,
    phone: str = "",
    mail: str = "",
    ethnic_code: str = "",
    region_code: str = "",
    organisation_id: UUID | None = None,
) -> Person:
    """Enter a person with the real name and the identity document; number and contacts are sealed at once.

    An officer needs `persons.enter` over the region or body of entry; someone who has signed in and claimed nobody yet
    may enter the one record that is theirs. Of two who enter the same document at once, one wins and the other gets
    PersonExists, whose `person_id` leads to the record. Every fault of the number is a refusal at its field.
    """
    is_self = actor.kind == "person" and actor.person_id is None
    if not is_self:
        actor.require("persons.enter", region=region_code, organisation=organisation_id)
    on = day_of(at)
    document = read(rules.parse_document, document_kind, document_number, on)
    sex, born_on = settle(document, sex, born_on, on)
    person = Person(
        id=uuid7(),
        sex=sex,
        born_on=born_on,
        ethnic_code=ethnic_code,
        region_code=region_code,
        organisation_id=organisation_id,
        entered_at=at,
        is_self_entered=is_self,
    )
    _name(person, name)
    _seal_document(person, document)
    seal_contacts(person, phone, mail)
    _refuse_double(person, document)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        # Somebody else committed the same document between our look and our insert: tell them apart from other faults.
        _refuse_double(person, document)
        raise
    trail.record(
        actor=actor,
        action="identity.person_entered",
        target=person,
        attest=trail.Attest.AS_IT_IS,
        masked=person.document_masked,
        warning=person.document_warning,
        is_self_entered=is_self,
    )
    return person


def _name(person: Person, typed: str) -> None:
    write_name(person, read(rules.normalise_name, typed))


def write_name(person: Person, name: str) -> None:
    """Set a normalised name and the keys under which it is found."""
    person.name = name
    person.name_bigrams = rules.bigrams(name)
    person.name_pinyin = rules.pinyin(name)
    person.name_initials = rules.initials(name)


def _seal_document(person: Person, document: rules.Document) -> None:
    person.document_kind = document.kind
    person.document_sealed = sealed(document.number, selectors.DOCUMENT, person)
    person.document_digest = digests.keyed(f"{document.kind}:{document.number}", purpose=selectors.DOCUMENT)
    person.document_masked = document.masked
    person.document_warning = WARNINGS.get(document.warning, "")


def sealed(text: str, purpose: str, person: Person) -> bytes:
    """The text, sealed so that it opens only for this purpose and on this person's row."""
    return encryption.seal(text.encode(), context=selectors.context(purpose, person.pk))


def seal_contacts(person: Person, phone: str | None, mail: str | None) -> list[str]:
    """Seal the contacts typed; None leaves one as it is, empty removes it. Returns the fields that were set."""
    changed: list[str] = []
    if phone is not None:
        number = read(rules.parse_phone, phone) if phone.strip() else ""
        person.phone_sealed = sealed(number, selectors.PHONE, person) if number else None
        person.phone_digest = digests.keyed(number, purpose=selectors.PHONE) if number else ""
        person.phone_masked = rules.mask_phone(number) if number else ""
        changed += ["phone_sealed", "phone_digest", "phone_masked"]
    if mail is not None:
        address = read(rules.parse_mail, mail) if mail.strip() else ""
        person.mail_sealed = sealed(address, selectors.MAIL, person) if address else None
        person.mail_masked = rules.mask_mail(address) if address else ""
        changed += ["mail_sealed", "mail_masked"]
    return changed


def _refuse_double(person: Person, document: rules.Document) -> None:
    found = selectors.by_document(document.kind, document.number)
    if found is not None:
        raise PersonExists(person_id=found.pk, masked=found.document_masked, is_same_name=found.name == person.name)


def may_correct(actor: Actor, person: Person) -> None:
    """Let pass the person and whoever may correct persons there. Raises NotPermitted."""
    if not policies.is_own(actor, person.pk):
        actor.require("persons.correct", region=person.region_code, organisation=person.organisation_id)
