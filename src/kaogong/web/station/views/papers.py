"""Papers that a station or a school hands in for its people: for one application, or one for everybody on a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.registration import selectors, services
from kaogong.web.ui.refusing import advice_of, status_of, words_of
from kaogong.web.ui.requests import ActorRequest, needs

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

POWER = "registration.enter"
GET_AND_POST = ["GET", "HEAD", "POST"]


class PaperForm(forms.Form):
    """One paper: what it is, how it is called, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("材料类型"))
    title = forms.CharField(label=gettext_lazy("材料名称"), max_length=60, required=False)
    content = forms.FileField(
        label=gettext_lazy("选择文件"),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}),
        help_text=gettext_lazy("JPEG、PNG 或 PDF，每份不超过 5 MB。"),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def paper(self) -> dict[str, Any]:
        """What the services take of it."""
        kind, _slash, proof = self.cleaned_data["kind"].partition("/")
        file: UploadedFile[Any] = self.cleaned_data["content"]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        label = str(dict(field.choices)[self.cleaned_data["kind"]])  # type: ignore[arg-type]  # pairs, as set above
        return {
            "kind": kind,
            "proof": proof,
            "title": self.cleaned_data["title"] or label,
            "content": bytes(file.read()),
        }


@require_http_methods(GET_AND_POST)
@needs(POWER)
def of_registration(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The papers of one application: what is there, what is lacking, and one more."""
    registration = selectors.get_registration(request.actor, registration_id)
    if not selectors.may_enter(request.actor, registration):
        raise NotFound
    wanted = selectors.proof_needs(registration)
    choices = [*selectors.proof_choices(wanted), ("other", _("其他"))]
    form = PaperForm(request.POST or None, request.FILES or None, choices=choices)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.hand_in(actor=request.actor, at=now(), registration_id=registration_id, **form.paper())
        except Refusal as refusal:
            status = _tell(form, refusal)
        else:
            messages.success(request, _("材料已加密保存。"))
            return redirect("station:registration-papers", registration_id)
    context = {
        "registration": registration,
        "form": form,
        "needs": selectors.need_words(wanted),
        "papers": selectors.evidence_of(request.actor, registration_id),
        "is_open": registration.state in ("drafted", "returned", "submitted"),
    }
    return render(request, "station/papers/registration.html", context, status=status)


@require_http_methods(GET_AND_POST)
@needs(POWER)
def of_list(request: ActorRequest, roster_id: UUID) -> HttpResponse:
    """The papers for everybody on a list, such as a stamped register."""
    roster = selectors.get_roster(request.actor, roster_id)
    if not selectors.may_enter_list(request.actor, roster):
        raise NotFound
    form = PaperForm(request.POST or None, request.FILES or None, choices=selectors.list_proof_choices(roster))
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.hand_in_for_list(actor=request.actor, at=now(), roster_id=roster_id, **form.paper())
        except Refusal as refusal:
            status = _tell(form, refusal)
        else:
            messages.success(request, _("材料已加密保存，名单上的人共用。"))
            return redirect("station:roster-papers", roster_id)
    context = {
        "roster": roster,
        "form": form,
        "papers": selectors.papers_of_list(request.actor, roster_id),
        "is_open": roster.state != "discarded",
    }
    return render(request, "station/papers/list.html", context, status=status)


def _tell(form: PaperForm, refusal: Refusal) -> int:
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, words_of(refusal) + advice_of(refusal))
    return status_of(refusal)
