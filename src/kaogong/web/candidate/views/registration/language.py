"""In which of the round's languages the theory is sat: asked after the parts, changed until tickets are out."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank.selectors import CHINESE, LANGUAGES, language_name
from kaogong.registration import services
from kaogong.web.candidate.views.registration import flow
from kaogong.web.candidate.views.registration.forms import LanguageForm
from kaogong.web.candidate.views.registration.steps import GET_AND_POST, own, tell
from kaogong.web.ui.requests import ActorRequest, signed_in


@require_http_methods(GET_AND_POST)
@signed_in
def language(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The choice of the paper's language."""
    registration = own(request, registration_id)
    tags = registration.round.languages
    if not tags:
        raise Http404
    form = LanguageForm(
        request.POST or None,
        languages=[(CHINESE, "中文"), *((tag, f"{language_name(tag)}　{LANGUAGES[tag].own_name}") for tag in tags)],
        initial={"language": registration.language},
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_language(
                actor=request.actor, at=now(), registration_id=registration_id, **form.cleaned_data
            )
        except Refusal as refusal:
            status = tell(form, refusal)
        else:
            if registration.state in ("drafted", "returned"):
                return redirect(flow.next_step(request.actor, registration))
            messages.success(request, _("考试文字已经改好。"))
            return redirect("candidate:registration", registration_id)
    steps = flow.steps(request.actor, registration, "parts") if registration.state in ("drafted", "returned") else []
    context = {"registration": registration, "form": form, "steps": steps}
    return render(request, "candidate/registration/language.html", context, status=status)
