"""The rule library's office: the figures entered here, entering another, ending one, and entering an instrument."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.foundation.regions import selectors as regions
from kaogong.regulations import selectors, services
from kaogong.web.office import listing
from kaogong.web.office.views.rule_forms import EndForm, FigureForm, InstrumentForm
from kaogong.web.ui.requests import ActorRequest, grave, needs

POWER = "regulations.edit"


@needs(POWER)
@require_safe
def entered(request: ActorRequest) -> HttpResponse:
    """The figures that were entered here rather than shipped, within the officer's reach."""
    today = timezone.localdate()
    rows = [
        (row, figure, regions.name_of(row.region_code), figure.in_force(today))
        for row, figure in selectors.entered()
        if request.actor.may(POWER, region=row.region_code)
    ]
    return render(request, "office/rules/entered.html", {"rows": rows})


@needs(POWER)
@require_http_methods(["GET", "POST"])
@grave
def enter_figure(request: ActorRequest) -> HttpResponse:
    """Set a figure for a place from a day on."""
    form = FigureForm(request.POST if request.method == "POST" else None)
    done = _("取值已录入，自生效日期起判断时优先采用。")
    return _written(request, form, services.enter_provision, {"title": _("录入当地取值")}, done)


@needs(POWER)
@require_http_methods(["GET", "POST"])
@grave
def end_figure(request: ActorRequest, provision_id: UUID) -> HttpResponse:
    """Let a figure that was entered here hold no longer from a day on."""
    found = [figure for row, figure in selectors.entered() if row.pk == provision_id]
    if not found or not request.actor.may(POWER, region=found[0].scope.region_code):
        raise NotFound
    form = EndForm(request.POST if request.method == "POST" else None)

    def end(**facts: object) -> object:
        return services.end_provision(provision_id=provision_id, **facts)  # type: ignore[arg-type]  # the form's facts

    title = _("终止取值：%(title)s") % {"title": found[0].title}
    return _written(request, form, end, {"title": title}, _("该取值已终止，此后按范围更宽的规定判断。"))


@needs(POWER)
@require_http_methods(["GET", "POST"])
def enter_instrument(request: ActorRequest) -> HttpResponse:
    """Enter an instrument with its articles, so that figures can rest on them."""
    form = InstrumentForm(request.POST if request.method == "POST" else None)
    done = _("文件和条款已录入，公众可以查阅。")
    return _written(request, form, services.enter_instrument, {"title": _("录入文件")}, done)


def _written(
    request: ActorRequest, form: forms.Form, service: Callable[..., object], context: dict[str, object], done: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            service(actor=request.actor, at=timezone.now(), **form.cleaned_data)
        except (NotFound, NotPermitted):
            raise
        except Refusal as refusal:
            listing.tell(form, refusal)
        else:
            messages.success(request, done)
            return redirect("office:rules")
    return render(request, "office/rules/form.html", {"form": form, **context}, status=422 if form.errors else 200)
