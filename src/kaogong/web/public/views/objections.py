"""What was decided on objections to questions of an announced round: open to anyone, without content or names."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.scoring import selectors
from kaogong.sittings import selectors as sittings
from kaogong.web.ui.phrases import said
from kaogong.web.ui.requests import ActorRequest
from kaogong.web.ui.shapes import Filter, Kind

KIND: dict[str, Kind] = {"dismissed": "neutral", "upheld": "active", "rescored": "done"}
PER_PAGE = 20


@require_safe
def index(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """The rulings of a round, the latest first: how many objected for what, effect, reason, who changed by number."""
    round_ = sittings.public_round(round_id)
    rows = selectors.public_disputes(round_id)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(number__icontains=text)
    if (state := request.GET.get("state", "")) in KIND:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    kinds = selectors.objected_kinds([row.pk for row in page])
    for row in page:
        row.kind = KIND[row.state]  # type: ignore[attr-defined]  # for the page
        row.said = [(selectors.OBJECTIONS[kind], n) for kind, n in kinds[row.pk].most_common()]  # type: ignore[attr-defined]  # for the page
    states = [(key, str(said(selectors.DISPUTE.states[key]))) for key in KIND]
    context = {
        "round": round_,
        "page": page,
        "filters": [Filter("state", _("结论"), states)],
        "sittings": [each for each in sittings.sittings_of(round_id) if each.state != "cancelled"],
    }
    return render(request, "public/rounds/objections.html", context)
