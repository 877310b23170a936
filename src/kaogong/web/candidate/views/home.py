"""The candidate's home: what is to be done today, first; then what is under way, then what is on offer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.certificates import selectors as certificates
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.registration import selectors
from kaogong.scoring import selectors as scoring
from kaogong.seating import selectors as seating
from kaogong.sittings import selectors as sittings
from kaogong.web.candidate.views.registration import flow
from kaogong.web.candidate.views.registration.showing import (
    KIND,
    Next,
    about_certificate,
    about_result,
    what_next,
)
from kaogong.web.ui.formats import date_zh
from kaogong.web.ui.requests import ActorRequest, signed_in

if TYPE_CHECKING:
    from kaogong.registration.models import Registration

ON_OFFER = 3
"""How many open rounds the home shows; a choice of the page, no rule."""
NEWS = timedelta(days=60)
"""How long a result or a certificate is news; a choice of the page, no rule."""
URGENCY = ("returned", "drafted", "admitted", "submitted")


@require_safe
@signed_in
def home(request: ActorRequest) -> HttpResponse:
    """One's own page after signing in."""
    person = identity.own_person(request.actor)
    rows = list(selectors.of_person(request.actor)) if person else []
    for row in rows:
        row.kind = KIND[row.state]  # type: ignore[attr-defined]  # for the page
    tickets = {ticket.registration_id: ticket for ticket in seating.own_tickets(request.actor)}
    today = localdate()
    news = news_of(request.actor)
    urgent = next_thing(request, rows, set(tickets))
    context = {
        "person": person,
        "next": urgent or (news.pop(0) if news else None),
        "is_urgent": urgent is not None,
        "news": news,
        "under_way": [row for row in rows if row.state in URGENCY and row.sitting.held_on >= today],
        "duties": seating.duties_of(request.actor).filter(part__ends_at__gte=now())[:5],
        "rounds": sittings.rounds_with_places(sittings.open_rounds(now()))[:ON_OFFER],
        "today": today,
    }
    return render(request, "candidate/home/home.html", context)


def news_of(actor: Actor) -> list[Next]:
    """Results and certificates of late, the newest first; a certificate speaks for the result that led to it."""
    since = now() - NEWS
    held = [each for each in certificates.own_certificates(actor) if each.state == "issued" and each.issued_at > since]
    sittings_told = {each.sitting_id for each in held}
    results = [
        each
        for each in scoring.own_results(actor).filter(published_at__gt=since)
        if each.registration.sitting_id not in sittings_told
    ]
    dated = [(each.issued_at, about_certificate(each)) for each in held]
    dated += [(each.published_at or since, about_result(each)) for each in results]
    return [told for _at, told in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def next_thing(request: ActorRequest, rows: list[Registration], ticketed: set[object]) -> Next | None:
    """The most urgent of what is open: corrections, a fee, a ticket, a draft; else the way to a first application."""
    if identity.own_person(request.actor) is None:
        text = _("学校或机构替您报过名的，凭证件认领；没有的，先建立自己的记录。")
        return Next(_("先把账号和您本人的记录连上"), text, reverse("candidate:profile"), _("去认领或建立"))
    today = localdate()
    live = [row for row in rows if row.state in URGENCY and row.sitting.held_on >= today]
    for state in URGENCY:
        for row in live:
            if row.state == state:
                return _about(request, row, has_ticket=row.pk in ticketed)
    return None


def _about(request: ActorRequest, row: Registration, *, has_ticket: bool) -> Next:
    text = what_next(row, has_ticket=has_ticket)
    detail = reverse("candidate:registration", args=[row.pk])
    if row.state in ("returned", "drafted"):
        title = _("补正报名") if row.state == "returned" else _("继续填写报名")
        return Next(f"{title}：{row.round.name}", text, flow.next_step(request.actor, row), _("继续"), "waiting")
    if row.state == "admitted" and has_ticket:
        url = reverse("candidate:ticket", args=[row.pk])
        return Next(_("{day} 考试").format(day=date_zh(row.sitting.held_on)), text, url, _("查看准考证"), "done")
    if row.state == "admitted" and not row.is_paid:
        return Next(_("请缴费：{name}").format(name=row.round.name), text, detail, _("查看"), "waiting")
    return Next(row.round.name, text, detail, _("查看进度"))
