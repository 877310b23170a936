"""Context: what every template may know besides what its view tells it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from django.http import HttpRequest

from kaogong.web.ui.display import COOKIE, Preferences


def display(request: HttpRequest) -> dict[str, object]:
    """Give templates the reader's `display` preferences, the `desks` open to them and the program's `version`.

    `desks` are `shapes.Desk`s that the doors' own middleware puts on the request; none by default.
    """
    preferences = getattr(request, "display", None) or Preferences.from_cookie(request.COOKIES.get(COOKIE, ""))
    return {"display": preferences, "desks": getattr(request, "desks", ()), "kaogong_version": program_version()}


def program_version() -> str:
    """Return the version of the installed program, or a word that says it was not installed."""
    try:
        return version("kaogong")
    except PackageNotFoundError:
        return "dev"
