"""Correcting a person: the legal name with its document, the contacts by the person or an officer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kaogong.foundation.identity import events, rules, selectors
from kaogong.foundation.identity.models import NameCorrection, Person
from kaogong.foundation.identity.services.entering import may_correct, seal_contacts, write_name
from kaogong.foundation.identity.services.reading import read
from kaogong.foundation.identity.services.refusals import ProofMissing, SameName
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.outbox import announcing


@command
def correct_name(*, actor: Actor, at: datetime, person_id: UUID, name: str, document: str) -> NameCorrection:
    """Put a legal name right, on the strength of `document`; what was printed before keeps the name of its day.

    Needs `persons.correct`: nobody changes their own legal name here.
    """
    person = locked(actor, person_id)
    actor.require("persons.correct", region=person.region_code, organisation=person.organisation_id)
    if len(document.strip()) < 2:
        raise ProofMissing
    corrected = read(rules.normalise_name, name)
    if corrected == person.name:
        raise SameName
    correction = NameCorrection.objects.create(
        person=person, old_name=person.name, new_name=corrected, document=document.strip(), corrected_at=at
    )
    write_name(person, corrected)
    person.save(update_fields=["name", "name_bigrams", "name_pinyin", "name_initials"])
    trail.record(
        actor=actor,
        action="identity.name_corrected",
        target=person,
        attest=trail.Attest.AS_IT_IS,
        reason=correction.document,
        old_name=correction.old_name,
        new_name=corrected,
    )
    announcing.announce(events.NameCorrected(person_id=person.pk, region_code=person.region_code), at=at)
    return correction


@command
def correct_contact(
    *, actor: Actor, at: datetime, person_id: UUID, phone: str | None = None, mail: str | None = None
) -> Person:
    """Change where a person is reached; None leaves a contact as it is, empty text removes it.

    The person may do it, and whoever holds `persons.correct` there.
    """
    person = locked(actor, person_id)
    may_correct(actor, person)
    changed = seal_contacts(person, phone, mail)
    if changed:
        person.save(update_fields=changed)
    trail.record(
        actor=actor,
        action="identity.contact_corrected",
        target=person,
        phone=person.phone_masked,
        mail=person.mail_masked,
    )
    return person


def locked(actor: Actor, person_id: UUID) -> Person:
    """The person in the actor's reach, locked until the deed is done. Raises NotFound."""
    found = selectors.get_person(actor, person_id)
    return Person.objects.select_for_update().get(pk=found.pk)
