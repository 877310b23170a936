"""Applications as their owner sees them: begun, listed, followed, withdrawn, and the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.certificates import selectors as certificates
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank.selectors import language_name
from kaogong.registration import selectors, services
from kaogong.scoring import selectors as scoring
from kaogong.seating import selectors as seating
from kaogong.sittings import selectors as sittings
from kaogong.web.candidate.views.registration import flow
from kaogong.web.candidate.views.registration.forms import WithdrawForm
from kaogong.web.candidate.views.registration.steps import GET_AND_POST, own, times_of
from kaogong.web.ui.formats import date_zh, level_name, money
from kaogong.web.ui.refusing import status_of
from kaogong.web.ui.requests import ActorRequest, signed_in
from kaogong.web.ui.shapes import Kind, Moment

if TYPE_CHECKING:
    from kaogong.certificates.models import Certificate
    from kaogong.registration.models import Registration
    from kaogong.scoring.models import Result

KIND: dict[str, Kind] = {
    "drafted": "neutral",
    "submitted": "waiting",
    "returned": "waiting",
    "admitted": "done",
    "refused": "stopped",
    "withdrawn": "stopped",
}


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing to do or to know now: what, why, and the button."""

    title: str
    text: str
    url: str
    button: str
    kind: Kind = "active"


@require_http_methods(GET_AND_POST)
@signed_in
def start(request: ActorRequest, sitting_id: UUID) -> HttpResponse:
    """The sitting and who I am, confirmed; whoever has begun already goes on where she stopped."""
    sitting = sittings.public_sitting(sitting_id)
    person = identity.own_person(request.actor)
    live = None
    if person is not None:
        mine = selectors.of_person(request.actor).filter(round=sitting.round_id)
        live = mine.exclude(state__in=("withdrawn", "refused")).first()
    if live is not None:
        return redirect("candidate:registration", live.pk)
    refused: Refusal | None = None
    if request.method == "POST" and person is not None:
        try:
            begun = services.start(actor=request.actor, at=now(), sitting_id=sitting_id, person_id=person.pk)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect(flow.address("parts", begun.pk))
    context = {
        "sitting": sitting,
        "person": person,
        "refused": refused,
        "parts": [(sittings.PART_NAMES[part.part], part) for part in sittings.parts_of(sitting_id)],
        "left": sitting.capacity - sitting.claimed,
        "is_open": sittings.is_open(sitting, now()),
    }
    status = status_of(refused) if refused else 200
    return render(request, "candidate/registration/start.html", context, status=status)


@require_safe
@signed_in
def index(request: ActorRequest) -> HttpResponse:
    """My applications, the latest first."""
    rows = list(selectors.of_person(request.actor))
    for row in rows:
        row.kind = KIND[row.state]  # type: ignore[attr-defined]  # for the page
    return render(request, "candidate/registration/index.html", {"rows": rows})


@require_safe
@signed_in
def detail(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """One application: how it stands, what comes next, and what has happened."""
    registration = own(request, registration_id)
    ticket = seating.ticket_of(registration_id, request.actor)
    result = scoring.final_result(registration_id)
    certificate = certificates.own_certificates(request.actor).filter(sitting=registration.sitting_id).first()
    context = {
        "registration": registration,
        "kind": KIND[registration.state],
        "ticket": ticket,
        "parts": times_of(registration),
        "verdict": selectors.verdict_words(registration),
        "moments": moments(registration, ticket, result, certificate),
        "outcome": about_certificate(certificate) if certificate else about_result(result) if result else None,
        "may_edit": registration.state in ("drafted", "returned"),
        "may_withdraw": registration.state in ("drafted", "submitted", "returned", "admitted") and ticket is None,
        "language": language_name(registration.language),
        "may_change_language": registration.state not in ("refused", "withdrawn")
        and registration.sitting.state == "scheduled",
        "onward": flow.next_step(request.actor, registration),
        "what_next": what_next(registration, has_ticket=ticket is not None),
        "lacking": _lacking(registration),
    }
    return render(request, "candidate/registration/detail.html", context)


def _lacking(registration: Registration) -> list[selectors.NeedWords]:
    """The clauses for which a waiting application still has no paper."""
    if registration.state != "submitted":
        return []
    needs = selectors.need_words(selectors.proof_needs(registration))
    return [need for need in needs if not need.is_handed_in]


def what_next(registration: Registration, *, has_ticket: bool) -> str:
    """The next thing to do or to wait for, in one sentence."""
    if registration.state == "drafted":
        return _("报名还没有提交，名额尚未占用。请在报名截止前完成。")
    if registration.state == "submitted":
        return _("正在等待资格审核，结果会以短信通知，不需要您做什么。")
    if registration.state == "returned":
        return _("请在 {until} 前按审核意见补正后重新提交，名额在此期间为您保留。").format(
            until=date_zh(registration.correct_until)
        )
    if registration.state == "admitted" and not registration.is_paid:
        return _("资格审核已通过，请到报名点缴费 {fee}，缴费后才编排座位。").format(fee=money(registration.fee))
    if registration.state == "admitted":
        if has_ticket and all(part.ends_at < now() for _name, part in times_of(registration)):
            return _("考试已经结束，等待成绩发布，发布时会以短信通知。")
        if has_ticket:
            return _("准考证已经发布，请打印后携带身份证件参加考试。")
        return _("已缴费，等待编排座位和发布准考证，发布时会以短信通知。")
    if registration.state == "refused":
        return _("资格审核未通过，可以更正后重新报名，或到报名点咨询。")
    return _("报名已撤回，名额已经释放。")


def about_result(result: Result) -> Next:
    """A published result as the news that it is."""
    held = result.registration.round
    what = f"{held.occupation_name} {level_name(held.level)}"
    word = _("合格") if result.is_passed else _("不合格")
    return Next(
        _("成绩已发布：{what}，{word}").format(what=what, word=word),
        _("对成绩有疑问的，可在 {until} 前申请复核。").format(until=date_zh(result.recheck_until)),
        reverse("candidate:result", args=[result.pk]),
        _("查看成绩"),
        "done" if result.is_passed else "neutral",
    )


def about_certificate(certificate: Certificate) -> Next:
    """An issued certificate as the news that it is."""
    what = f"{certificate.occupation_name} {level_name(certificate.level)}"
    return Next(
        _("证书已核发：{what}").format(what=what),
        _("发证日期 {day}，可以下载电子副本，也可以把查询链接发给用人单位。").format(
            day=date_zh(certificate.issued_on)
        ),
        reverse("candidate:certificates"),
        _("查看证书"),
        "done",
    )


def moments(
    registration: Registration,
    ticket: object | None,
    result: Result | None = None,
    certificate: Certificate | None = None,
) -> list[Moment]:
    """What has happened, in order."""
    decided = {"admitted": _("审核通过"), "refused": _("审核不通过"), "returned": _("退回补正")}
    kinds: dict[str, Kind] = {"admitted": "done", "refused": "stopped", "returned": "waiting"}
    found = [
        Moment(registration.started_at, _("开始填写")),
        Moment(registration.submitted_at, _("提交报名"), kind="done"),
        Moment(
            registration.decided_at,
            decided.get(registration.state, _("审核")),
            registration.decision_note,
            kind=kinds.get(registration.state, "neutral"),
        ),
        Moment(
            registration.paid_at, _("缴费"), _("票据 {number}").format(number=registration.receipt_number), kind="done"
        ),
        Moment(getattr(ticket, "published_at", None), _("准考证发布"), kind="done"),
        Moment(result.published_at if result else None, _("成绩发布"), kind="done"),
        Moment(certificate.issued_at if certificate else None, _("核发证书"), kind="done"),
        Moment(registration.withdrawn_at, _("撤回"), registration.withdrawn_reason, kind="stopped"),
    ]
    return sorted((each for each in found if each.at is not None), key=lambda each: str(each.at))


@require_safe
@signed_in
def receipt(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The receipt: the number, and what happens next and when."""
    registration = own(request, registration_id)
    if registration.submitted_at is None:
        return redirect(flow.next_step(request.actor, registration))
    context = {"registration": registration, "what_next": what_next(registration, has_ticket=False)}
    return render(request, "candidate/registration/receipt.html", context)


@require_http_methods(GET_AND_POST)
@signed_in
def withdraw(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """Taking it back, shown before it is done."""
    registration = own(request, registration_id)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.withdraw(
            actor=request.actor,
            at=now(),
            registration_id=registration_id,
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("报名已撤回，名额已经释放。"))
        return redirect("candidate:registration", registration_id)
    does = [_("释放您占用的名额，其他考生可以立即报名")]
    if registration.paid_at:
        does.append(_("已缴的 {fee} 按规定退还，请凭票据办理").format(fee=money(registration.fee)))
    return render(
        request, "candidate/registration/withdraw.html", {"registration": registration, "form": form, "does": does}
    )


@never_cache
@require_safe
@signed_in
def photo_file(request: ActorRequest, registration_id: UUID) -> HttpResponse:
    """The photo of one's own application."""
    registration = own(request, registration_id)
    found = selectors.photo_of(request.actor, registration.pk)
    return HttpResponse(found or b"", content_type="image/jpeg", status=200 if found else 404)
