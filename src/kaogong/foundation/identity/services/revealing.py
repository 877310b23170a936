"""The only way to a clear document number: a power, a reason, and a line in the trail."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kaogong.foundation.identity import selectors
from kaogong.foundation.identity.services.reading import read_reason
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.signing import encryption


@command
def reveal_document(*, actor: Actor, at: datetime, person_id: UUID, reason: str) -> str:
    """The document number in the clear. Needs `persons.reveal`; the reason goes into the trail."""
    person = selectors.get_person(actor, person_id)
    actor.require("persons.reveal", region=person.region_code, organisation=person.organisation_id)
    bound_to = selectors.context(selectors.DOCUMENT, person.pk)
    number = encryption.open_sealed(bytes(person.document_sealed), context=bound_to).decode()
    trail.record(actor=actor, action="identity.document_revealed", target=person, reason=read_reason(reason))
    return number
