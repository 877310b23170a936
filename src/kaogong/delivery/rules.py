"""What happens in a room, judged without a database: clocks, logs of answers, digests, score sheets, draws."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from kaogong.foundation.kernel.clauses import Clause
from kaogong.itembank.rules.items import CONSTRUCTED, FILL_IN, MULTIPLE, TRUE_FALSE, TRUTHS

LETTERS = "ABCDEFGH"
ANHUI = "anhui-2016-breaches"
HOUSE = "kaogong-delivery-rules"


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer as a machine reports it: its own sequence number (from 1), the paper's position, the answer, its time.

    `answer` is as `is_answer` wants it for the question's type, or empty when the candidate took the answer back.
    """

    sequence: int
    position: int
    answer: str
    client_at: datetime


@dataclass(frozen=True, slots=True)
class IncidentKind:
    """A kind of incident: its title, the clause it rests on, and whether it ends the attempt (a breach)."""

    title: str
    clause: Clause | None = None
    bars: bool = False
    by_hand: bool = True


INCIDENTS: Mapping[str, IncidentKind] = {
    "cheating": IncidentKind("作弊（夹带、抄袭、传递、交头接耳）", Clause(ANHUI, "void"), bars=True),
    "impersonation": IncidentKind("替考", Clause(ANHUI, "void"), bars=True),
    "phone": IncidentKind("使用通信工具", Clause(ANHUI, "void"), bars=True),
    "early_start": IncidentKind("开考信号前作答，经警告不改", Clause(ANHUI, "early-start"), bars=True),
    "after_bell": IncidentKind("终了信号后继续作答", Clause(ANHUI, "after-bell")),
    "late": IncidentKind("迟到未准入场", Clause("theory-room-rules", "late-entry"), by_hand=False),
    "power": IncidentKind("停电或设备故障", Clause(HOUSE, "extension")),
    "network": IncidentKind("网络中断", Clause(HOUSE, "answers")),
    "illness": IncidentKind("考生身体不适"),
    "other": IncidentKind("其他"),
    "device_changed": IncidentKind("更换考试机", Clause(HOUSE, "devices"), by_hand=False),
    "two_devices": IncidentKind("两台设备改过同一题", Clause(HOUSE, "devices"), by_hand=False),
    "extended": IncidentKind("延长作答时间", Clause(HOUSE, "extension"), by_hand=False),
}
BREACHES = tuple(kind for kind, each in INCIDENTS.items() if each.bars)
PLAIN_INCIDENTS = tuple(kind for kind, each in INCIDENTS.items() if each.by_hand and not each.bars)


# ---------------------------------------------------------------- clocks
def personal_end(started_at: datetime, *, minutes: int, wave_ends_at: datetime) -> datetime:
    """When an attempt's clock runs out: its own minutes from its start, but never after the wave's end."""
    return min(started_at + timedelta(minutes=minutes), wave_ends_at)


def is_late(at: datetime, *, starts_at: datetime, minutes: int) -> bool:
    """Whether somebody at the door is too late: after `minutes` full minutes; exactly then is still in time."""
    return at > starts_at + timedelta(minutes=minutes)


# ---------------------------------------------------------------- answers
def highest_contiguous(sequences: Iterable[int]) -> int:
    """The highest n such that 1..n all arrived: what a machine may strike off its own log. 0 when 1 is missing."""
    arrived, n = set(sequences), 0
    while n + 1 in arrived:
        n += 1
    return n


def final_answers(rows: Iterable[tuple[int, int, str]]) -> dict[int, str]:
    """What counts: rows of (order of arrival, position, answer); the last arrival wins, an empty one takes back."""
    latest: dict[int, tuple[int, str]] = {}
    for order, position, answer in rows:
        if position not in latest or latest[position][0] < order:
            latest[position] = (order, answer)
    return {position: answer for position, (_order, answer) in sorted(latest.items()) if answer}


def contested(rows: Iterable[tuple[str, int, str]], device: str, entries: Sequence[Entry]) -> list[int]:
    """Positions that `entries` of `device` change although another device had answered them differently.

    `rows` are (device, position, answer) as they stand, in order of arrival.
    """
    others = {position: answer for other, position, answer in rows if other != device}
    return sorted({e.position for e in entries if e.position in others and others[e.position] != e.answer})


def presentation(positions: Sequence[tuple[int, str]], *, seed: str) -> list[int]:
    """The order in which one candidate sees the questions: mixed within each type, the types in the paper's order.

    `positions` are (position, type). Options keep the order of the paper: they may speak of each other ("以上都对").
    The same seed (the attempt's id) gives the same order on every machine and after every reload. Answers are stored
    by the paper's position, so nothing downstream sees the mixing.
    """
    types = list(dict.fromkeys(kind for _position, kind in positions))

    def place(each: tuple[int, str]) -> tuple[int, bytes]:
        return types.index(each[1]), sha256(f"{seed}:{each[0]}".encode()).digest()

    return [position for position, _kind in sorted(positions, key=place)]


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How many characters fit into one gap of a fill-in question, and into a written answer; a provision sets them."""

    gap: int
    text: int


def is_answer(answer: str, kind: str, *, options: int, gaps: int, limits: AnswerLimits) -> bool:
    """Whether a question of that type can have that answer; the empty one (taken back) always goes.

    A letter of its options; several in order (multiple choice, one is enough); `T` or `F`; a line for each gap, not all
    of them blank (fill-in); text (constructed). Control characters and halves of characters are no text.
    """
    if not answer:
        return True
    if kind == TRUE_FALSE:
        return answer in TRUTHS
    if kind == FILL_IN:
        lines = answer.split("\n")
        return len(lines) == gaps and bool(answer.strip()) and all(_is_text(each, limits.gap) for each in lines)
    if kind in CONSTRUCTED:
        return bool(answer.strip()) and _is_text(answer, limits.text, "\n\t")
    letters = list(answer)
    return set(letters) <= set(LETTERS[:options]) and (
        letters == sorted(set(letters)) if kind == MULTIPLE else len(letters) == 1
    )


def _is_text(text: str, most: int, also: str = "") -> bool:
    return len(text) <= most and all(mark in also or unicodedata.category(mark) not in {"Cc", "Cs"} for mark in text)


def receipt_facts(*, attempt: str, ticket: str, answers: Mapping[int, str], questions: int) -> dict[str, Any]:
    """What a receipt's digest is taken over: the attempt, the ticket and every final answer by its position."""
    return {
        "attempt": attempt,
        "ticket": ticket,
        "questions": questions,
        "answers": {str(position): answer for position, answer in sorted(answers.items())},
    }


# ---------------------------------------------------------------- practical
def draw(tasks: Sequence[str], *, seed: int, module: str) -> str:
    """The task drawn for a module: the codes in order, the one at SHA-256("seed:module") modulo their number.

    Anyone who was shown the seed can draw again. Raises ValueError when there is no task.
    """
    if not tasks:
        raise ValueError(f"module {module} has no task")
    number = int.from_bytes(sha256(f"{seed}:{module}".encode()).digest()[:8], "big")
    return sorted(tasks)[number % len(tasks)]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of a score sheet: its code and the most it can give."""

    code: str
    marks: Decimal


def sheet_faults(criteria: Sequence[Criterion], marks: Mapping[str, Decimal], *, step: Decimal) -> dict[str, str]:
    """What is wrong with a filled sheet: code → reason (missing, unknown, range, step); empty when it is right."""
    faults: dict[str, str] = {}
    known = {each.code: each for each in criteria}
    for code in marks.keys() - known.keys():
        faults[code] = "unknown"
    for code, criterion in known.items():
        mark = marks.get(code)
        if mark is None:
            faults[code] = "missing"
        elif not mark.is_finite() or not (Decimal(0) <= mark <= criterion.marks):
            faults[code] = "range"
        elif mark % step != 0:
            faults[code] = "step"
    return faults


def sheet_total(marks: Mapping[str, Decimal], *, safety_violation: bool) -> Decimal:
    """The sheet's total to two decimals; a breach of the safety rules ends the module with zero."""
    total = Decimal(0) if safety_violation else sum(marks.values(), Decimal(0))
    return total.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def decimal(value: object) -> Decimal | None:
    """A mark as somebody typed it; None when it is no finite number."""
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def code_from_digest(digest: str) -> str:
    """Six digits from a keyed digest (`"k1:…"`): the code of a room for one span of time."""
    return f"{int(digest.partition(':')[2][:12], 16) % 1_000_000:06d}"


def tail_fits(masked: str, typed: str) -> bool:
    """Whether the typed end of a document number is that of the masked one (`320***********1234`)."""
    _head, stars, tail = masked.rpartition("*")
    return bool(stars and tail) and typed.strip().upper() == tail.upper()
