"""The office's home page: what waits, the sittings of the coming days, and how the open rounds fill."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.foundation.access.selectors import role_title
from kaogong.foundation.kernel.actors import Actor
from kaogong.registration import selectors as registration
from kaogong.sittings import selectors as sittings
from kaogong.web.office.views.home.glance import glance_of
from kaogong.web.office.views.home.shortcuts import shortcuts_of
from kaogong.web.office.views.home.work import POWERS, work_of
from kaogong.web.office.views.rounds.lists import KIND
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Chart, Series

if TYPE_CHECKING:
    from kaogong.sittings.models import Sitting

COMING_DAYS = 7
"""How many days ahead the home looks; a choice of the page, no rule."""
NEXT_SITTINGS = 5
"""How many sittings the home shows when none is in the coming days; a choice of the page, no rule."""
TREND_DAYS = 14
"""Over how many days the home shows applications; a choice of the page, no rule."""
TREND_ROUNDS = 4
"""How many open rounds the chart tells apart, those that close first; a choice of the page, no rule."""
SITTING_POWERS = ("sittings.plan", "seating.see", "delivery.see")


@require_safe
@needs(*POWERS)
def home(request: ActorRequest) -> HttpResponse:
    """What waits for this officer."""
    at = now()
    work = work_of(request.actor, at)
    context = {
        "at": at,
        "today": localdate(at),
        "posts": [(role_title(grant.role), grant.organisation_name) for grant in request.actor.grants],
        "waiting": [each for each in work if each.count],
        "settled": [each for each in work if not each.count],
        "glance": glance_of(request.actor, at),
        "shortcuts": shortcuts_of(request.actor),
        "coming": (coming := _coming(request.actor, localdate(at))),
        "is_this_week": not coming or coming[0].held_on < localdate(at) + timedelta(days=COMING_DAYS),
        "trend": _trend(request.actor, at),
    }
    return render(request, "office/home/home.html", context)


def _coming(actor: Actor, today: date) -> list[Sitting] | None:
    """The live sittings of today and the coming days, or else the next ones; None for whoever has none to do with."""
    if not any(actor.holds(power) for power in SITTING_POWERS):
        return None
    rows = sittings.sittings_for(actor, *SITTING_POWERS).filter(
        held_on__gte=today, state__in=("scheduled", "published", "held")
    )
    found = list(rows.filter(held_on__lt=today + timedelta(days=COMING_DAYS))) or list(rows[:NEXT_SITTINGS])
    route = "office:sitting" if actor.holds("sittings.plan") else "office:seating-plan"
    for row in found:
        row.kind, row.word = KIND[row.state], sittings.SITTING.states[row.state]  # type: ignore[attr-defined]  # for the page
        row.url = reverse(route, args=[row.pk])  # type: ignore[attr-defined]  # for the page
    return found


def _trend(actor: Actor, at: datetime) -> Chart | None:
    """Applications by day for the open rounds within reach; None where there is nothing to draw."""
    if not actor.holds("registration.see"):
        return None
    today = localdate(at)
    days = [today - timedelta(days=back) for back in reversed(range(TREND_DAYS))]
    rows = registration.registrations_for(actor, "registration.see").filter(
        round__in=sittings.open_rounds(at).order_by(), submitted_at__isnull=False
    )
    counts = _by_round_and_day(rows)
    closing = sittings.open_rounds(at).filter(pk__in={round_ for round_, _day in counts}).order_by("applications_until")
    series = [Series(each.name, [counts.get((each.pk, day), 0) for day in days]) for each in closing[:TREND_ROUNDS]]
    series = [each for each in series if any(each.values)]
    if not series:
        return None
    labels = [_("%(month)s月%(day)s日") % {"month": day.month, "day": day.day} for day in days]
    return Chart("stacked", labels, series, _("份"), _("日期"))


def _by_round_and_day(rows: QuerySet[object]) -> dict[tuple[object, date], int]:  # type: ignore[type-var]  # any model
    days = TruncDate("submitted_at", tzinfo=get_current_timezone())
    found = rows.order_by().annotate(day=days).values("round", "day").annotate(total=Count("pk"))
    return {(row["round"], row["day"]): row["total"] for row in found}
