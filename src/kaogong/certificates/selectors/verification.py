"""Verification: what a stranger who holds a number and a name is told. Nothing else of the person.

A wrong name and a number that does not exist get one answer: the same words, the same queries, the same work.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kaogong.certificates import seals
from kaogong.certificates.models import Certificate, StatusChange
from kaogong.certificates.rules import LEVEL_NAMES, REGIMES, canonical_number
from kaogong.certificates.selectors.register import MOVES
from kaogong.certificates.states import CERTIFICATE
from kaogong.foundation.identity.rules import Fault, normalise_name
from kaogong.foundation.signing import digests

Outcome = Literal["valid", "suspended", "revoked", "broken", "no_match"]
NOBODY = UUID(int=0)
TAG_LENGTH = 20
FIELDS = (
    "id",
    "number",
    "regime",
    "registration_id",
    "result_id",
    "person_id",
    "name",
    "sex",
    "born_on",
    "document_kind",
    "document_masked",
    "document_digest",
    "occupation_code",
    "occupation_name",
    "level",
    "parts",
    "issuer_id",
    "issuer_name",
    "body_id",
    "body_name",
    "region_code",
    "issued_on",
    "state",
    "key_id",
    "signature",
)


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One event in a certificate's life as strangers may know it: when, what, and on which rule."""

    at: datetime
    move: str
    label: str
    state: str
    clause: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The dated answer. All fields but `outcome`, `number` and `at` are empty when nothing matched."""

    outcome: Outcome
    number: str
    at: datetime
    state: str = ""
    state_label: str = ""
    kind: str = ""
    occupation: str = ""
    occupation_code: str = ""
    level: int | None = None
    level_name: str = ""
    issuer: str = ""
    body: str = ""
    issued_on: date | None = None
    history: tuple[StatusLine, ...] = ()
    key_id: str = ""
    masked_name: str = ""

    @property
    def is_match(self) -> bool:
        """Whether number and name belong together."""
        return self.outcome != "no_match"


def verify(number: str, name: str, at: datetime) -> Verdict:
    """Say what the register holds under this number and name, as of now.

    The name is compared in its canonical form, in constant time. Two queries and at least two signatures are
    worked through whatever the answer, so that time tells no more than words.
    """
    asked = canonical_number(number)[:40]
    found = _by_number(asked)
    expected = comparable(found.name) if found else ""
    given = comparable(name)
    matches = hmac.compare_digest(expected.encode(), given.encode()) and bool(given)
    return _answer(found if matches else None, asked, at)


def verify_tag(number: str, tag: str, at: datetime) -> Verdict:
    """The same for a scanned code: the keyed tag stands for the name, and cannot be guessed or counted up.

    The verdict then carries the name with all but its last character hidden, to be compared with the paper: a code
    cut from another's certificate does not fit it.
    """
    asked = canonical_number(number)[:40]
    found = _by_number(asked)
    name = found.name if found else "无"
    matches = any(hmac.compare_digest(each.encode(), tag.encode()) for each in _tags(asked, name))
    verdict = _answer(found if matches else None, asked, at)
    return _with_name(verdict, name) if verdict.is_match else verdict


def tag_of(certificate: Certificate) -> str:
    """What the code on a certificate carries in place of the name: 80 bits of a keyed digest of number and name."""
    return _tags(certificate.number, certificate.name)[0]


def address_of(certificate: Certificate, *, site: str) -> str:
    """The address in the code on a certificate; `site` is like `https://example.org`."""
    return f"{site.rstrip('/')}/verify/?n={certificate.number}&t={tag_of(certificate)}"


def comparable(name: str) -> str:
    """A name in the form under which names are compared; empty for what can be nobody's name."""
    try:
        return normalise_name(name)
    except Fault:
        return ""


def masked(name: str) -> str:
    """A name with all but its last character hidden: `**学`."""
    return "*" * (len(name) - 1) + name[-1:]


def _by_number(number: str) -> Certificate | None:
    return Certificate.objects.filter(number=number).only(*FIELDS).first()


def _history(certificate_id: UUID) -> list[StatusChange]:
    return list(StatusChange.objects.filter(certificate=certificate_id).order_by("sequence"))


def _answer(found: Certificate | None, asked: str, at: datetime) -> Verdict:
    history = _history(found.pk if found else NOBODY)
    if found is None:
        seals.verify_decoy()
        seals.verify_decoy()
        return Verdict("no_match", asked, at)
    whole = seals.is_whole(found, history) and seals.history_is_whole(found, history)
    return Verdict(
        outcome=_outcome(found.state, whole),
        number=found.number,
        at=at,
        state=found.state,
        state_label=CERTIFICATE.states.get(found.state, found.state),
        kind=REGIMES[found.regime].title if found.regime in REGIMES else "",
        occupation=found.occupation_name,
        occupation_code=found.occupation_code,
        level=found.level,
        level_name=LEVEL_NAMES.get(found.level, ""),
        issuer=found.issuer_name,
        body=found.body_name,
        issued_on=found.issued_on,
        history=_lines(history),
        key_id=found.key_id,
    )


def _outcome(state: str, is_whole: bool) -> Outcome:
    if not is_whole:
        return "broken"
    outcomes: dict[str, Outcome] = {"issued": "valid", "suspended": "suspended", "revoked": "revoked"}
    return outcomes.get(state, "broken")


def _lines(history: Sequence[StatusChange]) -> tuple[StatusLine, ...]:
    return tuple(
        StatusLine(change.changed_at, change.move, MOVES.get(change.move, change.move), change.state, change.clause)
        for change in history
    )


def _with_name(verdict: Verdict, name: str) -> Verdict:
    fields = {slot: getattr(verdict, slot) for slot in Verdict.__slots__}
    return Verdict(**fields | {"masked_name": masked(name)})


def _tags(number: str, name: str) -> list[str]:
    text = f"{number}\n{comparable(name)}"
    digests_of = digests.keyed_by_all(text, purpose="certificates.scan")
    return [digest.rpartition(":")[2][:TAG_LENGTH] for digest in digests_of]
