"""What a view of ours receives, who may enter it, and which deeds ask again who acts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal.httpkit import get_client_ip
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from kaogong.foundation.access import sessions
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotPermitted

P = ParamSpec("P")


class ActorRequest(HttpRequest):
    """A request whose `actor` the access middleware has set; htmx's details hang on `htmx`."""

    actor: Actor


View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]


def address_of(request: HttpRequest) -> str:
    """The network address that the request came from, by as many proxies as the installation trusts; may be empty."""
    return str(get_client_ip(request) or "")


def way_back(request: HttpRequest) -> str:
    """The page the reader came from, when it is one of ours."""
    origin = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(origin, allowed_hosts={request.get_host()})
    return origin if origin and ours else "/"


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and back: to the page itself, or to the one with the form whose session ran out.

    A part of a page asked for by htmx takes the whole page there, for a sign-in form inside a panel helps nobody.
    """
    is_part = "HX-Request" in request.headers
    is_read = request.method in {"GET", "HEAD"} and not is_part
    answer = redirect_to_login(request.get_full_path() if is_read else way_back(request))
    return HttpResponse(status=200, headers={"HX-Redirect": answer.url}) if is_part else answer


def signed_in(view: View[P]) -> View[P]:
    """Let in who has signed in; send everyone else to the sign-in page and back."""

    @wraps(view)
    def guarded(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.actor.kind == "public":
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    guarded.__dict__["guard"] = "signed_in"
    return guarded


def needs(*powers: str) -> Callable[[View[P]], View[P]]:
    """Let in who has signed in and holds at least one of `powers` somewhere; the service still decides over the record.

    Raises NotPermitted, which the refusals' middleware shows.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.actor.kind == "public":
                return _to_sign_in(request)
            if not any(request.actor.holds(power) for power in powers):
                raise NotPermitted(power=powers[0])
            return view(request, *args, **kwargs)

        guarded.__dict__["guard"] = powers
        return guarded

    return decorate


def grave(view: View[P]) -> View[P]:
    """Ask whoever proved who she is too long ago for the password or a code, before a POST; then it is done as sent.

    For deeds that a stolen open session must not do. Stands right under `needs`; never on forms sent by htmx.
    """

    @wraps(view)
    def guarded(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "POST" and sessions.must_prove(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    guarded.__dict__["is_grave"] = True
    return guarded
