"""Views of the shared interface: display preferences, accessibility, error pages, and the gallery of components."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from kaogong.web.ui import samples
from kaogong.web.ui.display import COOKIE, COOKIE_AGE, Preferences


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep what the reader chose of theme, text and contrast, and go back to where they were."""
    before = Preferences.from_cookie(request.COOKIES.get(COOKIE, ""))
    after = before.changed({name: str(value) for name, value in request.POST.items()})
    response = HttpResponseRedirect(_way_back(request))
    response.set_cookie(
        COOKIE, after.to_cookie(), max_age=COOKIE_AGE, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return response


def _way_back(request: HttpRequest) -> str:
    wish = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wish, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wish if wish and safe else "/"


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What the pages do for people who see, hear, point or read differently."""
    return render(request, "ui/accessibility.html")


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in its states, for those who build pages; only where DEBUG is on."""
    shelf = request.GET.get("shelf", "components")
    if shelf not in samples.SHELVES:
        raise Http404
    return render(request, samples.SHELVES[shelf], samples.context(request))


# --- errors: handler400 … handler500 in urls point here, and middleware may call `error_page` for the others ---------


# Pages that stand on no context processor, since the database that those ask may be what failed.
BARE = frozenset({500, 503})


def error_page(request: HttpRequest, status: int, *, minutes: int = 0) -> HttpResponse:
    """Return the page for an HTTP error: what happened and what to do now. Knows 400, 403, 404, 409, 429, 500, 503.

    `minutes` says on the page for too many tries how long to wait; 0 when that is not known.
    """
    asks = None if status in BARE else request
    response = render(asks, f"ui/errors/{status}.html", {"status": status, "minutes": minutes}, status=status)
    if minutes:
        response["Retry-After"] = str(60 * minutes)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for a request that cannot be understood."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for someone without the power."""
    return error_page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form that came too late or from elsewhere (setting CSRF_FAILURE_VIEW)."""
    return render(request, "ui/errors/expired.html", {"status": 403}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address where nothing is, or nothing within reach."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for our own fault; for a database that is gone, wherever it was missed, the one that says so.

    Whoever has signed in needs the database before any view is reached, so no middleware of ours sees that failure.
    """
    is_lost = isinstance(sys.exception(), OperationalError | InterfaceError)
    return error_page(request, 503 if is_lost else 500)
