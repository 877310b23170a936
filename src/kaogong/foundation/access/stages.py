"""Stages of signing in: a phone not yet verified is verified first; an account without one passes."""

from __future__ import annotations

from allauth.account.stages import PhoneVerificationStage
from django.http import HttpResponse

from kaogong.foundation.access.models import Account


class PhoneStage(PhoneVerificationStage):  # type: ignore[misc]  # allauth ships no types
    """As allauth's, but officers' accounts opened with a login name only need no phone."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        account: Account | None = self.login.user
        if account is not None and not account.phone_digest:
            return None, True
        response: tuple[HttpResponse | None, bool] = super().handle()
        return response
