"""Every kind of public page, light on a phone and dark on a desk: axe, the width, and no machine's words."""

from __future__ import annotations

import pytest
from scripts.pictures import SUSPECTS, kind_of, links

from kaogong.web.ui.display import COOKIE, Preferences
from tests.journeys.steps import just_now
from tests.support import story
from tests.support.browser import DESK, PHONE
from tests.support.site import Site

pytestmark = pytest.mark.browser

KINDS = 18
"""So many kinds of pages there are at least, or the walk has lost its way."""
BEGINNINGS = [
    "/",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/room/exam/practice/",
    "/nowhere/",
]


@pytest.mark.parametrize(("screen", "theme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone", "desk-in-the-dark"])
def test_is_sound(site: Site, screen: dict[str, int], theme: str) -> None:
    story.begin(theory_at=just_now(days=-30))
    with site.visit(screen=screen) as anyone:
        look = Preferences(theme=theme).to_cookie()
        anyone.context.add_cookies([{"name": COOKIE, "value": look, "url": site.address}])
        waiting, seen = list(BEGINNINGS), set()
        while waiting:
            path = waiting.pop(0)
            if kind_of(path) in seen or path.startswith("/my/"):
                continue
            seen.add(kind_of(path))
            anyone.open(path)
            anyone.check()
            words = anyone.page.locator("body").inner_text()
            anyone.complaints += [
                f"{path}: {what}: {found}"
                for what, pattern in SUSPECTS.items()
                if not path.startswith("/api/")
                for found in pattern.findall(words)
            ]
            # The health page says 503 in earnest: no worker seals the trail of a test.
            anyone.complaints[:] = [each for each in anyone.complaints if not each.endswith("/health/: answered 503")]
            waiting += links(anyone.page, site.address, "/")
        assert len(seen) >= KINDS
