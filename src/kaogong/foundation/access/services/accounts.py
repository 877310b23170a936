"""Accounts: opened, their contacts and passwords set, their second factor taken away when it is lost."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kaogong.foundation.access import selectors
from kaogong.foundation.access.models import Account, Post
from kaogong.foundation.access.services.refusals import (
    ContactUnsound,
    LoginMissing,
    LoginTaken,
    NoSecondFactor,
    NotOneself,
    PasswordWeak,
    ReasonMissing,
)
from kaogong.foundation.identity import selectors as persons
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.signing import digests, encryption

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@command
def open_account(
    *,
    actor: Actor,
    at: datetime,
    password: str,
    display_name: str,
    phone: str = "",
    mail: str = "",
    username: str = "",
    is_verified: bool = False,
) -> Account:
    """Open an account with a login name, a phone or a mail address; contacts are sealed at once.

    Anybody may open their own (as the public): the contact counts only once a code sent to it came back. Officers
    with `access.appoint` open accounts for their staff. Two at once with one login: one wins, the other LoginTaken.
    """
    if actor.kind != "public" and not actor.holds("access.appoint"):
        raise NotPermitted(power="access.appoint")
    if not (username or phone or mail):
        raise LoginMissing
    account = Account(display_name=" ".join(display_name.split()), opened_by=actor.account_id)
    account.username = username.strip() or _login_name()
    if Account.objects.filter(username=account.username).exists():
        raise LoginTaken(what="登录名", field="username")
    seal_phone(account, phone, is_verified=is_verified and actor.kind != "public")
    seal_mail(account, mail, is_verified=is_verified and actor.kind != "public")
    _give_password(account, password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as fault:
        raise LoginTaken(what="登录方式", field="phone") from fault
    trail.record(
        actor=actor,
        action="access.account_opened",
        target=account,
        phone=account.phone_masked,
        mail=account.mail_masked,
        is_own=actor.kind == "public",
    )
    return account


def _login_name() -> str:
    """A login name that tells nothing about its owner, for those who sign in by phone or mail."""
    return "u" + "".join(secrets.choice(LETTERS) for _ in range(11))


def _give_password(account: Account, password: str) -> None:
    try:
        password_validation.validate_password(password, account)
    except ValidationError as fault:
        raise PasswordWeak(faults="；".join(str(message) for message in fault.messages)) from None
    account.set_password(password)


def seal_phone(account: Account, phone: str, *, is_verified: bool) -> None:
    """Set an account's phone; empty removes it. Raises ContactUnsound, LoginTaken."""
    number = persons.canonical_phone(phone) if phone.strip() else ""
    if phone.strip() and not number:
        raise ContactUnsound(what="手机号码", field="phone")
    other = selectors.by_phone(number) if number else None
    if other is not None and other.pk != account.pk:
        raise LoginTaken(what="手机号码", field="phone")
    bound_to = selectors.context(selectors.PHONE, account.pk)
    account.phone_sealed = encryption.seal(number.encode(), context=bound_to) if number else None
    account.phone_digest = digests.keyed(number, purpose=selectors.PHONE) if number else ""
    account.phone_masked = persons.masked_phone(number) if number else ""
    account.is_phone_verified = bool(number) and is_verified


def seal_mail(account: Account, mail: str, *, is_verified: bool) -> None:
    """Set an account's mail address; empty removes it. Raises ContactUnsound, LoginTaken."""
    address = persons.canonical_mail(mail) if mail.strip() else ""
    if mail.strip() and not address:
        raise ContactUnsound(what="邮箱地址", field="mail")
    other = selectors.by_mail(address) if address else None
    if other is not None and other.pk != account.pk:
        raise LoginTaken(what="邮箱", field="mail")
    bound_to = selectors.context(selectors.MAIL, account.pk)
    account.mail_sealed = encryption.seal(address.encode(), context=bound_to) if address else None
    account.mail_digest = digests.keyed(address, purpose=selectors.MAIL) if address else ""
    account.mail_masked = persons.masked_mail(address) if address else ""
    account.is_mail_verified = bool(address) and is_verified


PHONE_FIELDS = ["phone_sealed", "phone_digest", "phone_masked", "is_phone_verified"]
MAIL_FIELDS = ["mail_sealed", "mail_digest", "mail_masked", "is_mail_verified"]


@command
def change_phone(*, actor: Actor, at: datetime, account_id: UUID, phone: str, is_verified: bool = False) -> Account:
    """Set one's own phone; `is_verified` once the code sent to it came back. The public may set that of an account
    that has never verified one: signing up is not finished before."""
    account = _own_or_new(actor, account_id)
    seal_phone(account, phone, is_verified=is_verified)
    _save(account, PHONE_FIELDS)
    trail.record(
        actor=actor, action="access.phone_set", target=account, phone=account.phone_masked, is_verified=is_verified
    )
    return account


@command
def change_mail(*, actor: Actor, at: datetime, account_id: UUID, mail: str, is_verified: bool = False) -> Account:
    """Set one's own mail address; `is_verified` once the code sent to it came back; empty removes it."""
    account = _own_or_new(actor, account_id)
    seal_mail(account, mail, is_verified=is_verified)
    _save(account, MAIL_FIELDS)
    trail.record(
        actor=actor, action="access.mail_set", target=account, mail=account.mail_masked, is_verified=is_verified
    )
    return account


@command
def set_password(*, actor: Actor, at: datetime, account_id: UUID, password: str, how: str = "changed") -> Account:
    """Set one's own password. `how` says which way it came: `changed` after signing in, `recovered` by a code that
    was sent to a verified contact (then the public acts: the door has checked the code)."""
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None or not (actor.account_id == account_id or (actor.kind == "public" and how == "recovered")):
        raise NotFound
    _give_password(account, password)
    account.save(update_fields=["password"])
    trail.record(actor=actor, action=f"access.password_{how}", target=account)
    return account


@command
def replace_phone(*, actor: Actor, at: datetime, account_id: UUID, phone: str, reason: str) -> Account:
    """Give an account another phone when the old one is lost, after its owner was identified in person.

    Needs `access.appoint` over the account. The new phone is verified by a code at the next sign-in.
    """
    account = officers_hand(actor, account_id)
    why = read_reason(reason)
    seal_phone(account, phone, is_verified=False)
    _save(account, PHONE_FIELDS)
    trail.record(actor=actor, action="access.phone_replaced", target=account, reason=why, phone=account.phone_masked)
    return account


@command
def reset_second_factor(*, actor: Actor, at: datetime, account_id: UUID, reason: str) -> Account:
    """Take away a lost second factor, recovery codes included, after its owner was identified in person.

    Needs `access.appoint` over the account, and never one's own. Its owner must set a new one before acting in a post.
    """
    account = officers_hand(actor, account_id)
    why = read_reason(reason)
    taken, _ = Authenticator.objects.filter(user_id=account.pk).delete()
    if not taken:
        raise NoSecondFactor
    trail.record(actor=actor, action="access.second_factor_reset", target=account, reason=why)
    return account


@command
def note_sign_in(*, actor: Actor, at: datetime, account_id: UUID) -> None:
    """Write into the trail that somebody signed in; the account's owner acts."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None or actor.account_id != account_id:
        raise NotFound
    trail.record(actor=actor, action="access.signed_in", target=account)


@command
def note_second_factor(*, actor: Actor, at: datetime, account_id: UUID, change: Literal["added", "removed"]) -> None:
    """Write into the trail that the owner added or removed a second factor; allauth has done it already."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None or actor.account_id != account_id:
        raise NotFound
    trail.record(actor=actor, action=f"access.second_factor_{change}", target=account)


@command
def end_sessions(*, actor: Actor, at: datetime, account_id: UUID, session_ids: Sequence[int], reason: str = "") -> int:
    """End some of an account's sessions: whoever sits there is signed out at the next click. Gives how many ended.

    One's own need no reason; those of a colleague whose machine was lost need `access.appoint` over the account, as
    every measure does, and end whichever they are. Ids of other accounts are passed over.
    """
    if actor.account_id == account_id:
        ending = UserSession.objects.filter(user_id=account_id, pk__in=session_ids)
        why = reason.strip()
    else:
        officers_hand(actor, account_id)
        ending, why = UserSession.objects.filter(user_id=account_id), read_reason(reason)
    account = Account.objects.get(pk=account_id)
    ended = list(ending)
    for session in ended:
        session.end()
    trail.record(actor=actor, action="access.sessions_ended", target=account, count=len(ended), reason=why)
    return len(ended)


@command
def close_account(*, actor: Actor, at: datetime, account_id: UUID, reason: str) -> Account:
    """Close an account: it signs in no more. Needs `access.appoint` over it, and never one's own."""
    account = officers_hand(actor, account_id)
    why = read_reason(reason)
    account.is_active = False
    account.save(update_fields=["is_active"])
    trail.record(actor=actor, action="access.account_closed", target=account, reason=why)
    return account


def officers_hand(actor: Actor, account_id: UUID) -> Account:
    """The account, locked, once the actor may take measures on it: over every post it holds, else over its person.

    Otherwise an officer of one city could take over the account of somebody who also serves in the ministry.
    Raises NotFound, NotOneself, NotPermitted.
    """
    found = selectors.account(actor, account_id)
    if found.pk == actor.account_id:
        raise NotOneself
    posts = Post.objects.filter(account=found).select_related("organisation")
    person = found.person
    if posts:
        may = all(
            actor.may("access.appoint", region=post.organisation.region_code, organisation=post.organisation_id)
            for post in posts
        )
    elif person is not None:
        may = actor.may("access.appoint", region=person.region_code, organisation=person.organisation_id)
    else:
        may = found.opened_by is not None and found.opened_by == actor.account_id
    if not may:
        raise NotPermitted(power="access.appoint")
    return Account.objects.select_for_update().get(pk=found.pk)


def read_reason(reason: str, *, least: int = 4) -> str:
    """A reason worth recording, of at least so many characters. Raises ReasonMissing."""
    if len("".join(reason.split())) < least:
        raise ReasonMissing(least=least)
    return reason.strip()


def _own_or_new(actor: Actor, account_id: UUID) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    is_new = account is not None and actor.kind == "public" and not account.is_phone_verified
    if account is None or not (is_new or actor.account_id == account_id):
        raise NotFound
    return account


def _save(account: Account, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            account.save(update_fields=fields)
    except IntegrityError as fault:
        raise LoginTaken(what="手机号码或邮箱", field="phone") from fault
