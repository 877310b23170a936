"""Builds the Actor of a request, once, at the door; ends sessions left idle; asks officers for their second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from kaogong.foundation.access import selectors, sessions
from kaogong.foundation.kernel.actors import PUBLIC, Actor

if TYPE_CHECKING:
    from kaogong.foundation.access.models import Account


class ActorOfRequest:
    """Sets `request.actor`; the database is read only for those who come with a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of_request(request)
        if request.user.is_authenticated:
            if sessions.is_left_idle(request, actor):
                logout(request)
                actor = PUBLIC
                messages.info(request, gettext("您有一段时间没有操作，为安全起见已退出，请重新登录。"))
            else:
                sessions.note_use(request)
        request.actor = actor  # type: ignore[attr-defined]  # see ActorRequest
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Send an officer without a second factor to set one up, wherever a view asks for a power."""
        guard = view.__dict__.get("guard")
        if not isinstance(guard, tuple) or not request.user.is_authenticated or has_second_factor(request):
            return None
        if not selectors.holds_posts(account_of(request), timezone.now()):
            return None
        return HttpResponseRedirect(reverse("account_second_factor"))


def account_of(request: HttpRequest) -> Account:
    """The account signed in. Only for requests known to be signed in."""
    return request.user  # type: ignore[return-value]  # AUTH_USER_MODEL is Account


def actor_of_request(request: HttpRequest) -> Actor:
    """The Actor of a web request."""
    if not request.user.is_authenticated:
        return PUBLIC
    return selectors.actor_of(account_of(request), timezone.now(), has_second_factor=has_second_factor(request))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session brought a second factor, or the installation does not ask for one."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))
