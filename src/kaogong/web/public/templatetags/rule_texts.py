"""How the rule library's notes on its own entries are put for readers."""

from __future__ import annotations

import re

from django import template

register = template.Library()

PAPERS = re.compile(
    r"(?:exam-affairs|item-bank|policy\.zh\.txt|shared/\S+?\.md)\s*(?:§[\d.]+(?:[–、]§?[\d.]+)*)?|\[[A-Z]\w*\]"
)
"""References to the working papers that the project was drafted from, which readers do not have."""


@register.filter
def without_papers(source: str) -> str:
    """The note on where an entry comes from, without references to our own working papers; may be empty."""
    return re.sub(r"\s{2,}", " ", PAPERS.sub("", source)).strip(" ；：，、;:")
