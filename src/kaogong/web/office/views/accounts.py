"""Accounts: opened for the staff, and helped when their owners are locked out; every measure has its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.access import selectors, services
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.web.office.listing import export, minute_of, page_of, sorted_by, tell
from kaogong.web.ui.requests import ActorRequest, grave, needs
from kaogong.web.ui.shapes import Filter

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kaogong.foundation.access.models import Account

SORTS = {"name": "display_name", "opened": "created_at", "seen": "last_login"}
NEW_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class OpenForm(forms.Form):
    """A new account for a colleague."""

    display_name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    username = forms.CharField(
        label=gettext_lazy("登录名"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("如 wu.kaowu；登录名、手机号码、邮箱至少填一项。"),
    )
    phone = forms.CharField(
        label=gettext_lazy("手机号码"), required=False, max_length=30, help_text=gettext_lazy("首次登录时用短信验证。")
    )
    password = forms.CharField(
        label=gettext_lazy("初始密码"),
        strip=False,
        help_text=gettext_lazy("当面告知本人，提醒登录后修改。至少 10 位。"),
        widget=NEW_PASSWORD,
    )


class ReasonForm(forms.Form):
    """Why a measure is taken."""

    reason = forms.CharField(
        label=gettext_lazy("事由"),
        max_length=200,
        help_text=gettext_lazy("写明怎样核验了本人身份，如“手机遗失，已当面核验身份证”。记入审计。"),
    )


class PhoneForm(ReasonForm):
    """A new phone in place of a lost one."""

    phone = forms.CharField(
        label=gettext_lazy("新手机号码"), max_length=30, help_text=gettext_lazy("下次登录时用短信验证。")
    )
    field_order = ("phone", "reason")


@require_safe
@needs("access.appoint", "access.view")
def index(request: ActorRequest) -> HttpResponse:
    """The accounts within reach."""
    rows = selectors.accounts_for(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(display_name__icontains=text) | Q(username__icontains=text) | Q(person__name=text))
    state = request.GET.get("state", "")
    if state in {"open", "closed"}:
        rows = rows.filter(is_active=state == "open")
    rows = sorted_by(request, rows, SORTS, default="-opened")
    if kind := request.GET.get("export", ""):
        return _exported(kind, rows)
    context = {
        "page": page_of(request, rows),
        "filters": [Filter("state", _("状态"), [("open", _("在用")), ("closed", _("已停用"))])],
        "may_open": request.actor.holds("access.appoint"),
    }
    return render(request, "office/accounts/index.html", context)


def _exported(kind: str, rows: QuerySet[Account]) -> HttpResponse:
    heads = [_("称呼"), _("登录名"), _("手机号码"), _("本人记录"), _("开设"), _("上次登录"), _("状态")]
    cells = (
        (
            str(row),
            row.username,
            row.phone_masked,
            row.person.name if row.person else "",
            minute_of(row.created_at),
            minute_of(row.last_login),
            _("在用") if row.is_active else _("已停用"),
        )
        for row in rows
    )
    return export(kind, "accounts", heads, cells)


@require_safe
@needs("access.appoint", "access.view")
def detail(request: ActorRequest, account_id: UUID) -> HttpResponse:
    """One account: contacts masked, the second factor, the posts in force, and the measures."""
    account = selectors.account(request.actor, account_id)
    context = {
        "account": account,
        "has_second_factor": selectors.has_second_factor(account),
        "posts": selectors.posts_in_force(account.pk, timezone.localdate()),
        "may_see_persons": request.actor.holds("persons.see"),
        "may_act": request.actor.holds("access.appoint") and account.pk != request.actor.account_id,
    }
    return render(request, "office/accounts/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("access.appoint")
def open_account(request: ActorRequest) -> HttpResponse:
    """Open an account for a colleague."""
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = services.open_account(actor=request.actor, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("账号已开设，现在可以任命岗位。"))
            return redirect("office:account", account.pk)
    context = {"form": form, "title": _("开设账号"), "consequence": _("开设后，本人即可登录；岗位另行任命。")}
    return render(request, "office/accounts/deed.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("access.appoint")
@grave
def take(request: ActorRequest, account_id: UUID, measure: str) -> HttpResponse:
    """Take a measure on somebody else's account: `second-factor`, `sessions`, `phone` or `close`."""
    account = selectors.account(request.actor, account_id)
    words = {
        "second-factor": (_("解除双重验证"), _("验证器和备用码一并作废；本人须重新设置后才能行使岗位权限。")),
        "sessions": (_("结束所有登录"), _("在所有设备上即刻退出；密码和岗位不变，可以重新登录。")),
        "phone": (_("更换手机号码"), _("原号码即刻不能登录；新号码下次登录时用短信验证。")),
        "close": (_("停用账号"), _("即刻不能登录，岗位权限随之失效。")),
    }
    if measure not in words:
        raise Http404
    form = (PhoneForm if measure == "phone" else ReasonForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, measure, account, form)
        except Refusal as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("已办理。"))
            return redirect("office:account", account_id)
    title, consequence = words[measure]
    context = {"form": form, "account": account, "title": title, "consequence": consequence, "is_final": True}
    return render(request, "office/accounts/deed.html", context, status=422 if form.errors else 200)


def _do(request: ActorRequest, measure: str, account: Account, form: forms.Form) -> None:
    at, reason = timezone.now(), form.cleaned_data["reason"]
    if measure == "second-factor":
        services.reset_second_factor(actor=request.actor, at=at, account_id=account.pk, reason=reason)
    elif measure == "sessions":
        services.end_sessions(actor=request.actor, at=at, account_id=account.pk, session_ids=(), reason=reason)
    elif measure == "phone":
        phone = form.cleaned_data["phone"]
        services.replace_phone(actor=request.actor, at=at, account_id=account.pk, phone=phone, reason=reason)
    else:
        services.close_account(actor=request.actor, at=at, account_id=account.pk, reason=reason)
