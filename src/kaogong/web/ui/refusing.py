"""Refusals that a view did not handle itself: shown in full, with the status that fits; translated, never invented."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from kaogong.foundation.kernel.actors import PUBLIC
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal, WrongState
from kaogong.web.ui import views
from kaogong.web.ui.phrases import facts_said
from kaogong.web.ui.requests import way_back

STATUS: tuple[tuple[type[Refusal], int], ...] = ((NotFound, 404), (NotPermitted, 403), (WrongState, 409))


def status_of(refusal: Refusal) -> int:
    """404 not found, 403 not permitted, 409 someone was faster, 422 for a rule."""
    return next((status for kind, status in STATUS if isinstance(refusal, kind)), 422)


def words_of(refusal: Refusal) -> str:
    """The refusal's sentence in the reader's language, facts filled in."""
    return gettext(type(refusal).message).format(**facts_said(refusal.facts))


def advice_of(refusal: Refusal) -> str:
    """What to do now, in the reader's language; empty when the refusal has none."""
    return gettext(refusal.advice).format(**facts_said(refusal.facts)) if refusal.advice else ""


def _has_no_post(request: HttpRequest, status: int) -> bool:
    """Whether someone without any post stands at the officers' door."""
    return status == 403 and not getattr(request, "actor", PUBLIC).grants


class Refusals:
    """Turns an unhandled Refusal into its page, a lost database into an honest one, and unstorable input into 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for refusals and for a database that is gone; leave everything else to Django."""
        if isinstance(exception, Refusal):
            status = status_of(exception)
            if status == 404:
                return views.error_page(request, 404)
            context = {"refusal": exception, "back": way_back(request), "has_no_post": _has_no_post(request, status)}
            return render(request, "ui/refused.html", context, status=status)
        if isinstance(exception, OperationalError | InterfaceError):
            return views.error_page(request, 503)
        if isinstance(exception, DataError):
            # A NUL, or a number that no column holds: sent by hand, never typed into a form of ours.
            return views.error_page(request, 400)
        return None
