"""What the service signs: the printed fields of a certificate, and each change of its status.

The message is canonical JSON behind a line that names its kind, signed with a key that the database does not hold.
A row that a database administrator altered no longer matches its signature; a change of status that was dropped,
slipped in or reordered breaks the numbering of the history. A corrected name leads back, correction by correction, to
the name that was signed first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from kaogong.certificates.models import Certificate, StatusChange
from kaogong.foundation.signing import canonical, keys

PURPOSE = "certificate"
DECOY = b"kaogong-certificate/0\n{}"


def printed_fields(certificate: Certificate, name: str) -> dict[str, Any]:
    """The fields that the signature covers, as plain values; `name` is the one that was printed first."""
    return {
        "number": certificate.number,
        "regime": certificate.regime,
        "registration": str(certificate.registration_id),
        "result": str(certificate.result_id),
        "person": str(certificate.person_id),
        "name": name,
        "sex": certificate.sex,
        "born_on": _day(certificate.born_on),
        "document_kind": certificate.document_kind,
        "document_masked": certificate.document_masked,
        "document_digest": certificate.document_digest,
        "occupation_code": certificate.occupation_code,
        "occupation_name": certificate.occupation_name,
        "level": certificate.level,
        "parts": certificate.parts,
        "issuer": str(certificate.issuer_id),
        "issuer_name": certificate.issuer_name,
        "body": str(certificate.body_id),
        "body_name": certificate.body_name,
        "region_code": certificate.region_code,
        "issued_on": _day(certificate.issued_on),
    }


def message_of(certificate: Certificate, name: str) -> bytes:
    """What is signed of a certificate, under the name that was printed first."""
    return b"kaogong-certificate/1\n" + canonical.encode(printed_fields(certificate, name))


def seal(certificate: Certificate) -> None:
    """Sign the printed fields into `key_id` and `signature`."""
    signature = keys.sign(PURPOSE, message_of(certificate, certificate.name))
    certificate.key_id, certificate.signature = signature.key_id, signature.value


def is_whole(certificate: Certificate, history: Sequence[StatusChange]) -> bool:
    """Whether the printed fields are those signed at the issue, with a key trusted that day, but for corrections."""
    name = certificate.name
    for change in reversed(history):
        if change.move == "correct":
            if change.facts.get("name") != name:
                return False
            name = str(change.facts.get("name_before"))
    message, signature = message_of(certificate, name), bytes(certificate.signature)
    return keys.verify(certificate.key_id, message, signature, purpose=PURPOSE, dated=certificate.issued_on)


def change_message(change: StatusChange) -> bytes:
    """What is signed of a change of status."""
    return b"kaogong-certificate-status/1\n" + canonical.encode(
        {
            "certificate": str(change.certificate_id),
            "sequence": change.sequence,
            "move": change.move,
            "state": change.state,
            "basis": change.basis,
            "clause": change.clause,
            "facts": change.facts,
            "changed_at": change.changed_at.astimezone(UTC).isoformat(),
            "changed_by": change.changed_by,
        }
    )


def signed_change(
    certificate: Certificate,
    *,
    sequence: int,
    move: str,
    state: str,
    basis: str,
    clause: str,
    facts: Mapping[str, str],
    at: datetime,
    by: str,
) -> StatusChange:
    """Build the next entry of a certificate's history, signed; not saved."""
    change = StatusChange(
        certificate=certificate,
        sequence=sequence,
        move=move,
        state=state,
        basis=basis,
        clause=clause,
        facts=dict(facts),
        changed_at=at,
        changed_by=by,
    )
    signature = keys.sign(PURPOSE, change_message(change))
    change.key_id, change.signature = signature.key_id, signature.value
    return change


def history_is_whole(certificate: Certificate, history: Sequence[StatusChange]) -> bool:
    """Whether the history begins with the issue, lacks nothing in between, is signed, and ends in the state shown."""
    if not history or history[0].move != "issue" or history[-1].state != certificate.state:
        return False
    if [change.sequence for change in history] != list(range(1, len(history) + 1)):
        return False
    return all(map(_is_signed, history))


def _is_signed(change: StatusChange) -> bool:
    message, signature = change_message(change), bytes(change.signature)
    return keys.verify(change.key_id, message, signature, purpose=PURPOSE, dated=change.changed_at)


def verify_decoy() -> bool:
    """Spend the time of verifying one signature, so that a miss takes as long as a hit of a fresh certificate."""
    return keys.verify(keys.current(PURPOSE), DECOY, bytes(64), purpose=PURPOSE)


def _day(value: date | str) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
