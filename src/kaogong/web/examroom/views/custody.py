"""Several hands on a paper's key: what the officers see and name, and each custodian's own page, made for a phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.delivery import selectors, services
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.sittings import selectors as sittings
from kaogong.sittings.selectors import PART_NAMES
from kaogong.web.ui.refusing import status_of, words_of
from kaogong.web.ui.requests import ActorRequest, signed_in


class NamingForm(forms.Form):
    """Who keeps the key of a part's papers, and how many of them open it."""

    keepers = forms.MultipleChoiceField(
        label=gettext_lazy("保管人"),
        help_text=gettext_lazy("只列出在岗并已设置保管口令的人员。"),
        widget=forms.CheckboxSelectMultiple,
    )
    threshold = forms.IntegerField(
        label=gettext_lazy("启封所需份数"),
        help_text=gettext_lazy("须少于保管人数，容许有人缺席。"),
        min_value=2,
        max_value=20,
        initial=2,
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["keepers"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices


class EmergencyForm(forms.Form):
    """Why the papers must be opened without enough shares."""

    reason = forms.CharField(label=gettext_lazy("事由"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class HandInForm(forms.Form):
    """The custodian's passphrase."""

    passphrase = forms.CharField(
        label=gettext_lazy("保管口令"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class PassphraseForm(HandInForm):
    """A passphrase chosen, typed twice."""

    again = forms.CharField(
        label=gettext_lazy("再输一次"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both the same."""
        typed = super().clean() or {}
        if typed.get("passphrase") and typed.get("passphrase") != typed.get("again"):
            self.add_error("again", _("两次输入的口令不一致。"))
        return typed


@require_http_methods(["GET", "POST"])
@signed_in
def custody(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """Who keeps the key, what was handed in; naming the custodians."""
    found = selectors.part_for(request.actor, part_id)
    if request.method == "GET":
        return render(request, "examroom/panel/custody.html", _context(request, found))
    form = NamingForm(request.POST, choices=_choices(request, found))
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            services.name_custodians(
                actor=request.actor,
                at=now(),
                part_id=part_id,
                account_ids=[UUID(each) for each in form.cleaned_data["keepers"]],
                threshold=form.cleaned_data["threshold"],
            )
            messages.success(request, _("保管人已指定，密钥份额已分发。"))
            return redirect("examroom:custody", part_id)
        except Refusal as refused:
            refusal = refused
            form.add_error(None, words_of(refused))
    context = _context(request, found, naming_form=form, refusal=refusal)
    return render(request, "examroom/panel/custody.html", context, status=status_of(refusal) if refusal else 422)


def _context(request: ActorRequest, found: Any, **more: Any) -> dict[str, Any]:
    at = now()
    kept = selectors.custody_of(found.pk, request.actor)
    copies = list(selectors.copies_of(found.pk, request.actor))
    may_deliver = sittings.may(request.actor, "delivery.deliver", found.sitting)
    handed = selectors.handed_in(kept) if kept else 0
    opens_at = selectors.opens_at(found)
    in_need = kept is not None and handed < kept.threshold and at >= opens_at and not selectors.is_over(kept)
    context = {
        "part": found,
        "name": PART_NAMES.get(found.part, found.part),
        "custody": kept,
        "shares": selectors.shares_of(kept) if kept else [],
        "handed": handed,
        "copies": copies,
        "opens_at": opens_at,
        "is_open": at >= opens_at,
        "is_over": kept is not None and selectors.is_over(kept),
        "needed": selectors.needs_custodians(found),
        "may_ask": in_need and (may_deliver or selectors.may_run(request.actor, found)),
        "may_approve": in_need and may_deliver and kept is not None and kept.asked_at is not None,
        "emergency_form": EmergencyForm(),
        "at": at,
    }
    if may_deliver and not copies and found.part != "skill":
        context["naming_form"] = NamingForm(choices=_choices(request, found))
    return context | more


def _choices(request: ActorRequest, found: Any) -> list[tuple[str, str]]:
    return [(str(key.account_id), str(key.account)) for key in selectors.custodian_choices(request.actor, found)]


@require_POST
@signed_in
def ask_emergency(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """Ask for the release without enough shares."""
    services.ask_emergency(actor=request.actor, at=now(), part_id=part_id, reason=request.POST.get("reason", ""))
    messages.success(request, _("应急启封申请已登记，请另一名考务人员核准。"))
    return redirect("examroom:custody", part_id)


@require_POST
@signed_in
def approve_emergency(request: ActorRequest, part_id: UUID) -> HttpResponse:
    """Approve it."""
    services.approve_emergency(actor=request.actor, at=now(), part_id=part_id)
    messages.success(request, _("已核准。试卷已重新加密，到开考时间即可启封。"))
    return redirect("examroom:part", part_id)


@require_safe
@never_cache
@signed_in
def keeping(request: ActorRequest) -> HttpResponse:
    """What the reader keeps."""
    return render(request, "examroom/panel/keeping.html", _kept(request))


def _kept(request: ActorRequest, **more: Any) -> dict[str, Any]:
    at = now()
    return {
        "key": selectors.own_key(request.actor),
        "keepings": selectors.own_keepings(request.actor, at),
        "part_names": PART_NAMES,
        "form": PassphraseForm(),
        "at": at,
    } | more


@sensitive_post_parameters("passphrase", "again")
@require_POST
@signed_in
def passphrase(request: ActorRequest) -> HttpResponse:
    """Choose one's passphrase."""
    form = PassphraseForm(request.POST)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            services.choose_passphrase(actor=request.actor, at=now(), passphrase=form.cleaned_data["passphrase"])
            messages.success(request, _("保管口令已设置。系统不保存口令，遗忘后无法找回。"))
            return redirect("examroom:keeping")
        except Refusal as refused:
            refusal = refused
            form.add_error("passphrase", words_of(refused))
    context = _kept(request, form=form, refusal=refusal)
    return render(request, "examroom/panel/keeping.html", context, status=status_of(refusal) if refusal else 422)


@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "POST"])
@never_cache
@signed_in
def hand_in(request: ActorRequest, share_id: UUID) -> HttpResponse:
    """Hand in one's share."""
    found = selectors.own_keeping(request.actor, share_id, now())
    form = HandInForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            services.hand_in_share(
                actor=request.actor, at=now(), share_id=share_id, passphrase=form.cleaned_data["passphrase"]
            )
            messages.success(request, _("您的份额已交出。"))
            return redirect("examroom:share", share_id)
        except services.WrongPassphrase as wrong:
            services.note_wrong_passphrase(actor=request.actor, at=now(), share_id=share_id)
            refusal = wrong
        except Refusal as refused:
            refusal = refused
        form.add_error("passphrase", words_of(refusal))
    part = found.share.custody.part
    context = {"keeping": found, "share": found.share, "part": part, "form": form, "refusal": refusal}
    context["name"] = PART_NAMES.get(part.part, part.part)
    return render(request, "examroom/panel/share.html", context, status=status_of(refusal) if refusal else 200)
