"""Setting up a second factor, with real commits: allauth tells us of it only after the transaction."""

from __future__ import annotations

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from pytest_django import Settings

from kaogong.foundation.audit.models import TrailEntry
from tests.support.access import PASSWORD, make_account, make_body, make_post
from tests.support.signing_in import SECRET, sign_in, totp_code, with_totp


@pytest.mark.concurrency
def test_a_second_factor_just_set_up_counts_at_once(real_database: str, settings: Settings) -> None:
    cache.clear()
    settings.SECOND_FACTOR_REQUIRED = True
    account = make_post(
        account=make_account(username="wu"), organisation=make_body(), role="administrator", since=date(2020, 1, 1)
    ).account
    client = sign_in("wu")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    assert "data:image/svg+xml" in page
    assert "style=" not in page.split("<main")[1].split("data:image")[0]

    answer = client.post("/account/2fa/totp/activate/", {"code": totp_code(client.session["mfa.totp.secret"])})

    assert answer.headers["Location"] == "/account/2fa/recovery-codes/"
    assert client.get("/office/accounts/").status_code == 200
    assert TrailEntry.objects.filter(action="access.second_factor_added", target_id=str(account.pk)).exists()


@pytest.mark.django_db
def test_its_secret_is_sealed() -> None:
    account = with_totp(make_account())
    assert SECRET not in str(Authenticator.objects.get(user=account).data)
