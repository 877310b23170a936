"""After a restore: how far each counter of certificate numbers is, what is known to be out, and the shelves counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.blanks import selectors as blanks
from kaogong.blanks import services as blank_services
from kaogong.certificates import selectors, services
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.web.office.listing import number_of, page_of, tell
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, grave, needs
from kaogong.web.ui.shapes import Filter

BASIS = gettext_lazy("例如印制单位的打印清单、领用登记、查询记录或持证人来函。写入登记簿，长期保存。")


class ReckonForm(forms.Form):
    """The last number known to be out of a counter, and on what that rests."""

    last = forms.CharField(
        label=gettext_lazy("已知发出的最后一个编号"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("照证书上印的填写全部位数。确认没有比登记簿更大的号发出的，留空。"),
    )
    basis = forms.CharField(
        label=gettext_lazy("依据"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=BASIS
    )

    def __init__(self, *args: Any, standing: selectors.Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing

    def clean_last(self) -> int:
        """The running number that was typed, in full or not at all, of this counter."""
        text = self.cleaned_data["last"].strip()
        if not text:
            return self.standing.last
        try:
            number = selectors.parse(selectors.canonical_number(text))
        except ValueError as error:
            raise forms.ValidationError(_("编号不成立：{reason}。").format(reason=error)) from error
        if not self.standing.bears(number):
            raise forms.ValidationError(_("这个编号不属于本计数，请核对机构、年度和等级。"))
        return number.running


@require_safe
@needs("certificates.see", "certificates.reckon")
def counters(request: ActorRequest) -> HttpResponse:
    """The counters of a year within reach, closed ones first, with the numbers that stand without a record."""
    if sought := request.GET.get("q", "").strip():
        number = selectors.canonical_number(sought)
        try:
            selectors.standing_of(request.actor, selectors.parse(number))
        except (ValueError, NotFound):
            messages.warning(request, _("没有找到这个编号所属的计数。"))
        else:
            return redirect("office:certificate-reckon", number)
    this_year = localdate().year
    year = number_of(request, "year") or this_year
    found = selectors.counters_for(request.actor, year=year)
    context = {
        "page": page_of(request, found),
        "closed": sum(each.closed_by is not None for each in found),
        "restore": next((each.closed_by for each in found if each.closed_by), None),
        "filters": [
            Filter("year", _("年度"), [(str(each), str(each)) for each in range(this_year, this_year - 5, -1)])
        ],
        "may_reckon": request.actor.holds("certificates.reckon"),
    }
    return render(request, "office/certificates/counters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("certificates.reckon")
@grave
def reckon(request: ActorRequest, number: str) -> HttpResponse:
    """Reckon the counter to which a number belongs: the form, the consequence in words, then the deed."""
    standing = _standing(request.actor, number)
    form = ReckonForm(request.POST or None, standing=standing)
    consequence, refusal = "", None
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["last"]
        consequence = _consequence(standing, last)
        if "confirm" in request.POST:
            try:
                done = services.reckon_numbers(
                    actor=request.actor,
                    at=now(),
                    regime=standing.regime.key,
                    year=standing.year,
                    body_code=standing.body_code,
                    level=standing.level,
                    last=last,
                    basis=form.cleaned_data["basis"],
                )
            except Refusal as refused:
                if status_of(refused) in {403, 404}:
                    raise
                tell(form, refused)
                consequence, refusal = "", refused
            else:
                messages.success(request, _("已清点：%(words)s") % {"words": consequence})
                if done.given_since:
                    words = _("恢复后已经编出 %(count)d 个编号，可能与已发出的重号，请逐一核对。")
                    messages.warning(request, words % {"count": done.given_since})
                return redirect("office:certificate-counters")
    context = {"form": form, "standing": standing, "consequence": consequence, "refusal": refusal}
    return render(request, "office/certificates/reckon.html", context, status=422 if form.errors else 200)


def _standing(actor: Actor, number: str) -> selectors.Standing:
    try:
        asked = selectors.parse(number)
    except ValueError as error:
        raise NotFound from error
    return selectors.standing_of(actor, asked)


def _consequence(standing: selectors.Standing, last: int) -> str:
    following = standing.spelt(last + 1)
    if last <= standing.last:
        return _("没有待查的编号，从 %(next)s 起继续编号。") % {"next": following}
    return _("%(first)s 至 %(last)s 共 %(count)d 个编号注明“恢复后待查”，永不再用；从 %(next)s 起继续编号。") % {
        "first": standing.next,
        "last": standing.spelt(last),
        "count": last - standing.last,
        "next": following,
    }


class CountForm(forms.Form):
    """What lies on a shelf after a restore."""

    series = forms.ChoiceField(label=gettext_lazy("印制批"))
    organisation = forms.ChoiceField(label=gettext_lazy("持有机构"))
    counted = forms.IntegerField(label=gettext_lazy("架上实数"), min_value=0)
    lowest = forms.IntegerField(
        label=gettext_lazy("架上最小的流水码"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("只填数字，不填字头。架上已空的留空。"),
    )
    basis = forms.CharField(
        label=gettext_lazy("盘点情况"), max_length=200, help_text=gettext_lazy("例如由哪两人清点，见哪份盘点表。")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = [each for each in blanks.targets(actor) if blanks.may_move(actor, each)]
        series, organisation = self.fields["series"], self.fields["organisation"]
        assert isinstance(series, forms.ChoiceField)
        assert isinstance(organisation, forms.ChoiceField)
        series.choices = [(str(each.pk), f"{each.name}（{each.key}）") for each in blanks.series()]
        organisation.choices = [(str(each.pk), each.name) for each in bodies]


@dataclass(frozen=True, slots=True)
class _Counting:
    """How the page of a keeper's deed shows a count."""

    title: str
    is_final: bool = True


@require_http_methods(["GET", "HEAD", "POST"])
@needs("blanks.move")
def count_blanks(request: ActorRequest) -> HttpResponse:
    """Count a shelf after a restore; what the ledger has too many is booked as used."""
    form = CountForm(request.POST or None, actor=request.actor, initial=request.GET.dict())
    consequence, refusal = "", None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = _("架上实有 %(counted)d 本；台账多出的从小号起记为已用，注明恢复备份，不能恢复。")
        consequence = words % {"counted": said["counted"]}
        if "confirm" in request.POST:
            try:
                count = blank_services.count_stock(
                    actor=request.actor,
                    at=now(),
                    series_id=UUID(said["series"]),
                    organisation_id=UUID(said["organisation"]),
                    counted=said["counted"],
                    lowest=said["lowest"],
                    basis=said["basis"],
                )
            except Refusal as refused:
                if status_of(refused) in {403, 404}:
                    raise
                tell(form, refused)
                consequence, refusal = "", refused
            else:
                words = _("已盘点：实有 %(counted)d 本，补记已用 %(missing)d 本。")
                messages.success(request, words % {"counted": count.counted, "missing": count.missing})
                return redirect("office:blanks")
    context = {
        "form": form,
        "deed": _Counting(_("恢复后盘点空白证书")),
        "verb": "count",
        "consequence": consequence,
        "refusal": refusal,
    }
    return render(request, "office/blanks/deed.html", context, status=422 if form.errors else 200)
