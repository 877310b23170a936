"""The station's day: a timeline of what begins and ends, the sittings with their rooms, and what comes next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.sittings import selectors
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Figure, Kind, Moment

if TYPE_CHECKING:
    from kaogong.sittings.models import Sitting, SittingPart

KIND: dict[str, Kind] = {"scheduled": "waiting", "published": "active", "held": "done"}
COMING_DAYS = 30
"""How far ahead the desk looks; a choice of the page, no rule."""


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
    coming = selectors.sittings_for(request.actor).filter(
        held_on__gt=day, held_on__lte=day + timedelta(days=COMING_DAYS), state__in=("scheduled", "published")
    )
    context = {
        "day": day,
        "is_today": day == localdate(),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "sittings": sittings,
        "moments": _moments(sittings),
        "coming": coming.select_related("round")[:20],
        "figures": [
            Figure(_("场次"), len(sittings), _("场")),
            Figure(_("考生名额"), sum(each["sitting"].claimed for each in sittings), _("人"), as_of=now()),
            Figure(_("考场"), len(rooms), _("间")),
        ],
    }
    return render(request, "station/today/today.html", context)


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
                rooms = "、".join(room.room.name for room in row["rooms"])
                found.append((starts, Moment(starts, title, f"{each['title']} · {rooms}", kind=kind)))
    return [moment for _starts, moment in sorted(found, key=lambda pair: pair[0])]
