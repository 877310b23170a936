"""The station's day: a timeline of what begins and ends, the sittings with their rooms, and what comes next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.foundation.kernel.actors import Actor
from kaogong.registration import selectors as registration
from kaogong.sittings import selectors
from kaogong.web.ui.formats import join_words, level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Figure, Kind, Moment

if TYPE_CHECKING:
    from kaogong.sittings.models import Sitting, SittingPart

KIND: dict[str, Kind] = {"scheduled": "waiting", "published": "active", "held": "done"}
COMING = 6
"""How many of the next sittings the desk shows; a choice of the page, no rule."""

SEEING = ("delivery.see", "delivery.run", "seating.see", "sittings.plan")


@require_safe
@needs(*SEEING, "registration.enter")
def today(request: ActorRequest) -> HttpResponse:
    """One day (`?day=`, today by default) at the stations within reach; a school's clerk goes on to its lists."""
    if not any(request.actor.holds(power) for power in SEEING):
        return redirect("station:rosters")
    day = _day(request)
    sittings = [_seen(each) for each in selectors.today(request.actor, day)]
    rooms = {room.room_id for each in sittings for part in each["parts"] for room in part["rooms"]}
    ahead = selectors.sittings_for(request.actor).filter(held_on__gt=day, state__in=("scheduled", "published"))
    coming = list(ahead.select_related("round")[:COMING])
    for each in coming:
        each.kind, each.word = KIND[each.state], selectors.SITTING.states[each.state]  # type: ignore[attr-defined]  # for the page
    context = {
        "day": day,
        "is_today": day == localdate(),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "sittings": sittings,
        "moments": _moments(sittings),
        "coming": coming,
        "tasks": _tasks(request.actor) if day == localdate() else [],
        "may_see_seats": request.actor.holds("seating.see"),
        "figures": [
            Figure(_("场次"), len(sittings), _("场")),
            Figure(_("考生名额"), sum(each["sitting"].claimed for each in sittings), _("人"), as_of=now()),
            Figure(_("考场"), len(rooms), _("间")),
        ],
    }
    return render(request, "station/today/today.html", context)


def _tasks(actor: Actor) -> list[Figure]:
    """What waits at the counter: applications to mend, to finish, and those handed in that the centre reviews."""
    if not actor.holds("registration.enter"):
        return []
    rows = registration.registrations_for(actor, "registration.enter").order_by()
    counts = registration.count_by_state(rows)
    url = reverse("station:registrations")
    words = (("returned", _("退回补正")), ("drafted", _("尚未提交")), ("submitted", _("等中心审核")))
    return [Figure(label, counts[state], _("份"), now(), url=f"{url}?state={state}") for state, label in words]


def _day(request: ActorRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return localdate()


def _seen(sitting: Sitting) -> dict[str, Any]:
    needed = {each.part: each for each in selectors.people_for(sitting, sitting.claimed)}
    return {
        "sitting": sitting,
        "title": f"{sitting.round.occupation_name} · {level_name(sitting.round.level)}",
        "kind": KIND[sitting.state],
        "word": selectors.SITTING.states[sitting.state],
        "parts": [
            {
                "part": part,
                "name": selectors.PART_NAMES[part.part],
                "rooms": list(selectors.rooms_of(part.pk)),
                "needed": needed.get(part.part),
            }
            for part in selectors.parts_of(sitting.pk)
        ],
    }


def _moments(sittings: list[dict[str, Any]]) -> list[Moment]:
    """What begins and ends in the course of the day, wave by wave; what is over is marked done."""
    at = now()
    found = []
    for each in sittings:
        for row in each["parts"]:
            part: SittingPart = row["part"]
            for wave in range(1, part.waves + 1):
                starts, ends = part.wave_starts_at(wave), part.wave_ends_at(wave)
                kind: Kind = "done" if ends < at else "active" if starts <= at else "neutral"
                title = row["name"] + (_("（第 %(wave)s 批）") % {"wave": wave} if part.waves > 1 else "")
                rooms = join_words(room.room.name for room in row["rooms"])
                found.append((starts, Moment(starts, title, f"{each['title']} · {rooms}", kind=kind)))
    return [moment for _starts, moment in sorted(found, key=lambda pair: pair[0])]
