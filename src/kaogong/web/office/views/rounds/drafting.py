"""A round is drafted in two steps: what it is for, then when to apply and what it costs."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.foundation.organisations import selectors as organisations
from kaogong.regulations import selectors as regulations
from kaogong.sittings import services
from kaogong.standards import selectors as standards
from kaogong.tracks import selectors as tracks
from kaogong.web.office.listing import tell
from kaogong.web.office.views.rounds.forms import ChoiceOfRound, RoundForm
from kaogong.web.office.views.rounds.lists import steps
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest, needs

WINDOW_DAYS = 30
"""How long the form proposes to take applications: a proposal, no rule."""


def _choice_form(actor: Actor, data: Any = None) -> ChoiceOfRound:
    today = localdate()
    bodies = {
        str(grant.organisation_id): grant.organisation_name for grant in actor.grants if "sittings.plan" in grant.powers
    }
    names = [
        (
            track.key,
            track.name
            if tracks.has_rules(track.key, today)
            else _("%(name)s（规则将陆续录入，暂不能开办）") % {"name": track.name},
        )
        for track in tracks.tracks()
    ]
    published = standards.standards_for(actor).filter(state="published", in_force_on__lte=today)
    occupations = {row.occupation_code: f"{row.occupation_code} {row.title}" for row in published}
    return ChoiceOfRound(
        data,
        organisations=list(bodies.items()),
        tracks=names,
        occupations=list(occupations.items()),
        initial={"track": tracks.SOCIAL, "level": 5},
    )


@require_safe
@needs("sittings.plan")
def choose(request: ActorRequest) -> HttpResponse:
    """Step 1: organiser, track, occupation and level; it only leads on to step 2."""
    form = _choice_form(request.actor, request.GET if "occupation" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect(f"{reverse('office:round-draft')}?{request.GET.urlencode()}")
    return render(request, "office/rounds/choose.html", {"form": form, "steps": steps("drafted", 0, current=0)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("sittings.plan")
def draft(request: ActorRequest) -> HttpResponse:
    """Step 2: window, fees and notice; saving drafts the round."""
    choice = _choice_form(request.actor, request.GET)
    if not choice.is_valid():
        return redirect("office:round-choose")
    chosen = choice.cleaned_data
    parts = _parts(chosen["occupation"], chosen["level"])
    form = RoundForm(request.POST or None, parts=parts, initial=_proposal(chosen, parts))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft_round(
                actor=request.actor,
                at=now(),
                number=form.cleaned_data["number"],
                name=form.cleaned_data["name"],
                track=chosen["track"],
                organisation_id=UUID(chosen["organisation"]),
                occupation_code=chosen["occupation"],
                level=chosen["level"],
                applications_from=form.cleaned_data["applications_from"],
                applications_until=form.cleaned_data["applications_until"],
                fees=form.fees(),
                notice=form.cleaned_data["notice"],
                languages=form.cleaned_data["languages"],
            )
        except Refusal as refused:
            tell(form, refused)
            refusal = refused
        else:
            return redirect("office:round", made.pk)
    context = {
        "form": form,
        "refusal": refusal,
        "back": f"{reverse('office:round-choose')}?{request.GET.urlencode()}",
        "steps": steps("drafted", 0, current=1),
        "answers": _answers(choice),
    }
    return render(request, "office/rounds/draft.html", context, status=422 if form.errors else 200)


def _parts(occupation_code: str, level: int) -> list[str]:
    try:
        standard = standards.in_force(occupation_code, localdate())
    except NotFound:
        return []
    return [part.code for part in standards.parts(standard.pk, level)]


def _proposal(chosen: dict[str, Any], parts: list[str]) -> dict[str, Any]:
    """What the form proposes: a month of applications from tomorrow, and the rule library's reference fees."""
    opens = datetime.combine(localdate() + timedelta(days=1), time(9), tzinfo=get_current_timezone())
    standard = standards.in_force(chosen["occupation"], localdate())
    name = _("%(year)s年%(occupation)s%(level)s鉴定")
    proposal: dict[str, Any] = {
        "name": name
        % {
            "year": (opens + timedelta(days=WINDOW_DAYS)).year,
            "occupation": standard.occupation.name,
            "level": level_name(chosen["level"]).partition("/")[0],
        },
        "applications_from": opens,
        "applications_until": opens + timedelta(days=WINDOW_DAYS, hours=8),
    }
    try:
        found = regulations.provision(
            "sittings.fees",
            on=localdate(),
            region_code=organisations.get(UUID(chosen["organisation"])).region_code,
            occupation_code=chosen["occupation"],
        )
    except regulations.NoProvision:
        return proposal
    fees = found.value.get(str(chosen["level"]), {})
    proposal |= {f"fee_{part}": Decimal(fees[part]) / 100 for part in parts if part in fees}
    words = regulations.clause(found.clause)
    return proposal | {"basis": f"{words.label}（{found.certainty_label}，参考）" if words else ""}


def _answers(choice: ChoiceOfRound) -> list[tuple[str, object]]:
    said = choice.cleaned_data
    labels = {name: dict(choice.fields[name].choices) for name in ("organisation", "track", "occupation")}  # type: ignore[attr-defined]  # choice fields
    return [
        (_("组织机构"), labels["organisation"][said["organisation"]]),
        (_("评价类别"), labels["track"][said["track"]]),
        (_("职业"), labels["occupation"][said["occupation"]]),
        (_("等级"), level_name(said["level"])),
    ]
