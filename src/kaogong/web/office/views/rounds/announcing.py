"""Everything is checked on one page before a round is announced; then it is announced, completed or cancelled."""

from __future__ import annotations

from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.sittings import selectors, services
from kaogong.web.office.listing import tell
from kaogong.web.office.views.rounds.forms import ReasonForm
from kaogong.web.office.views.rounds.lists import steps
from kaogong.web.ui.formats import datetime_zh
from kaogong.web.ui.requests import ActorRequest, needs


@require_safe
@needs("sittings.plan", "sittings.announce")
def checks(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Every check, green or red, with its clause; when all are green, what announcing does and its button."""
    return _checks(request, round_id)


@require_POST
@needs("sittings.announce")
def announce(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Announce the round."""
    try:
        services.announce(actor=request.actor, at=now(), round_id=round_id)
    except services.NotReady as refusal:
        return _checks(request, round_id, refusal)
    messages.success(request, _("批次已公告，公众可以看到。"))
    return redirect("office:round", round_id)


def _checks(request: ActorRequest, round_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    round_ = selectors.round_for(request.actor, round_id)
    found = selectors.checks_of(round_, localdate())
    days = {each.number: each for each in selectors.sittings_of(round_id)}
    groups = [(days.get(number), list(members)) for number, members in groupby(found, key=lambda check: check.sitting)]
    red = sum(not check.passed for check in found)
    sittings = [each for each in days.values() if each.state == "scheduled"]
    context = {
        "round": round_,
        "groups": groups,
        "red": red,
        "green": len(found) - red,
        "steps": steps(round_.state, len(days)),
        "refusal": refusal,
        "does": [
            _("向公众公布 %(count)s 个场次，共 %(places)s 个名额。")
            % {"count": len(sittings), "places": sum(each.capacity for each in sittings)},
            _("从 %(opens)s 起接受报名。") % {"opens": datetime_zh(round_.applications_from)},
        ],
        "may_announce": round_.state == "drafted"
        and request.actor.may("sittings.announce", region=round_.region_code, organisation=round_.organisation_id),
    }
    return render(request, "office/rounds/checks.html", context, status=422 if refusal else 200)


@require_POST
@needs("sittings.plan")
def complete(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Close the books on a round whose sittings are all over."""
    services.complete(actor=request.actor, at=now(), round_id=round_id)
    return redirect("office:round", round_id)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("sittings.announce")
def cancel_round(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Call a round off with all its sittings, with the reason; shown before it is done."""
    round_ = selectors.round_for(request.actor, round_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_round(actor=request.actor, at=now(), round_id=round_id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            tell(form, refusal)
        else:
            return redirect("office:round", round_id)
    sittings = list(selectors.sittings_of(round_id).exclude(state="cancelled"))
    does = [
        _("取消 %(count)s 个场次，释放考场。") % {"count": len(sittings)},
        _("通知已占名额的 %(claimed)s 人。") % {"claimed": sum(each.claimed for each in sittings)},
    ]
    context = {"round": round_, "form": form, "does": does}
    return render(request, "office/rounds/cancel.html", context, status=422 if form.errors else 200)
