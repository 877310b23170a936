"""Another seat for one candidate: picked on the plan, shown before, then done, before and after the publication."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.seating import selectors, services
from kaogong.sittings import selectors as sittings
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.rooms import part_view

if TYPE_CHECKING:
    from kaogong.seating.models import Seat


class SeatForm(forms.Form):
    """Where to, in exchange with whom, from where as it was seen, and why."""

    room = forms.UUIDField(widget=forms.HiddenInput)
    wave = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    exchange_with = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.RegexField(r"^[0-9a-f-]{36}/[0-9]{1,4}/[0-9]{1,4}$", widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("准考证发布之后必须填写，例如考生行动不便、设备故障。"),
    )
    accept = forms.BooleanField(
        label=gettext_lazy("允许同校或同单位相邻"), required=False, help_text=gettext_lazy("请在原因中说明必要性。")
    )


@dataclass(frozen=True, slots=True)
class Target:
    """The place that was picked, and who sits there."""

    room: int
    wave: int
    number: int
    taken_by: Seat | None


@require_http_methods(["GET", "HEAD", "POST"])
@needs("seating.arrange")
def move_seat(request: ActorRequest, seat_id: UUID) -> HttpResponse:
    """Pick a place on the plan; then what would happen, and the deed."""
    seat = selectors.seat_for(request.actor, seat_id)
    refused: Refusal | None = None
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _move(request, seat, form)
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, _("座位已调整。"))
            return redirect("office:seating-plan", seat.part.sitting_id)
    asked = request.POST if request.method == "POST" else request.GET
    picked = SeatForm({name: asked.get(name, "") for name in ("room", "wave", "number")})
    target = _target(request, seat, picked.cleaned_data) if picked.is_valid() else None
    if request.method != "POST" and target is not None:
        form = SeatForm(initial=_asked(seat, picked, target))
    if not isinstance(refused, services.NeighboursAlike) and not form.data.get("accept"):
        del form.fields["accept"]
    context = {
        "seat": seat,
        "part": part_view(seat.part, lambda each: "" if each.pk == seat.pk else _pick(each.room_id, each), _pick_free),
        "target": target,
        "form": form,
        "refused": refused,
        "is_published": seat.part.sitting.state == "published",
    }
    status = status_of(refused) if refused else 422 if form.is_bound and form.errors else 200
    return render(request, "office/seating/move.html", context, status=status)


def _move(request: ActorRequest, seat: Seat, form: SeatForm) -> None:
    given = form.cleaned_data
    room, wave, number = given["seen"].split("/") if given["seen"] else ("", "0", "0")
    services.move_seat(
        actor=request.actor,
        at=now(),
        seat_id=seat.pk,
        room_id=given["room"],
        wave=given["wave"],
        number=given["number"],
        exchange_with=given["exchange_with"],
        seen_at=(UUID(room), int(wave), int(number)) if room else None,
        reason=given["reason"],
        accept_neighbours=given.get("accept", False),
    )


def _target(request: ActorRequest, seat: Seat, place: dict[str, Any]) -> Target | None:
    room = next((each for each in sittings.rooms_of(seat.part_id) if each.pk == place["room"]), None)
    if room is None:
        raise NotFound
    there = selectors.seats(seat.part_id).filter(room=room, wave=place["wave"], number=place["number"]).first()
    if there is not None and there.pk == seat.pk:
        return None
    return Target(room.number, place["wave"], place["number"], there)


def _asked(seat: Seat, picked: SeatForm, target: Target) -> dict[str, object]:
    return {
        **picked.cleaned_data,
        "exchange_with": target.taken_by.pk if target.taken_by else "",
        "seen": f"{seat.room_id}/{seat.wave}/{seat.number}",
    }


def _pick(room: UUID, seat: Seat) -> str:
    return _pick_free(room, seat.wave, seat.number)


def _pick_free(room: UUID, wave: int, number: int) -> str:
    return "?" + urlencode({"room": room, "wave": wave, "number": number}) + "#change"
