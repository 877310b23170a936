"""Claims: an account shows that a person's record is its owner's, or enters that record when nobody has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from kaogong.foundation.access import events, selectors
from kaogong.foundation.access.models import Account
from kaogong.foundation.access.services.refusals import ClaimedAlready, NoMatch, PersonTaken, TooManyTries
from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.identity import selectors as persons
from kaogong.foundation.identity import services as identity
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.outbox import announcing

COUNTER = service("认领次数核对", "audit.read")
TRIES = ("access.claim_person", "access.enter_oneself")


@command
def claim_person(*, actor: Actor, at: datetime, document_kind: str, document_number: str, name: str) -> Account:
    """Claim the person whom a school or an office entered: kind and number of the document and the name must all fit.

    An unknown number and a wrong name are refused in the same words. Refused tries are counted in the trail, where
    they stand even though the deed is rolled back; too many of them within the period close the door. Of two accounts
    that claim one person at once, one wins and the other gets PersonTaken.
    """
    account = _claimant(actor, at)
    person = persons.matching(document_kind, document_number, name, on=timezone.localtime(at).date())
    if person is None:
        raise NoMatch
    return _link(actor, account, person, at)


@command
def enter_oneself(
    *,
    actor: Actor,
    at: datetime,
    name: str,
    document_kind: str,
    document_number: str,
    sex: str | None = None,
    born_on: date | None = None,
    ethnic_code: str = "",
    region_code: str = "",
) -> Account:
    """Enter one's own record and claim it in one deed; it is marked as stated by oneself until someone checks it.

    A record that is there already is claimed when the name fits; when it does not, NoMatch says no more than that.
    """
    account = _claimant(actor, at)
    person = persons.matching(document_kind, document_number, name, on=timezone.localtime(at).date())
    if person is None:
        try:
            person = identity.enter_person(
                # An officer enters her own record as everybody does: as its owner, not by the powers of a post.
                actor=replace(actor, kind="person", grants=()),
                at=at,
                name=name,
                document_kind=document_kind,
                document_number=document_number,
                sex=sex,
                born_on=born_on,
                phone=selectors.phone_of(account) if account.is_phone_verified else "",
                mail=selectors.mail_of(account) if account.is_mail_verified else "",
                ethnic_code=ethnic_code,
                region_code=region_code,
            )
        except identity.PersonExists:
            raise NoMatch from None
    return _link(actor, account, person, at)


def _claimant(actor: Actor, at: datetime) -> Account:
    if actor.account_id is None:
        raise NotFound
    account = Account.objects.select_for_update().filter(pk=actor.account_id, is_active=True).first()
    if account is None:
        raise NotFound
    if account.person_id is not None:
        raise ClaimedAlready
    period = timedelta(hours=settings.CLAIM_PERIOD_HOURS)
    tries = sum(
        audit.entries(actor=COUNTER, action=action)
        .filter(account_id=account.pk, is_refused=True, at__gt=at - period)
        .count()
        for action in TRIES
    )
    if tries >= settings.CLAIM_TRIES:
        raise TooManyTries(hours=settings.CLAIM_PERIOD_HOURS)
    return account


def _link(actor: Actor, account: Account, person: Person, at: datetime) -> Account:
    account.person = person
    account.claimed_at = at
    account.display_name = account.display_name or person.name
    try:
        with transaction.atomic():
            account.save(update_fields=["person", "claimed_at", "display_name"])
    except IntegrityError:
        raise PersonTaken from None
    trail.record(actor=actor, action="access.person_claimed", target=account, person=person.pk)
    announcing.announce(
        events.PersonClaimed(account_id=account.pk, person_id=person.pk, region_code=person.region_code), at=at
    )
    return account
