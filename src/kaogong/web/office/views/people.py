"""Persons as officers see them: the list, one record, and the entry of a new one."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.identity import selectors, services
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.foundation.organisations import selectors as organisations
from kaogong.foundation.regions import selectors as regions
from kaogong.web.office.listing import export, page_of, sorted_by, tell
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Filter

POWERS = ("persons.see", "persons.enter", "persons.correct", "persons.merge", "persons.reveal")
SORTS = {"name": "name_pinyin", "born": "born_on", "entered": "entered_at"}
NOTES = (("self", gettext_lazy("本人填报未核验")), ("warning", gettext_lazy("证件有提示")))


class PersonForm(forms.Form):
    """What is asked of a person; a resident number tells sex and date of birth itself."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=100, help_text=gettext_lazy("与证件一致。"))
    document_kind = forms.ChoiceField(label=gettext_lazy("证件类型"), choices=selectors.KINDS)
    document_number = forms.CharField(
        label=gettext_lazy("证件号码"),
        max_length=40,
        help_text=gettext_lazy("15 位旧号码会自动识别为升位后的同一人。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("性别"),
        choices=[("", gettext_lazy("由身份证号码得出")), *selectors.SEXES],
        required=False,
        help_text=gettext_lazy("不是居民身份证的，须选择。"),
    )
    born_on = forms.DateField(
        label=gettext_lazy("出生日期"),
        required=False,
        help_text=gettext_lazy("不是居民身份证的，须填写。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    phone = forms.CharField(
        label=gettext_lazy("手机号码"), required=False, max_length=30, widget=forms.TextInput(attrs={"type": "tel"})
    )
    mail = forms.EmailField(label=gettext_lazy("邮箱"), required=False)
    organisation = forms.ChoiceField(
        label=gettext_lazy("录入机构"), help_text=gettext_lazy("记录归这个机构及其所在地区管辖。")
    )


@require_safe
@needs(*POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """Persons within reach, found by a part of the name, by pinyin, or by the last four characters of the document."""
    rows = selectors.search(request.actor, request.GET.get("q", ""))
    note = request.GET.get("note", "")
    if note == "self":
        rows = rows.filter(is_self_entered=True)
    elif note == "warning":
        rows = rows.exclude(document_warning="")
    if kind := request.GET.get("kind", ""):
        rows = rows.filter(document_kind=kind)
    rows = sorted_by(request, rows, SORTS, default="-entered")
    if form := request.GET.get("export", ""):
        heads = [
            _("姓名"),
            _("性别"),
            _("出生日期"),
            _("证件类型"),
            _("证件号（掩码）"),
            _("手机（掩码）"),
            _("地区代码"),
            _("提示"),
        ]
        cells = (
            (
                row.name,
                row.get_sex_display(),
                row.born_on.isoformat(),
                row.get_document_kind_display(),
                row.document_masked,
                row.phone_masked,
                row.region_code,
                row.document_warning,
            )
            for row in rows
        )
        return export(form, "people", heads, cells)
    filters = [Filter("kind", _("证件"), selectors.KINDS), Filter("note", _("提示"), [(k, str(v)) for k, v in NOTES])]
    context = {
        "page": page_of(request, rows),
        "filters": filters,
        "may_enter": request.actor.holds("persons.enter"),
    }
    return render(request, "office/people/index.html", context)


@require_safe
@needs(*POWERS)
def detail(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """One person: identity masked, contacts masked, corrections; the deeds that the actor may do here."""
    person = selectors.get_person(request.actor, person_id)
    if person.pk != person_id:
        messages.info(request, _("该记录已并入这一条。"))
        return redirect("office:person", person.pk)
    return render(request, "office/people/detail.html", case(request, person_id))


def case(request: ActorRequest, person_id: UUID, clear: str = "") -> dict[str, object]:
    """What the page of one person shows; `clear` is the document number just revealed."""
    person = selectors.get_person(request.actor, person_id)

    def may(power: str) -> bool:
        return request.actor.may(power, region=person.region_code, organisation=person.organisation_id)

    return {
        "person": person,
        "clear": clear,
        "region": regions.name_of(person.region_code) if person.region_code else "",
        "corrections": selectors.name_corrections(request.actor, person.pk),
        "may_reveal": may("persons.reveal"),
        "may_correct": may("persons.correct"),
        "may_merge": may("persons.merge"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs("persons.enter")
def enter(request: ActorRequest) -> HttpResponse:
    """Enter a person into the region of one of the actor's bodies."""
    form = PersonForm(request.POST or None, initial={"document_kind": "resident"})
    choices = bodies_of(request)
    chosen = form.fields["organisation"]
    assert isinstance(chosen, forms.ChoiceField)  # for the type checker
    chosen.choices = choices
    known: services.PersonExists | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        body = organisations.get(UUID(given["organisation"]))
        try:
            person = services.enter_person(
                actor=request.actor,
                at=timezone.now(),
                name=given["name"],
                document_kind=given["document_kind"],
                document_number=given["document_number"],
                sex=given["sex"] or None,
                born_on=given["born_on"],
                phone=given["phone"],
                mail=given["mail"],
                region_code=body.region_code,
                organisation_id=body.pk,
            )
        except services.PersonExists as refusal:
            known = refusal
        except Refusal as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("已录入。"))
            return redirect("office:person", person.pk)
    visible = known is not None and selectors.persons_for(request.actor).filter(pk=known.person_id).exists()
    context = {"form": form, "known": known, "known_url_id": known.person_id if known and visible else None}
    return render(request, "office/people/enter.html", context, status=422 if known else 200)


def bodies_of(request: ActorRequest, power: str = "persons.enter") -> list[tuple[str, str]]:
    """The bodies of the posts that give the actor a power: (id, name), each once."""
    grants = [grant for grant in request.actor.grants if power in grant.powers]
    return list(dict.fromkeys((str(grant.organisation_id), grant.organisation_name) for grant in grants))
