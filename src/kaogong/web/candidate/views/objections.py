"""One's own paper by its numbers, and objecting to a question of it; the content stays closed."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors as itembank
from kaogong.scoring import selectors, services
from kaogong.web.ui.refusing import status_of, words_of
from kaogong.web.ui.requests import ActorRequest, signed_in
from kaogong.web.ui.shapes import Kind

KIND: dict[str, Kind] = {"open": "waiting", "dismissed": "neutral", "upheld": "active", "rescored": "done"}


class ObjectionForm(forms.Form):
    """Which question, what kind of fault, and what is wrong."""

    number = forms.IntegerField(
        label=gettext_lazy("题号"), min_value=1, help_text=gettext_lazy("您考试时看到的题号，见下表。")
    )
    kind = forms.ChoiceField(label=gettext_lazy("哪一类问题？"), choices=[*selectors.OBJECTIONS.items()])
    text = forms.CharField(
        label=gettext_lazy("哪里有问题？"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写明您的理由，最好注明教材或标准的出处。"),
    )


@require_http_methods(["GET", "POST"])
@signed_in
def questions(request: ActorRequest, result_id: UUID) -> HttpResponse:
    """The numbers of the own paper with the own answers, what she objected to, and the form."""
    found = selectors.own_result(request.actor, result_id)
    attempt = selectors.disputable(found)
    if attempt is None:
        raise Http404
    form = ObjectionForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            services.object_to_question(actor=request.actor, at=now(), attempt_id=attempt.pk, **form.cleaned_data)
            messages.success(request, _("异议已提交，裁定后会通知您，理由在本页公布。"))
            return redirect("candidate:result-questions", result_id)
        except Refusal as refused:
            refusal = refused
            form.add_error(refused.field if refused.field in form.fields else None, words_of(refused))
    rows = selectors.own_questions(request.actor, attempt.pk)
    mine = list(selectors.objections_of_attempt(attempt.pk))
    for each in mine:
        each.tone = KIND[each.dispute.state]  # type: ignore[attr-defined]  # for the page
    window = selectors.objection_window(attempt, now())
    context = {
        "result": found,
        "round": found.registration.sitting.round,
        "rows": [(row, itembank.TYPES[row.type]) for row in rows],
        "mine": mine,
        "window": window,
        "left": max(0, int(window.most.value) - len(mine)),
        "form": form,
        "refusal": refusal,
    }
    status = status_of(refusal) if refusal else (422 if form.errors else 200)
    return render(request, "candidate/results/questions.html", context, status=status)
