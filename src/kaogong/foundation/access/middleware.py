"""Builds the Actor of a request, once, at the door."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kaogong.foundation.kernel.actors import PUBLIC


class ActorOfRequest:
    """Sets `request.actor`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = PUBLIC  # type: ignore[attr-defined]  # typed for views by ui.requests.ActorRequest
        return self.get_response(request)
