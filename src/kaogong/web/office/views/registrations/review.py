"""The review of one application: the queue left, the case right, every paper beside the clause that it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kaogong.foundation.kernel.refusals import Refusal
from kaogong.foundation.regions import selectors as regions
from kaogong.itembank.selectors import language_name
from kaogong.registration import selectors, services
from kaogong.web.office.views.registrations.lists import KIND, POWERS
from kaogong.web.ui.formats import date_zh, money
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaogong.registration.models import Evidence, Registration

QUEUE = 30
"""How many waiting applications stand beside the case; a choice of the page, no rule."""


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A clause of the condition, and the papers handed in for it."""

    finding: Any
    papers: Sequence[Evidence]
    need: Any
    originals: Sequence[tuple[str, str]]


@require_safe
@needs("registration.decide")
def review_next(request: ActorRequest) -> HttpResponse:
    """To the application that waits longest."""
    first = _waiting(request).first()
    if first is None:
        return render(request, "office/registrations/empty.html")
    return redirect("office:registration", first.pk)


def _waiting(request: ActorRequest) -> Any:
    rows = selectors.registrations_for(request.actor, "registration.decide").filter(state="submitted")
    return rows.order_by("submitted_at", "pk")


@require_safe
@needs(*POWERS)
def review(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """One case."""
    return _page(request, selectors.get_registration(request.actor, registration_id))


def _page(request: ActorRequest, registration: Registration, refused: Refusal | None = None) -> HttpResponse:
    papers = selectors.evidence_of(request.actor, registration.pk)
    verdict = selectors.verdict_words(registration)
    chosen = verdict.chosen
    kinds = {finding.kind for finding in chosen.findings} if chosen else set()
    needs = {need.kind: need for need in selectors.proof_needs(registration)}
    clauses = [
        ClauseRow(
            finding,
            [paper for paper in papers if paper.kind == finding.kind],
            needs.get(finding.kind),
            [(proof, selectors.proof_label(proof)) for proof in _originals(needs.get(finding.kind))],
        )
        for finding in (chosen.findings if chosen else [])
    ]
    may_decide = selectors.may_decide(request.actor, registration)
    context = {
        "registration": registration,
        "kind": KIND[registration.state],
        "queue": _queue(request, registration) if request.actor.holds("registration.decide") else [],
        "verdict": verdict,
        "clauses": clauses,
        "other_papers": [paper for paper in papers if paper.kind not in kinds],
        "facts": _facts(registration),
        "has_photo": selectors.photo_of(request.actor, registration.pk) is not None,
        "is_open": registration.state == "submitted" and may_decide,
        "may_reopen": registration.state == "admitted" and may_decide and registration.sitting.state == "scheduled",
        "lacks_proof": any(not need.is_seen for need in needs.values()),
        "is_own_hand": registration.state == "submitted" and not may_decide,
        "consequence": _("审核通过后，证书姓名固定为“{name}”，考生应缴 {fee}，随后可编排座位。").format(
            name=registration.person.name, fee=money(registration.fee)
        ),
        "bar": selectors.offer(registration.sitting).figure("bar_months"),
        "refused": refused,
    }
    return render(request, "office/registrations/review.html", context, status=status_of(refused) if refused else 200)


def _originals(need: Any) -> list[str]:
    """Which papers may be shown at the counter: a promise has no original."""
    return [proof for proof in need.accepted if proof != "work_promise"] if need else []


def _queue(request: ActorRequest, current: Registration) -> list[Case]:
    rows = list(_waiting(request)[:QUEUE])
    if current.pk not in {row.pk for row in rows}:
        rows.insert(0, current)
    return [
        Case(
            row.legal_name,
            reverse("office:registration", args=[row.pk]),
            f"{row.number} · {row.round.occupation_name} · {date_zh(row.sitting.held_on)}",
            KIND[row.state],
            row.state_label if row.state != "submitted" else "",
            row.pk == current.pk,
        )
        for row in rows
    ]


def _facts(registration: Registration) -> list[tuple[str, object]]:
    sources = dict(selectors.source_choices())
    place = regions.name_of

    def of_code(code: str) -> str:
        return place(code) if code else "—"

    return [
        (_("批次"), registration.round.name),
        (_("场次"), f"{date_zh(registration.sitting.held_on)} {registration.sitting.station}"),
        (_("户籍或居住地"), of_code(registration.residence_code)),
        (_("工作地"), of_code(registration.employer_code)),
        (_("考生来源"), sources.get(registration.source, "—")),
        (_("工作单位或学校"), registration.employer or "—"),
        (_("代报单位"), registration.through or "—"),
        (_("费用"), money(registration.fee)),
        *([(_("考试文字"), language_name(registration.language))] if registration.round.languages else []),
    ]


def _decided(request: ActorRequest, registration_id: UUID, done: str) -> HttpResponse:
    messages.success(request, done)
    following = _waiting(request).first()
    return redirect("office:registration", following.pk if following else registration_id)


def _attempt(request: ActorRequest, registration_id: UUID, done: str, deed: Any) -> HttpResponse:
    try:
        deed()
    except Refusal as refusal:
        return _page(request, selectors.get_registration(request.actor, registration_id), refusal)
    return _decided(request, registration_id, done)


@require_POST
@needs("registration.decide")
def admit(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Admit, and on to the next case."""

    def deed() -> None:
        services.admit(
            actor=request.actor,
            at=now(),
            registration_id=registration_id,
            accepted_because=request.POST.get("accepted_because", ""),
        )

    return _attempt(request, registration_id, _("已审核通过，考生会收到短信。"), deed)


@require_POST
@needs("registration.decide")
def reopen(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Undo an admission, and stay with the case."""
    note = request.POST.get("note", "")
    try:
        services.reopen(actor=request.actor, at=now(), registration_id=registration_id, note=note)
    except Refusal as refusal:
        return _page(request, selectors.get_registration(request.actor, registration_id), refusal)
    messages.success(request, _("审核通过已撤销，这份报名重新待审核。"))
    return redirect("office:registration", registration_id)


@require_POST
@needs("registration.decide")
def send_back(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Send back to be completed."""

    def deed() -> None:
        services.send_back(
            actor=request.actor, at=now(), registration_id=registration_id, note=request.POST.get("note", "")
        )

    return _attempt(request, registration_id, _("已退回补正，考生会收到短信。"), deed)


@require_POST
@needs("registration.decide")
def refuse(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Refuse, with false papers barred for a time."""

    def deed() -> None:
        services.refuse(
            actor=request.actor,
            at=now(),
            registration_id=registration_id,
            note=request.POST.get("note", ""),
            false_papers="false_papers" in request.POST,
        )

    return _attempt(request, registration_id, _("已作出不通过的决定，名额已释放。"), deed)


@require_POST
@needs("registration.decide")
def original(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """State that the original was shown at the counter."""
    kind, _slash, proof = request.POST.get("original", "").partition("/")
    try:
        services.see_original(actor=request.actor, at=now(), registration_id=registration_id, kind=kind, proof=proof)
    except Refusal as refusal:
        return _page(request, selectors.get_registration(request.actor, registration_id), refusal)
    messages.success(request, _("已登记当面核对原件。"))
    return redirect("office:registration", registration_id)


@never_cache
@require_safe
@needs(*POWERS)
def evidence_file(request: ActorRequest, registration_id: UUID, evidence_id: UUID) -> HttpResponse:
    """A paper in the clear; each opening leaves a line in the trail."""
    opened = services.open_evidence(
        actor=request.actor, at=now(), registration_id=registration_id, evidence_id=evidence_id
    )
    response = HttpResponse(opened.content, content_type=opened.content_type)
    response["Content-Disposition"] = f'inline; filename="evidence-{evidence_id}"'
    return response


@never_cache
@require_safe
@needs(*POWERS)
def photo_file(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The photo."""
    found = selectors.photo_of(request.actor, registration_id)
    return HttpResponse(found or b"", content_type="image/jpeg", status=200 if found else 404)
