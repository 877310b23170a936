"""An application is begun, filled in, and handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from kaogong.foundation.identity import rules as identity_rules
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.foundation.outbox import announcing
from kaogong.itembank import selectors as itembank
from kaogong.registration import events, gate, policies, refusals, rules, selectors
from kaogong.registration.models import Registration
from kaogong.registration.selectors.offers import day_of
from kaogong.registration.states import REGISTRATION
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as sitting_services

EDITABLE = ("drafted", "returned")


@command
def start(*, actor: Actor, at: datetime, sitting_id: UUID, person_id: UUID, parts: Sequence[str] = ()) -> Registration:
    """Begin an application for one sitting: the candidate for herself, a station or a school for its people.

    Without `parts` all that were not passed before are taken. Two at once for one person and round: one begins, the
    other gets AlreadyRegistered. Raises also Barred, AlreadyHolds, PartsMissing, and what `sittings` says of a round
    that is not open. Needs `registration.enter` over the sitting or over the person's school, unless it is one's own.
    """
    sitting = sittings.public_sitting(sitting_id)
    person = identity.get_person(actor, person_id)
    return _begin(actor, at, sitting, person, parts)


@command
def start_by_document(
    *,
    actor: Actor,
    at: datetime,
    sitting_id: UUID,
    document_kind: str,
    document_number: str,
    name: str,
    parts: Sequence[str] = (),
) -> Registration:
    """Begin for somebody whose identity document lies on the counter, wherever that person was first entered.

    Whoever holds number and name may register the person; an unknown number and another name get the same
    DocumentDisagrees. Otherwise as `start`.
    """
    sitting = sittings.public_sitting(sitting_id)
    person = _by_document(document_kind, document_number, name, day_of(at))
    if person is None:
        raise refusals.DocumentDisagrees
    return _begin(actor, at, sitting, person, parts)


def _by_document(kind: str, number: str, name: str, on: date) -> Person | None:
    try:
        document = identity_rules.parse_document(kind, number, on)
        wanted = identity_rules.normalise_name(name)
    except identity_rules.Fault:
        return None
    found = identity.by_document(document.kind, document.number)
    return found if found is not None and found.name == wanted else None


def _begin(actor: Actor, at: datetime, sitting: Any, person: Person, parts: Sequence[str]) -> Registration:
    through = _entering_for(actor, sitting, person)
    gate.check_open(sitting, at)
    offer = selectors.offer(sitting)
    facts = gate.known(offer, [person.pk], at)
    gate.check_person(offer, person.pk, facts)
    passed = facts.passed.get(person.pk, {})
    chosen = gate.check_parts(offer, parts or rules.parts_to_sit(offer.required, passed), passed)
    registration = Registration(
        number=_numbers(at, 1)[0],
        sitting=sitting,
        round=sitting.round,
        person=person,
        organisation_id=sitting.organisation_id,
        region_code=sitting.region_code,
        parts=list(chosen),
        carried=_carried(passed, chosen),
        legal_name=person.name,
        through_id=through,
        residence_code=person.region_code,
        started_at=at,
        entered_by=actor.account_id,
        fee=rules.fee_of(chosen, sitting.round.fees),
    )
    with _unique_in_round():
        registration.save(force_insert=True)
    trail.record(actor=actor, action="registration.started", target=registration, number=registration.number)
    return registration


@contextmanager
def _unique_in_round() -> Iterator[None]:
    """Say AlreadyRegistered when somebody else began one for the person between our look and our insert."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "one_live_registration_per_round" not in str(error):
            raise
        raise refusals.AlreadyRegistered(number="（刚刚由他人录入）") from error


def _entering_for(actor: Actor, sitting: Any, person: Person) -> UUID | None:
    """The school through which the actor enters the person; None for the candidate or the station. Or NotPermitted."""
    if actor.person_id is not None and actor.person_id == person.pk:
        return None
    if sittings.may(actor, "registration.enter", sitting):
        return None
    if person.organisation_id and actor.may("registration.enter", organisation=person.organisation_id):
        return person.organisation_id
    raise NotPermitted(power="registration.enter")


def _carried(passed: Mapping[str, Any], chosen: Sequence[str]) -> dict[str, str]:
    return {part: day.isoformat() for part, day in passed.items() if part not in chosen}


def _numbers(at: datetime, count: int) -> list[str]:
    """New registration numbers, from a sequence of the database: unique, with gaps, never waiting for one another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('registration_number_seq') FROM generate_series(1, %s)", [count])
        drawn = [row[0] for row in cursor.fetchall()]
    return [rules.registration_number(day_of(at).year, number) for number in drawn]


@command
def choose_parts(*, actor: Actor, at: datetime, registration_id: UUID, parts: Sequence[str]) -> Registration:
    """Choose anew which parts are sat; those passed before and still kept may be left out. Raises PartsMissing."""
    registration = _editable(actor, registration_id)
    offer = selectors.offer(registration.sitting)
    passed = selectors.passed_parts(offer, [registration.person_id]).get(registration.person_id, {})
    chosen = gate.check_parts(offer, parts, passed)
    registration.parts = list(chosen)
    registration.carried = _carried(passed, chosen)
    registration.fee = rules.fee_of(chosen, registration.round.fees)
    registration.save(update_fields=["parts", "carried", "fee"])
    trail.record(actor=actor, action="registration.parts_chosen", target=registration, parts=registration.parts)
    return registration


@command
def choose_language(*, actor: Actor, at: datetime, registration_id: UUID, language: str) -> Registration:
    """Choose in which of the round's languages the theory is sat, until tickets are out; Chinese is always there.

    With the publishing of the tickets at once: the sitting's row is locked, so the choice is either on the lists or
    refused. Raises LanguageNotOffered, LanguageSettled.
    """
    registration = _locked(actor, registration_id)
    policies.require_enter(actor, registration)
    if registration.state in ("refused", "withdrawn") or not sittings.held_before_tickets(registration.sitting_id):
        raise refusals.LanguageSettled
    if language not in (itembank.CHINESE, *registration.round.languages):
        known = itembank.LANGUAGES.get(language)
        raise refusals.LanguageNotOffered(language=known.name if known else language)
    registration.language = language
    registration.save(update_fields=["language"])
    trail.record(actor=actor, action="registration.language_chosen", target=registration, language=language)
    return registration


@command
def claim(
    *,
    actor: Actor,
    at: datetime,
    registration_id: UUID,
    condition_code: str,
    facts: Mapping[str, Any],
    residence_code: str = "",
    employer: str = "",
    source: str = "",
    employer_code: str = "",
) -> Registration:
    """Claim a condition with the facts for it; the verdict on every condition is kept, met or not.

    Nothing is refused for being unmet: the candidate shall see what is missing. Raises UnknownCondition.
    """
    registration = _editable(actor, registration_id)
    offer = selectors.offer(registration.sitting)
    facts_known = gate.known(offer, [registration.person_id], at, apart_from=registration.pk)
    judgement = gate.judge(offer, facts, condition_code, facts_known.awards.get(registration.person_id, ()))
    _take_claim(registration, facts, condition_code, judgement)
    registration.residence_code = residence_code or registration.residence_code
    registration.employer = employer.strip()
    registration.employer_code = employer_code
    registration.source = source
    registration.save(
        update_fields=[
            "claim",
            "condition_code",
            "verdict",
            "residence_code",
            "employer",
            "employer_code",
            "source",
        ]
    )
    trail.record(
        actor=actor,
        action="registration.claimed",
        target=registration,
        condition=condition_code,
        is_met=bool(judgement.chosen and judgement.chosen.is_met),
    )
    return registration


def _take_claim(
    registration: Registration, facts: Mapping[str, Any], condition_code: str, judgement: gate.Judgement
) -> None:
    registration.claim = _plain(facts)
    registration.condition_code = condition_code
    registration.verdict = {**judgement.plain(), "chosen": condition_code}


def _plain(value: object) -> Any:
    """Claims as JSON values: days become text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


@command
def submit(*, actor: Actor, at: datetime, registration_id: UUID) -> Registration:
    """Hand in an application: everything is checked once more, and a place is claimed last of all.

    Of two for the last place exactly one gets it. A returned application keeps its place and may come back within its
    term, even when the round has closed. Raises Barred, OutOfRegion, ClaimFaulty, NotEligible, AlreadyHolds,
    CorrectionOverdue, and RoundClosed, RoundNotOpen or RoundFull from `sittings`.
    """
    registration = _locked(actor, registration_id)
    policies.require_enter(actor, registration)
    state = REGISTRATION.after("submit", registration.state)
    offer = selectors.offer(registration.sitting)
    _check_in_time(registration, at)
    facts = gate.known(offer, [registration.person_id], at, apart_from=registration.pk)
    gate.check_person(offer, registration.person_id, facts)
    gate.check_parts(offer, registration.parts, facts.passed.get(registration.person_id, {}))
    gate.check_region(offer, registration.residence_code, registration.employer_code)
    awards = facts.awards.get(registration.person_id, ())
    judgement = gate.judge(offer, registration.claim, registration.condition_code, awards)
    gate.check_judgement(offer, judgement)
    _take_claim(registration, registration.claim, registration.condition_code, judgement)
    registration.state = state
    registration.submitted_at = at
    registration.submitted_by = actor.account_id
    registration.fee = rules.fee_of(registration.parts, registration.round.fees)
    claims_place = not registration.has_place
    registration.has_place = True
    registration.save(
        update_fields=[
            "state",
            "submitted_at",
            "submitted_by",
            "fee",
            "verdict",
            "condition_code",
            "claim",
            "has_place",
        ]
    )
    trail.record(
        actor=actor,
        action="registration.submitted",
        target=registration,
        number=registration.number,
        condition=registration.condition_code,
        parts=registration.parts,
    )
    announcing.announce(events.Submitted(**_subject(registration)), at=at)
    if claims_place:
        sitting_services.claim_place(actor=actor, at=at, sitting_id=registration.sitting_id)
    return registration


def _check_in_time(registration: Registration, at: datetime) -> None:
    """A returned application may come back after the round has closed, but not after its own term."""
    if not registration.has_place or at < registration.round.applications_until:
        return
    until = registration.correct_until
    if until is None or day_of(at) > until:
        raise refusals.CorrectionOverdue(until=until)


def _subject(registration: Registration) -> dict[str, Any]:
    """What every event about a registration carries."""
    return {
        "region_code": registration.region_code,
        "registration_id": registration.pk,
        "person_id": registration.person_id,
        "number": registration.number,
        "sitting_id": registration.sitting_id,
        "round_id": registration.round_id,
        "occupation_code": registration.round.occupation_code,
        "level": registration.round.level,
        "track": registration.round.track,
    }


def _locked(actor: Actor, registration_id: UUID) -> Registration:
    """The application within the actor's reach, locked until the deed is done. Raises NotFound."""
    # Leaner than the selector for pages: only what the policies and the deeds read, and never the photo.
    rows = Registration.objects.filter(policies.visible_to(actor), pk=registration_id)
    lean = rows.select_related("sitting__round", "sitting__station").defer("photo").order_by()
    found = lean.select_for_update(of=("self",))[:1]
    for registration in found:
        registration.round = registration.sitting.round
        return registration
    raise NotFound


def _editable(actor: Actor, registration_id: UUID) -> Registration:
    """The same, for whoever may fill it in, while it may be filled in. Raises NotFound, NotPermitted, WrongState."""
    registration = _locked(actor, registration_id)
    policies.require_enter(actor, registration)
    if registration.state not in EDITABLE:
        raise WrongState(title=REGISTRATION.title, state=REGISTRATION.states[registration.state], move="修改")
    return registration
