"""Chapter six: the days of the sittings: papers under lock, the door, the theory paper, the workshop, what goes wrong.

Rates, per candidate: 4 % absent, 0.6 % too late, 0.3 % cheating, 2 % never press "hand in" (the closing does it for
them); 0.5 % of practical modules end with a breach of the safety rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from kaogong.cli.demo import keeping, trying
from kaogong.cli.demo.season import LEVEL, OCCUPATION, Candidate, Season
from kaogong.delivery import selectors as rooms
from kaogong.delivery import services as delivery
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.itembank import services as papers
from kaogong.seating import selectors as seats
from kaogong.sittings import selectors as sittings
from kaogong.sittings import services as planning

if TYPE_CHECKING:
    from kaogong.delivery.models import Attempt
    from kaogong.sittings.models import SittingPart

ABSENT, LATE, CHEATING, FORGETS, UNSAFE = 0.04, 0.006, 0.003, 0.02, 0.005
SLIP = 0.02
SAVES = 2
FIRST = "秋季"
PAPER_SUM = "纸质评分表合计："


@dataclass(frozen=True, slots=True)
class Known:
    """What the answering model knows of a question: what is truly right, how hard it is, whether knowledge helps."""

    right: str
    difficulty: int
    is_puzzle: bool = False


@dataclass(frozen=True, slots=True)
class Hall:
    """What a sitting's day needs at hand: who delivers its papers, their keys, the candidates by registration."""

    deliverer: Actor
    pair: tuple[UUID, UUID]
    answers: Mapping[UUID, Mapping[int, Known]]
    candidates: Mapping[UUID, Candidate]


def assemble(season: Season, days: int, label: str) -> list[tuple[UUID, UUID]]:
    """Two papers for each day, sharing little with each other and with those of the day before."""
    assembler = season.by("province/paper_assembler")
    pairs: list[tuple[UUID, UUID]] = []
    with season.stage(f"组卷封存（{label}）", days * 2) as done:
        for day in range(days):
            made: list[UUID] = []
            for letter in "AB":
                avoid = [*made, *(pairs[-1] if pairs else ())]
                paper = papers.assemble(
                    actor=assembler,
                    at=season.days.before(64),
                    occupation_code=OCCUPATION,
                    level=LEVEL,
                    seed=season.seed * 1000 + day * 2 + "AB".index(letter),
                    number=f"{season.days.today:%Y}-DG5-{label}{day + 1:02d}{letter}",
                    avoid=avoid,
                )
                made.append(paper.pk)
                done()
            pairs.append((made[0], made[1]))
    return pairs


def hold(season: Season, plan: Sequence[tuple[UUID, str]], label: str) -> None:
    """Play the days of these sittings (sitting, organiser), in order."""
    held = [(sitting, organiser) for sitting, organiser in plan if sittings.of_id(sitting).state == "published"]
    held.sort(key=lambda each: sittings.of_id(each[0]).held_on)
    days = sorted({sittings.of_id(sitting).held_on for sitting, _organiser in held})
    pairs = dict(zip(days, assemble(season, len(days), label), strict=True))
    halls = [(sitting, organiser, pairs[sittings.of_id(sitting).held_on]) for sitting, organiser in held]
    if halls and label == FIRST:
        theory = next(part for part in sittings.parts_of(halls[0][0]) if part.part == "theory")
        keeping.take_up(season, theory, theory.starts_at - timedelta(hours=17))
    counts: Counter[str] = Counter()
    for outcome in season.apart(f"考试（{label}）", halls, _day):
        counts += outcome
    note = f"缺考 {counts['absent']}，迟到 {counts['late']}，违纪 {counts['barred']}"
    season.reached(f"参加理论考试（{label}）", counts["theory"], note)
    season.reached(f"参加技能考核（{label}）", counts["skill"])


def _day(season: Season, planned: tuple[UUID, str, tuple[UUID, UUID]]) -> Counter[str]:
    """One sitting's day, from the sealed papers to the closed parts."""
    sitting, organiser, pair = planned
    # Papers come from the centre's bank, for the filed body's sittings too.
    keys = {paper: _answers(season, paper) for paper in pair}
    candidates = {each.registration_id: each for each in season.candidates if each.registration_id}
    hall = Hall(season.by("nanjing/registrar"), pair, keys, candidates)
    counts: Counter[str] = Counter()
    parts = sittings.parts_of(sitting)
    for part in parts:
        counts += _theory(season, hall, part) if part.part == "theory" else _workshop(season, hall, part)
    end = max(part.ends_at for part in parts)
    planning.hold(actor=season.by(f"{organiser}/registrar"), at=end + timedelta(minutes=20), sitting_id=sitting)
    return counts


KEEPER = service("演示：模拟考生作答", "itembank.view", door="shell")
"""The answering model must know the right answers; it reads them as a marker does, and the trail says so."""


def _answers(season: Season, paper: UUID) -> dict[int, Known]:
    """What is truly right at each position, and how hard it is: of the miskeyed trial item not what its key says."""
    rows = papers.view_paper(actor=KEEPER, at=season.days.before(63), paper_id=paper)
    return {
        row.position: Known(
            "A" if content.stem == trying.MISKEYED else content.key,
            row.version.difficulty,
            content.stem == trying.PUZZLE,
        )
        for row, content in rows
    }


def _on_duty(part: SittingPart, role: str) -> Actor:
    """Someone of the part's panel, acting as what she is there."""
    member = next(each for each in seats.panel(part.pk) if each.role == role)
    return Actor(kind="person", name=member.person.name, person_id=member.person_id, door="shell")


def _candidate(candidate: Candidate) -> Actor:
    return Actor(kind="person", name=candidate.invented.name, person_id=candidate.person_id, door="shell")


def _theory(season: Season, hall: Hall, part: SittingPart) -> Counter[str]:
    """The theory part: papers the evening before, the door, the paper, the bell."""
    eve, start = part.starts_at - timedelta(hours=15), part.starts_at
    for paper in hall.pair:
        delivery.deliver_paper(actor=hall.deliverer, at=eve, part_id=part.pk, paper_id=paper)
    runner = _on_duty(part, "invigilator")
    keeping.hand_in(season, part, runner)
    season.attempt(delivery.release_papers, actor=runner, at=start - timedelta(minutes=20), part_id=part.pk)
    delivery.open_room(actor=runner, at=start - timedelta(minutes=40), part_id=part.pk)
    outcomes: Counter[str] = Counter()
    inside = []
    for attempt in rooms.attempts_of(part.pk, runner):
        candidate = hall.candidates[attempt.registration_id]
        outcome = _door(season, runner, candidate, attempt.pk, start)
        outcomes[outcome] += 1
        if outcome == "theory":
            inside.append((attempt.pk, candidate))
    delivery.release_papers(actor=runner, at=start, part_id=part.pk)
    for attempt_id, candidate in inside:
        outcomes["barred"] += _sit(season, hall, runner, attempt_id, candidate, start)
    delivery.close_part(actor=runner, at=part.ends_at + timedelta(minutes=5), part_id=part.pk)
    return outcomes


def _door(season: Season, runner: Actor, candidate: Candidate, attempt_id: UUID, start: datetime) -> str:
    """Whether she comes, and in time."""
    chance = season.model.random.random()
    if chance < ABSENT:
        return "absent"
    tail = candidate.invented.document_number[-4:]
    if chance < ABSENT + LATE:
        late = start + timedelta(minutes=35)
        season.attempt(delivery.check_in, actor=runner, at=late, attempt_id=attempt_id, document_tail=tail)
        delivery.turn_away(actor=runner, at=late, attempt_id=attempt_id)
        return "late"
    early = start - timedelta(minutes=season.model.random.randrange(3, 35))
    delivery.check_in(actor=runner, at=early, attempt_id=attempt_id, document_tail=tail)
    return "theory"


def _sit(season: Season, hall: Hall, runner: Actor, attempt_id: UUID, candidate: Candidate, start: datetime) -> bool:
    """She answers in a few savings, then hands in or forgets to; gives whether she was caught cheating."""
    me = _candidate(candidate)
    device = f"{attempt_id.hex[-6:]}"
    begun = delivery.start(actor=me, at=start + timedelta(minutes=1), attempt_id=attempt_id, device=device)
    paper = begun.attempt.paper_copy.paper_id if begun.attempt.paper_copy else hall.pair[0]
    letters = hall.answers[paper]
    entries = [
        delivery.Entry(
            sequence=number,
            position=question.position,
            answer=_said(season, candidate, letters[question.position], question.type),
            client_at=start + timedelta(minutes=2, seconds=40 * number),
        )
        for number, question in enumerate(begun.questions, 1)
    ]
    share = -(-len(entries) // SAVES)
    caught = season.model.random.random() < CHEATING
    for first in range(0, len(entries), share):
        saved = entries[first : first + share]
        at = saved[-1].client_at
        delivery.save_answers(actor=me, at=at, attempt_id=attempt_id, device=device, entries=saved)
        if caught:
            text = "座位下查获手机，正在查看资料"
            delivery.bar(actor=runner, at=at, attempt_id=attempt_id, kind="phone", text=text)
            return True
    if season.model.random.random() >= FORGETS:
        delivery.submit(actor=me, at=entries[-1].client_at + timedelta(minutes=2), attempt_id=attempt_id)
    return False


def _said(season: Season, candidate: Candidate, known: Known, type_: str) -> str:
    """The letter that she marks; at a puzzle of words anybody guesses."""
    choices = "TF" if type_ == "truefalse" else "ABCD"
    if known.is_puzzle:
        return season.model.random.choice(choices)
    return season.model.answer(candidate.ability, key=known.right, choices=choices, difficulty=known.difficulty)


def _workshop(season: Season, hall: Hall, part: SittingPart) -> Counter[str]:
    """The skill part: tasks drawn, candidates in waves, three examiners sign a sheet for each module."""
    leader = _on_duty(part, "leader")
    seed = season.seed + part.starts_at.toordinal()
    draws = delivery.draw_tasks(actor=leader, at=part.starts_at - timedelta(minutes=30), part_id=part.pk, seed=seed)
    delivery.open_room(actor=leader, at=part.starts_at - timedelta(minutes=25), part_id=part.pk)
    criteria = {draw.pk: {row.code: float(row.marks) for row in rooms.criteria_of(draw.task)} for draw in draws}
    severity = {member.person_id: season.model.severity() for member in seats.panel(part.pk)}
    outcomes: Counter[str] = Counter()
    for attempt in rooms.attempts_of(part.pk, leader):
        candidate = hall.candidates[attempt.registration_id]
        if season.model.random.random() < ABSENT:
            continue
        start = part.wave_starts_at(attempt.seat.wave)
        tail = candidate.invented.document_number[-4:]
        delivery.check_in(actor=leader, at=start - timedelta(minutes=5), attempt_id=attempt.pk, document_tail=tail)
        delivery.start_practical(actor=leader, at=start, attempt_id=attempt.pk)
        _mark(season, attempt, candidate, criteria, severity, start + timedelta(minutes=part.minutes))
        outcomes["skill"] += 1
    delivery.close_part(actor=leader, at=part.ends_at + timedelta(minutes=10), part_id=part.pk)
    return outcomes


def _mark(
    season: Season,
    attempt: Attempt,
    candidate: Candidate,
    criteria: Mapping[UUID, Mapping[str, float]],
    severity: Mapping[UUID, float],
    at: datetime,
) -> None:
    """Each examiner of the candidate's shop signs his own sheet for each module, keyed in from his paper sheet.

    Now and then a row is keyed in wrongly; the sum on paper stands in the note, so that a recheck can find it.
    """
    unsafe = season.model.random.random() < UNSAFE
    slips = season.model.random.random() < SLIP
    examiners = [
        (Actor(kind="person", name=each.person.name, person_id=each.person_id, door="shell"), severity[each.person_id])
        for each in rooms.examiners_of(attempt)
    ]
    for order, (actor, strict) in enumerate(examiners):
        sheets = []
        for number, (draw, rows) in enumerate(criteria.items()):
            marks = season.model.score_sheet(candidate.ability, rows, severity=strict)
            breach = unsafe and number == 0
            note = "带电操作，未验电" if breach else ""
            if slips and number == 0 and order == 0 and not breach:
                note = f"{PAPER_SUM}{sum(marks.values()):g}"
                marks[max(marks, key=lambda code: marks[code])] = 0.0
            exact = {code: Decimal(str(mark)) for code, mark in marks.items()}
            sheets.append(delivery.Filled(draw, exact, breach, note))
        delivery.sign_score_sheets(actor=actor, at=at, attempt_id=attempt.pk, sheets=sheets)
