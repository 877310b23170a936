"""Applications that a station enters for its people: find or enter the person, claim, hand in; and the list of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.identity import services as identity_services
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.registration import selectors, services
from kaogong.sittings import selectors as sittings
from kaogong.web.ui.claims import ClaimForms
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.places import PlaceField
from kaogong.web.ui.refusing import advice_of, status_of, words_of
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Filter, Kind

if TYPE_CHECKING:
    from kaogong.registration.models import Registration
    from kaogong.sittings.models import Sitting

PER_PAGE = 20
POWERS = ("registration.enter", "registration.see")
EDITABLE = ("drafted", "returned")
OPEN = "open"
"""In the address bar: only rounds that still take applications."""
KIND: dict[str, Kind] = {
    "drafted": "neutral",
    "submitted": "waiting",
    "returned": "waiting",
    "admitted": "done",
    "refused": "stopped",
    "withdrawn": "stopped",
}


class PersonForm(forms.Form):
    """Who applies, and for which sitting."""

    sitting = forms.ChoiceField(label=gettext_lazy("场次"))
    document_kind = forms.ChoiceField(label=gettext_lazy("证件类型"), choices=identity.KINDS)
    document_number = forms.CharField(
        label=gettext_lazy("证件号码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("旧的十五位号码也可以，系统会认出是同一人。"),
    )
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=100, help_text=gettext_lazy("与证件一致。"))
    phone = forms.CharField(label=gettext_lazy("手机号码"), max_length=30, required=False)
    residence_code = PlaceField(label=gettext_lazy("户籍或居住地"), max_length=60)

    def __init__(self, *args: Any, open_sittings: list[Sitting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sitting"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (
                str(each.pk),
                f"{each.held_on:%Y-%m-%d} {each.round.occupation_name} {level_name(each.round.level)} · {each.station}",
            )
            for each in open_sittings
        ]


class WhereForm(forms.Form):
    """Which condition, and where the candidate works."""

    condition_code = forms.ChoiceField(label=gettext_lazy("申报条件"), widget=forms.RadioSelect)
    source = forms.ChoiceField(label=gettext_lazy("考生来源"), choices=selectors.source_choices)
    employer = forms.CharField(label=gettext_lazy("工作单位或学校"), max_length=60, required=False)
    residence_code = PlaceField(label=gettext_lazy("户籍或居住地"), max_length=60)
    employer_code = PlaceField(label=gettext_lazy("工作地"), max_length=60, required=False)

    def __init__(self, *args: Any, conditions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["condition_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = conditions


def _open_sittings(request: ActorRequest) -> list[Sitting]:
    at = now()
    within = sittings.sittings_for(request.actor, "registration.enter").filter(held_on__gte=localdate())
    return [each for each in within if sittings.is_open(each, at)]


@require_safe
@needs(*POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """The applications for the station's sittings."""
    rows = selectors.search(selectors.registrations_for(request.actor, *POWERS), request.GET.get("q", ""))
    if state := request.GET.get("state", ""):
        rows = rows.filter(state=state)
    if request.GET.get("round") == OPEN:
        rows = rows.filter(round__applications_until__gte=now())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.kind = KIND[row.state]  # type: ignore[attr-defined]  # for the page
        may_enter = row.state in (*EDITABLE, "submitted") and selectors.may_enter(request.actor, row)
        row.is_editable = may_enter and row.state in EDITABLE  # type: ignore[attr-defined]  # for the page
        row.takes_papers = may_enter  # type: ignore[attr-defined]  # for the page
    context = {
        "page": page,
        "filters": [
            Filter("state", _("状态"), selectors.REGISTRATION.choices()),
            Filter("round", _("批次"), [(OPEN, _("报名尚未截止"))]),
        ],
        "may_enter": request.actor.holds("registration.enter"),
    }
    return render(request, "station/registrations/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("registration.enter")
def new(request: ActorRequest) -> HttpResponse:
    """Find the person by document, or enter her, and begin."""
    form = PersonForm(request.POST or None, open_sittings=_open_sittings(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            sitting = sittings.public_sitting(UUID(form.cleaned_data["sitting"]))
            begun = _begun(request, form.cleaned_data, sitting)
        except Refusal as refusal:
            form.add_error(
                refusal.field if refusal.field in form.fields else None, words_of(refusal) + advice_of(refusal)
            )
            status = status_of(refusal)
        else:
            return redirect("station:registration-fill", begun.pk)
    return render(request, "station/registrations/new.html", {"form": form}, status=status)


def _begun(request: ActorRequest, given: dict[str, Any], sitting: Sitting) -> Registration:
    """An application for the person of that document and name, wherever entered; else for one newly entered here."""
    document = {name: given[name] for name in ("document_kind", "document_number", "name")}
    try:
        return services.start_by_document(actor=request.actor, at=now(), sitting_id=sitting.pk, **document)
    except services.DocumentDisagrees:
        person = identity_services.enter_person(
            actor=request.actor,
            at=now(),
            phone=given["phone"],
            region_code=given["residence_code"],
            organisation_id=sitting.station.organisation_id,
            **document,
        )
    return services.start(actor=request.actor, at=now(), sitting_id=sitting.pk, person_id=person.pk)


def _editable(request: ActorRequest, registration_id: UUID) -> Registration:
    registration = selectors.get_registration(request.actor, registration_id)
    if not selectors.may_enter(request.actor, registration):
        raise NotFound
    return registration


@require_http_methods(["GET", "HEAD", "POST"])
@needs("registration.enter")
def fill(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Condition and facts on one page; kept as one goes, handed in when they suffice."""
    registration = _editable(request, registration_id)
    if registration.state not in EDITABLE:
        return redirect("station:registrations")
    offer = selectors.offer(registration.sitting)
    posted = request.POST if request.method == "POST" else None
    names = ("condition_code", "source", "employer", "residence_code", "employer_code")
    form = WhereForm(
        posted,
        conditions=[(each.code, f"{each.code}　{each.text}") for each in offer.conditions],
        initial={name: getattr(registration, name) for name in names},
    )
    claims = _claims(registration, offer, posted, more="more" in request.GET)
    refused: Refusal | None = None
    is_sound = posted is not None and form.is_valid() and (_is_changed(form, registration) or claims.is_valid())
    if is_sound:
        try:
            _keep(request, registration, form.cleaned_data, claims.claim())
            if "submit" in request.POST and not _is_changed(form, registration):
                done = services.submit(actor=request.actor, at=now(), registration_id=registration_id)
                messages.success(request, _("已提交，报名号 {number}。").format(number=done.number))
                return redirect("station:registrations")
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect(f"{request.path}?more=1" if "more" in request.POST else request.path)
    fresh = _editable(request, registration_id)
    context = {
        "registration": fresh,
        "form": form,
        "claims": claims,
        "claim_forms": claims.all_forms,
        "verdict": selectors.verdict_words(fresh),
        "refused": refused,
    }
    status = status_of(refused) if refused else 422 if posted is not None and not is_sound else 200
    return render(request, "station/registrations/fill.html", context, status=status)


def _is_changed(form: WhereForm, registration: Registration) -> bool:
    """Whether another condition was chosen: the facts for the old one are then not asked for any more."""
    return bool(form.cleaned_data["condition_code"] != registration.condition_code)


def _claims(registration: Registration, offer: Any, posted: Any, *, more: bool) -> ClaimForms:
    return ClaimForms(
        selectors.condition_kinds(offer, registration.condition_code),
        occupations=selectors.occupation_choices(offer),
        levels=[(str(level), level_name(level)) for level in (5, 4, 3, 2, 1)],
        routes=selectors.route_choices(),
        claim=registration.claim,
        posted=posted,
        extra=1 if more else 0,
    )


def _keep(request: ActorRequest, registration: Registration, given: dict[str, Any], facts: dict[str, Any]) -> None:
    """Keep the claim; facts that another condition asked for stay until that condition is chosen anew."""
    same = given["condition_code"] == registration.condition_code
    services.claim(
        actor=request.actor,
        at=now(),
        registration_id=registration.pk,
        facts={**registration.claim, **facts} if same else registration.claim,
        **given,
    )


@require_POST
@needs("registration.enter")
def withdraw(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Take an application back for the candidate."""
    services.withdraw(
        actor=request.actor, at=now(), registration_id=registration_id, reason=request.POST.get("reason", "")
    )
    messages.success(request, _("报名已撤回，名额已经释放。"))
    return redirect("station:registrations")
