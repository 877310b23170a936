"""What officers do with a person's record: look at the number for a reason, correct, merge."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kaogong.foundation.identity import selectors, services
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.web.office.listing import tell
from kaogong.web.office.views.people import case
from kaogong.web.ui.requests import ActorRequest, grave, needs


class NameForm(forms.Form):
    """The right name and what it rests on."""

    name = forms.CharField(label=gettext_lazy("更正后的姓名"), max_length=100)
    document = forms.CharField(
        label=gettext_lazy("依据的证明"),
        max_length=200,
        help_text=gettext_lazy("证明名称和编号，如“户口簿姓名变更页 3201…”。"),
    )


class ContactForm(forms.Form):
    """New contacts; an empty field leaves what is there."""

    phone = forms.CharField(
        label=gettext_lazy("新手机号码"), required=False, max_length=30, help_text=gettext_lazy("不填则不变。")
    )
    mail = forms.EmailField(label=gettext_lazy("新邮箱"), required=False, help_text=gettext_lazy("不填则不变。"))


class MergeForm(forms.Form):
    """The other record of the same human being, by its document, and why."""

    document_kind = forms.ChoiceField(label=gettext_lazy("另一条记录的证件类型"), choices=selectors.KINDS)
    document_number = forms.CharField(
        label=gettext_lazy("另一条记录的证件号码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    reason = forms.CharField(
        label=gettext_lazy("合并事由"), max_length=200, help_text=gettext_lazy("凭什么证明认定是同一人。")
    )


@never_cache
@require_POST
@needs("persons.reveal")
@grave
def reveal(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show the document number once, for a reason that goes into the trail."""
    number = services.reveal_document(
        actor=request.actor, at=timezone.now(), person_id=person_id, reason=request.POST.get("reason", "")
    )
    return render(request, "office/people/detail.html", case(request, person_id, clear=number))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("persons.correct")
def correct_name(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Put the legal name right."""
    person = selectors.get_person(request.actor, person_id)
    form = NameForm(request.POST or None, initial={"name": person.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.correct_name(actor=request.actor, at=timezone.now(), person_id=person_id, **form.cleaned_data)
        except Refusal as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("姓名已更正。已印制的证书不变，需要时按换证办理。"))
            return redirect("office:person", person.pk)
    return _form(request, form, person, _("更正姓名"), _("更正前已印制的准考证和证书仍是原来的姓名。"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("persons.correct")
def correct_contact(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Change where the person is reached."""
    person = selectors.get_person(request.actor, person_id)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.correct_contact(
                actor=request.actor,
                at=timezone.now(),
                person_id=person_id,
                phone=form.cleaned_data["phone"] or None,
                mail=form.cleaned_data["mail"] or None,
            )
        except Refusal as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("联系方式已更正。"))
            return redirect("office:person", person.pk)
    return _form(request, form, person, _("更正联系方式"), _("今后的通知发到新的联系方式。"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("persons.merge")
@grave
def merge(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Merge the other record of the same human being into this one."""
    person = selectors.get_person(request.actor, person_id)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        other = selectors.find_by_document(
            request.actor, given["document_kind"], given["document_number"], on=timezone.localdate()
        )
        if other is None:
            form.add_error("document_number", _("管辖范围内没有这个证件号码的记录。"))
        else:
            try:
                services.merge(
                    actor=request.actor,
                    at=timezone.now(),
                    keep_id=person.pk,
                    lose_id=other.pk,
                    reason=given["reason"],
                )
            except Refusal as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("已合并，原来指向另一条记录的业务随本记录办理。"))
                return redirect("office:person", person.pk)
    return _form(request, form, person, _("合并重复记录"), _("另一条记录并入本记录；在系统内不能撤销。"), is_final=True)


def _form(
    request: ActorRequest, form: forms.Form, person: object, title: str, consequence: str, *, is_final: bool = False
) -> HttpResponse:
    context = {"form": form, "person": person, "title": title, "consequence": consequence, "is_final": is_final}
    return render(request, "office/people/deed.html", context, status=422 if form.errors else 200)
