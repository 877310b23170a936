"""Exports of items: what to take and what for, then a file; the trail names every item that left."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors, services
from kaogong.web.office.listing import tell
from kaogong.web.office.views.bank.words import banks_of, split, type_name
from kaogong.web.ui.requests import ActorRequest, grave, needs


class PurposeForm(forms.Form):
    """What something is taken for."""

    reason = forms.CharField(
        label=gettext_lazy("用途"),
        max_length=200,
        help_text=gettext_lazy("例如“送专家审题”。用途、您的姓名和全部题号记入审计，姓名和时间印在文件上。"),
    )


class ExportForm(PurposeForm):
    """Which items leave, in which form, and what for."""

    field_order = ["bank", "state", "type", "kind", "reason"]

    bank = forms.ChoiceField(label=gettext_lazy("题库"))
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("题型"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("文件格式"),
        choices=[
            ("qti", gettext_lazy("QTI 3.0 题包（给其他系统，可以原样导回）")),
            ("xlsx", gettext_lazy("Excel 甲式（国家题库表格，可以原样导回）")),
            ("docx", gettext_lazy("Word 国标格式（鉴定点、题型代码、｛A｝ 题干、｛B｝ 答案，可以导回）")),
            ("pdf", gettext_lazy("PDF 试题册（给审题专家，带答案和评分标准）")),
        ],
        widget=forms.RadioSelect,
        initial="pdf",
    )

    def __init__(self, *args: object, banks: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # what Django's form takes
        states = [("", _("全部（不含已淘汰）")), *((key, _(name)) for key, name in selectors.ITEM.states.items())]
        types = [("", _("全部题型")), *((key, type_name(key)) for key in selectors.TYPES)]
        for name, choices in (("bank", banks), ("state", states), ("type", types)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


@require_http_methods(["GET", "POST"])
@needs("itembank.view", "itembank.write", "itembank.review", "itembank.approve")
@grave
def export(request: ActorRequest) -> HttpResponse:
    """Say what to take and what for; the answer is the file."""
    banks = banks_of(request.actor)
    form = ExportForm(request.POST or None, banks=banks, initial={"bank": request.GET.get("bank", "")})
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        place = split(entered["bank"])
        assert place is not None  # the choices are banks
        try:
            made = services.export_items(
                actor=request.actor,
                at=now(),
                occupation_code=place[0],
                level=place[1],
                kind=entered["kind"],
                reason=entered["reason"],
                state=entered["state"],
                type_=entered["type"],
            )
        except Refusal as refusal:
            tell(form, refusal)
        else:
            return _file(made)
    context = {"form": form, "has_banks": bool(banks)}
    return render(request, "office/bank/export.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("itembank.view")
@grave
def paper(request: ActorRequest, paper_id: UUID) -> HttpResponse:
    """A whole paper as a QTI test with its items and keys, for a purpose."""
    found = selectors.paper(request.actor, paper_id)
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        return _file(services.export_paper(actor=request.actor, at=now(), paper_id=found.pk, reason=reason))
    status = 422 if form.errors else 200
    return render(request, "office/bank/paper_export.html", {"paper": found, "form": form}, status=status)


def _file(made: services.Export) -> HttpResponse:
    response = HttpResponse(made.content, content_type=made.media_type)
    response["Content-Disposition"] = content_disposition_header(True, made.name)
    return response
