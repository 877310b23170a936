"""Turning the keys over: new digests and newly sealed bytes, batch by batch, while everything stays findable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from kaogong.foundation.identity import selectors
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.signing import digests, encryption


@dataclass(frozen=True, slots=True)
class Rotation:
    """How a rotation stands: records given a second digest now, how many still wait, and whether the new one reigns."""

    prepared: int
    waiting: int
    is_finished: bool


@command
def rotate_digests(*, actor: Actor, at: datetime, batch: int = 500) -> Rotation:
    """Prepare the next `batch` records for the current keys; call again until `is_finished`.

    Each prepared record carries two digests side by side, so that it is found under the old and the new key; when none
    waits any more the new digests take the place of the old ones in one statement, and the old key may be retired.
    Needs `persons.correct` over the whole country. Two running at once share the work: each skips what the other holds.
    """
    actor.require("persons.correct")
    current = digests.keyed("", purpose=selectors.DOCUMENT).partition(":")[0] + ":"
    stale = Person.objects.filter(~Q(document_digest__startswith=current), document_digest_next="")
    rows = list(stale.select_for_update(skip_locked=True).order_by("pk")[:batch])
    for person in rows:
        _prepare(person)
    Person.objects.bulk_update(
        rows, ["document_sealed", "document_digest_next", "phone_sealed", "phone_digest", "mail_sealed"], batch_size=200
    )
    waiting = stale.count()
    if not waiting:
        Person.objects.exclude(document_digest_next="").update(
            document_digest=F("document_digest_next"), document_digest_next=""
        )
    trail.record(actor=actor, action="identity.digests_rotated", prepared=len(rows), waiting=waiting)
    return Rotation(len(rows), waiting, not waiting)


def _prepare(person: Person) -> None:
    context = selectors.context(selectors.DOCUMENT, person.pk)
    number = encryption.open_sealed(bytes(person.document_sealed), context=context).decode()
    person.document_digest_next = digests.keyed(f"{person.document_kind}:{number}", purpose=selectors.DOCUMENT)
    person.document_sealed = encryption.reseal(bytes(person.document_sealed), context=context)
    if person.phone_sealed:
        context = selectors.context(selectors.PHONE, person.pk)
        phone = encryption.open_sealed(bytes(person.phone_sealed), context=context).decode()
        person.phone_sealed = encryption.reseal(bytes(person.phone_sealed), context=context)
        person.phone_digest = digests.keyed(phone, purpose=selectors.PHONE)
    if person.mail_sealed:
        context = selectors.context(selectors.MAIL, person.pk)
        person.mail_sealed = encryption.reseal(bytes(person.mail_sealed), context=context)
