"""The review of many: one sitting's applications by what they still lack; those that lack nothing admitted at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.registration import selectors, services
from kaogong.sittings import selectors as sittings
from kaogong.web.office.listing import export
from kaogong.web.office.views.registrations.lists import uuid_of
from kaogong.web.ui.refusing import advice_of, status_of, words_of
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Figure, Filter, Kind

if TYPE_CHECKING:
    from kaogong.sittings.models import Sitting

POWER = "registration.decide"
PER_PAGE = 100
KIND: dict[str, Kind] = {
    "ready": "done", "unseen": "waiting", "missing": "waiting", "own": "neutral", "decided": "neutral",
}  # fmt: skip


def _sittings(request: ActorRequest) -> list[Sitting]:
    """Sittings still to come that the actor reviews for, the next one first."""
    found = sittings.sittings_for(request.actor, POWER).filter(held_on__gte=localdate(), state="scheduled")
    return list(found.order_by("held_on", "number"))


def _rows(request: ActorRequest, sitting: UUID, asked: dict[str, str]) -> list[selectors.ReviewRow]:
    """The rows that are asked for, in order of number."""
    found = selectors.search(selectors.registrations_for(request.actor, POWER), asked["q"])
    state = asked["state"] or "submitted"
    rows = selectors.review_rows(request.actor, sitting, found if state == "any" else found.filter(state=state))
    if asked["ready"]:
        rows = [row for row in rows if row.readiness == asked["ready"]]
    if asked["through"]:
        rows = [row for row in rows if str(row.registration.through_id or "none") == asked["through"]]
    if asked["warned"]:
        rows = [row for row in rows if bool(row.warnings) == (asked["warned"] == "yes")]
    return rows


def _asked(request: ActorRequest) -> dict[str, str]:
    given = request.POST if request.method == "POST" else request.GET
    return {name: given.get(name, "") for name in ("q", "state", "ready", "through", "warned")}


@require_safe
@needs(POWER)
def bulk(request: ActorRequest) -> HttpResponse:
    """Choose a sitting; then its applications, those that can be admitted already ticked."""
    choices = _sittings(request)
    sitting = next((each for each in choices if str(each.pk) == request.GET.get("sitting", "")), None)
    if sitting is None:
        waiting = Counter(
            selectors.registrations_for(request.actor, POWER)
            .filter(state="submitted", sitting__in=[each.pk for each in choices])
            .values_list("sitting", flat=True)
        )
        context = {"rows": [(each, waiting[each.pk]) for each in choices]}
        return render(request, "office/registrations/bulk_choose.html", context)
    asked = _asked(request)
    rows = _rows(request, sitting.pk, asked)
    if kind := request.GET.get("export", ""):
        return _exported(kind, rows)
    counts = Counter(row.readiness for row in _rows(request, sitting.pk, dict.fromkeys(asked, "")))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    here = {"sitting": str(sitting.pk)}
    labels = {key: _(label) for key, label in selectors.READINESS.items()}
    shown = {
        "sitting": sitting,
        "page": page,
        "cells": [(row, KIND[row.readiness], labels[row.readiness], _lacks(row)) for row in page],
        "ready": sum(row.readiness == "ready" for row in rows),
        "asked": asked,
        "filters": [
            Filter("ready", _("材料"), [(key, label) for key, label in labels.items() if key != "decided"]),
            Filter("through", _("院校或单位"), _bodies(request, sitting.pk)),
            Filter("warned", _("提示"), [("yes", _("有")), ("no", _("没有"))]),
            Filter("state", _("状态"), [("any", _("全部状态")), *selectors.REGISTRATION.choices()]),
        ],
        "figures": [
            Figure(labels[key], counts[key], _("份"), as_of=now(), url="?" + urlencode({**here, "ready": key}))
            for key in ("ready", "unseen", "missing", "own")
        ],
    }
    return render(request, "office/registrations/bulk.html", shown)


def _bodies(request: ActorRequest, sitting: UUID) -> list[tuple[str, str]]:
    found = selectors.registrations_for(request.actor, POWER).filter(sitting=sitting, through__isnull=False)
    bodies = {str(each.through_id): str(each.through) for each in found}
    return [("none", _("自行报名")), *sorted(bodies.items(), key=lambda pair: pair[1])]


def _lacks(row: selectors.ReviewRow) -> str:
    """Which papers are lacking or not looked at, in words."""
    lacking = row.missing or row.unseen
    return "；".join(selectors.proof_label(need.accepted[0]) for need in lacking)


def _exported(kind: str, rows: list[selectors.ReviewRow]) -> HttpResponse:
    heads = [_("报名号"), _("姓名"), _("证件号码"), _("申报条件"), _("院校或单位"), _("材料"), _("所缺"), _("提示")]
    cells = (
        (
            row.registration.number,
            row.registration.legal_name,
            row.registration.person.document_masked,
            row.registration.condition_code,
            row.registration.through or row.registration.employer,
            _(selectors.READINESS[row.readiness]),
            _lacks(row),
            "；".join(row.warnings),
        )
        for row in rows
    )
    return export(kind, "reviews", heads, cells)


def _chosen(request: ActorRequest) -> list[UUID]:
    """The ticked applications; with `which=all` every one of the filter that can be admitted."""
    sitting = uuid_of(request.POST.get("sitting", ""))
    if request.POST.get("which") == "all" and sitting is not None:
        rows = _rows(request, sitting, _asked(request)) if _is_ours(request, sitting) else []
        return [row.registration.pk for row in rows if row.readiness == "ready"]
    return [found for each in request.POST.getlist("chosen") if (found := uuid_of(each)) is not None]


def _is_ours(request: ActorRequest, sitting: UUID) -> bool:
    return any(each.pk == sitting for each in _sittings(request))


def _back(request: ActorRequest) -> str:
    query = {name: value for name, value in _asked(request).items() if value}
    return reverse("office:registration-bulk") + "?" + urlencode({"sitting": request.POST.get("sitting", ""), **query})


@require_POST
@needs(POWER)
def bulk_confirm(request: ActorRequest) -> HttpResponse:
    """What admitting the chosen ones would do, before it is done."""
    chosen = _chosen(request)
    if not chosen:
        return redirect(_back(request))
    found = selectors.registrations_for(request.actor, POWER).filter(pk__in=chosen)
    context = {
        "rows": list(found.order_by("number")),
        "sitting": request.POST.get("sitting", ""),
        "back": _back(request),
    }
    return render(request, "office/registrations/bulk_confirm.html", context)


@require_POST
@needs(POWER)
def bulk_admit(request: ActorRequest) -> HttpResponse:
    """Admit them, and say of each that was not admitted why not."""
    back = _back(request)
    try:
        report = services.admit_many(actor=request.actor, at=now(), registration_ids=_chosen(request))
    except Refusal as refusal:
        context = {"refused": refusal, "back": back}
        return render(request, "office/registrations/bulk_done.html", context, status=status_of(refusal))
    told = [
        (each.registration, words_of(each.refusal), advice_of(each.refusal), each.refusal.clause)
        for each in report.refused
    ]
    context = {"admitted": report.admitted, "told": told, "back": back}
    return render(request, "office/registrations/bulk_done.html", context)
