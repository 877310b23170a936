"""The collection of fees: who owes, and the number of the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.registration import selectors, services
from kaogong.web.office.listing import export, page_of
from kaogong.web.office.views.registrations.lists import filters, uuid_of
from kaogong.web.ui.formats import money
from kaogong.web.ui.refusing import advice_of, words_of
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Figure

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kaogong.registration.models import Registration


@require_safe
@needs("registration.collect_fee")
def fees(request: ActorRequest) -> HttpResponse:
    """Admitted candidates who owe, the earliest sitting first."""
    everything = selectors.registrations_for(request.actor, "registration.collect_fee").filter(
        state="admitted", fee__gt=0
    )
    rows = selectors.search(everything, request.GET.get("q", ""))
    if sitting := uuid_of(request.GET.get("sitting", "")):
        rows = rows.filter(sitting=sitting)
    owing = rows.filter(paid_at__isnull=True).order_by("sitting__held_on", "number")
    if kind := request.GET.get("export", ""):
        return _exported(kind, owing)
    paid = everything.filter(paid_at__isnull=False)
    sums = {
        name: found.order_by().aggregate(total=Sum("fee"))["total"] or 0
        for name, found in (("owing", everything.filter(paid_at__isnull=True)), ("paid", paid))
    }
    context = {
        "page": page_of(request, owing),
        "filters": [each for each in filters(request) if each.name == "sitting"],
        "figures": [
            Figure(_("待收"), owing.count(), _("人"), as_of=now()),
            Figure(_("待收金额"), money(sums["owing"]), as_of=now()),
            Figure(_("已收"), paid.count(), _("人"), as_of=now()),
            Figure(_("已收金额"), money(sums["paid"]), as_of=now()),
        ],
    }
    return render(request, "office/registrations/fees.html", context)


def _exported(kind: str, rows: QuerySet[Registration]) -> HttpResponse:
    heads = [_("报名号"), _("姓名"), _("批次"), _("场次"), _("考试日期"), _("应缴（元）")]
    cells = (
        (row.number, row.legal_name, row.round.name, row.sitting.number, row.sitting.held_on.isoformat(), row.fee / 100)
        for row in rows
    )
    return export(kind, "fees", heads, cells)


@require_POST
@needs("registration.collect_fee")
def collect(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Record one receipt, and back to the list as it was."""
    try:
        registration = services.collect_fee(
            actor=request.actor,
            at=now(),
            registration_id=registration_id,
            receipt_number=request.POST.get("receipt_number", ""),
        )
    except (NotFound, NotPermitted):
        raise
    except Refusal as refusal:
        messages.error(request, words_of(refusal) + advice_of(refusal))
    else:
        said = _("{name} 已收 {fee}，票据 {number}。")
        fee = money(registration.fee)
        messages.success(
            request, said.format(name=registration.legal_name, fee=fee, number=registration.receipt_number)
        )
    query = request.GET.urlencode()
    return redirect(reverse("office:fees") + (f"?{query}" if query else ""))
