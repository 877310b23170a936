"""Answers: what a candidate sees and has saved, what was handed in, and whether a receipt is ours."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from kaogong.delivery import policies, rules
from kaogong.delivery.models import Answer, Attempt, PaperCopy, ScoreSheet
from kaogong.delivery.papers import Lock, PaperLocked, Question, Said, unseal
from kaogong.delivery.selectors.finding import own_attempt, tickets_of
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.signing import canonical, digests, keys
from kaogong.itembank import selectors as itembank
from kaogong.itembank.models import PaperItem
from kaogong.regulations.selectors import provision


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question in the place where this candidate sees it (`number`, from 1); answers go by `position`.

    `own` is the question in the language of the attempt; None in Chinese, or where there is no version in it.
    """

    number: int
    position: int
    type: str
    stem: str
    options: tuple[str, ...]
    gaps: int = 0
    own: Said | None = None


@dataclass(frozen=True, slots=True)
class StartedAttempt:
    """What an exam page needs: the questions in the candidate's order, what is saved, how much fits, the clock."""

    attempt: Attempt
    questions: list[ShownQuestion]
    answers: dict[int, str]
    limits: rules.AnswerLimits
    acknowledged: int
    ends_at: datetime
    server_time: datetime


def lock_of(copy: PaperCopy) -> Lock:
    """What the seal of a copy is bound to."""
    return Lock(copy.pk, copy.part_id, copy.not_before)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the waiting room shows of the actor's own attempt."""

    attempt: Attempt
    ticket_number: str
    starts_at: datetime
    ends_at: datetime
    can_start: bool
    server_time: datetime


def waiting(actor: Actor, attempt_id: UUID, at: datetime) -> Waiting:
    """How the actor's own attempt stands, and whether the paper is open for it. Raises NotFound."""
    attempt = own_attempt(actor, attempt_id)
    wave = attempt.seat.wave
    starts_at = attempt.part.wave_starts_at(wave)
    released = PaperCopy.objects.filter(
        part=attempt.part_id, wave__in=(0, wave), released_at__isnull=False, not_before__lte=at
    ).exists()
    return Waiting(
        attempt=attempt,
        ticket_number=tickets_of([attempt.registration_id]).get(attempt.registration_id, ""),
        starts_at=starts_at,
        ends_at=attempt.ends_at or attempt.part.wave_ends_at(wave),
        can_start=attempt.state == "started" or (attempt.state == "present" and released and at >= starts_at),
        server_time=at,
    )


def own_paper(actor: Actor, attempt_id: UUID, *, device: str, at: datetime) -> StartedAttempt:
    """The paper of the actor's own running attempt, with what the server has of it; nothing else opens a paper.

    Raises NotFound for another's attempt, PaperLocked before the start and after the hand-in.
    """
    return opened(own_attempt(actor, attempt_id), device=device, at=at)


def opened(attempt: Attempt, *, device: str, at: datetime) -> StartedAttempt:
    """The paper of an attempt that is under way. Raises PaperLocked."""
    if attempt.state != "started" or attempt.paper_copy_id is None or attempt.ends_at is None:
        raise PaperLocked("not under way")
    questions = {each.position: each for each in questions_of(attempt.paper_copy_id, at=at)}
    order = rules.presentation([(each.position, each.type) for each in questions.values()], seed=str(attempt.pk))
    shown = [_shown(number, questions[position], attempt.language) for number, position in enumerate(order, start=1)]
    return StartedAttempt(
        attempt=attempt,
        questions=shown,
        answers=submission(attempt.pk),
        limits=answer_limits(attempt.region_code, at),
        acknowledged=acknowledged(attempt.pk, device),
        ends_at=attempt.ends_at,
        server_time=at,
    )


def answer_limits(region_code: str, at: datetime) -> rules.AnswerLimits:
    """How long written answers may be there on that day. Raises NoProvision."""
    value = provision("delivery.answer_length", on=localdate(at), region_code=region_code).value
    assert isinstance(value, dict)  # the library's own file says so
    return rules.AnswerLimits(gap=value["gap"], text=value["text"])


def order_of(attempt: Attempt) -> list[PaperItem]:
    """The places of the paper in the order in which this candidate saw them, unopened; empty where none was begun.

    For a module that found the attempt under its own scope.
    """
    if attempt.paper_copy is None:
        return []
    places = {place.position: place for place in itembank.paper_places(attempt.paper_copy.paper_id)}
    order = rules.presentation(
        [(place.position, place.version.type) for place in places.values()], seed=str(attempt.pk)
    )
    return [places[position] for position in order]


def questions_of(copy_id: UUID, *, at: datetime) -> list[Question]:
    """The clear questions of a released copy. Not for doors: `own_paper` is. Raises PaperLocked."""
    copy = PaperCopy.objects.get(pk=copy_id)
    if copy.released_at is None:
        raise PaperLocked("not released")
    return unseal(bytes(copy.content_sealed), bytes(copy.key_sealed), lock_of(copy), digest=copy.digest, at=at)


def acknowledged(attempt_id: UUID, device: str) -> int:
    """The highest contiguous sequence that the server has from a device."""
    sequences = Answer.objects.filter(attempt=attempt_id, device=device).values_list("sequence", flat=True)
    return rules.highest_contiguous(sequences)


def submission(attempt_id: UUID) -> dict[int, str]:
    """The answers that count, by the paper's position; questions left open are absent."""
    return submissions([attempt_id])[attempt_id]


def submissions(attempt_ids: Collection[UUID]) -> dict[UUID, dict[int, str]]:
    """The answers that count of several attempts, in one query."""
    rows: dict[UUID, list[tuple[int, int, str]]] = {each: [] for each in attempt_ids}
    found = Answer.objects.filter(attempt__in=list(attempt_ids)).values_list("attempt", "order", "position", "answer")
    for attempt_id, order, position, answer in found:
        rows[attempt_id].append((order, position, answer))
    return {attempt_id: rules.final_answers(each) for attempt_id, each in rows.items()}


def receipt_of(actor: Actor, attempt_id: UUID) -> Mapping[str, Any]:
    """The receipt of the actor's own attempt; empty before the hand-in. Raises NotFound."""
    receipt: Mapping[str, Any] = own_attempt(actor, attempt_id).receipt
    return receipt


def receipt_message(receipt: Mapping[str, Any]) -> bytes:
    """The bytes that a receipt's signature is over: everything in it but the signature."""
    return canonical.encode({name: value for name, value in receipt.items() if name != "signature"})


def is_genuine(receipt: Mapping[str, Any]) -> bool:
    """Whether the receipt bears our signature over exactly what it says."""
    try:
        signature = base64.b64decode(str(receipt["signature"]), validate=True)
        key_id, dated = str(receipt["key_id"]), datetime.fromisoformat(str(receipt["submitted_at"]))
    except (KeyError, ValueError):
        return False
    return keys.verify(key_id, receipt_message(receipt), signature, purpose="receipt", dated=dated)


def still_matches(attempt: Attempt) -> bool:
    """Whether the stored answers still give the digest of the receipt: for disputes and spot checks."""
    answers = submission(attempt.pk)
    facts = rules.receipt_facts(
        attempt=str(attempt.pk),
        ticket=str(attempt.receipt.get("ticket", "")),
        answers=answers,
        questions=int(attempt.receipt.get("questions", 0)),
    )
    return digest_of(facts) == attempt.answers_digest


def altered(
    attempts: Iterable[Attempt],
    *,
    answers: Mapping[UUID, Mapping[int, str]],
    sheets: Mapping[UUID, Sequence[ScoreSheet]],
) -> list[Attempt]:
    """Those sealed attempts whose answers or score sheets are not what their signed receipt was given for."""
    return [
        attempt
        for attempt in attempts
        if not (
            attempt.receipt.get("attempt") == str(attempt.pk)
            and attempt.receipt.get("digest") == _digest_now(attempt, answers, sheets)
            and is_genuine(attempt.receipt)
        )
    ]


def _digest_now(
    attempt: Attempt, answers: Mapping[UUID, Mapping[int, str]], sheets: Mapping[UUID, Sequence[ScoreSheet]]
) -> str:
    ticket = str(attempt.receipt.get("ticket", ""))
    if attempt.paper_copy_id is None:
        return digest_of(sheet_facts(attempt.pk, ticket, sheets.get(attempt.pk, ())))
    given = answers.get(attempt.pk, {})
    count = int(attempt.receipt.get("questions", 0))
    return digest_of(rules.receipt_facts(attempt=str(attempt.pk), ticket=ticket, answers=given, questions=count))


def sheet_facts(attempt_id: UUID, ticket: str, sheets: Iterable[ScoreSheet]) -> dict[str, Any]:
    """What the receipt of a practical attempt is over: every signed sheet."""
    signed = {
        str(sheet.pk): {"marks": sheet.marks, "total": f"{sheet.total:.2f}", "unsafe": sheet.safety_violation}
        for sheet in sheets
    }
    return {"attempt": str(attempt_id), "ticket": ticket, "sheets": signed}


def digest_of(facts: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical form."""
    return digests.plain(canonical.encode(facts))


def may_submit(actor: Actor, attempt: Attempt) -> bool:
    """Whether the attempt is the actor's own and still open."""
    return policies.is_own(actor, attempt) and attempt.state == "started"


def _shown(number: int, question: Question, language: str) -> ShownQuestion:
    gaps = itembank.gaps_in(question.stem) if question.type == itembank.FILL_IN else 0
    own = question.said.get(language)
    return ShownQuestion(number, question.position, question.type, question.stem, question.options, gaps, own)
