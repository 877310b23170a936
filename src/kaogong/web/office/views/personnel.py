"""Examiners and supervisors in the office: cards, one person's diary and relations, granting and withdrawing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.foundation.organisations import selectors as organisations
from kaogong.occupations import selectors as occupations
from kaogong.personnel import selectors, services
from kaogong.web.office.listing import export, number_of, page_of, sorted_by, tell
from kaogong.web.ui.formats import join_words, level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Filter, Kind

KIND: dict[str, Kind] = {"granted": "done", "suspended": "waiting", "withdrawn": "stopped"}
KINDS = [
    ("examiner", gettext_lazy("考评员")),
    ("senior_examiner", gettext_lazy("高级考评员")),
    ("supervisor", gettext_lazy("质量督导员")),
]
RELATIONS = [
    ("taught", gettext_lazy("师生（师徒）")),
    ("employed", gettext_lazy("同事或雇佣")),
    ("related", gettext_lazy("亲属")),
    ("paired", gettext_lazy("搭档")),
]
VERBS = {"suspend": services.suspend_card, "resume": services.resume_card, "withdraw": services.withdraw_card}
LEVELS = [(str(level), level_name(level)) for level in (5, 4, 3, 2, 1)]
DOCUMENT = "resident"


def _day_field(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}))


class PersonByNumber(forms.Form):
    """Names a person by the number of the identity card; only persons within reach are found."""

    document_number = forms.CharField(
        label=gettext_lazy("身份证号码"), max_length=18, help_text=gettext_lazy("须已录入人员库；只用于查找，不显示。")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.person_id: UUID | None = None

    def clean_document_number(self) -> str:
        """Find the person. Says the same for an unsound and an unknown number."""
        number: str = self.cleaned_data["document_number"]
        found = identity.find_by_document(self.actor, DOCUMENT, number, on=localdate())
        if found is None:
            raise forms.ValidationError(_("没有找到这个号码的人员；请先在人员库录入，或核对号码。"))
        self.person_id = found.pk
        return number


class CardForm(PersonByNumber):
    """A card to be granted."""

    issuer = forms.ChoiceField(label=gettext_lazy("发卡机构"))
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=KINDS, widget=forms.RadioSelect)
    number = forms.CharField(label=gettext_lazy("证卡编号"), max_length=40)
    occupation_code = forms.CharField(
        label=gettext_lazy("职业编码"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("督导员可空。例如 6-31-01-03。"),
    )
    levels = forms.TypedMultipleChoiceField(
        label=gettext_lazy("可考评等级"),
        coerce=int,
        choices=LEVELS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    since = _day_field(gettext_lazy("有效期起"))
    until = _day_field(gettext_lazy("有效期止"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        field = self.fields["issuer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (str(grant.organisation_id), grant.organisation_name)
            for grant in actor.grants
            if "personnel.grant" in grant.powers
        ]

    def clean_occupation_code(self) -> str:
        """The occupation must stand in the classification."""
        code: str = self.cleaned_data["occupation_code"].strip()
        self.occupation_name = ""
        if code:
            try:
                self.occupation_name = occupations.occupation(code).name
            except NotFound as missing:
                raise forms.ValidationError(_("职业大典中没有这个编码。")) from missing
        return code


class RelationForm(PersonByNumber):
    """A fact of relation to another person."""

    kind = forms.ChoiceField(label=gettext_lazy("关系"), choices=RELATIONS)
    source = forms.CharField(
        label=gettext_lazy("来源"), max_length=200, help_text=gettext_lazy("例如任课安排、本人申报。")
    )
    since = _day_field(gettext_lazy("起"), required=False)
    until = _day_field(gettext_lazy("止"), required=False)


@require_safe
@needs("personnel.view", "personnel.grant")
def index(request: ActorRequest) -> HttpResponse:
    """The cards within reach."""
    rows = selectors.cards_for(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(
            Q(person__name__icontains=text) | Q(number__icontains=text) | Q(employer__name__icontains=text)
        )
    if kind := request.GET.get("kind", ""):
        rows = rows.filter(kind=kind)
    if state := request.GET.get("state", ""):
        rows = rows.filter(state=state)
    if level := number_of(request, "level"):
        rows = rows.filter(levels__contains=[level])
    rows = sorted_by(request, rows, {"name": "person__name", "number": "number", "until": "until"})
    if wanted := request.GET.get("export", ""):
        heads = [_("姓名"), _("证卡编号"), _("类别"), _("职业"), _("等级"), _("有效期止"), _("状态"), _("工作单位")]
        return export(wanted, "examiners", heads, (_cells(row) for row in rows))
    page = page_of(request, rows)
    today = localdate()
    for row in page:
        row.standing, row.word = KIND[row.state], selectors.CARD.states[row.state]  # type: ignore[attr-defined]  # for the page
        row.is_past = row.until < today  # type: ignore[attr-defined]  # for the page
    filters = [
        Filter("kind", _("类别"), [(value, str(label)) for value, label in KINDS]),
        Filter("level", _("等级"), LEVELS),
        Filter("state", _("状态"), selectors.CARD.choices()),
    ]
    context = {"page": page, "filters": filters, "may_grant": request.actor.holds("personnel.grant")}
    return render(request, "office/personnel/index.html", context)


def _cells(row: Any) -> list[object]:
    levels = join_words(row.levels_down)
    state = selectors.CARD.states[row.state]
    employer = str(row.employer or "")
    return [
        row.person.name,
        row.number,
        row.get_kind_display(),
        row.occupation_name,
        levels,
        row.until,
        state,
        employer,
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@needs("personnel.grant")
def grant(request: ActorRequest) -> HttpResponse:
    """Grant a card."""
    form = CardForm(request.POST or None, actor=request.actor)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid() and form.person_id is not None:
        said = form.cleaned_data
        issuer = organisations.get(UUID(said["issuer"]))
        try:
            card = services.grant_card(
                actor=request.actor,
                at=now(),
                person_id=form.person_id,
                kind=said["kind"],
                number=said["number"],
                levels=said["levels"],
                since=said["since"],
                until=said["until"],
                issued_by_id=issuer.pk,
                region_code=issuer.region_code,
                occupation_code=said["occupation_code"],
                occupation_name=form.occupation_name,
            )
        except Refusal as refused:
            tell(form, refused)
            refusal = refused
        else:
            return redirect("office:card", card.pk)
    context = {"form": form, "refusal": refusal}
    return render(request, "office/personnel/new.html", context, status=422 if form.errors else 200)


@require_safe
@needs("personnel.view", "personnel.grant", "personnel.relate")
def detail(request: ActorRequest, card_id: UUID) -> HttpResponse:
    """One card: its holder's other cards, diary and relations."""
    return _detail(request, card_id, RelationForm(actor=request.actor))


def _detail(
    request: ActorRequest, card_id: UUID, form: RelationForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    card = selectors.card_for(request.actor, card_id)
    at = now()
    diary = list(selectors.diary(card.person_id, include_cancelled=True))
    relations = [
        (each.second if each.first_id == card.person_id else each.first, each)
        for each in selectors.relations_of(card.person_id)
    ]
    may_grant = selectors.may(request.actor, "personnel.grant", card)
    context = {
        "card": card,
        "kind": KIND[card.state],
        "word": selectors.CARD.states[card.state],
        "is_past": card.until < localdate(),
        "levels": join_words(map(level_name, card.levels_down)),
        "others": [each for each in selectors.cards_of(card.person_id) if each.pk != card.pk],
        "coming": [duty for duty in diary if duty.ends_at >= at],
        "past": [duty for duty in reversed(diary) if duty.ends_at < at],
        "relations": relations,
        "moves": selectors.CARD.open_to(card.state) if may_grant else (),
        "form": form,
        "refusal": refusal,
        "may_relate": request.actor.holds("personnel.relate"),
    }
    return render(request, "office/personnel/detail.html", context, status=status)


@require_POST
@needs("personnel.grant")
def change(request: ActorRequest, card_id: UUID, verb: str) -> HttpResponse:
    """Suspend, resume or withdraw a card."""
    if verb not in VERBS:
        raise Http404
    VERBS[verb](actor=request.actor, at=now(), card_id=card_id, reason=request.POST.get("reason", ""))
    return redirect("office:card", card_id)


@require_POST
@needs("personnel.relate")
def relate(request: ActorRequest, card_id: UUID) -> HttpResponse:
    """Record a fact of relation between the holder and somebody else."""
    card = selectors.card_for(request.actor, card_id)
    form = RelationForm(request.POST, actor=request.actor)
    if not form.is_valid() or form.person_id is None:
        return _detail(request, card_id, form, status=422)
    said = form.cleaned_data
    try:
        services.relate(
            actor=request.actor,
            at=now(),
            first_id=card.person_id,
            second_id=form.person_id,
            kind=said["kind"],
            source=said["source"],
            since=said["since"],
            until=said["until"],
        )
    except Refusal as refusal:
        tell(form, refusal)
        return _detail(request, card_id, form, refusal, status=422)
    return redirect("office:card", card_id)
