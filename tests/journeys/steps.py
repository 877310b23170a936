"""Steps that many journeys take: signing in, and the moments that stories are told in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from tests.support.access import PASSWORD
from tests.support.browser import Visit


def sign_in(visit: Visit, login: str, password: str = PASSWORD) -> Visit:
    """Sign in through the form; the page that follows is open."""
    visit.open("/account/login/")
    visit.fill(login=login, password=password)
    visit.page.locator("main form button[type=submit], main form button:not([type])").first.click()
    visit.page.wait_for_url(lambda url: "/account/login/" not in url)
    return visit


def just_now(**ago: float) -> datetime:
    """A whole minute so long ago (`minutes=2`, `days=40`); less than nothing lies ahead."""
    return (timezone.now() - timedelta(**ago)).replace(second=0, microsecond=0)
