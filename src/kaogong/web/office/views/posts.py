"""Posts: who holds which, for how long; appointments, their end, and deputies during leave."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.access import selectors, services
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.foundation.organisations import selectors as organisations
from kaogong.web.office.listing import export, page_of, sorted_by, tell
from kaogong.web.office.views.power_words import powers_in_words
from kaogong.web.ui.phrases import said
from kaogong.web.ui.requests import ActorRequest, grave, needs, signed_in
from kaogong.web.ui.shapes import Filter

POWERS = ("access.view", "access.appoint")
SORTS = {"name": "account__display_name", "organisation": "organisation__name", "since": "since", "until": "until"}
DAY = {"type": "date"}
ENDING_DAYS = 60
"""How far ahead the list calls a term about to end; a choice of the page, no rule."""


class AppointForm(forms.Form):
    """Who gets which post in which body, from when to when."""

    login = forms.CharField(
        label=gettext_lazy("账号"), max_length=254, help_text=gettext_lazy("对方的登录名、手机号码或邮箱，须填写完整。")
    )
    organisation = forms.ChoiceField(label=gettext_lazy("机构"))
    role = forms.ChoiceField(label=gettext_lazy("岗位"))
    since = forms.DateField(label=gettext_lazy("任期起"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    until = forms.DateField(
        label=gettext_lazy("任期止"),
        required=False,
        help_text=gettext_lazy("不填则任至另行通知。"),
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
    )


class EndForm(forms.Form):
    """The last day of a post, and why it ends."""

    until = forms.DateField(label=gettext_lazy("最后一天"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    reason = forms.CharField(
        label=gettext_lazy("事由"), max_length=200, help_text=gettext_lazy("记入审计，至少四个字。")
    )


class DeputeForm(forms.Form):
    """Who stands in, for which days, and why."""

    login = forms.CharField(
        label=gettext_lazy("代理人账号"),
        max_length=254,
        help_text=gettext_lazy("对方的登录名、手机号码或邮箱，须填写完整。"),
    )
    since = forms.DateField(label=gettext_lazy("代理起"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    until = forms.DateField(label=gettext_lazy("代理止"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    reason = forms.CharField(
        label=gettext_lazy("事由"), max_length=200, help_text=gettext_lazy("如“年休假”“外出培训”。")
    )


@require_safe
@needs(*POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """The posts within reach, those in force first asked for."""
    today = timezone.localdate()
    rows = selectors.posts_for(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(
            Q(account__display_name__icontains=text)
            | Q(account__username__icontains=text)
            | Q(organisation__name__icontains=text)
        )
    if role := request.GET.get("role", ""):
        rows = rows.filter(role=role)
    in_force = Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))
    state = request.GET.get("state", "")
    if state == "now":
        rows = rows.filter(in_force)
    elif state == "ending":
        rows = rows.filter(pk__in=selectors.posts_ending(request.actor, today, today + timedelta(days=ENDING_DAYS)))
    elif state == "past":
        rows = rows.filter(until__lt=today)
    elif state == "next":
        rows = rows.filter(since__gt=today)
    rows = sorted_by(request, rows, SORTS)
    if kind := request.GET.get("export", ""):
        heads = [_("姓名"), _("登录名"), _("机构"), _("岗位"), _("任期起"), _("任期止"), _("离任事由")]
        cells = (
            (
                str(row.account),
                row.account.username,
                row.organisation.name,
                selectors.role_title(row.role),
                row.since.isoformat(),
                row.until.isoformat() if row.until else "",
                row.ended_because,
            )
            for row in rows
        )
        return export(kind, "posts", heads, cells)
    page = page_of(request, rows)
    context = {
        "page": page,
        "rows": [{"post": row, "title": selectors.role_title(row.role), **standing(row, today)} for row in page],
        "filters": [
            Filter(
                "state",
                _("任期"),
                [
                    ("now", _("在任")),
                    ("ending", _("即将届满")),
                    ("next", _("尚未开始")),
                    ("past", _("已结束")),
                ],
            ),
            Filter("role", _("岗位"), [(each.key, each.title) for each in selectors.role_choices(today)]),
        ],
        "may_appoint": request.actor.holds("access.appoint"),
    }
    return render(request, "office/posts/index.html", context)


def standing(post: object, today: object) -> dict[str, str]:
    """Badge and word for where a term stands today."""
    since, until = post.since, post.until  # type: ignore[attr-defined]  # a post or a deputyship
    if since > today:
        return {"kind": "waiting", "word": _("尚未开始")}
    if until is not None and until < today:
        return {"kind": "neutral", "word": _("已结束")}
    return {"kind": "done", "word": _("在任")}


@require_safe
@signed_in
def detail(request: ActorRequest, post_id: UUID) -> HttpResponse:
    """One post with its deputies; its holder may name one too."""
    post = selectors.post(request.actor, post_id)
    today = timezone.localdate()
    may_appoint = request.actor.may(
        "access.appoint", region=post.organisation.region_code, organisation=post.organisation_id
    )
    deputies = [
        {"deputy": each, "is_open": each.recalled_on is None and each.until >= today}
        for each in selectors.deputies_of([post.pk])
    ]
    is_over = post.until is not None and post.until < today
    context = {
        "post": post,
        "role": selectors.role_of(post.role, post.since),
        "title": selectors.role_title(post.role),
        "deputies": deputies,
        "may_end": may_appoint and not is_over,
        "may_depute": (may_appoint or (post.account_id == request.actor.account_id and bool(request.actor.grants)))
        and not is_over,
        **standing(post, today),
    }
    return render(request, "office/posts/detail.html", context)


@require_safe
@needs(*POWERS)
def roles(request: ActorRequest) -> HttpResponse:
    """The table of roles: duty, powers, bodies, and what must be kept apart."""
    today = timezone.localdate()
    rows = [
        {
            "role": each,
            "powers": powers_in_words(each.powers),
            "apart": [selectors.role_title(key) for key in sorted(each.apart)],
        }
        for each in selectors.role_choices(today)
    ]
    return render(request, "office/posts/roles.html", {"rows": rows, "today": today})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("access.appoint")
@grave
def appoint(request: ActorRequest) -> HttpResponse:
    """Give an account a post in one of the bodies within reach."""
    today = timezone.localdate()
    form = AppointForm(request.POST or None, initial={"since": today, "login": request.GET.get("login", "")})
    _choices(
        form, "role", [(each.key, f"{said(each.title)} — {said(each.duty)}") for each in selectors.role_choices(today)]
    )
    reach = organisations.organisations_for(request.actor, is_open=True)
    bodies = [(str(each.pk), each.name) for each in reach if _may_appoint(request, each.region_code, each.pk)]
    _choices(form, "organisation", bodies)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        account = selectors.find_account(request.actor, given["login"])
        if account is None:
            form.add_error("login", _("没有这个账号；请核对，或先开设账号。"))
        else:
            try:
                post = services.appoint(
                    actor=request.actor,
                    at=timezone.now(),
                    account_id=account.pk,
                    organisation_id=UUID(given["organisation"]),
                    role=given["role"],
                    since=given["since"],
                    until=given["until"],
                )
            except Refusal as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("已任命。任期起始日起生效。"))
                return redirect("office:post", post.pk)
    return render(request, "office/posts/appoint.html", {"form": form}, status=422 if form.errors else 200)


def _may_appoint(request: ActorRequest, region: str, organisation: UUID) -> bool:
    return request.actor.may("access.appoint", region=region, organisation=organisation)


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


@require_http_methods(["GET", "HEAD", "POST"])
@needs("access.appoint")
def end(request: ActorRequest, post_id: UUID) -> HttpResponse:
    """End a post on a day."""
    post = selectors.post(request.actor, post_id)
    form = EndForm(request.POST or None, initial={"until": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.end_post(actor=request.actor, at=timezone.now(), post_id=post_id, **form.cleaned_data)
        except Refusal as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("岗位将在该日结束后失效。"))
            return redirect("office:post", post_id)
    title, consequence = _("结束岗位"), _("该日结束后，岗位权限和代理一并失效。")
    return _deed(request, form, post, title, consequence, is_final=True)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def depute(request: ActorRequest, post_id: UUID) -> HttpResponse:
    """Have somebody stand in: the holder may, and whoever may appoint there."""
    post = selectors.post(request.actor, post_id)
    form = DeputeForm(request.POST or None, initial={"since": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        account = selectors.find_colleague(request.actor, post, given["login"])
        if account is None:
            form.add_error("login", _("没有这个账号，请核对。"))
        else:
            try:
                services.depute(
                    actor=request.actor,
                    at=timezone.now(),
                    post_id=post_id,
                    account_id=account.pk,
                    since=given["since"],
                    until=given["until"],
                    reason=given["reason"],
                )
            except Refusal as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("已指定代理人，代理期内行使该岗位的权限。"))
                return redirect("office:post", post_id)
    return _deed(request, form, post, _("指定代理人"), _("代理期内，代理人行使该岗位的全部权限；可随时收回。"))


@require_POST
@signed_in
def recall(request: ActorRequest, deputy_id: UUID) -> HttpResponse:
    """Take a deputyship back at once."""
    deputy = services.recall_deputy(actor=request.actor, at=timezone.now(), deputy_id=deputy_id)
    messages.success(request, _("代理已收回，即刻生效。"))
    return redirect("office:post", deputy.post_id)


def _deed(
    request: ActorRequest, form: forms.Form, post: object, title: str, consequence: str, *, is_final: bool = False
) -> HttpResponse:
    context = {
        "form": form,
        "post": post,
        "role_title": selectors.role_title(post.role),  # type: ignore[attr-defined]  # a post
        "title": title,
        "consequence": consequence,
        "is_final": is_final,
    }
    return render(request, "office/posts/deed.html", context, status=422 if form.errors else 200)
