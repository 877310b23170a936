"""Verification: a number and a name, or a scanned code, and a dated verdict. Number and name come by POST only."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kaogong.certificates import limiting, selectors
from kaogong.certificates.selectors.papers import OUTCOMES
from kaogong.foundation.kernel.clauses import Clause
from kaogong.regulations import selectors as regulations
from kaogong.web.ui.requests import ActorRequest
from kaogong.web.ui.shapes import Moment

SCANNED = {
    "valid": gettext_noop("二维码与登记的证书相符，证书在查询时有效。"),
    "suspended": gettext_noop("二维码与登记的证书相符，但证书在查询时已暂停使用。"),
    "revoked": gettext_noop("二维码与登记的证书相符，但证书已被撤销，不再有效。"),
    "broken": OUTCOMES["broken"][2],
}
"""What is said of each outcome when nobody typed a name."""
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class VerifyForm(forms.Form):
    """What a stranger holds in hand: the number and the name on the certificate."""

    number = forms.CharField(
        label=gettext_lazy("证书编号"),
        max_length=40,
        help_text=gettext_lazy("16位数字，或以 Y、S 开头的22位。空格可有可无；上海旧证书13位照填。"),
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "text"}),
    )
    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=100,
        help_text=gettext_lazy("与证书上印的一致。"),
        widget=forms.TextInput(attrs=PLAIN),
    )

    def clean_number(self) -> str:
        """A number of neither shape cannot be in the register: said at once, before anything is looked up."""
        number = selectors.canonical_number(self.cleaned_data["number"])
        if number.startswith("000") and len(number) == 16:
            return number
        try:
            selectors.parse(number)
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from fault
        return number


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ActorRequest) -> HttpResponse:
    """The form; by POST the verdict; with a scanned code's `n` and `t` the verdict without typing.

    HEAD never looks anything up.
    """
    if request.method == "POST":
        return _answer_typed(request)
    number, tag = request.GET.get("n", ""), request.GET.get("t", "")
    if request.method == "GET" and number and tag:
        return _answer_scanned(request, number, tag)
    return render(request, "public/verify/ask.html", {"form": VerifyForm(initial={"number": number})})


@never_cache
@require_POST
def report(request: ActorRequest) -> HttpResponse:
    """The verdict as a paper to print and file."""
    form = VerifyForm(request.POST)
    if not form.is_valid():
        return render(request, "public/verify/ask.html", {"form": form}, status=422)
    at = timezone.now()
    turn = limiting.ask_from(request.META, at=at)
    if not turn.is_granted:
        return _busy(request, turn)
    verdict = selectors.verify(form.cleaned_data["number"], form.cleaned_data["name"], at)
    document = selectors.report_pdf(
        verdict,
        asked_name=form.cleaned_data["name"],
        site=request.build_absolute_uri("/"),
        report_number=_report_number(verdict.number, at),
    )
    response = HttpResponse(document.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="verification-{verdict.number}.pdf"'
    return response


def _answer_typed(request: ActorRequest) -> HttpResponse:
    form = VerifyForm(request.POST)
    if not form.is_valid():
        return render(request, "public/verify/ask.html", {"form": form}, status=422)
    at = timezone.now()
    turn = limiting.ask_from(request.META, at=at)
    if not turn.is_granted:
        return _busy(request, turn)
    verdict = selectors.verify(form.cleaned_data["number"], form.cleaned_data["name"], at)
    return _show(request, verdict, name=form.cleaned_data["name"])


def _answer_scanned(request: ActorRequest, number: str, tag: str) -> HttpResponse:
    at = timezone.now()
    turn = limiting.ask_from(request.META, at=at)
    if not turn.is_granted:
        return _busy(request, turn)
    return _show(request, selectors.verify_tag(number, tag, at), name="")


def _show(request: ActorRequest, verdict: selectors.Verdict, *, name: str) -> HttpResponse:
    word, tone, sentence = OUTCOMES[verdict.outcome]
    if verdict.masked_name:
        sentence = SCANNED[verdict.outcome]
    context = {
        "verdict": verdict,
        "word": _(word),
        "tone": tone if verdict.is_match else "neutral",
        "sentence": _(sentence),
        "name": name,
        "form": VerifyForm(initial={"number": verdict.number}),
        "facts": _facts(verdict),
        "history": [_moment(line) for line in verdict.history],
        "gaps": [] if verdict.is_match else selectors.days_without_record(),
        "is_whole": verdict.is_match and verdict.outcome != "broken",
    }
    return render(request, "public/verify/verdict.html", context)


def _facts(verdict: selectors.Verdict) -> list[tuple[str, object]]:
    if not verdict.is_match:
        return []
    issued = timezone.localtime(verdict.at).date() if verdict.issued_on is None else verdict.issued_on
    return [
        (_("证书种类"), verdict.kind),
        (_("职业"), f"{verdict.occupation}（{verdict.occupation_code}）"),
        (_("等级"), verdict.level_name),
        (_("核发机构"), verdict.issuer),
        (_("鉴定机构"), verdict.body),
        (_("发证日期"), f"{issued.year}年{issued.month}月{issued.day}日"),
    ]


def _moment(line: selectors.StatusLine) -> Moment:
    words = ""
    instrument, _slash, article = line.clause.partition("/")
    if instrument and article:
        found = regulations.clause(Clause(instrument, article))
        words = found.label if found else ""
    kinds = {"issued": "done", "suspended": "waiting", "revoked": "stopped"}
    return Moment(line.at, line.label, words, kind=kinds.get(line.state, "neutral"))  # type: ignore[arg-type]  # of Kind


def _busy(request: ActorRequest, turn: limiting.Turn) -> HttpResponse:
    context = {"wait": turn.wait_seconds, "limit": turn.limit}
    response = render(request, "public/verify/busy.html", context, status=429)
    response["Retry-After"] = str(turn.wait_seconds)
    return response


def _report_number(number: str, at: datetime) -> str:
    """A number to cite the report by: the day, the second, and four characters of the question's digest."""
    moment = timezone.localtime(at)
    digest = hashlib.sha256(f"{number}{at.isoformat()}".encode()).hexdigest()
    return f"CX{moment:%Y%m%d-%H%M%S}-{digest[:4].upper()}"
