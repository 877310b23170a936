"""Signals of allauth and Django that belong into the trail; a second factor just set counts for the session at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import timezone

from kaogong.foundation.access import selectors, services
from kaogong.foundation.access.models import Account

if TYPE_CHECKING:
    from kaogong.foundation.kernel.actors import Actor


def _owner(account: Account) -> Actor:
    return selectors.actor_of(account, timezone.now(), has_second_factor=False)


def _signed_in(sender: object, request: HttpRequest, user: Account, **more: object) -> None:
    services.note_sign_in(actor=_owner(user), at=timezone.now(), account_id=user.pk)


def _added(sender: object, request: HttpRequest, user: Account, authenticator: Authenticator, **more: object) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        services.note_second_factor(actor=_owner(user), at=timezone.now(), account_id=user.pk, change="added")


def _removed(sender: object, request: HttpRequest, user: Account, authenticator: Authenticator, **more: object) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        services.note_second_factor(actor=_owner(user), at=timezone.now(), account_id=user.pk, change="removed")


def connect() -> None:
    """Listen, once, at start-up."""
    user_logged_in.connect(_signed_in, dispatch_uid="kaogong.access.signed_in")
    authenticator_added.connect(_added, dispatch_uid="kaogong.access.second_factor_added")
    authenticator_removed.connect(_removed, dispatch_uid="kaogong.access.second_factor_removed")
