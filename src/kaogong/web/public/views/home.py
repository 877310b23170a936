"""The front page: search first, then what is open today."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from kaogong.sittings import selectors as sittings
from kaogong.web.public.views.verify import VerifyForm
from kaogong.web.ui.requests import ActorRequest

SHOWN = 4


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """Verify a certificate, find a round, and the rounds that close first."""
    at = now()
    open_rounds = sittings.rounds_with_places(sittings.open_rounds(at))
    shown = list(open_rounds[:SHOWN])
    for row in shown:
        row.left = row.places - row.taken  # type: ignore[attr-defined]  # annotated, for the page
    context = {"form": VerifyForm(), "rounds": shown, "open_count": open_rounds.count(), "as_of": at}
    return render(request, "public/home/index.html", context)
