"""Middleware: the content security policy, what caches may keep, the reader's preferences, one memory a request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from kaogong.foundation.kernel import remembering
from kaogong.foundation.kernel.actors import PUBLIC
from kaogong.web.ui.display import COOKIE, Preferences

P = ParamSpec("P")
Door = Callable[[HttpRequest], HttpResponseBase]

# Everything comes from this house: no inline script or style, nothing framed, nothing posted elsewhere.
# `data:` images are the small marks inside Bootstrap's sheet; `blob:` images are previews of a photo not yet sent.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self' blob:",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# What no view may loosen, since one hole here undoes the rest.
FIXED = frozenset({"default-src", "script-src", "style-src", "object-src", "base-uri"})


class MemoryOfRequest:
    """Lets a page and the deed it does look up each figure and clause once; nothing is remembered beyond it."""

    def __init__(self, get_response: Door) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with remembering.memory():
            return self.get_response(request)


class ContentSecurityPolicy:
    """Puts the policy on every response; a view that needs more says so with `allowing`."""

    def __init__(self, get_response: Door) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        extra: dict[str, str] = getattr(response, "_csp_extra", {})
        policy = {name: f"{sources} {extra[name]}" if name in extra else sources for name, sources in POLICY.items()}
        response.headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
        return response


def allowing(**extra: str) -> Callable[[Callable[P, HttpResponse]], Callable[P, HttpResponse]]:
    """Let one view load from further sources, for example `@allowing(img_src="https://tiles.example")`.

    Scripts, styles and the directives that guard them cannot be widened.
    """
    named = {name.replace("_", "-"): sources for name, sources in extra.items()}
    if unknown := named.keys() - POLICY.keys() | named.keys() & FIXED:
        raise ValueError(f"A view may not widen {sorted(unknown)}")

    def decorate(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
        @wraps(view)
        def widened(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            response = view(*args, **kwargs)
            response._csp_extra = named  # type: ignore[attr-defined]  # a note from view to middleware
            return response

        return widened

    return decorate


class KeptByNobody:
    """Keeps what somebody signed in is shown out of every cache, unless the view says otherwise.

    Else the next one at that machine goes back to it after the sign-out, and a proxy may hand it to another.
    """

    def __init__(self, get_response: Door) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, "actor", PUBLIC) is not PUBLIC and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class DisplayPreferences:
    """Reads the reader's display preferences into `request.display`."""

    def __init__(self, get_response: Door) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        preferences = Preferences.from_cookie(request.COOKIES.get(COOKIE, ""))
        request.display = preferences  # type: ignore[attr-defined]  # read by the context processor
        return self.get_response(request)
