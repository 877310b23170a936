"""The list of rounds, and one round with its sittings."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.certificates import selectors as certificates
from kaogong.itembank.selectors import language_name
from kaogong.registration import selectors as registration
from kaogong.scoring import selectors as scoring
from kaogong.sittings import selectors
from kaogong.tracks import selectors as tracks
from kaogong.web.office.listing import export, minute_of, number_of, page_of, sorted_by
from kaogong.web.ui.formats import datetime_zh, level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Chart, Figure, Filter, Kind, Series, Step, StepState

if TYPE_CHECKING:
    from kaogong.foundation.kernel.actors import Actor
    from kaogong.sittings.models import Round

KIND: dict[str, Kind] = {
    "drafted": "neutral",
    "announced": "active",
    "completed": "done",
    "cancelled": "stopped",
    "scheduled": "active",
    "published": "waiting",
    "held": "done",
    "void": "stopped",
}
SORTS = {
    "number": "number",
    "closes": "applications_until",
    "first": "first_day",
    "places": "places",
    "taken": "taken",
}


@require_safe
@needs("sittings.plan", "sittings.announce", "sittings.move")
def index(request: ActorRequest) -> HttpResponse:
    """The rounds within reach: searched, filtered, sorted, paged, and to take away."""
    rows = selectors.rounds_with_places(selectors.rounds_for(request.actor))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(number__icontains=text) | Q(name__icontains=text) | Q(occupation_name__icontains=text))
    if state := request.GET.get("state", ""):
        rows = rows.filter(state=state)
    if level := number_of(request, "level"):
        rows = rows.filter(level=level)
    rows = sorted_by(request, rows, SORTS)
    if kind := request.GET.get("export", ""):
        heads = [
            _("批次编号"),
            _("名称"),
            _("职业"),
            _("等级"),
            _("状态"),
            _("报名截止"),
            _("场次"),
            _("名额"),
            _("已占"),
        ]
        cells = (
            (
                row.number,
                row.name,
                row.occupation_name,
                row.level,
                selectors.ROUND.states[row.state],
                minute_of(row.applications_until),
                row.sitting_count,  # type: ignore[attr-defined]  # annotated by rounds_with_places
                row.places,  # type: ignore[attr-defined]  # annotated by rounds_with_places
                row.taken,  # type: ignore[attr-defined]  # annotated by rounds_with_places
            )
            for row in rows
        )
        return export(kind, "rounds", heads, cells)
    page = page_of(request, rows)
    for row in page:
        row.kind, row.word = KIND[row.state], selectors.ROUND.states[row.state]  # type: ignore[attr-defined]  # for the page
    filters = [
        Filter("state", _("状态"), selectors.ROUND.choices()),
        Filter("level", _("等级"), [(str(level), name) for level, name in selectors.LEVEL_NAMES.items()]),
    ]
    context = {"page": page, "filters": filters, "may_plan": request.actor.holds("sittings.plan")}
    return render(request, "office/rounds/index.html", context)


@require_safe
@needs("sittings.plan", "sittings.announce", "sittings.move")
def detail(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """One round: what it offers, its sittings, and what may be done next."""
    round_ = selectors.round_for(request.actor, round_id)
    sittings = list(selectors.sittings_of(round_id))
    for sitting in sittings:
        sitting.kind, sitting.word = KIND[sitting.state], selectors.SITTING.states[sitting.state]  # type: ignore[attr-defined]  # for the page
    actor = request.actor

    def may(power: str) -> bool:
        return actor.may(power, region=round_.region_code, organisation=round_.organisation_id)

    moves = {move.verb for move in selectors.ROUND.open_to(round_.state)}
    live = [each for each in sittings if each.state != "cancelled"]
    capacity, claimed = sum(each.capacity for each in live), sum(each.claimed for each in live)
    context = {
        "round": round_,
        "within": set(selectors.sittings_for(actor).filter(round=round_id).order_by().values_list("pk", flat=True)),
        "funnel": _funnel(actor, round_, [each.pk for each in live]),
        "at": now(),
        "kind": KIND[round_.state],
        "word": selectors.ROUND.states[round_.state],
        "sittings": sittings,
        "steps": steps(round_.state, len(sittings), reverse("office:round-checks", args=[round_id])),
        "facts": facts(round_),
        "fees": selectors.fees_of(round_),
        "basis": selectors.fee_basis(round_),
        "figures": [
            Figure(_("场次"), len(live), _("场")),
            Figure(_("名额"), capacity, _("人"), definition=_("各场容量之和；容量由考场座位和批数推算。")),
            Figure(_("已占名额"), claimed, _("人"), as_of=now(), definition=_("已提交而未撤回的报名。")),
            Figure(_("剩余"), capacity - claimed, _("人"), as_of=now()),
        ],
        "may_plan": "announce" in moves and may("sittings.plan"),
        "may_announce": "announce" in moves and may("sittings.announce"),
        "may_complete": "complete" in moves and may("sittings.plan"),
        "may_cancel": "cancel" in moves and may("sittings.announce"),
    }
    return render(request, "office/rounds/detail.html", context)


def _funnel(actor: Actor, round_: Round, sitting_ids: list[UUID]) -> Chart | None:
    """How many applications of the round came how far; None before the first, and for whoever may not see them."""
    if not actor.holds("registration.see"):
        return None
    rows = registration.registrations_for(actor, "registration.see").filter(round=round_.pk).order_by()
    came = rows.filter(submitted_at__isnull=False).count()
    if not came:
        return None
    admitted = rows.filter(admitted_at__isnull=False).exclude(state="withdrawn")
    stages = [
        (_("提交报名"), came),
        (_("审核通过"), admitted.count()),
        (_("缴费（含免缴）"), admitted.filter(Q(paid_at__isnull=False) | Q(fee=0)).count()),
    ]
    if actor.holds("scoring.see"):
        results = scoring.progress_of(sitting_ids).values()
        stages += [
            (_("有成绩"), sum(each.results - each.drafted for each in results)),
            (_("全部合格"), sum(each.passed for each in results if not each.drafted)),
        ]
    if actor.holds("certificates.see"):
        issued = certificates.certificates_for(actor).filter(sitting__round=round_.pk).count()
        stages.append((_("核发证书"), issued))
    labels = [label for label, _number in stages]
    return Chart("horizontal", labels, [Series(_("人数"), [number for _label, number in stages])], _("人"), _("环节"))


def steps(state: str, sittings: int, checks_url: str = "", current: int = -1) -> list[Step]:
    """The way from a draft to an announcement; `current` marks a step before the round exists."""
    labels = [_("选择职业"), _("报名与收费"), _("安排场次"), _("公告前检查"), _("公告")]
    if current < 0:
        current = len(labels) if state in {"announced", "completed"} else 3 if sittings else 2
    found = []
    for position, label in enumerate(labels):
        standing: StepState = "done" if position < current else "current" if position == current else "todo"
        if state == "cancelled" and position >= current:
            standing = "stopped"
        url = checks_url if position == 3 and state == "drafted" and sittings else ""
        found.append(Step(label, standing, url))
    return found


def facts(round_: Round) -> list[tuple[str, object]]:
    """What the round says of itself, label by label."""
    window = f"{datetime_zh(round_.applications_from)} — {datetime_zh(round_.applications_until)}"
    return [
        (_("评价类别"), tracks.name_of(round_.track)),
        (_("职业"), f"{round_.occupation_name}（{round_.occupation_code}）"),
        (_("等级"), level_name(round_.level)),
        (_("依据标准"), round_.standard.title),
        (_("组织机构"), round_.organisation.name),
        (_("报名期限"), window),
        (_("公告时间"), datetime_zh(round_.announced_at)),
        *([(_("可选用的文字"), _("、").join(map(language_name, round_.languages)))] if round_.languages else []),
    ]
