"""One question a page: parts, whereabouts, condition, facts, papers, photo, and the check of all answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.foundation.regions import selectors as regions
from kaogong.itembank.selectors import language_name
from kaogong.registration import selectors, services
from kaogong.sittings import selectors as sittings
from kaogong.web.candidate.views.registration import flow
from kaogong.web.candidate.views.registration.forms import (
    ConditionForm,
    EvidenceForm,
    PartsForm,
    PhotoForm,
    WhereForm,
)
from kaogong.web.ui.claims import ClaimForms
from kaogong.web.ui.formats import date_zh, level_name, money
from kaogong.web.ui.phrases import said
from kaogong.web.ui.refusing import advice_of, status_of, words_of
from kaogong.web.ui.requests import ActorRequest, signed_in
from kaogong.web.ui.shapes import Answer

if TYPE_CHECKING:
    from django import forms

    from kaogong.registration.models import Registration

GET_AND_POST = ["GET", "HEAD", "POST"]
PAGES = {
    "parts": "candidate/registration/parts.html",
    "where": "candidate/registration/where.html",
    "condition": "candidate/registration/condition.html",
    "facts": "candidate/registration/facts.html",
    "evidence": "candidate/registration/evidence.html",
    "photo": "candidate/registration/photo.html",
    "check": "candidate/registration/check.html",
}


def own(request: ActorRequest, registration_id: UUID) -> Registration:
    """The candidate's own application. Raises NotFound."""
    return selectors.get_own(request.actor, registration_id)


def page(
    request: ActorRequest, registration: Registration, step: str, status: int = 200, **context: Any
) -> HttpResponse:
    """A step's page with its stepper."""
    values = {
        "registration": registration,
        "steps": flow.steps(request.actor, registration, step),
        "step": step,
        **context,
    }
    return render(request, PAGES[step], values, status=status)


def tell(form: forms.Form, refusal: Refusal) -> int:
    """Put a refusal at its field, or on top; the status that fits."""
    form.add_error(refusal.field if refusal.field in form.fields else None, words_of(refusal) + advice_of(refusal))
    return status_of(refusal)


@require_http_methods(GET_AND_POST)
@signed_in
def parts(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Which parts are sat; what was passed before is said and need not be sat again."""
    registration = own(request, registration_id)
    offer = selectors.offer(registration.sitting)
    fees = registration.round.fees
    passed = selectors.passed_parts(offer, [registration.person_id]).get(registration.person_id, {})
    choices = [(code, f"{name}（{money(fees[code])}）") for code, name in offer.parts.items()]
    form = PartsForm(request.POST or None, parts=choices, initial={"parts": registration.parts})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_parts(
                actor=request.actor,
                at=now(),
                registration_id=registration_id,
                parts=form.cleaned_data["parts"],
            )
        except Refusal as refusal:
            status = tell(form, refusal)
        else:
            if registration.round.languages:
                return redirect("candidate:registration-language", registration_id)
            return redirect(flow.next_step(request.actor, registration, after="parts"))
    kept = [(offer.parts.get(part, part), day) for part, day in passed.items()]
    return page(request, registration, "parts", status, form=form, kept=kept)


def reclaim(request: ActorRequest, registration: Registration, **changes: Any) -> None:
    """Keep one more answer: the claim is made anew with everything else as it was."""
    given = {
        "condition_code": registration.condition_code,
        "facts": registration.claim,
        "residence_code": registration.residence_code,
        "employer": registration.employer,
        "employer_code": registration.employer_code,
        "source": registration.source,
        **changes,
    }
    services.claim(actor=request.actor, at=now(), registration_id=registration.pk, **given)


@require_http_methods(GET_AND_POST)
@signed_in
def where(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Where the candidate lives and works."""
    registration = own(request, registration_id)
    fields = ("residence_code", "source", "employer", "employer_code")
    form = WhereForm(request.POST or None, initial={name: getattr(registration, name) for name in fields})
    if request.method == "POST" and form.is_valid():
        reclaim(request, registration, **form.cleaned_data)
        return redirect(flow.next_step(request.actor, registration, after="where"))
    return page(request, registration, "where", form=form)


@require_http_methods(GET_AND_POST)
@signed_in
def condition(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Which condition is claimed."""
    registration = own(request, registration_id)
    offer = selectors.offer(registration.sitting)
    choices = [(each.code, each.text) for each in offer.conditions]
    form = ConditionForm(
        request.POST or None, conditions=choices, initial={"condition_code": registration.condition_code}
    )
    if request.method == "POST" and form.is_valid():
        reclaim(request, registration, condition_code=form.cleaned_data["condition_code"])
        return redirect(flow.next_step(request.actor, registration, after="condition"))
    return page(request, registration, "condition", form=form, standard=registration.round.standard_id)


def claim_forms(request: HttpRequest, registration: Registration) -> tuple[ClaimForms, Any]:
    """The forms for the chosen condition, and the offer they belong to."""
    offer = selectors.offer(registration.sitting)
    occupations = selectors.occupation_choices(offer)
    levels = [(str(level), level_name(level)) for level in (5, 4, 3, 2, 1)]
    forms = ClaimForms(
        selectors.condition_kinds(offer, registration.condition_code),
        occupations=occupations,
        levels=levels,
        routes=selectors.route_choices(),
        claim=registration.claim,
        posted=request.POST if request.method == "POST" else None,
        extra=1 if "more" in request.GET else 0,
    )
    return forms, offer


@require_http_methods(GET_AND_POST)
@signed_in
def facts(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The facts for the chosen condition; what is missing is said at once and hinders nobody from going on."""
    registration = own(request, registration_id)
    if not registration.condition_code:
        return redirect(flow.address("condition", registration_id))
    claims, offer = claim_forms(request, registration)
    if request.method == "POST" and claims.is_valid():
        reclaim(request, registration, facts=claims.claim())
        here = flow.address("facts", registration_id)
        return redirect(
            f"{here}?more=1" if "more" in request.POST else flow.next_step(request.actor, registration, after="facts")
        )
    given = claims.claim() if request.method == "POST" else registration.claim
    verdict = selectors.preview(registration, registration.condition_code, given, offer)
    status = 422 if request.method == "POST" else 200
    return page(request, registration, "facts", status, claims=claims, forms=claims.all_forms, verdict=verdict)


@require_POST
@signed_in
def facts_check(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The verdict on what has been typed so far, for the live panel; nothing is kept."""
    registration = own(request, registration_id)
    claims, offer = claim_forms(request, registration)
    verdict = selectors.preview(registration, registration.condition_code, claims.claim(), offer)
    return render(request, "ui/claims/verdict.html", {"verdict": verdict})


@require_http_methods(GET_AND_POST)
@signed_in
def evidence(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The papers: those handed in, and one more."""
    registration = own(request, registration_id)
    needs = selectors.proof_needs(registration)
    form = EvidenceForm(
        request.POST or None, request.FILES or None, kinds=[*selectors.proof_choices(needs), ("other", _("其他"))]
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        kind, _slash, proof = form.cleaned_data["kind"].partition("/")
        try:
            services.hand_in(
                actor=request.actor,
                at=now(),
                registration_id=registration_id,
                kind=kind,
                proof=proof,
                title=form.cleaned_data["title"],
                content=form.cleaned_data["content"].read(),
                content_type=form.cleaned_data["content"].content_type or "",
            )
        except Refusal as refusal:
            status = tell(form, refusal)
        else:
            messages.success(request, _("材料已加密保存。"))
            return redirect(flow.address("evidence", registration_id))
    papers = selectors.evidence_of(request.actor, registration_id)
    is_filling = registration.state in ("drafted", "returned")
    onward = flow.address("photo", registration_id) if is_filling else _record(registration_id)
    return page(
        request, registration, "evidence", status, form=form, papers=papers, onward=onward,
        needs=selectors.need_words(needs), is_filling=is_filling,
    )  # fmt: skip


def _record(registration_id: UUID) -> str:
    return reverse("candidate:registration", args=[registration_id])


@require_POST
@signed_in
def promise(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Sign the promise that stands for a proof of one's years of work."""
    services.promise(actor=request.actor, at=now(), registration_id=registration_id)
    messages.success(request, _("承诺书已签署并加密保存。"))
    return redirect(flow.address("evidence", registration_id))


@require_POST
@signed_in
def evidence_remove(request: ActorRequest, registration_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Take a paper back."""
    services.remove_evidence(actor=request.actor, at=now(), registration_id=registration_id, evidence_id=evidence_id)
    return redirect(flow.address("evidence", registration_id))


@require_http_methods(GET_AND_POST)
@signed_in
def photo(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The photo, seen before it is sent."""
    registration = own(request, registration_id)
    form = PhotoForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.set_photo(
                actor=request.actor,
                at=now(),
                registration_id=registration_id,
                content=form.cleaned_data["photo"].read(),
            )
        except Refusal as refusal:
            status = tell(form, refusal)
        else:
            return redirect(flow.next_step(request.actor, registration, after="photo"))
    has_photo = selectors.photo_of(request.actor, registration_id) is not None
    return page(
        request, registration, "photo", status, form=form, has_photo=has_photo,
        onward=flow.address("check", registration_id),
    )  # fmt: skip


@require_http_methods(GET_AND_POST)
@signed_in
def check(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """All answers on one page, and the act of handing in."""
    registration = own(request, registration_id)
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            services.submit(actor=request.actor, at=now(), registration_id=registration_id)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("candidate:registration-receipt", registration_id)
    return page(
        request,
        registration,
        "check",
        status_of(refused) if refused else 200,
        answers=answers(request, registration),
        verdict=selectors.verdict_words(registration),
        has_photo=selectors.photo_of(request.actor, registration_id) is not None,
        papers=selectors.evidence_of(request.actor, registration_id),
        bar=selectors.offer(registration.sitting).figure("bar_months"),
        refused=refused,
    )


def answers(request: ActorRequest, registration: Registration) -> list[Answer]:
    """What was said, each with the way to change it."""
    person = identity.own_person(request.actor)
    offer = selectors.offer(registration.sitting)
    papers = selectors.evidence_of(request.actor, registration.pk)

    def change(step: str) -> str:
        return flow.address(step, registration.pk)

    sources = dict(selectors.source_choices())
    held = registration.sitting
    return [
        Answer(_("姓名"), registration.legal_name),
        Answer(_("证件号码"), person.document_masked if person else ""),
        Answer(_("批次"), registration.round.name),
        Answer(_("考试日期与地点"), f"{date_zh(held.held_on)}　{held.station}"),
        Answer(
            _("科目"),
            _("、").join(str(said(offer.parts.get(part, part))) for part in registration.parts),
            change("parts"),
        ),
        *(
            [
                Answer(
                    _("考试文字"),
                    language_name(registration.language),
                    reverse("candidate:registration-language", args=[registration.pk]),
                )
            ]
            if registration.round.languages
            else []
        ),
        Answer(_("费用"), money(registration.fee)),
        Answer(
            _("户籍或居住地"),
            regions.name_of(registration.residence_code) if registration.residence_code else "",
            change("where"),
        ),
        Answer(_("考生来源"), sources.get(registration.source, ""), change("where")),
        Answer(_("工作单位或学校"), registration.employer, change("where")),
        Answer(_("申报材料"), _("{count} 份").format(count=len(papers)), change("evidence")),
    ]


def times_of(registration: Registration) -> list[tuple[str, Any]]:
    """The parts of the sitting with their hours."""
    return [
        (sittings.PART_NAMES[part.part], part)
        for part in sittings.parts_of(registration.sitting_id)
        if part.part in registration.parts
    ]
