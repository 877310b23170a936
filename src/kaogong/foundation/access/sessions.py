"""What a session of the web is held to: it ends when left idle, and a grave deed asks for a fresh proof of who acts.

allauth keeps the proofs (password, code) in the session with their time, and one row for each open session in its table
`UserSession`: that row is what people see in the list of their devices. We note use at most once a minute, so that a
busy officer does not write a row with each click; a page that asks again by itself does not count as use.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kaogong.foundation.access.models import Account
from kaogong.foundation.kernel.actors import Actor

SEEN = "access.seen_at"
OF_ITSELF = "X-Of-Itself"
"""Header of requests that a page makes by itself, on a timer: `hx-headers='{"X-Of-Itself": "1"}'`."""
NOTED_EVERY_SECONDS = 60

# Looked for in this order: a browser names those it descends from, too.
BROWSERS = (
    ("MicroMessenger", _("微信")),
    ("DingTalk", _("钉钉")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("QQBrowser", _("QQ 浏览器")),
    ("UBrowser", _("UC 浏览器")),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session in which somebody is signed in: since when, from where, on what; machine and browser may be empty."""

    id: int
    machine: str
    browser: str
    address: str
    since: datetime
    seen_at: datetime
    is_current: bool

    @property
    def name(self) -> str:
        """The machine and its browser, as people call them."""
        return " · ".join(gettext(each) for each in (self.machine, self.browser) if each) or gettext("未知设备")

    @property
    def icon(self) -> str:
        """The icon of such a machine."""
        return {"iPhone": "phone", "Android": "phone", "HarmonyOS": "phone", "iPad": "tablet"}.get(
            self.machine, "laptop"
        )


def idle_minutes_allowed(actor: Actor) -> int:
    """How long this actor's session may rest: posts are bound closest, but who only runs exams has the hall's time."""
    if not actor.grants:
        return int(settings.IDLE_MINUTES_WITHOUT_POST)
    at_hall = all("delivery.run" in grant.powers for grant in actor.grants)
    return int(settings.IDLE_MINUTES_AT_HALL if at_hall else settings.IDLE_MINUTES)


def is_left_idle(request: HttpRequest, actor: Actor) -> bool:
    """Whether nobody has used this session for longer than its actor may leave it."""
    seen = request.session.get(SEEN)
    return isinstance(seen, int) and time.time() - seen > idle_minutes_allowed(actor) * 60


def note_use(request: HttpRequest) -> None:
    """Note that the session is in use now; a page asking by itself notes nothing."""
    now, seen = int(time.time()), request.session.get(SEEN)
    if isinstance(seen, int) and (now - seen < NOTED_EVERY_SECONDS or OF_ITSELF in request.headers):
        return
    request.session[SEEN] = now
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())


def must_prove(request: HttpRequest) -> bool:
    """Whether a grave deed must first be preceded by the password or a code, the last proof being too old."""
    if not request.user.is_authenticated:
        return False
    proofs = get_authentication_records(request, request.user)
    return not proofs or time.time() - proofs[-1]["at"] > settings.PROOF_HOLDS_MINUTES * 60


def open_sessions(account_id: UUID, current_key: str | None) -> list[OpenSession]:
    """The account's open sessions, this one first, then the latest used. Without scope: for its owner alone."""
    rows = [
        OpenSession(
            id=row.pk,
            machine=_first(MACHINES, row.user_agent),
            browser=_first(BROWSERS, row.user_agent),
            address=row.ip,
            since=row.created_at,
            seen_at=row.last_seen_at,
            is_current=row.session_key == current_key,
        )
        for row in UserSession.objects.purge_and_list(Account(pk=account_id))
    ]
    return sorted(rows, key=lambda row: (not row.is_current, -row.seen_at.timestamp()))


def forget() -> int:
    """Remove what is left of sessions past their end: their content, and their line in the list of devices."""
    SessionStore.clear_expired()
    gone, _kinds = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return int(gone)


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in table if mark in user_agent), "")
