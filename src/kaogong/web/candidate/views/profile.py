"""One's own data: everything that is kept about me on one page, as a file, and the two ways of connecting a record."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.certificates import selectors as certificates
from kaogong.foundation.access import selectors as access
from kaogong.foundation.access import services as access_services
from kaogong.foundation.access import sessions
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.identity import services as identity_services
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.foundation.notices import selectors as notices
from kaogong.foundation.regions import selectors as regions
from kaogong.registration import selectors as registration
from kaogong.scoring import selectors as scoring
from kaogong.web.ui.refusing import advice_of, words_of
from kaogong.web.ui.requests import ActorRequest, signed_in

NOTICES = 10


class ClaimForm(forms.Form):
    """The three facts that connect a record with an account."""

    name = forms.CharField(label=_("姓名"), max_length=100, help_text=_("与证件一致。"))
    document_kind = forms.ChoiceField(label=_("证件类型"), choices=identity.KINDS)
    document_number = forms.CharField(
        label=_("证件号码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class EnterForm(ClaimForm):
    """What a new record needs; a resident number tells sex and date of birth itself."""

    sex = forms.ChoiceField(
        label=_("性别"),
        choices=[("", _("由身份证号码得出")), *identity.SEXES],
        required=False,
        help_text=_("不是居民身份证的，须选择。"),
    )
    born_on = forms.DateField(
        label=_("出生日期"),
        required=False,
        help_text=_("不是居民身份证的，须填写。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    residence = forms.CharField(
        label=_("常住地"), max_length=40, help_text=_("区县名称，如“玄武区”。决定由哪一级机构受理。")
    )

    def clean_residence(self) -> str:
        """The code of the district typed; one that is not unique asks for more."""
        typed = str(self.cleaned_data["residence"])
        found = regions.search(typed, limit=6)
        exact = [place for place in found if typed in (place.code, place.name)] or found
        if len(exact) != 1:
            names = "、".join(regions.name_of(place.code) for place in exact)
            many = gettext("有多个同名地区，请填写全称或六位代码：{names}").format(names=names)
            raise forms.ValidationError(many if exact else gettext("没有这个地区，请核对名称。"))
        return exact[0].code


class ContactForm(forms.Form):
    """Where I am reached."""

    phone = forms.CharField(
        label=_("手机号码"), required=False, max_length=30, widget=forms.TextInput(attrs={"type": "tel"})
    )
    mail = forms.EmailField(label=_("邮箱"), required=False)


@require_safe
@signed_in
def overview(request: ActorRequest) -> HttpResponse:
    """Everything kept about me: person, contacts, account, what I applied for and got, and who looked at my number."""
    person = identity.own_person(request.actor)
    account = access.own_account(request.actor)
    context: dict[str, object] = {"person": person, "account": account}
    if person is not None:
        context |= {
            "region": regions.name_of(person.region_code) if person.region_code else "",
            "registrations": registration.of_person(request.actor),
            "results": scoring.own_results(request.actor),
            "certificates": certificates.own_certificates(request.actor),
            "notices": notices.own_notices(request.actor)[:NOTICES],
            "corrections": identity.name_corrections(request.actor, person.pk),
            "revelations": identity.own_revelations(request.actor),
        }
    return render(request, "candidate/profile/overview.html", context)


@never_cache
@require_safe
@signed_in
def download(request: ActorRequest) -> JsonResponse:
    """The same as a file that other programs can read; the document number stays masked, for a file may be lost."""
    account = access.own_account(request.actor)
    told: dict[str, object] = {
        "as_of": timezone.now().isoformat(),
        "account": {
            "login": account.username,
            "called": account.display_name,
            "phone": account.phone_masked,
            "mail": account.mail_masked,
            "opened_at": account.created_at.isoformat(),
            "last_sign_in": account.last_login.isoformat() if account.last_login else None,
            "open_sessions": [
                {
                    "machine": each.machine,
                    "browser": each.browser,
                    "address": each.address,
                    "since": each.since.isoformat(),
                    "seen_at": each.seen_at.isoformat(),
                }
                for each in sessions.open_sessions(account.pk, request.session.session_key)
            ],
        },
    }
    if (person := identity.own_person(request.actor)) is not None:
        contact = identity.contact_of(person.pk)
        told["person"] = {
            "name": person.name,
            "sex": person.get_sex_display(),
            "born_on": person.born_on.isoformat(),
            "document": {"kind": person.get_document_kind_display(), "number": person.document_masked},
            "phone": contact.phone if contact else "",
            "mail": contact.mail if contact else "",
            "region": person.region_code,
            "entered_at": person.entered_at.isoformat(),
            "entered_by_oneself": person.is_self_entered,
        }
        told["name_corrections"] = [
            {"from": each.old_name, "to": each.new_name, "document": each.document, "at": each.corrected_at.isoformat()}
            for each in identity.name_corrections(request.actor, person.pk)
        ]
        told["registrations"] = [
            {"number": each.number, "state": each.get_state_display(), "started_at": each.started_at.isoformat()}
            for each in registration.of_person(request.actor)
        ]
        told["results"] = [
            {
                "registration": each.registration.number,
                "parts": {part: kept["mark"] for part, kept in each.parts.items()},
                "passed": each.is_passed,
                "published_at": each.published_at.isoformat() if each.published_at else None,
            }
            for each in scoring.own_results(request.actor)
        ]
        told["certificates"] = [
            {
                "number": each.number,
                "occupation": each.occupation_name,
                "level": each.level,
                "issued_on": each.issued_on.isoformat(),
                "state": each.state_label,
            }
            for each in certificates.own_certificates(request.actor)
        ]
        told["notices"] = [
            {"channel": each.channel, "to": each.to_masked, "text": each.text, "queued_at": each.queued_at.isoformat()}
            for each in notices.own_notices(request.actor)
        ]
        told["document_seen_by"] = [
            {"at": each.at.isoformat(), "by": each.by, "reason": each.reason}
            for each in identity.own_revelations(request.actor)
        ]
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="kaogong-{timezone.localdate():%Y%m%d}.json"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def contact(request: ActorRequest) -> HttpResponse:
    """Correct where I am reached."""
    person = identity.own_person(request.actor)
    if person is None:
        return redirect("candidate:profile-claim")
    known = identity.contact_of(person.pk)
    initial = {"phone": known.phone.removeprefix("+86"), "mail": known.mail} if known else {}
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            identity_services.correct_contact(
                actor=request.actor,
                at=timezone.now(),
                person_id=person.pk,
                phone=form.cleaned_data["phone"],
                mail=form.cleaned_data["mail"],
            )
        except Refusal as refusal:
            _into(form, refusal)
        else:
            messages.success(request, gettext("联系方式已更正，今后的通知发到这里。"))
            return redirect("candidate:profile")
    return render(request, "candidate/profile/contact.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def claim(request: ActorRequest) -> HttpResponse:
    """Claim the record that a school or an office entered."""
    form = ClaimForm(request.POST or None, initial={"document_kind": "resident"})
    refused: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            access_services.claim_person(
                actor=request.actor,
                at=timezone.now(),
                name=form.cleaned_data["name"],
                document_kind=form.cleaned_data["document_kind"],
                document_number=form.cleaned_data["document_number"],
            )
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, gettext("已认领您的记录，报名、成绩和证书都在这里了。"))
            return redirect("candidate:profile")
    context = {"form": form, "refused": refused, "is_claim": True}
    return render(request, "candidate/profile/connect.html", context, status=422 if refused else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def enter(request: ActorRequest) -> HttpResponse:
    """Enter my own record when nobody has."""
    form = EnterForm(request.POST or None, initial={"document_kind": "resident"})
    refused: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            access_services.enter_oneself(
                actor=request.actor,
                at=timezone.now(),
                name=given["name"],
                document_kind=given["document_kind"],
                document_number=given["document_number"],
                sex=given["sex"] or None,
                born_on=given["born_on"],
                region_code=given["residence"],
            )
        except Refusal as refusal:
            if refusal.field in form.fields:
                _into(form, refusal)
            else:
                refused = refusal
        else:
            messages.success(request, gettext("已建立您的个人记录，可以报名了。"))
            return redirect("candidate:profile")
    context = {"form": form, "refused": refused, "is_claim": False}
    return render(request, "candidate/profile/connect.html", context, status=422 if refused else 200)


def _into(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal at the field it names."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, words_of(refusal) + advice_of(refusal))
