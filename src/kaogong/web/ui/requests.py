"""What a view of ours receives, and who may enter it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotPermitted

P = ParamSpec("P")


class ActorRequest(HttpRequest):
    """A request whose `actor` the access middleware has set; htmx's details hang on `htmx`."""

    actor: Actor


View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]


def signed_in(view: View[P]) -> View[P]:
    """Let in who has signed in; send everyone else to the sign-in page and back."""

    @wraps(view)
    def guarded(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.actor.kind == "public":
            return redirect_to_login(request.get_full_path())
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
                return redirect_to_login(request.get_full_path())
            if not any(request.actor.holds(power) for power in powers):
                raise NotPermitted(power=powers[0])
            return view(request, *args, **kwargs)

        guarded.__dict__["guard"] = powers
        return guarded

    return decorate
