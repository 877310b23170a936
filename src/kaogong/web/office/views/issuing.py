"""Issuing: which sittings wait, what an issue would do with every check and its clause, the act, and the print run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.certificates import selectors, services
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.regulations.selectors import provision
from kaogong.sittings import selectors as sittings
from kaogong.web.office.listing import page_of
from kaogong.web.ui.formats import join_words
from kaogong.web.ui.refusing import status_of, words_of
from kaogong.web.ui.requests import ActorRequest, grave, needs
from kaogong.web.ui.shapes import Tab


@require_safe
@needs("certificates.issue", "certificates.see")
def waiting(request: ActorRequest) -> HttpResponse:
    """Sittings with published passes: those still to be certified first, or all."""
    is_all = request.GET.get("show") == "all"
    rows = [
        {"sitting": sitting, "passed": passed, "issued": issued, "left": passed - issued}
        for sitting, passed, issued in selectors.sittings_to_issue(request.actor)
        if is_all or passed > issued
    ]
    tabs = [
        Tab(_("待核发"), "?", is_current=not is_all),
        Tab(_("全部"), "?show=all", is_current=is_all),
    ]
    return render(request, "office/certificates/waiting.html", {"page": page_of(request, rows), "tabs": tabs})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("certificates.issue")
@grave
def plan(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """What an issue would do, shown before it is done; by POST it is done."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            report = services.issue(actor=request.actor, at=now(), sitting_id=sitting_id)
        except Refusal as refused:
            if status_of(refused) in {403, 404}:
                raise
            refusal = refused
        else:
            request.session["issued"] = [str(each.pk) for each in report.issued]
            messages.success(request, _issued_words(report))
            return redirect("office:issue-done", sitting_id)
    at = now()
    found = selectors.plan(request.actor, sitting_id, at=at)
    context = _plan_context(request, found) | {"refusal": refusal, "at": at}
    return render(request, "office/certificates/plan.html", context, status=422 if refusal else 200)


def _issued_words(report: services.IssueReport) -> str:
    words = ngettext("核发了 %(count)d 本证书。", "核发了 %(count)d 本证书。", report.count) % {"count": report.count}
    if report.remaining:
        words += _("还有 %(count)d 本，请再次核发。") % {"count": report.remaining}
    return words


def _plan_context(request: ActorRequest, found: selectors.Plan) -> dict[str, Any]:
    most = provision("certificates.part_size", on=found.sitting.held_on).number
    count = min(len(found.ready), most)
    issuer = found.issuing.issuer
    serials = found.serials(count)
    words = _("核发 %(count)d 本，占用流水码 %(serials)s") % {"count": count, "serials": join_words(serials)}
    return {
        "plan": found,
        "sitting": found.sitting,
        "count": count,
        "serials": serials,
        "consequence": words if serials else _("核发 %(count)d 本") % {"count": count},
        "is_issuer": issuer is not None and request.actor.may("certificates.issue", organisation=issuer.pk),
        "reasons": _reasons(found),
        "not_reckoned": _not_reckoned(found),
    }


def _not_reckoned(found: selectors.Plan) -> str:
    """A number of the counter that a restore has closed, for the way to its page; empty when none is in the way."""
    if not any(check.key in {"reckoned", "counted"} for check in found.failed):
        return ""
    return selectors.next_number(found.issuing, level=found.sitting.round.level, on=localdate(found.at))


def _reasons(found: selectors.Plan) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for each in found.skipped:
        counts[each.reason.text] = counts.get(each.reason.text, 0) + 1
    return sorted(counts.items(), key=lambda item: -item[1])


@require_safe
@needs("certificates.issue")
def done(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """What was issued: numbers and blanks, and the way to the print run."""
    sitting = sittings.sitting(request.actor, sitting_id)
    certificates = list(selectors.certificates_for(request.actor, sitting_id=sitting.pk).order_by("number"))
    copies = selectors.copies_of([each.pk for each in certificates])
    rows = [{"certificate": each, "blank": copies[each.pk][-1].blank_serial} for each in certificates]
    fresh = set(request.session.get("issued", []))
    context = {
        "rows": rows,
        "sitting_id": sitting_id,
        "fresh": [row for row in rows if str(row["certificate"].pk) in fresh],  # type: ignore[attr-defined]  # a certificate
        "may_print": request.actor.holds("certificates.print"),
        "at": now(),
    }
    return render(request, "office/certificates/done.html", context)


@require_POST
@needs("certificates.print")
def print_run(request: ActorRequest) -> HttpResponse:
    """The chosen certificates for the printer, as one archive in the order of their blanks."""
    chosen = [UUID(value) for value in request.POST.getlist("certificate") if _is_id(value)]
    try:
        run = services.print_run(
            actor=request.actor, at=now(), certificate_ids=chosen, site=request.build_absolute_uri("/")
        )
    except services.NothingToPrint as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("office:certificates")
    response = HttpResponse(run.archive, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{run.file_name}"'
    return response


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
