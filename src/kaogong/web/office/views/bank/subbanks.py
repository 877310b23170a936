"""Sub-banks: the list, a proposal, one bank with its points, papers and evaluations, and what the nation decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors, services
from kaogong.occupations import selectors as occupations
from kaogong.web.office.listing import page_of, tell
from kaogong.web.office.views.bank.forms import ReasonForm
from kaogong.web.office.views.bank.papers import banks_with_blueprint
from kaogong.web.office.views.bank.words import BANK_POWERS, ITEM_KIND, split
from kaogong.web.ui.formats import date_zh, level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Figure, Kind, Moment

STATE_KIND: dict[str, Kind] = {"proposed": "waiting", "open": "done", "suspended": "stopped", "closed": "neutral"}
VERDICT_KIND: dict[str, Kind] = {"passed": "done", "conditional": "waiting", "failed": "stopped"}
DECISIONS = {
    "refuse": (services.refuse_sub_bank, gettext_lazy("不予批准"), gettext_lazy("申报到此结束；机构可以重新申报。")),
    "suspend": (
        services.suspend_sub_bank,
        gettext_lazy("停用分库"),
        gettext_lazy("不得再用这个分库组新卷，评估合格后才能恢复；已封存的试卷不变。"),
    ),
    "close": (
        services.close_sub_bank,
        gettext_lazy("撤销分库"),
        gettext_lazy("不能恢复。试题仍归该机构，任何新卷都不再选用；已封存的试卷不变。"),
    ),
}


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ProposalForm(forms.Form):
    """A sub-bank to be proposed."""

    bank = forms.ChoiceField(label=gettext_lazy("题库"))
    name = forms.CharField(
        label=gettext_lazy("分库名称"), max_length=120, help_text=gettext_lazy("例如 国家题库南京分库（电工五级）。")
    )
    reason = forms.CharField(label=gettext_lazy("申报理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, banks: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bank"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = banks

    def clean_bank(self) -> tuple[str, int]:
        """Occupation code and level."""
        place = split(self.cleaned_data["bank"])
        assert place is not None  # a choice of ours
        return place


class OpeningForm(forms.Form):
    """The first day of a sub-bank's term."""

    since = forms.DateField(label=gettext_lazy("自哪一天起使用"), widget=_day())


class EvaluationForm(forms.Form):
    """What a panel found."""

    held_from = forms.DateField(label=gettext_lazy("评估开始"), widget=_day())
    held_to = forms.DateField(label=gettext_lazy("评估结束"), widget=_day())
    panel = forms.CharField(
        label=gettext_lazy("评估组"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=gettext_lazy("每行一名专家。"),
    )
    findings = forms.CharField(
        label=gettext_lazy("评估意见"), widget=forms.Textarea(attrs={"rows": 5}), max_length=4000
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("结论"), choices=selectors.BankEvaluation.Verdict.choices, widget=forms.RadioSelect
    )


class LocalPointForm(forms.Form):
    """A local point under a national range."""

    under = forms.ChoiceField(label=gettext_lazy("挂在哪个鉴定范围之下"))
    name = forms.CharField(label=gettext_lazy("鉴定点"), max_length=160)
    importance = forms.ChoiceField(
        label=gettext_lazy("重要程度"),
        choices=list(selectors.IMPORTANCE.items()),
        widget=forms.RadioSelect,
        initial="Y",
    )

    def __init__(self, *args: Any, ranges: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["under"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = ranges


@require_safe
@needs(*BANK_POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """The sub-banks within reach."""
    page = page_of(request, selectors.sub_banks_for(request.actor))
    context = {
        "page": page,
        "cells": [(row, _bank_name(row), *_standing(row)) for row in page],
        "may_propose": _may_propose(request.actor),
    }
    return render(request, "office/bank/sub_banks.html", context)


@require_http_methods(["GET", "POST"])
@needs("itembank.approve")
def propose(request: ActorRequest) -> HttpResponse:
    """Propose a sub-bank of one's own body."""
    form = ProposalForm(request.POST or None, banks=banks_with_blueprint(request.actor))
    if request.method == "POST" and form.is_valid():
        code, level = form.cleaned_data["bank"]
        try:
            found = services.propose_sub_bank(
                actor=request.actor,
                at=now(),
                occupation_code=code,
                level=level,
                name=form.cleaned_data["name"],
                reason=form.cleaned_data["reason"],
            )
            return redirect("office:sub-bank", sub_bank_id=found.pk)
        except Refusal as refusal:
            tell(form, refusal)
    lead = _("经国家题库批准后，贵机构可以在国家细目表之下增加本地鉴定点和本地试题，用来组卷。鉴定范围和比重不变。")
    return _form(request, form, title=_("申报分库"), lead=lead, button=_("申报"), bank=None)


@require_safe
@needs(*BANK_POWERS)
def detail(request: ActorRequest, sub_bank_id: UUID) -> HttpResponse:
    """One sub-bank: its term, what is in it, what its papers keep of the nation's bank, what panels said."""
    found, actor = selectors.sub_bank(request.actor, sub_bank_id), request.actor
    content = selectors.content_of(found)
    share = selectors.national_share(selectors.home_of_bank(found), found.occupation_code, localdate())
    kind, word = _standing(found)
    decides = actor.may("itembank.approve")
    moves = {move.verb for move in selectors.SUB_BANK.open_to(found.state)} if decides else set()
    context = {
        "bank": found,
        "name": _bank_name(found),
        "sort": _(selectors.SUB_BANK_KINDS[found.kind]),
        "kind": kind,
        "word": word,
        "share": share,
        "figures": [
            Figure(_("本地鉴定点"), content.points, _("个")),
            Figure(_("本地试题"), sum(content.items.values()), _("道")),
            Figure(_("组成的试卷"), content.papers, _("份")),
            Figure(_("一份试卷最多的本地试题"), max(content.local, default=0), _("道")),
        ],
        "states": [
            (ITEM_KIND[state], _(name), content.items[state])
            for state, name in selectors.ITEM.states.items()
            if content.items[state]
        ],
        "points": selectors.local_points(found),
        "evaluations": [
            (each, VERDICT_KIND[each.verdict], each.get_verdict_display(), each.figures)
            for each in selectors.evaluations_of(found)
        ],
        "moments": _course(found),
        "moves": moves,
        "may_add": found.state == "open"
        and actor.may("itembank.write", region=found.region_code, organisation=found.organisation_id),
    }
    return render(request, "office/bank/sub_bank.html", context)


@require_http_methods(["GET", "POST"])
@needs("itembank.approve")
def opening(request: ActorRequest, sub_bank_id: UUID) -> HttpResponse:
    """Open a proposed sub-bank for its first term."""
    found = _decided(request.actor, sub_bank_id)
    form = OpeningForm(request.POST or None, initial={"since": localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.open_sub_bank(
                actor=request.actor, at=now(), sub_bank_id=found.pk, since=form.cleaned_data["since"]
            )
            return redirect("office:sub-bank", sub_bank_id=found.pk)
        except Refusal as refusal:
            tell(form, refusal)
    years = selectors.terms_on(localdate()).first_years
    lead = _("批准后首个使用期为 {years} 年，期满前须评估。").format(years=years)
    return _form(request, form, title=_("批准设立"), lead=lead, button=_("批准设立"), bank=found)


@require_http_methods(["GET", "POST"])
@needs("itembank.approve")
def decide(request: ActorRequest, sub_bank_id: UUID, verb: str) -> HttpResponse:
    """Refuse, suspend or close, with the reason."""
    found = _decided(request.actor, sub_bank_id)
    if verb not in DECISIONS:
        raise Http404
    deed, title, consequence = DECISIONS[verb]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            deed(actor=request.actor, at=now(), sub_bank_id=found.pk, reason=form.cleaned_data["reason"])
            return redirect("office:sub-bank", sub_bank_id=found.pk)
        except Refusal as refusal:
            tell(form, refusal)
    return _form(request, form, title=str(title), lead=str(consequence), button=str(title), bank=found)


@require_http_methods(["GET", "POST"])
@needs("itembank.approve")
def evaluate(request: ActorRequest, sub_bank_id: UUID) -> HttpResponse:
    """Record what a panel found."""
    found = _decided(request.actor, sub_bank_id)
    form = EvaluationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            services.evaluate_sub_bank(
                actor=request.actor,
                at=now(),
                sub_bank_id=found.pk,
                held_from=entered["held_from"],
                held_to=entered["held_to"],
                panel=entered["panel"].splitlines(),
                findings=entered["findings"],
                verdict=selectors.BankEvaluation.Verdict(entered["verdict"]),
            )
            return redirect("office:sub-bank", sub_bank_id=found.pk)
        except Refusal as refusal:
            tell(form, refusal)
    terms = selectors.terms_on(localdate())
    lead = _("合格续用 {passed} 年，限期整改续用 {conditional} 年，不合格立即停用。记录保存后不能更改。").format(
        passed=terms.passed_years, conditional=terms.conditional_years
    )
    return _form(request, form, title=_("登记评估"), lead=lead, button=_("保存评估记录"), bank=found)


@require_http_methods(["GET", "POST"])
@needs("itembank.write")
def point(request: ActorRequest, sub_bank_id: UUID) -> HttpResponse:
    """Hang a local point under a range."""
    found = selectors.sub_bank(request.actor, sub_bank_id)
    ranges = {"-".join(each.codes): each for each in selectors.ranges_for_points(found)}
    choices = [(code, f"{code} {each.name}") for code, each in ranges.items()]
    form = LocalPointForm(request.POST or None, ranges=choices)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            services.add_local_point(
                actor=request.actor,
                at=now(),
                sub_bank_id=found.pk,
                codes=ranges[entered["under"]].codes,
                name=entered["name"],
                importance=entered["importance"],
            )
            return redirect("office:sub-bank", sub_bank_id=found.pk)
        except Refusal as refusal:
            tell(form, refusal)
    lead = _("鉴定点的代码由系统按范围顺编（L01、L02……）。范围的比重不变：本地鉴定点只增加可选的题。")
    return _form(request, form, title=_("增加本地鉴定点"), lead=lead, button=_("增加"), bank=found)


def _form(
    request: ActorRequest, form: forms.Form, *, title: str, lead: str, button: str, bank: selectors.SubBank | None
) -> HttpResponse:
    context = {"form": form, "title": title, "lead": lead, "button": button, "bank": bank}
    return render(request, "office/bank/sub_bank_form.html", context, status=422 if form.errors else 200)


def _decided(actor: Actor, sub_bank_id: UUID) -> selectors.SubBank:
    """The bank, for whoever may decide on it."""
    found = selectors.sub_bank(actor, sub_bank_id)
    actor.require("itembank.approve")
    return found


def _may_propose(actor: Actor) -> bool:
    return actor.holds("itembank.approve") and not actor.may("itembank.approve")


def _bank_name(found: selectors.SubBank) -> str:
    return f"{occupations.name_of(found.occupation_code)} {level_name(found.level)}"


def _standing(found: selectors.SubBank) -> tuple[Kind, str]:
    """The badge: an open bank whose term ended says so."""
    if found.state == "open" and found.until is not None and found.until < localdate():
        return "stopped", _("使用期已满")
    if found.state == "open" and found.since is not None and found.since > localdate():
        return "waiting", _("尚未到使用期")
    return STATE_KIND[found.state], _(selectors.SUB_BANK.states[found.state])


def _course(found: selectors.SubBank) -> list[Moment]:
    """What happened to a bank, the newest first."""
    moments = [Moment(found.proposed_at, _("申报"), found.reason, found.proposed_by)]
    if found.opened_at is not None:
        term = _("首个使用期自 {since} 起").format(since=date_zh(found.since))
        moments.append(Moment(found.opened_at, _("批准设立"), term, found.opened_by, "done"))
    for each in reversed(selectors.evaluations_of(found)):
        until = _("续用至 {until}").format(until=date_zh(each.term_until)) if each.term_until else _("停用")
        text = f"{each.get_verdict_display()}　{until}"
        moments.append(Moment(each.recorded_at, _("评估"), text, each.recorded_by, VERDICT_KIND[each.verdict]))
    return list(reversed(moments))
