"""The exam machine: no account, one attempt. What a machine sends and gets is JSON; the pages are thin shells."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.db import DataError
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaogong.delivery import selectors, services
from kaogong.foundation.documents.forms import Fact, Receipt
from kaogong.foundation.documents.typesetting import typeset
from kaogong.foundation.kernel.actors import PUBLIC
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.itembank import selectors as itembank
from kaogong.sittings.selectors import PART_NAMES
from kaogong.web.examroom.views import practice as practising
from kaogong.web.examroom.views.machine import at_machine, bind, bound_attempt, release
from kaogong.web.ui.refusing import advice_of, status_of, words_of
from kaogong.web.ui.requests import ActorRequest, address_of

MOST_ENTRIES = 500


class DoorForm(forms.Form):
    """What a candidate types at the machine."""

    ticket_number = forms.CharField(
        label=gettext_lazy("准考证号"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )
    document_tail = forms.CharField(
        label=gettext_lazy("证件号码末四位"),
        max_length=4,
        help_text=gettext_lazy("末位是 X 的照样输入。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    room_code = forms.CharField(
        label=gettext_lazy("考场口令"),
        max_length=6,
        help_text=gettext_lazy("六位数字，见监考员的屏幕。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: ActorRequest) -> HttpResponse:
    """The machine's door: ticket, end of the document's number, code of the room."""
    if request.method == "GET" and bound_attempt(request):
        return redirect("examroom:exam-waiting")
    form = DoorForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        address = address_of(request)
        try:
            bind(request, services.enter_machine(actor=PUBLIC, at=now(), address=address, **form.cleaned_data))
            return redirect("examroom:exam-waiting")
        except services.NoEntry as wrong:
            services.note_failed_entry(
                actor=PUBLIC, at=now(), ticket_number=form.cleaned_data["ticket_number"], address=address
            )
            refusal = wrong
        except Refusal as other:
            refusal = other
    status = status_of(refusal) if refusal else 200
    return render(request, "examroom/exam/enter.html", {"form": form, "refusal": refusal}, status=status)


@require_safe
def practice(request: ActorRequest) -> HttpResponse:
    """The exam page with harmless questions; nothing is sent anywhere."""
    limits = selectors.answer_limits("", now())
    sheet = {"questions": practising.questions(), "limits": {"gap": limits.gap, "text": limits.text}}
    context = {"sheet": sheet, "words": _words(), "mode": "practice"}
    return render(request, "examroom/exam/paper.html", context)


@require_safe
@at_machine
def waiting(request: ActorRequest, attempt_id: UUID) -> HttpResponse:
    """The waiting room: who sits here, when it begins by the server's clock, and the start once the paper is open."""
    found = selectors.waiting(request.actor, attempt_id, now())
    if found.attempt.state in {"submitted", "sealed"}:
        return redirect("examroom:exam-receipt")
    return render(request, "examroom/exam/waiting.html", {"waiting": found, "is_over": found.attempt.state in OVER})


OVER = ("barred", "absent", "late")


@require_safe
@at_machine
def status(request: ActorRequest, attempt_id: UUID) -> HttpResponse:
    """How the attempt stands, with the server's clock: the waiting room and the paper ask for it now and then."""
    found = selectors.waiting(request.actor, attempt_id, now())
    return JsonResponse(
        {
            "state": found.attempt.state,
            "can_start": found.can_start,
            "starts_at": found.starts_at.isoformat(),
            "ends_at": found.ends_at.isoformat(),
            "server_time": now().isoformat(),
        }
    )


@require_safe
@at_machine
def paper(request: ActorRequest, attempt_id: UUID) -> HttpResponse:
    """The shell of the exam page; its module fetches the paper and keeps the log."""
    found = selectors.waiting(request.actor, attempt_id, now())
    if found.attempt.state in {"submitted", "sealed"}:
        return redirect("examroom:exam-receipt")
    if not found.can_start:
        return redirect("examroom:exam-waiting")
    return render(request, "examroom/exam/paper.html", {"waiting": found, "words": _words(), "mode": "exam"})


def _answering(view: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponseBase]:
    """JSON in, JSON out; a refusal becomes its words, its status and, for a second hand-in, the receipt's address."""

    @require_POST
    @at_machine
    @wraps(view)
    def answer(request: ActorRequest, attempt_id: UUID) -> HttpResponseBase:
        try:
            body = json.loads(request.body or b"{}")
            if not isinstance(body, dict):
                raise TypeError("not an object")
            return JsonResponse(view(request, attempt_id, body) | {"server_time": now().isoformat()})
        except services.AlreadyHandedIn as handed_in:
            return _refused(handed_in, 409, kind="handed_in")
        except services.TimeOver as over:
            return _refused(over, 422, kind="time_over")
        except Refusal as refusal:
            return _refused(refusal, status_of(refusal), kind="refused")
        except selectors.PaperLocked:
            return JsonResponse({"kind": "locked", "words": _("试卷尚未启封。")}, status=409)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError, DataError):
            return JsonResponse({"kind": "unreadable", "words": _("请求无法识别。")}, status=400)

    return answer


@_answering
def start(request: ActorRequest, attempt_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Begin or go on: the questions in the candidate's order, what the server has, the end."""
    device = str(body["device"])[:40]
    begun = services.start(actor=request.actor, at=now(), attempt_id=attempt_id, device=device)
    return {
        "attempt": str(attempt_id),
        "questions": [
            {
                "number": each.number,
                "position": each.position,
                "type": each.type,
                "stem": each.stem,
                "options": list(each.options),
                "gaps": each.gaps,
                "own": {"stem": each.own.stem, "options": list(each.own.options)} if each.own else None,
            }
            for each in begun.questions
        ],
        "answers": {str(position): answer for position, answer in begun.answers.items()},
        "limits": {"gap": begun.limits.gap, "text": begun.limits.text},
        "language": _language(begun.attempt.language),
        "acknowledged": begun.acknowledged,
        "ends_at": begun.ends_at.isoformat(),
    }


def _language(tag: str) -> dict[str, Any] | None:
    """How the page sets the attempt's language; None for Chinese."""
    found = itembank.LANGUAGES.get(tag)
    if found is None:
        return None
    return {
        "tag": tag,
        "name": _(found.name),
        "own_name": found.own_name,
        "dir": found.direction,
        "is_down": found.is_down,
        "truths": list(found.truths),
    }


@_answering
def save(request: ActorRequest, attempt_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Take a machine's log from where it left off; tell up to where it may strike it off."""
    entries = [_entry(row) for row in list(body["entries"])[:MOST_ENTRIES]]
    at = now()
    reached = services.save_answers(
        actor=request.actor, at=at, attempt_id=attempt_id, device=str(body["device"])[:40], entries=entries
    )
    ends_at = selectors.own_attempt(request.actor, attempt_id).ends_at
    return {"acknowledged": reached, "saved_at": at.isoformat(), "ends_at": ends_at.isoformat() if ends_at else ""}


@_answering
def hand_in(request: ActorRequest, attempt_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Hand in; the page goes on to the receipt."""
    given = services.submit(actor=request.actor, at=now(), attempt_id=attempt_id)
    return {"number": given["number"]}


@require_safe
@at_machine
def receipt(request: ActorRequest, attempt_id: UUID) -> HttpResponse:
    """The receipt, to look at and to print."""
    attempt = selectors.own_attempt(request.actor, attempt_id)
    if not attempt.receipt:
        return redirect("examroom:exam-waiting")
    context = {"attempt": attempt, "receipt": attempt.receipt, "submitted_at": _moment(attempt.receipt)}
    return render(request, "examroom/exam/receipt.html", context)


@require_safe
@at_machine
def receipt_pdf(request: ActorRequest, attempt_id: UUID) -> HttpResponse:
    """The receipt on paper."""
    attempt = selectors.own_attempt(request.actor, attempt_id)
    if not attempt.receipt:
        raise NotFound
    document = typeset(receipt_form(attempt), at=_moment(attempt.receipt))
    response = HttpResponse(document.pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="receipt.pdf"'
    return response


@require_POST
def leave(request: ActorRequest) -> HttpResponse:
    """Free the machine for the next candidate."""
    release(request)
    return redirect("examroom:exam")


def receipt_form(attempt: Any) -> Receipt:
    """The fields of the printed receipt."""
    kept = attempt.receipt
    sitting = attempt.part.sitting
    return Receipt(
        title="交卷回执",
        body=sitting.station.organisation.name,
        receipt_number=kept["number"],
        name=attempt.registration.legal_name,
        received_at=_moment(kept),
        statement=f"已收到你在“{sitting.round.name}”{PART_NAMES.get(kept['part'], kept['part'])}的作答。",
        facts=(
            Fact(label="准考证号", value=kept["ticket"]),
            Fact(label="作答题数", value=f"{kept['answered']} / {kept['questions']}"),
            Fact(label="签名密钥", value=kept["key_id"]),
        ),
        digest=kept["digest"],
        digest_kind="SHA-256",
        next_steps=("成绩发布后在“我的成绩”查询。", "对成绩有疑问的，凭本回执在公布的期限内申请复核。"),
    )


def _refused(refusal: Refusal, status: int, *, kind: str) -> JsonResponse:
    words = {"kind": kind, "words": words_of(refusal), "advice": advice_of(refusal), "clause": str(refusal.clause)}
    return JsonResponse(words | {"server_time": now().isoformat()}, status=status)


def _entry(row: dict[str, Any]) -> services.Entry:
    client_at = parse_datetime(str(row["at"]))
    if client_at is None or not is_aware(client_at):
        raise ValueError("no time")
    return services.Entry(int(row["sequence"]), int(row["position"]), str(row["answer"]), client_at)


def _moment(receipt_: dict[str, Any]) -> datetime:
    moment = parse_datetime(str(receipt_["submitted_at"]))
    assert moment is not None  # written by the hand-in
    return moment


def _words() -> dict[str, str]:
    """What the page's module says, in the reader's language."""
    return {
        "saved": _("已保存 {time}"),
        "saving": _("正在保存…"),
        "waiting": _("本机待传 {count}"),
        "offline": _("网络不通，作答已存本机，恢复后自动上传"),
        "memory": _("本浏览器不能在本机保存作答，请举手换机"),
        "door": _("登录已失效。作答仍在本机，请重新输入口令进入，会自动续传。"),
        "time": _("剩余时间"),
        "over": _("时间到，正在交卷…"),
        "over_waiting": _("时间到。还有 {count} 条作答没有传到，请不要关机，举手示意。"),
        "true": _("正确"),
        "false": _("错误"),
        **{kind: _(name) for kind, name in itembank.TYPES.items()},
        "gap": _("第 {number} 空"),
        "several": _("可选多项"),
        "written": _("作答"),
        "length": _("{count} / {most} 字"),
        "question": _("第 {number} 题，共 {total} 题"),
        "answered": _("已答"),
        "open": _("未答"),
        "flagged": _("已标记"),
        "flag": _("标记此题"),
        "in_chinese": _("看中文"),
        "in_own": _("看{language}"),
        "only_chinese": _("本题没有{language}的审定译文，请按中文作答。"),
        "unflag": _("取消标记"),
        "progress": _("已答 {answered} / {total}"),
        "all_answered": _("{total} 题全部作答。"),
        "unanswered": _("还有 {count} 题没有作答：{numbers}。"),
        "flags_left": _("标记了 {count} 题：{numbers}。"),
        "cannot_hand_in": _("还有 {count} 条作答没有传到服务器，暂时不能交卷。请等待或举手。"),
        "practice_done": _("练习结束：答了 {answered} 题。练习不计分，也没有保存。"),
        "few_left": _("还剩 {minutes} 分钟"),
        "and_more": _("等"),
        "between": _("、"),
    }
