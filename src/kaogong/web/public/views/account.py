"""One's own account: what it holds, a forgotten password, a mail address, and why a second factor is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import LoginView
from allauth.core.exceptions import RateLimited
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.access import lockout, selectors, services, sessions
from kaogong.foundation.access.recovery import CodeProcess, MailVerification, Recovery
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.web.ui.refusing import advice_of, words_of
from kaogong.web.ui.requests import ActorRequest, signed_in
from kaogong.web.ui.views import error_page

CODE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True})
NEW = {"autocomplete": "new-password"}


class ForgottenForm(forms.Form):
    """Which account is meant."""

    login = forms.CharField(
        label=_("手机号码、邮箱或登录名"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    """The code that was sent, and the new password twice."""

    code = forms.CharField(label=_("验证码"), max_length=12, help_text=_("六位数字，15 分钟内有效。"), widget=CODE)
    password = forms.CharField(
        label=_("新密码"),
        strip=False,
        help_text=_("至少 10 位，不要用姓名、号码或常见密码。"),
        widget=forms.PasswordInput(attrs=NEW),
    )
    again = forms.CharField(label=_("再输入一次"), strip=False, widget=forms.PasswordInput(attrs=NEW))

    def clean(self) -> dict[str, Any]:
        """Both passwords must be one."""
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", gettext("两次输入的密码不一样。"))
        return given


class MailForm(forms.Form):
    """A mail address to be added."""

    mail = forms.EmailField(
        label=_("邮箱地址"),
        help_text=_("会收到一封验证码邮件。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class CodeForm(forms.Form):
    """The code that came by mail."""

    code = forms.CharField(label=_("验证码"), max_length=12, help_text=_("六位数字，15 分钟内有效。"), widget=CODE)


class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no types
    """allauth's page for signing in; whoever tried too often gets the page that says how long to wait."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Show what is wrong, or the page for too many tries."""
        codes = {error.code for errors in form.errors.as_data().values() for error in errors}
        if "too_many_login_attempts" in codes:
            return error_page(self.request, 429, minutes=lockout.GUESSING_WAIT // timedelta(minutes=1))
        response: HttpResponse = super().form_invalid(form)
        return response


def locked_out(
    request: HttpRequest, _answer: HttpResponse | None, credentials: Mapping[str, str] | None
) -> HttpResponse:
    """The same page after five failures for one account from one address (setting AXES_LOCKOUT_CALLABLE)."""
    return error_page(request, 429, minutes=lockout.minutes_left(request, credentials))


@require_safe
@signed_in
def overview(request: ActorRequest) -> HttpResponse:
    """The account at a glance: ways to sign in, the second factor, the posts in force."""
    account = selectors.own_account(request.actor)
    today = timezone.localdate()
    context = {
        "account": account,
        "has_second_factor": is_mfa_enabled(account),
        "posts": selectors.posts_in_force(account.pk, today),
        "is_required": selectors.is_second_factor_required(),
    }
    return render(request, "account/overview.html", context)


@require_safe
@signed_in
def second_factor(request: ActorRequest) -> HttpResponse:
    """Why an officer came here instead of to the page asked for, and the way on."""
    account = selectors.own_account(request.actor)
    return render(request, "account/second_factor.html", {"is_set": is_mfa_enabled(account), "account": account})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def open_sessions(request: ActorRequest) -> HttpResponse:
    """Where one is signed in, and the end of what is not oneself: one session, or all but this one."""
    account = selectors.own_account(request.actor)
    rows = sessions.open_sessions(account.pk, request.session.session_key)
    if request.method == "POST":
        wish = request.POST.get("end", "")
        ending = [row.id for row in rows if not row.is_current and wish in {"others", str(row.id)}]
        if ending:
            count = services.end_sessions(
                actor=request.actor, at=timezone.now(), account_id=account.pk, session_ids=ending
            )
            done = ngettext("已结束 %(count)d 处登录。", "已结束 %(count)d 处登录。", count) % {"count": count}
            messages.success(request, done)
        return redirect("account_sessions")
    context = {"sessions": rows, "others": len(rows) - 1, "rest_minutes": sessions.idle_minutes_allowed(request.actor)}
    return render(request, "account/sessions.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a code to the verified contact of an account; the answer does not tell whether there is one."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            Recovery.begin(request, form.cleaned_data["login"])
        except RateLimited:
            return error_page(request, 429)
        return redirect("account_new_password")
    return render(request, "account/password_reset.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Take the code and set the new password."""
    process = Recovery.resume(request)
    if not isinstance(process, Recovery):
        return _start_again(request, "account_reset_password")
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if (ended := _judge(request, process, form, "account_reset_password")) is not None:
            return ended
        if not form.errors:
            try:
                process.finish(form.cleaned_data["password"])
            except services.PasswordWeak as refusal:
                form.add_error("password", in_words(refusal))
            else:
                messages.success(request, gettext("密码已更改，请用新密码登录。"))
                return redirect("account_login")
    return render(request, "account/new_password.html", {"form": form, "sent_to": process.masked})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]  # allauth ships no types
def mail(request: ActorRequest) -> HttpResponse:
    """Add or change the mail address of one's account; removing it needs no code."""
    account = selectors.own_account(request.actor)
    form = MailForm(request.POST if request.POST.get("action") == "set" else None)
    if request.POST.get("action") == "remove":
        services.change_mail(actor=request.actor, at=timezone.now(), account_id=account.pk, mail="")
        messages.success(request, gettext("邮箱已删除。"))
        return redirect("account_overview")
    if form.is_bound and form.is_valid():
        try:
            MailVerification.begin(request, account, form.cleaned_data["mail"])
        except RateLimited:
            return error_page(request, 429)
        return redirect("account_verify_mail")
    return render(request, "account/mail.html", {"form": form, "account": account})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def verify_mail(request: ActorRequest) -> HttpResponse:
    """Take the code that came by mail."""
    process = MailVerification.resume(request)
    if not isinstance(process, MailVerification) or process.account is None:
        return _start_again(request, "account_mail")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if (ended := _judge(request, process, form, "account_mail")) is not None:
            return ended
        if not form.errors:
            try:
                process.finish(request.actor)
            except Refusal as refusal:
                form.add_error(None, in_words(refusal))
            else:
                messages.success(request, gettext("邮箱已验证，可以用它登录和接收通知。"))
                return redirect("account_overview")
    return render(request, "account/verify_mail.html", {"form": form, "sent_to": process.masked})


def _judge(request: HttpRequest, process: CodeProcess, form: forms.Form, again: str) -> HttpResponse | None:
    """Put a wrong code into the form; give the way out when it was the last try."""
    verdict = process.judge(form.cleaned_data["code"])
    if verdict == "over":
        messages.error(request, gettext("验证码输错次数过多，已作废，请重新获取。"))
        return redirect(again)
    if verdict == "wrong":
        form.add_error("code", gettext("验证码不正确，请核对后再输入。"))
    return None


def _start_again(request: HttpRequest, where: str) -> HttpResponse:
    messages.info(request, gettext("验证码已过期，请重新获取。"))
    return redirect(where)


def in_words(refusal: Refusal) -> str:
    """Message and advice of a refusal, for a form's error."""
    return words_of(refusal) + advice_of(refusal)
