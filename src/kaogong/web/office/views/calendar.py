"""The working calendar: which years have their holiday notice, what it says, and how a deadline is counted."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.foundation.calendar import selectors, services
from kaogong.foundation.kernel.refusals import NotPermitted, Refusal
from kaogong.web.office import listing
from kaogong.web.office.views.calendar_forms import DeadlineForm, NoticeForm, as_initial
from kaogong.web.ui.requests import ActorRequest, needs

POWER = "calendar.edit"


@needs(POWER)
@require_safe
def years(request: ActorRequest) -> HttpResponse:
    """The years with their notices, the next one that is missing, and a deadline counted on demand."""
    form = DeadlineForm(request.GET if "start" in request.GET else None)
    found = None
    if form.is_valid():
        found = selectors.deadline(form.cleaned_data["start"], form.cleaned_data["days"])
    notices = selectors.notices()
    context = {
        "notices": notices,
        "missing": selectors.next_missing_year(),
        "form": form,
        "deadline": found,
    }
    return render(request, "office/calendar/years.html", context)


@needs(POWER)
@require_safe
def year(request: ActorRequest, year: int) -> HttpResponse:
    """One year's notice: each holiday with its span, and the weekends that are worked."""
    notice = selectors.notice_of(year)
    if notice is None:
        raise Http404
    days = selectors.days_of(year)
    free = [(name, list(run)) for name, run in groupby((d for d in days if not d.is_workday), key=lambda d: d.name)]
    context = {
        "notice": notice,
        "holidays": [(name, run[0].day, run[-1].day, len(run)) for name, run in free],
        "worked": [each.day for each in days if each.is_workday],
    }
    return render(request, "office/calendar/year.html", context)


@needs(POWER)
@require_http_methods(["GET", "POST"])
def enter(request: ActorRequest) -> HttpResponse:
    """Enter the notice of a year that has none."""
    posted = request.POST if request.method == "POST" else None
    form = NoticeForm(posted, initial={"year": selectors.next_missing_year()})
    return _written(request, form, services.enter_notice, {"is_new": True})


@needs(POWER)
@require_http_methods(["GET", "POST"])
def amend(request: ActorRequest, year: int) -> HttpResponse:
    """Replace the days of a year after a later notice."""
    notice = selectors.notice_of(year)
    if notice is None:
        raise Http404
    days = [(row.day, row.is_workday, row.name) for row in selectors.days_of(year)]
    posted = request.POST if request.method == "POST" else None
    form = NoticeForm(posted, initial=as_initial(year, notice.instrument, days), has_reason=True)
    return _written(request, form, services.amend_notice, {"is_new": False, "year": year})


def _written(
    request: ActorRequest, form: NoticeForm, service: Callable[..., object], context: dict[str, object]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("year", "instrument", "reason") if name in form.fields}
        try:
            service(actor=request.actor, at=timezone.now(), days=form.special_days(), **facts)
        except NotPermitted:
            raise
        except Refusal as refusal:
            listing.tell(form, refusal)
        else:
            messages.success(request, _("%(year)s 年的放假安排已录入。") % {"year": facts["year"]})
            return redirect("office:calendar-year", year=facts["year"])
    return render(request, "office/calendar/notice.html", {"form": form, **context}, status=422 if form.errors else 200)
