"""Display: how this reader wants the pages to look, kept in a cookie of their own.

Three independent choices: theme, size of text, contrast. Nothing here identifies anyone, so no consent is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl, urlencode

COOKIE = "kaogong_display"
COOKIE_AGE = 365 * 24 * 3600
CHOICES = {
    "theme": ("auto", "light", "dark"),
    "text": ("normal", "elder"),
    "contrast": ("auto", "high"),
}


@dataclass(frozen=True, slots=True)
class Preferences:
    """The reader's choices; the first of each list is the choice of who has chosen nothing."""

    theme: str = "auto"
    text: str = "normal"
    contrast: str = "auto"

    @classmethod
    def from_cookie(cls, cookie: str) -> Preferences:
        """Return the choices in a cookie, ignoring whatever is not one of ours."""
        return cls().changed(dict(parse_qsl(cookie)))

    def changed(self, wishes: Mapping[str, str]) -> Preferences:
        """Return these choices with the valid ones among `wishes` put in their place."""
        now = {name: getattr(self, name) for name in CHOICES}
        valid = {name: wishes[name] for name in CHOICES if wishes.get(name) in CHOICES[name]}
        return Preferences(**(now | valid))

    def to_cookie(self) -> str:
        """Return the cookie that `from_cookie` reads."""
        return urlencode({each.name: getattr(self, each.name) for each in fields(self)})
