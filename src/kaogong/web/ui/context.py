"""Context: what every template may know besides what its view tells it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.http import HttpRequest

from kaogong.foundation.access.selectors import role_title
from kaogong.foundation.kernel.actors import PUBLIC
from kaogong.web.ui.display import COOKIE, Preferences


def display(request: HttpRequest) -> dict[str, object]:
    """Give templates the reader's `display` preferences, the `desks` open to them and the program's `version`,
    and say whether officers act without their second factor here, as only a demonstration lets them.

    `desks` are `shapes.Desk`s that the doors' own middleware puts on the request; none by default.
    """
    preferences = getattr(request, "display", None) or Preferences.from_cookie(request.COOKIES.get(COOKIE, ""))
    return {
        "display": preferences,
        "desks": getattr(request, "desks", ()),
        "kaogong_version": program_version(),
        "account_posts": _posts_of(request),
        "is_demonstration": not getattr(settings, "SECOND_FACTOR_REQUIRED", True),
    }


def _posts_of(request: HttpRequest) -> list[tuple[str, str]]:
    """The posts that the account menu names: (role, body)."""
    actor = getattr(request, "actor", PUBLIC)
    return [(role_title(grant.role), grant.organisation_name) for grant in actor.grants]


def program_version() -> str:
    """Return the version of the installed program, or a word that says it was not installed."""
    try:
        return version("kaogong")
    except PackageNotFoundError:
        return "dev"
