"""Replacing, correcting, suspending, resuming, revoking: each shown before it is done, with what cannot be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kaogong.certificates import selectors, services
from kaogong.foundation.kernel.refusals import NotPermitted, Refusal
from kaogong.regulations.selectors import provision
from kaogong.web.office.listing import tell
from kaogong.web.office.views.certificates import POWERS
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, grave, needs

if TYPE_CHECKING:
    from kaogong.certificates.models import Certificate


class BasisForm(forms.Form):
    """On what a status is changed."""

    basis = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=300,
        required=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("例如文件名称和文号、调查结论。写入证书的状态沿革，长期保存；公众查询时不显示。"),
    )


class ReplaceForm(forms.Form):
    """Why a certificate is printed again."""

    reason = forms.ChoiceField(label=gettext_lazy("事由"), widget=forms.RadioSelect)
    notice = forms.CharField(
        label=gettext_lazy("遗失声明"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("遗失的必填：报纸名称、日期和版面，例如《南京日报》2026年6月3日第8版。"),
    )
    basis = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, region_code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = provision("certificates.replacement", on=localdate(), region_code=region_code)
        reasons: Mapping[str, Mapping[str, Any]] = rule.value
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, str(how["title"])) for key, how in reasons.items()]


class CorrectForm(forms.Form):
    """What became of the paper that bears the wrong name."""

    paper = forms.ChoiceField(label=gettext_lazy("原证书"), widget=forms.RadioSelect)
    notice = forms.CharField(
        label=gettext_lazy("遗失声明"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("遗失的必填：报纸名称、日期和版面，例如《南京日报》2026年6月3日第8版。"),
    )

    def __init__(self, *args: Any, region_code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers: Mapping[str, Mapping[str, Any]] = provision(
            "certificates.correction", on=localdate(), region_code=region_code
        ).value
        field = self.fields["paper"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, str(how["title"])) for key, how in papers.items()]


@dataclass(frozen=True, slots=True)
class Deed:
    """How a verb is shown: its title, its button, what it does, what cannot be undone."""

    title: str
    button: str
    does: Callable[[Certificate], list[str]]
    cannot_undo: str = ""
    is_final: bool = False


def _replacing(certificate: Certificate) -> list[str]:
    nexts = selectors.next_blanks(certificate, 1)
    blank = nexts[0] if nexts else _("（库存不足）")
    return [
        _("编号 %(number)s 不变。") % {"number": certificate.number},
        _("占用核发机构库存的下一个流水码 %(blank)s。") % {"blank": blank},
        _("残损和打印差错的，原流水码作废，不再使用。"),
        _("写入状态沿革，并通知持证人。"),
    ]


def _correcting(certificate: Certificate) -> list[str]:
    renaming = selectors.renaming_of(certificate)
    if renaming is None:
        return []
    nexts = selectors.next_blanks(certificate, 1)
    blank = nexts[0] if nexts else _("（库存不足）")
    return [
        _("姓名由“%(old)s”更正为“%(new)s”，依据：%(proof)s。")
        % {"old": renaming.old, "new": renaming.new, "proof": "；".join(renaming.documents)},
        _("编号 %(number)s 不变，占用核发机构库存的下一个流水码 %(blank)s，备注“更正”。")
        % {"number": certificate.number, "blank": blank},
        _("收回的原证作废，流水码不再使用。公众查询自即刻起只认更正后的姓名，原姓名得到“未查到”。"),
        _("写入状态沿革，并通知持证人。"),
    ]


def _of_status(words: str) -> Callable[[Certificate], list[str]]:
    return lambda certificate: [
        words,
        _("公众查询自即刻起显示这一状态和变更时间，不显示依据。"),
        _("通知持证人。"),
    ]


DEEDS: dict[str, Deed] = {
    "replace": Deed(gettext_lazy("补发、换发证书"), gettext_lazy("打印新的一本"), _replacing),  # type: ignore[arg-type]  # lazy text
    "correct": Deed(
        gettext_lazy("更正证书姓名"),  # type: ignore[arg-type]  # lazy text
        gettext_lazy("更正并打印新的一本"),  # type: ignore[arg-type]  # lazy text
        _correcting,
        cannot_undo=gettext_lazy("更正写入登记簿后不能抹去；再有变化的，须有新的证明。"),  # type: ignore[arg-type]  # lazy text
    ),
    "suspend": Deed(
        gettext_lazy("暂停使用证书"),  # type: ignore[arg-type]  # lazy text
        gettext_lazy("暂停使用"),  # type: ignore[arg-type]  # lazy text
        _of_status(gettext_lazy("证书变为“暂停使用”，可以恢复。")),  # type: ignore[arg-type]  # lazy text
    ),
    "resume": Deed(
        gettext_lazy("恢复证书"),  # type: ignore[arg-type]  # lazy text
        gettext_lazy("恢复"),  # type: ignore[arg-type]  # lazy text
        _of_status(gettext_lazy("证书恢复为“有效”。")),  # type: ignore[arg-type]  # lazy text
    ),
    "revoke": Deed(
        gettext_lazy("撤销证书"),  # type: ignore[arg-type]  # lazy text
        gettext_lazy("撤销证书"),  # type: ignore[arg-type]  # lazy text
        _of_status(gettext_lazy("证书变为“已撤销”。编号永不再用，登记簿保留全部沿革。")),  # type: ignore[arg-type]  # lazy text
        cannot_undo=gettext_lazy("撤销后不能恢复。"),  # type: ignore[arg-type]  # lazy text
        is_final=True,
    ),
}
STATUS_VERBS = {"suspend": services.suspend, "resume": services.resume, "revoke": services.revoke}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("certificates.replace", "certificates.suspend", "certificates.revoke")
@grave
def deed(request: ActorRequest, certificate_id: UUID, verb: str) -> HttpResponse:
    """One deed on one certificate: the form with its consequence, and by POST the deed."""
    shown = DEEDS.get(verb)
    if shown is None:
        raise Http404
    certificate = selectors.certificate_for(request.actor, certificate_id)
    if not selectors.may(request.actor, POWERS[verb], certificate):
        raise NotPermitted(power=POWERS[verb])
    form = _form(request, verb, certificate)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, verb, certificate_id, form.cleaned_data)
        except Refusal as refused:
            if status_of(refused) in {403, 404, 409}:
                raise
            tell(form, refused)
            refusal = refused
        else:
            messages.success(request, _("已办理：%(title)s。") % {"title": shown.title})
            return redirect("office:certificate", certificate_id)
    is_open = any(move.verb == verb for move in selectors.CERTIFICATE.open_to(certificate.state))
    is_in_order = verb == "correct" and selectors.renaming_of(certificate) is None
    context = {
        "certificate": certificate,
        "form": form,
        "deed": shown,
        "verb": verb,
        "does": shown.does(certificate),
        "refusal": refusal,
        "is_open": is_open and not is_in_order,
        "is_in_order": is_open and is_in_order,
    }
    return render(request, "office/certificates/deed.html", context, status=422 if form.errors else 200)


def _form(request: ActorRequest, verb: str, certificate: Certificate) -> forms.Form:
    if verb == "replace":
        return ReplaceForm(request.POST or None, region_code=certificate.region_code)
    if verb == "correct":
        return CorrectForm(request.POST or None, region_code=certificate.region_code)
    return BasisForm(request.POST or None)


def _do(request: ActorRequest, verb: str, certificate_id: UUID, said: Mapping[str, str]) -> None:
    if verb == "replace":
        services.replace(
            actor=request.actor,
            at=now(),
            certificate_id=certificate_id,
            reason=said["reason"],
            notice=said["notice"],
            basis=said["basis"],
        )
        return
    if verb == "correct":
        services.correct(
            actor=request.actor,
            at=now(),
            certificate_id=certificate_id,
            paper=said["paper"],
            notice=said["notice"],
        )
        return
    STATUS_VERBS[verb](actor=request.actor, at=now(), certificate_id=certificate_id, basis=said["basis"])
