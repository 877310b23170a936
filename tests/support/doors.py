"""A browser in which somebody has already come in: for tests of pages, where signing in is not the matter."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponseBase
from django.test import Client

from kaogong.foundation.access import middleware
from kaogong.foundation.kernel.actors import Actor


def browser(monkeypatch: pytest.MonkeyPatch, actor: Actor) -> Client:
    """A client whose requests are made by `actor`."""

    def call(self: middleware.ActorOfRequest, request: HttpRequest) -> HttpResponseBase:
        request.actor = actor  # type: ignore[attr-defined]  # as the middleware does
        return self.get_response(request)

    monkeypatch.setattr(middleware.ActorOfRequest, "__call__", call)
    return Client()
