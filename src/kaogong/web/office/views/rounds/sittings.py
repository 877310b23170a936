"""A sitting is planned at a station with its rooms, looked at, moved, cancelled or dropped from a draft."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.sittings import selectors, services
from kaogong.standards import selectors as standards
from kaogong.stations import selectors as stations
from kaogong.web.office.listing import tell
from kaogong.web.office.views.rounds.forms import MoveForm, PartForm, ReasonForm, StationChoice
from kaogong.web.office.views.rounds.lists import KIND, steps
from kaogong.web.ui.formats import date_zh, join_words
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Moment

if TYPE_CHECKING:
    from kaogong.sittings.models import Round

START = {"theory": "09:00", "skill": "11:00", "review": "14:00"}
"""When the form proposes to begin each part: a proposal, no rule."""


@require_safe
@needs("sittings.plan")
def choose_station(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Where and when: the stations within reach, those whose licence covers the round first."""
    round_ = selectors.round_for(request.actor, round_id)
    day = localdate(round_.applications_until)
    able = set(
        stations.stations_in_scope(request.actor, round_.occupation_code, round_.level, day).values_list(
            "pk", flat=True
        )
    )
    groups: dict[str, list[tuple[str, str]]] = {_("许可范围包含本职业与等级"): [], _("目前没有相应许可"): []}
    fit, unfit = groups
    for station in stations.stations_for(request.actor, "sittings.plan", "stations.license"):
        groups[fit if station.pk in able else unfit].append((str(station.pk), str(station)))
    choices = [(name, members) for name, members in groups.items() if members]
    form = StationChoice(request.GET if "station" in request.GET else None, stations=choices)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        return redirect("office:sitting-plan", round_id, UUID(said["station"]), said["day"].isoformat())
    context = {"form": form, "round": round_, "steps": steps("drafted", 0), "has_stations": bool(choices)}
    return render(request, "office/rounds/choose_station.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("sittings.plan")
def plan(request: ActorRequest, round_id: UUID, station_id: UUID, day: str) -> HttpResponse:
    """The parts with their hours, waves and rooms; what else a room is booked for on the day stands beside it."""
    round_ = selectors.round_for(request.actor, round_id)
    station = stations.station(station_id)
    held_on = _day(day)
    forms = _part_forms(request, round_, station_id, held_on)
    refusal: Refusal | None = None
    faulty = [form for form in forms if form.is_bound and not form.is_valid()]
    if request.method == "POST" and not faulty:
        try:
            services.add_sitting(
                actor=request.actor,
                at=now(),
                round_id=round_id,
                station_id=station_id,
                held_on=held_on,
                parts=[form.plan(held_on) for form in forms],
            )
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("office:round", round_id)
    context = {
        "forms": forms,
        "round": round_,
        "station": station,
        "held_on": held_on,
        "refusal": refusal,
        "steps": steps("drafted", 0),
        "scope": stations.scope_on(station_id, round_.occupation_code, round_.level, held_on),
    }
    has_errors = refusal is not None or bool(faulty)
    return render(request, "office/rounds/plan.html", context, status=422 if has_errors else 200)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def _part_forms(request: ActorRequest, round_: Round, station_id: UUID, day: date) -> list[PartForm]:
    booked: dict[UUID, list[str]] = defaultdict(list)
    for taken in selectors.bookings(station_id, day):
        period = f"{localtime(taken.period.lower):%H:%M}–{localtime(taken.period.upper):%H:%M}"
        booked[taken.room_id].append(period)
    forms = []
    for part in standards.parts(round_.standard_id, round_.level):
        rooms = [room for room in stations.rooms(station_id) if room.kind in selectors.ROOM_KINDS[part.code]]
        choices = [(str(room.pk), _room_label(room, booked[room.pk])) for room in rooms]
        free = [str(room.pk) for room in rooms if not booked[room.pk]]
        initial = {"starts": START.get(part.code, "09:00"), "rooms": free}
        data = request.POST if request.method == "POST" else None
        forms.append(PartForm(data, part=part.code, minutes=part.minutes, rooms=choices, initial=initial))
    return forms


def _room_label(room: Any, periods: list[str]) -> str:
    label = _("%(name)s · %(places)s 座（工位）") % {"name": room.name, "places": room.places}
    return label + (_(" · 当日已占 %(periods)s") % {"periods": join_words(periods)} if periods else "")


@require_safe
@needs("sittings.plan", "sittings.announce", "sittings.move")
def sitting(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """One sitting: parts, rooms, how many people it needs, and where it was moved."""
    return _sitting(request, sitting_id, MoveForm())


@require_POST
@needs("sittings.move")
def move(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """Move it to another day."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _sitting(request, sitting_id, form, status=422)
    try:
        services.move(
            actor=request.actor,
            at=now(),
            sitting_id=sitting_id,
            to=form.cleaned_data["to"],
            reason=form.cleaned_data["reason"],
            is_emergency=form.cleaned_data["is_emergency"],
        )
    except Refusal as refusal:
        tell(form, refusal)
        return _sitting(request, sitting_id, form, refusal=refusal, status=422)
    return redirect("office:sitting", sitting_id)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("sittings.move")
def cancel_sitting(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """Cancel it, with the reason; shown before it is done."""
    found = selectors.sitting(request.actor, sitting_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel(actor=request.actor, at=now(), sitting_id=sitting_id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            tell(form, refusal)
        else:
            return redirect("office:sitting", sitting_id)
    does = [
        _("释放 %(day)s 在%(station)s的考场。") % {"day": date_zh(found.held_on), "station": found.station},
        _("通知已占名额的 %(claimed)s 人。") % {"claimed": found.claimed},
    ]
    context = {"sitting": found, "round": found.round, "form": form, "does": does}
    return render(request, "office/rounds/cancel_sitting.html", context, status=422 if form.errors else 200)


@require_POST
@needs("sittings.plan")
def drop(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """Take it out of a round that is still drafted."""
    found = selectors.sitting(request.actor, sitting_id)
    services.drop_sitting(actor=request.actor, at=now(), sitting_id=sitting_id)
    return redirect("office:round", found.round_id)


def _sitting(
    request: ActorRequest,
    sitting_id: UUID,
    move_form: MoveForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    found = selectors.sitting(request.actor, sitting_id)
    parts = selectors.parts_of(sitting_id)
    needed = {each.part: each for each in selectors.people_for(found)}
    rows = [
        {
            "part": part,
            "name": selectors.PART_NAMES[part.part],
            "rooms": list(selectors.rooms_of(part.pk)),
            "waves": [(wave, part.wave_starts_at(wave), part.wave_ends_at(wave)) for wave in range(1, part.waves + 1)],
            "needed": needed.get(part.part),
        }
        for part in parts
    ]
    moves = {each.verb for each in selectors.SITTING.open_to(found.state)}
    is_draft = found.round.state == "drafted"
    may_move = not is_draft and selectors.may(request.actor, "sittings.move", found)
    context = {
        "sitting": found,
        "round": found.round,
        "kind": KIND[found.state],
        "word": selectors.SITTING.states[found.state],
        "rows": rows,
        "history": [
            Moment(
                each.moved_at,
                _("由 %(from_day)s 改到 %(to_day)s")
                % {"from_day": date_zh(each.from_day), "to_day": date_zh(each.to_day)},
                each.reason + (_("（紧急情况）") if each.is_emergency else ""),
                kind="waiting",
            )
            for each in selectors.moves_of(sitting_id)
        ],
        "move_form": move_form,
        "refusal": refusal,
        "may_move": "move" in moves and may_move,
        "may_cancel": "cancel" in moves and may_move,
        "may_drop": is_draft and selectors.may(request.actor, "sittings.plan", found),
        "may_see_seats": not is_draft and selectors.may(request.actor, "seating.see", found),
        "drop_url": reverse("office:sitting-drop", args=[sitting_id]),
    }
    return render(request, "office/rounds/sitting.html", context, status=status)
