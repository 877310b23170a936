"""Icons: the names in the vendored sprite, so that a misspelt one is noticed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SPRITE = "ui/vendor/bootstrap-icons/icons.svg"


@cache
def icon_names() -> frozenset[str]:
    """Return the names of all icons that can be drawn."""
    text = (Path(__file__).parent / "static" / SPRITE).read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol[^>]* id="([a-z0-9-]+)"', text))
