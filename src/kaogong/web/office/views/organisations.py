"""The organisations as an officer keeps them: the matrix as a list, one body with those around it, its changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.foundation.organisations import selectors, services
from kaogong.foundation.regions import selectors as regions
from kaogong.web.office import listing
from kaogong.web.office.views.organisation_forms import (
    CloseForm,
    CodeForm,
    EstablishForm,
    PlaceForm,
    RenameForm,
)
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Filter

if TYPE_CHECKING:
    from kaogong.foundation.organisations.models import Organisation

SORTS = {"name": "name", "kind": "kind", "region": "region_code", "opened": "opened_on"}
POWER = "organisations.edit"


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that may be done to a body: its title, its form, the service, and what it does in words."""

    title: Any
    button: Any
    form: Callable[[Actor, Any], forms.Form]
    service: Callable[..., object]
    does: Any
    is_final: bool = False


VERBS: Mapping[str, Verb] = {
    "rename": Verb(
        gettext_lazy("变更名称"),
        gettext_lazy("确认变更"),
        lambda _actor, data: RenameForm(data),
        services.rename,
        gettext_lazy("今后的文书使用新名称；已经印发的证书和文书不变。"),
    ),
    "place": Verb(
        gettext_lazy("调整隶属关系"),
        gettext_lazy("确认调整"),
        PlaceForm,
        services.place_under,
        gettext_lazy("行业中心和兵团的管辖范围随隶属关系变化；按地区管辖的机构不受影响。"),
    ),
    "code": Verb(
        gettext_lazy("编排机构编码"),
        gettext_lazy("编排下一个编码"),
        lambda _actor, data: CodeForm(data),
        services.assign_code,
        gettext_lazy("取该前缀和地市之下的下一个顺序号。编码将印入每一本证书的编号，编定后不再改动。"),
        is_final=True,
    ),
    "close": Verb(
        gettext_lazy("撤销机构"),
        gettext_lazy("确认撤销"),
        lambda _actor, data: CloseForm(data),
        services.close,
        gettext_lazy("自该日起，本机构的岗位不再有任何权限；以往的记录保留，由所在地区和上级机构查阅。"),
        is_final=True,
    ),
}


@needs(POWER)
@require_safe
def matrix(request: ActorRequest) -> HttpResponse:
    """The bodies within the officer's reach; `export=csv` downloads them."""
    given = request.GET
    found = selectors.organisations_for(
        request.actor,
        text=given.get("q", ""),
        kind=given.get("kind", ""),
        region_code=given.get("region", ""),
        is_open={"open": True, "closed": False}.get(given.get("state", "")),
    )
    if kind := given.get("export"):
        heads = [_("名称"), _("类别"), _("地区"), _("上级机构"), _("机构编码"), _("评价机构代码"), _("设立"), _("撤销")]
        return listing.export(kind, "organisations", heads, map(_cells, found.iterator()))
    page = listing.page_of(request, listing.sorted_by(request, found, SORTS))
    context = {
        "page": page,
        "rows": [(row, regions.name_of(row.region_code)) for row in page],
        "filters": [
            Filter("kind", _("类别"), selectors.kinds()),
            Filter("region", _("地区"), _provinces()),
            Filter("state", _("状态"), [("open", _("现存")), ("closed", _("已撤销"))]),
        ],
    }
    return render(request, "office/organisations/list.html", context)


@needs(POWER)
@require_safe
def detail(request: ActorRequest, organisation_id: UUID) -> HttpResponse:
    """One body: its facts and codes, who stands above and below it, and how far it reaches."""
    body = selectors.organisation_of(request.actor, organisation_id)
    reach = selectors.reach_of(body, timezone.localdate())
    context = {
        "body": body,
        "region": regions.name_of(body.region_code),
        "code": selectors.parse_institution_code(body.institution_code) if body.institution_code else None,
        "is_provisional": selectors.has_provisional_code(body),
        "may_have_code": body.kind in selectors.CODE_KINDS and not body.institution_code,
        "evaluation": selectors.parse_evaluation_code(body.evaluation_code) if body.evaluation_code else None,
        "above": [selectors.get(each) for each in reversed(selectors.superior_chain(body.pk))],
        "below": selectors.children(body.pk),
        "reach": reach,
        "territory": [(prefix, regions.name_of(prefix)) for prefix in reach.prefixes if prefix],
        "is_everywhere": "" in reach.prefixes,
    }
    return render(request, "office/organisations/detail.html", context)


@needs(POWER)
@require_http_methods(["GET", "POST"])
def establish(request: ActorRequest) -> HttpResponse:
    """Enter a new body."""
    form = EstablishForm(request.actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            body = services.establish(actor=request.actor, at=timezone.now(), **_without_blanks(form.cleaned_data))
        except (NotFound, NotPermitted):
            raise
        except Refusal as refusal:
            listing.tell(form, refusal)
        else:
            messages.success(request, _("已登记“%(name)s”。") % {"name": body.name})
            return redirect("office:organisation", organisation_id=body.pk)
    return _page(request, "office/organisations/establish.html", form, {})


@needs(POWER)
@require_http_methods(["GET", "POST"])
def change(request: ActorRequest, organisation_id: UUID, verb: str) -> HttpResponse:
    """Rename, place, code or close a body: the form with its consequence in words, then the deed."""
    body = selectors.organisation_of(request.actor, organisation_id)
    deed = VERBS.get(verb)
    if deed is None:
        raise Http404
    form = deed.form(request.actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            deed.service(actor=request.actor, at=timezone.now(), organisation_id=body.pk, **form.cleaned_data)
        except (NotFound, NotPermitted):
            raise
        except Refusal as refusal:
            listing.tell(form, refusal)
        else:
            messages.success(request, _("%(title)s：已办理。") % {"title": deed.title})
            return redirect("office:organisation", organisation_id=body.pk)
    return _page(request, "office/organisations/change.html", form, {"body": body, "deed": deed})


@needs(POWER)
@require_safe
def code_table(request: ActorRequest) -> HttpResponse:
    """The code table: which first two digits mean what, and how certain that is."""
    return render(request, "office/organisations/codes.html", {"rows": selectors.code_table()})


def _page(request: ActorRequest, template: str, form: forms.Form, context: dict[str, object]) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def _without_blanks(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Codes that were left empty are absent: the table holds each code once, and nothing is no code."""
    return {**facts, **{name: facts[name] or None for name in ("institution_code", "evaluation_code")}}


def _provinces() -> list[tuple[str, str]]:
    return [(place.code, place.name) for place in regions.children("")]


def _cells(row: Organisation) -> list[object]:
    return [
        row.name,
        row.get_kind_display(),
        regions.name_of(row.region_code),
        row.parent or "",
        row.institution_code or "",
        row.evaluation_code or "",
        row.opened_on,
        row.closed_on or "",
    ]
