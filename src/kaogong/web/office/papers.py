"""Lists as papers: everything that was asked for on A4 across, with its conditions, its count and places to sign."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now

from kaogong.web.ui.requests import ActorRequest

MOST = 2000
"""How many lines one paper takes; a choice of the page, no rule."""


def print_out(
    request: ActorRequest,
    heading: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    facts: Sequence[tuple[str, object]] = (),
) -> HttpResponse:
    """The rows as a paper, whole numbers at the right. More than `MOST` are cut off, and the paper says so."""
    found = list(islice(rows, MOST + 1))
    back = request.GET.copy()
    back.pop("print", None)
    context = {
        "heading": heading,
        "heads": heads,
        "rows": [[(cell, isinstance(cell, int)) for cell in row] for row in found[:MOST]],
        "facts": facts,
        "is_cut": len(found) > MOST,
        "most": MOST,
        "at": now(),
        "back": f"{request.path}?{back.urlencode()}",
        "bodies": list(dict.fromkeys(grant.organisation_name for grant in request.actor.grants)),
    }
    return render(request, "office/paper.html", context)
