"""How a clause becomes words on a page: asked of the rule library, for the day of asking."""

from __future__ import annotations

from django.utils import timezone

from kaogong.foundation.kernel.clauses import Clause
from kaogong.regulations import selectors
from kaogong.web.ui.clauses import ClauseWords


def words(clause: object) -> ClauseWords:
    """The title and article of a clause with its address; its bare key when the library does not know it."""
    if isinstance(clause, str):
        clause = Clause.parse(clause)
    if not isinstance(clause, Clause):
        return ClauseWords(str(clause))
    text = selectors.clause(clause, timezone.localdate())
    return ClauseWords(text.label, text.url) if text else ClauseWords(str(clause))
