"""Stations in the office: the list, one station with licences and rooms, granting and changing a licence."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.foundation.organisations import selectors as organisations
from kaogong.foundation.regions import selectors as regions
from kaogong.occupations import selectors as occupations
from kaogong.stations import selectors, services
from kaogong.web.office.listing import export, page_of, sorted_by, tell
from kaogong.web.ui.formats import join_words, level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Filter, Kind

KIND: dict[str, Kind] = {"granted": "done", "suspended": "waiting", "revoked": "stopped"}
LICENCE_VERBS = {
    "suspend": services.suspend_licence,
    "resume": services.resume_licence,
    "revoke": services.revoke_licence,
}
ROOM_VERBS = {"close": services.close_room, "reopen": services.reopen_room}
LEVELS = [("5", "5"), ("4", "4"), ("3", "3"), ("2", "2"), ("1", "1")]
ENDING_DAYS = 60
"""How far ahead the list calls a licence about to end; a choice of the page, no rule."""
SITES = ("station", "social_body", "enterprise", "college")


class EstablishForm(forms.Form):
    """A body becomes a station."""

    organisation = forms.ChoiceField(
        label=gettext_lazy("机构"), help_text=gettext_lazy("只列出还不是鉴定所（站）的机构。")
    )
    head = forms.CharField(label=gettext_lazy("负责人"), max_length=60, required=False)
    phone = forms.CharField(label=gettext_lazy("公开电话"), max_length=30, required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class LicenceForm(forms.Form):
    """A licence: number, term, and its scope, one occupation a line."""

    number = forms.CharField(label=gettext_lazy("许可证编号"), max_length=40)
    since = forms.DateField(label=gettext_lazy("有效期起"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("有效期止"), widget=forms.DateInput(attrs={"type": "date"}))
    scopes = forms.CharField(
        label=gettext_lazy("许可范围"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("每行一个职业：职业编码、空格、等级，例如“6-31-01-03 5,4,3”。"),
    )

    def clean_scopes(self) -> list[tuple[str, str, list[int]]]:
        """Lines of (code, name, levels); an unknown occupation is refused with its line."""
        found = []
        for number, line in enumerate(self.cleaned_data["scopes"].splitlines(), start=1):
            code, _space, levels = line.strip().partition(" ")
            if not code:
                continue
            try:
                name = occupations.occupation(code).name
                found.append((code, name, [int(each) for each in levels.replace("，", ",").split(",")]))
            except NotFound as missing:
                raise forms.ValidationError(
                    _("第 %(n)s 行：职业大典中没有 %(code)s。") % {"n": number, "code": code}
                ) from missing
            except ValueError as error:
                raise forms.ValidationError(_("第 %(n)s 行：等级写作 5,4,3。") % {"n": number}) from error
        return found


class RoomForm(forms.Form):
    """A room of so many rows and columns."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        choices=[("theory", gettext_lazy("理论考场")), ("practical", gettext_lazy("操作技能考场"))],
    )
    rows = forms.IntegerField(label=gettext_lazy("排数"), min_value=1, max_value=100)
    columns = forms.IntegerField(label=gettext_lazy("列数"), min_value=1, max_value=100)
    address = forms.CharField(label=gettext_lazy("地址"), max_length=200, required=False)


class ReasonForm(forms.Form):
    """Why a licence or a room changes."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)


@require_safe
@needs("stations.license", "stations.edit", "sittings.plan")
def index(request: ActorRequest) -> HttpResponse:
    """The stations within reach, with what their licences say today."""
    rows = selectors.stations_for(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(organisation__name__icontains=text) | Q(head__icontains=text))
    today = localdate()
    live = selectors.licensed_on(today)
    if (wanted := request.GET.get("licence", "")) in {"yes", "no"}:
        rows = rows.filter(pk__in=live) if wanted == "yes" else rows.exclude(pk__in=live)
    elif wanted == "ending":
        ending = selectors.licences_ending(request.actor, today, today + timedelta(days=ENDING_DAYS))
        rows = rows.filter(pk__in=ending.order_by().values("station"))
    rows = sorted_by(request, rows, {"name": "organisation__name", "region": "region_code"})
    if kind := request.GET.get("export", ""):
        heads = [_("名称"), _("地区"), _("负责人"), _("许可证"), _("有效期止"), _("许可范围")]
        return export(kind, "stations", heads, (_cells(row) for row in rows))
    page = page_of(request, rows)
    for row in page:
        row.region = regions.name_of(row.region_code)  # type: ignore[attr-defined]  # for the page
        row.licence = selectors.licences(row.pk).filter(since__lte=today, until__gte=today).first()  # type: ignore[attr-defined]  # for the page
        row.scopes = selectors.scopes_in_force(row.pk, today)  # type: ignore[attr-defined]  # for the page
        if row.licence:  # type: ignore[attr-defined]  # set above
            row.kind, row.word = KIND[row.licence.state], selectors.LICENCE.states[row.licence.state]  # type: ignore[attr-defined]  # for the page
    filters = [Filter("licence", _("许可"), [("yes", _("今天有效")), ("ending", _("即将到期")), ("no", _("今天无效"))])]
    may_license = request.actor.holds("stations.license")
    return render(request, "office/stations/index.html", {"page": page, "filters": filters, "may_license": may_license})


def _cells(row: Any) -> list[object]:
    today = localdate()
    licence = selectors.licences(row.pk).filter(since__lte=today, until__gte=today).first()
    scope = "；".join(
        f"{each.occupation_name} {','.join(map(str, each.levels_down))}"
        for each in selectors.scopes_in_force(row.pk, today)
    )
    region = regions.name_of(row.region_code)
    return [str(row), region, row.head, licence.number if licence else "", licence.until if licence else "", scope]


@require_http_methods(["GET", "HEAD", "POST"])
@needs("stations.license")
def establish(request: ActorRequest) -> HttpResponse:
    """Enter a body as a station."""
    form = EstablishForm(request.POST or None, choices=_bodies(request.actor))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            station = services.establish_station(
                actor=request.actor,
                at=now(),
                organisation_id=UUID(said["organisation"]),
                head=said["head"],
                phone=said["phone"],
            )
        except Refusal as refusal:
            tell(form, refusal)
        else:
            return redirect("office:station", station.pk)
    return render(request, "office/stations/new.html", {"form": form}, status=422 if form.errors else 200)


def _bodies(actor: Actor) -> list[tuple[str, str]]:
    taken = set(selectors.directory().values_list("organisation_id", flat=True))
    power = actor.reach("stations.license")
    found = []
    for kind in SITES:
        for body in organisations.organisations_for(actor, kind=kind, is_open=True):
            within = power.covers(region=body.region_code, organisation=body.pk)
            if body.pk not in taken and (within or body.parent_id in power.organisations):
                found.append((str(body.pk), body.name))
    return found


@require_safe
@needs("stations.license", "stations.edit", "sittings.plan")
def detail(request: ActorRequest, station_id: UUID) -> HttpResponse:
    """One station: licences with their scopes, rooms, and what may be done."""
    return _detail(request, station_id)


def _detail(
    request: ActorRequest,
    station_id: UUID,
    *,
    licence_form: LicenceForm | None = None,
    room_form: RoomForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    station = selectors.station_for(request.actor, station_id)
    licences = list(selectors.licences(station_id))
    scopes: dict[UUID, list[Any]] = defaultdict(list)
    for scope in selectors.scopes_of([each.pk for each in licences]):
        scopes[scope.licence_id].append(scope)
    rows = [
        {
            "licence": each,
            "scopes": [
                (line.occupation_name, join_words(map(level_name, line.levels_down))) for line in scopes[each.pk]
            ],
            "kind": KIND[each.state],
            "word": selectors.LICENCE.states[each.state],
            "moves": selectors.LICENCE.open_to(each.state),
            "is_past": each.until < localdate(),
        }
        for each in licences
    ]
    context = {
        "station": station,
        "region": regions.name_of(station.region_code),
        "rows": rows,
        "rooms": selectors.rooms(station_id, include_closed=True),
        "licence_form": licence_form or LicenceForm(),
        "room_form": room_form or RoomForm(),
        "reason_form": ReasonForm(),
        "refusal": refusal,
        "may_license": selectors.may(request.actor, "stations.license", station),
        "may_edit": selectors.may(request.actor, "stations.edit", station),
    }
    return render(request, "office/stations/detail.html", context, status=status)


@require_POST
@needs("stations.license")
def grant(request: ActorRequest, station_id: UUID) -> HttpResponse:
    """Grant a licence."""
    form = LicenceForm(request.POST)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            services.grant_licence(actor=request.actor, at=now(), station_id=station_id, **form.cleaned_data)
        except Refusal as refused:
            tell(form, refused)
            refusal = refused
        else:
            return redirect("office:station", station_id)
    return _detail(request, station_id, licence_form=form, refusal=refusal, status=422)


@require_POST
@needs("stations.license")
def change_licence(request: ActorRequest, licence_id: UUID, verb: str) -> HttpResponse:
    """Suspend, resume or revoke a licence."""
    if verb not in LICENCE_VERBS:
        raise Http404
    reason = request.POST.get("reason", "")
    licence = LICENCE_VERBS[verb](actor=request.actor, at=now(), licence_id=licence_id, reason=reason)
    return redirect("office:station", licence.station_id)


@require_POST
@needs("stations.edit")
def add_room(request: ActorRequest, station_id: UUID) -> HttpResponse:
    """Add a room."""
    form = RoomForm(request.POST)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            services.add_room(actor=request.actor, at=now(), station_id=station_id, **form.cleaned_data)
        except Refusal as refused:
            tell(form, refused)
            refusal = refused
        else:
            return redirect("office:station", station_id)
    return _detail(request, station_id, room_form=form, refusal=refusal, status=422)


@require_POST
@needs("stations.edit")
def change_room(request: ActorRequest, room_id: UUID, verb: str) -> HttpResponse:
    """Close a room or put it back into use."""
    if verb not in ROOM_VERBS:
        raise Http404
    room = ROOM_VERBS[verb](actor=request.actor, at=now(), room_id=room_id, reason=request.POST.get("reason", ""))
    return redirect("office:station", room.station_id)
