"""What the keeper of blanks does, each deed shown before it is done: receiving, transferring, spoiling, destroying."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kaogong.blanks import selectors, services
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.web.office.listing import tell
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, needs


class SeriesForm(forms.Form):
    """A printing of blanks as it comes from the works."""

    key = forms.CharField(label=gettext_lazy("印制批编号"), max_length=20)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=100)
    letters = forms.CharField(label=gettext_lazy("字头"), max_length=8, required=False)
    width = forms.IntegerField(label=gettext_lazy("数字位数"), min_value=1, max_value=15, initial=7)
    paper = forms.ChoiceField(label=gettext_lazy("用于"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["paper"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = selectors.papers()


class RangeForm(forms.Form):
    """A range of serials and where it goes; each deed keeps the fields that it needs."""

    series = forms.ChoiceField(label=gettext_lazy("印制批"))
    organisation = forms.ChoiceField(label=gettext_lazy("持有机构"))
    first = forms.IntegerField(label=gettext_lazy("起号"), min_value=1, help_text=gettext_lazy("只填数字，不填字头。"))
    last = forms.IntegerField(label=gettext_lazy("止号（含）"), min_value=1)
    to_organisation = forms.ChoiceField(label=gettext_lazy("调入机构"))
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)
    reference = forms.CharField(label=gettext_lazy("凭据"), max_length=80, required=False)

    def __init__(self, *args: Any, actor: Actor, keep: tuple[str, ...], power: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(keep):
            del self.fields[name]
        bodies = list(selectors.targets(actor))
        own = [body for body in bodies if actor.may(power, region=body.region_code, organisation=body.pk)]
        self._choose("series", [(str(each.pk), f"{each.name}（{each.key}）") for each in selectors.series()])
        self._choose("organisation", [(str(body.pk), body.name) for body in own])
        self._choose("to_organisation", [(str(body.pk), body.name) for body in bodies])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


@dataclass(frozen=True, slots=True)
class Deed:
    """How a deed is shown and done: its title, its fields, its power, its consequence in words."""

    title: str
    fields: tuple[str, ...]
    power: str
    consequence: str
    run: Callable[..., object]
    is_final: bool = False


DEEDS: dict[str, Deed] = {
    "receive": Deed(
        gettext_lazy("空白证书入库"),  # type: ignore[arg-type]  # lazy text
        ("series", "organisation", "first", "last", "reference"),
        "blanks.receive",
        gettext_lazy("%(range)s 共 %(count)d 本进入“%(body)s”的库存。"),  # type: ignore[arg-type]  # lazy text
        services.receive,
    ),
    "transfer": Deed(
        gettext_lazy("空白证书调拨"),  # type: ignore[arg-type]  # lazy text
        ("series", "organisation", "first", "last", "to_organisation", "reference"),
        "blanks.move",
        gettext_lazy("%(range)s 共 %(count)d 本从“%(body)s”调到“%(target)s”。"),  # type: ignore[arg-type]  # lazy text
        services.transfer,
    ),
    "spoil": Deed(
        gettext_lazy("空白证书作废"),  # type: ignore[arg-type]  # lazy text
        ("series", "organisation", "first", "last", "reason", "reference"),
        "blanks.move",
        gettext_lazy("“%(body)s”的 %(range)s 共 %(count)d 本作废，不再使用，不能恢复。"),  # type: ignore[arg-type]  # lazy text
        services.spoil,
        is_final=True,
    ),
    "destroy": Deed(
        gettext_lazy("作废证书销毁"),  # type: ignore[arg-type]  # lazy text
        ("series", "organisation", "first", "last", "reason", "reference"),
        "blanks.move",
        gettext_lazy("“%(body)s”作废的 %(range)s 共 %(count)d 本登记为已销毁，不能恢复。"),  # type: ignore[arg-type]  # lazy text
        services.destroy,
        is_final=True,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("blanks.receive")
def order(request: ActorRequest) -> HttpResponse:
    """Register a printing."""
    form = SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            services.order_series(
                actor=request.actor,
                at=now(),
                key=said["key"],
                name=said["name"],
                prefix=said["letters"],
                width=said["width"],
                paper=said["paper"],
            )
        except Refusal as refusal:
            if status_of(refusal) in {403, 404}:
                raise
            tell(form, refusal)
        else:
            messages.success(request, _("已登记印制批 %(key)s。") % {"key": form.cleaned_data["key"]})
            return redirect("office:blanks-deed", "receive")
    return render(request, "office/blanks/series.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("blanks.receive", "blanks.move")
def deed(request: ActorRequest, verb: str) -> HttpResponse:
    """One deed on a range: the form, then its consequence in words, then the deed."""
    shown = DEEDS.get(verb)
    if shown is None:
        raise Http404
    typed = request.POST or None
    form = RangeForm(typed, actor=request.actor, keep=shown.fields, power=shown.power, initial=request.GET.dict())
    is_confirmed = "confirm" in request.POST
    consequence = ""
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        consequence = _consequence(shown, form)
        if is_confirmed:
            try:
                shown.run(actor=request.actor, at=now(), **_arguments(verb, form.cleaned_data))
            except Refusal as refused:
                if status_of(refused) in {403, 404}:
                    raise
                tell(form, refused)
                refusal, consequence = refused, ""
            else:
                messages.success(request, _("已办理：%(words)s") % {"words": consequence})
                return redirect("office:blanks")
    context = {"form": form, "deed": shown, "verb": verb, "consequence": consequence, "refusal": refusal}
    return render(request, "office/blanks/deed.html", context, status=422 if form.errors else 200)


def _consequence(shown: Deed, form: RangeForm) -> str:
    said = form.cleaned_data
    series = selectors.series_of(UUID(said["series"]))
    names = dict(form.fields["organisation"].choices)  # type: ignore[attr-defined]  # a choice field
    targets = dict(form.fields["to_organisation"].choices) if "to_organisation" in form.fields else {}  # type: ignore[attr-defined]  # a choice field
    words: Mapping[str, object] = {
        "range": selectors.printed_range(series, (said["first"], max(said["first"], said["last"]) + 1)),
        "count": max(0, said["last"] - said["first"] + 1),
        "body": names.get(said["organisation"], ""),
        "target": targets.get(said.get("to_organisation", ""), ""),
    }
    return str(shown.consequence) % words


def _arguments(verb: str, said: Mapping[str, Any]) -> dict[str, Any]:
    plain = {"series_id": UUID(said["series"]), "first": said["first"], "last": said["last"]}
    plain["reference"] = said["reference"]
    if verb == "transfer":
        return plain | {
            "from_organisation_id": UUID(said["organisation"]),
            "to_organisation_id": UUID(said["to_organisation"]),
        }
    reason = {"reason": said["reason"]} if "reason" in said else {}
    return plain | {"organisation_id": UUID(said["organisation"])} | reason
