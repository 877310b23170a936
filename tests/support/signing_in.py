"""How tests sign in as people do: through the form, and with the codes of an authenticator."""

from __future__ import annotations

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from kaogong.foundation.access.models import Account
from tests.support.access import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(login: str, password: str = PASSWORD, client: Client | None = None) -> Client:
    """A client that has sent the sign-in form; signed in unless a further stage follows."""
    client = client or Client()
    client.post("/account/login/", {"login": login, "password": password})
    return client


def proven(client: Client) -> Client:
    """The client as if its password had just been typed: grave deeds ask for no other."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client


def with_totp(account: Account) -> Account:
    """Give the account an authenticator with a known secret."""
    TOTP.activate(account, SECRET)
    return account


def totp_code(secret: str = SECRET) -> str:
    """The code that the authenticator shows now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def forget_used_codes(account: Account) -> None:
    """Let a code be used again within its half minute."""
    from django.core.cache import cache

    cache.clear()
    Authenticator.objects.filter(user=account).update(last_used_at=None)
