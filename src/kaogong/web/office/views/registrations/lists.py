"""The list of applications: searched, filtered, sorted, paged, and to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.registration import selectors
from kaogong.sittings import selectors as sittings
from kaogong.web.office.listing import export, minute_of, page_of, sorted_by
from kaogong.web.ui.formats import date_zh
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Figure, Filter, Kind

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kaogong.registration.models import Registration

POWERS = ("registration.see", "registration.decide", "registration.enter", "registration.collect_fee")
KIND: dict[str, Kind] = {
    "drafted": "neutral",
    "submitted": "waiting",
    "returned": "waiting",
    "admitted": "done",
    "refused": "stopped",
    "withdrawn": "stopped",
}
SORTS = {"number": "number", "name": "legal_name", "submitted": "submitted_at", "held": "sitting__held_on"}
SITTINGS = 60
"""How many sittings the filter offers, the next ones first; a choice of the page, no rule."""


@require_safe
@needs(*POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """All applications within reach."""
    everything = selectors.registrations_for(request.actor, *POWERS)
    rows = narrowed(request, everything)
    if kind := request.GET.get("export", ""):
        return _exported(kind, rows)
    page = page_of(request, rows)
    for row in page:
        row.kind = KIND[row.state]  # type: ignore[attr-defined]  # for the page
    counts = selectors.count_by_state(everything)
    context = {
        "page": page,
        "filters": filters(request),
        "figures": [
            Figure(_("待审核"), counts["submitted"], _("份"), as_of=now(), url="?state=submitted"),
            Figure(_("退回补正中"), counts["returned"], _("份"), as_of=now(), url="?state=returned"),
            Figure(_("审核通过"), counts["admitted"], _("人"), as_of=now(), url="?state=admitted"),
            Figure(_("审核不通过"), counts["refused"], _("份"), as_of=now(), url="?state=refused"),
        ],
        "may_decide": request.actor.holds("registration.decide"),
    }
    return render(request, "office/registrations/index.html", context)


def narrowed(request: ActorRequest, rows: QuerySet[Registration]) -> QuerySet[Registration]:
    """The rows that the address bar asks for."""
    rows = selectors.search(rows, request.GET.get("q", ""))
    if state := request.GET.get("state", ""):
        rows = rows.filter(state=state)
    if sitting := uuid_of(request.GET.get("sitting", "")):
        rows = rows.filter(sitting=sitting)
    if paid := request.GET.get("paid", ""):
        rows = rows.filter(paid_at__isnull=paid == "no", state="admitted")
    return sorted_by(request, rows, SORTS)


def filters(request: ActorRequest) -> list[Filter]:
    """State, sitting, fee."""
    near = sittings.sittings_for(request.actor, *POWERS).order_by("-held_on")[:SITTINGS]
    return [
        Filter("state", _("状态"), selectors.REGISTRATION.choices()),
        Filter("sitting", _("场次"), [(str(each.pk), f"{date_zh(each.held_on)} {each.station}") for each in near]),
        Filter("paid", _("缴费"), [("yes", _("已缴")), ("no", _("未缴"))]),
    ]


def uuid_of(text: str) -> UUID | None:
    """A key from the address bar, or None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _exported(kind: str, rows: QuerySet[Registration]) -> HttpResponse:
    heads = [
        _("报名号"),
        _("姓名"),
        _("证件号码"),
        _("批次"),
        _("场次"),
        _("考试日期"),
        _("状态"),
        _("应缴（元）"),
        _("票据号"),
        _("提交时间"),
    ]
    cells = (
        (
            row.number,
            row.legal_name,
            row.person.document_masked,
            row.round.name,
            row.sitting.number,
            row.sitting.held_on.isoformat(),
            row.state_label,
            row.fee / 100,
            row.receipt_number,
            minute_of(row.submitted_at),
        )
        for row in rows
    )
    return export(kind, "registrations", heads, cells)
