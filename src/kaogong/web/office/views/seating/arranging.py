"""Seats drawn, looked at, and published with their tickets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.seating import selectors, services
from kaogong.sittings import selectors as sittings
from kaogong.web.office.listing import export, page_of
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.refusing import advice_of, status_of, words_of
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.rooms import part_view
from kaogong.web.ui.shapes import Figure, Filter, Kind, Step

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kaogong.seating.models import Seat
    from kaogong.sittings.models import Sitting

POWERS = ("seating.see", "seating.arrange", "seating.appoint")
KIND: dict[str, Kind] = {
    "scheduled": "waiting",
    "published": "done",
    "held": "done",
    "cancelled": "stopped",
    "void": "stopped",
}


class SeedForm(forms.Form):
    """The seed of a drawing."""

    seed = forms.CharField(
        label=gettext_lazy("随机种子"),
        max_length=60,
        help_text=gettext_lazy("公开抽取的数字，例如当众摇号的结果。同一种子总得到同一结果，任何人都可以复核。"),
    )


@require_safe
@needs(*POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """Sittings to be arranged, the next ones first."""
    rows = sittings.sittings_for(request.actor, *POWERS).filter(round__state__in=("announced", "completed"))
    state = request.GET.get("state", "")
    if state:
        rows = rows.filter(state=state)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(number__icontains=text) | rows.filter(station__organisation__name__icontains=text)
    if not state:
        rows = rows.filter(held_on__gte=localdate())
    if kind := request.GET.get("export", ""):
        return _exported(kind, rows)
    page = page_of(request, rows)
    for row in page:
        row.kind, row.word = KIND[row.state], sittings.SITTING.states[row.state]  # type: ignore[attr-defined]  # for the page
        row.counts = selectors.candidate_counts(row.pk)  # type: ignore[attr-defined]  # for the page
        row.drawing = selectors.arrangement_of(row.pk)  # type: ignore[attr-defined]  # for the page
    filters = [Filter("state", _("状态"), sittings.SITTING.choices())]
    return render(request, "office/seating/index.html", {"page": page, "filters": filters})


def _exported(kind: str, rows: QuerySet[Sitting]) -> HttpResponse:
    heads = [
        _("考试日期"),
        _("场次"),
        _("鉴定站"),
        _("职业"),
        _("等级"),
        _("可编排"),
        _("未缴费"),
        _("待审核"),
        _("状态"),
    ]

    def cells() -> Iterator[tuple[object, ...]]:
        for row in rows:
            counts = selectors.candidate_counts(row.pk)
            yield (
                row.held_on.isoformat(),
                row.number,
                str(row.station),
                row.round.occupation_name,
                level_name(row.round.level),
                counts.ready,
                counts.unpaid,
                counts.pending,
                sittings.SITTING.states[row.state],
            )

    return export(kind, "seating", heads, cells())


def visible(request: ActorRequest, sitting_id: UUID) -> Sitting:
    """The sitting within reach of a power over seats. Raises NotFound."""
    found = sittings.sittings_for(request.actor, *POWERS).filter(pk=sitting_id).first()
    if found is None:
        raise NotFound
    return found


def steps(sitting: Sitting, current: str, *, may_publish: bool = True) -> list[Step]:
    """Draw, appoint, publish; the last leads nowhere for whoever may not."""
    is_out = sitting.state != "scheduled"
    missing, surplus = selectors.stale(sitting.pk)
    has_drawing = selectors.arrangement_of(sitting.pk) is not None
    done = {
        "seats": is_out or (has_drawing and not missing and not surplus),
        "people": is_out or (has_drawing and selectors.is_ready(sitting.pk)),
        "publish": is_out,
    }
    names = {"seats": _("编排座位"), "people": _("安排人员"), "publish": _("发布准考证")}
    addresses = {"seats": "office:seating-plan", "people": "office:seating-people", "publish": "office:seating-publish"}
    led_to = {key for key in names if key != current and (key != "publish" or may_publish)}
    return [
        Step(
            names[key],
            "current" if key == current else "done" if done[key] else "todo",
            reverse(addresses[key], args=[sitting.pk]) if key in led_to else "",
        )
        for key in names
    ]


@require_safe
@needs(*POWERS)
def plan(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """The seats of a sitting as they stand."""
    return _plan(request, visible(request, sitting_id), SeedForm())


def _plan(request: ActorRequest, sitting: Sitting, form: SeedForm, status: int = 200) -> HttpResponse:
    counts = selectors.candidate_counts(sitting.pk)
    drawing = selectors.arrangement_of(sitting.pk)
    may_arrange = sittings.may(request.actor, "seating.arrange", sitting)
    may_move = may_arrange and sitting.state in ("scheduled", "published")

    def link(seat: Seat) -> str:
        return reverse("office:seat", args=[seat.pk]) if may_move else ""

    missing, surplus = selectors.stale(sitting.pk)
    context = {
        "sitting": sitting,
        "kind": KIND[sitting.state],
        "word": sittings.SITTING.states[sitting.state],
        "steps": steps(sitting, "seats", may_publish=may_arrange),
        "figures": [
            Figure(_("可以编排"), counts.ready, _("人"), as_of=now(), definition=_("审核通过并已缴费。")),
            Figure(_("未缴费"), counts.unpaid, _("人"), as_of=now(), definition=_("不编排座位，缴费后须重新编排。")),
            Figure(_("待审核"), counts.pending, _("人"), as_of=now(), definition=_("尚未作出审核结论。")),
        ],
        "drawing": drawing,
        "drawings": selectors.arrangements_of(sitting.pk)[:5],
        "is_stale": bool(drawing) and bool(missing or surplus),
        "parts": [part_view(part, link) for part in sittings.parts_of(sitting.pk)],
        "form": form,
        "may_arrange": may_arrange and sitting.state == "scheduled",
        "may_move": may_move,
        "void": selectors.void_tickets(request.actor, sitting.pk),
    }
    return render(request, "office/seating/plan.html", context, status=status)


@require_POST
@needs("seating.arrange")
def arrange(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """Draw the seats from a seed."""
    form = SeedForm(request.POST)
    sitting = visible(request, sitting_id)
    if not form.is_valid():
        return _plan(request, sitting, form, 422)
    try:
        drawing = services.arrange(actor=request.actor, at=now(), sitting_id=sitting_id, seed=form.cleaned_data["seed"])
    except Refusal as refusal:
        form.add_error(None, words_of(refusal) + advice_of(refusal))
        return _plan(request, sitting, form, status_of(refusal))
    messages.success(request, _("已编排 {count} 人。").format(count=drawing.candidates))
    return redirect("office:seating-plan", sitting_id)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("seating.arrange")
def publish(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """Everything that must hold, and the act of publishing."""
    sitting = visible(request, sitting_id)
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            tickets = services.publish(actor=request.actor, at=now(), sitting_id=sitting_id)
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, _("已发布 {count} 张准考证，考生会收到短信。").format(count=len(tickets)))
            return redirect("office:seating-plan", sitting_id)
    missing, surplus = selectors.stale(sitting_id)
    counts = selectors.candidate_counts(sitting_id)
    drawing = selectors.arrangement_of(sitting_id)
    parts = [(part_view(part).name, selectors.checks_of(part)) for part in sittings.parts_of(sitting_id)]
    context = {
        "sitting": sitting,
        "steps": steps(sitting, "publish"),
        "refused": refused,
        "parts": parts,
        "drawing": drawing,
        "missing": missing,
        "surplus": surplus,
        "counts": counts,
        "does": [
            _("为 {count} 名考生生成准考证号并发送短信").format(count=counts.ready),
            _("固定座位，本场次不再接受报名和撤回"),
        ],
        "is_ready": bool(drawing) and not missing and not surplus and selectors.is_ready(sitting_id),
        "is_open": sitting.state == "scheduled",
    }
    return render(request, "office/seating/publish.html", context, status=status_of(refused) if refused else 200)
