"""Written answers on the markers' desk: which wait, what a marker sees of one, and what they earn when all have marked.

A script is one written answer. Markers know it by a code that says nothing: no name, ticket, seat or attempt.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from kaogong.delivery import selectors as delivery
from kaogong.delivery.models import Attempt
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.signing import digests
from kaogong.itembank import selectors as itembank
from kaogong.personnel import selectors as personnel
from kaogong.scoring import rules
from kaogong.scoring.gate import figure
from kaogong.scoring.models import HandMark, Mark
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import SittingPart

POWER = "scoring.grade"


@dataclass(frozen=True, slots=True)
class Script:
    """One written answer that people mark, with the totals given so far in their order, and by whom."""

    attempt_id: UUID
    position: int
    paper_id: UUID
    person_id: UUID
    answer: str
    worth: Decimal
    totals: tuple[Decimal, ...] = ()
    markers: frozenset[str] = frozenset()

    @property
    def code(self) -> str:
        """What the desk calls it."""
        return digests.keyed(f"{self.attempt_id}:{self.position}", purpose="scoring.script").rpartition(":")[2][:24]


@dataclass(frozen=True, slots=True)
class Desk:
    """How far the marking of a part is: scripts, those settled, those that wait for a third marker, one's own."""

    part: SittingPart
    scripts: int
    settled: int
    third: int
    own: int
    next_code: str

    @property
    def is_done(self) -> bool:
        return self.settled == self.scripts


@dataclass(frozen=True, slots=True)
class OpenScript:
    """What a marker sees: the question, the reference, the answer, and what each criterion can give."""

    code: str
    item: itembank.WrittenItem
    answer: str
    criteria: Sequence[tuple[str, Decimal]]
    step: Decimal


def marker_key(actor: Actor) -> str:
    """What tells one marker from another: the person behind the account, else the account."""
    return str(actor.person_id or actor.account_id or f"service:{actor.name}")


def parts_to_grade(actor: Actor) -> list[SittingPart]:
    """Closed parts within the marker's reach whose papers ask for written answers, the latest first."""
    return [part for part in _closed(actor) if sittings.may(actor, POWER, part.sitting)]


def _closed(actor: Actor) -> QuerySet[SittingPart]:
    written = Attempt.objects.filter(state="sealed", paper_copy__paper__in=itembank.papers_with_writing())
    return (
        SittingPart.objects.filter(
            pk__in=written.values("part"), sitting__in=sittings.sittings_for(actor, POWER).order_by().values("pk")
        )
        .select_related("sitting__round", "sitting__station__organisation")
        .order_by("-starts_at", "pk")
    )


def part_to_grade(actor: Actor, part_id: UUID) -> SittingPart:
    """One of them. Raises NotFound."""
    found = _closed(actor).filter(pk=part_id).first()
    if found is None or not sittings.may(actor, POWER, found.sitting):
        raise NotFound
    return found


def _places(part_id: UUID) -> set[tuple[UUID, int]]:
    return itembank.written_places(
        Attempt.objects.filter(part=part_id, state="sealed", paper_copy__isnull=False)
        .values_list("paper_copy__paper", flat=True)
        .distinct()
    )


def scripts_of(part_id: UUID, attempt_ids: Collection[UUID] | None = None) -> list[Script]:
    """Every written answer of a part's sealed attempts (or of some of them), with what was given. Reads no item."""
    places = _places(part_id)
    if not places:
        return []
    attempts = Attempt.objects.filter(part=part_id, state="sealed", paper_copy__isnull=False)
    if attempt_ids is not None:
        attempts = attempts.filter(pk__in=list(attempt_ids))
    rows = list(attempts.values_list("pk", "paper_copy__paper", "registration__person"))
    answers = delivery.submissions([row[0] for row in rows])
    worth = itembank.worth_of({paper for paper, _position in places})
    given: dict[tuple[UUID, int], list[HandMark]] = {}
    for mark in HandMark.objects.filter(attempt__in=[row[0] for row in rows]).order_by("turn"):
        given.setdefault((mark.attempt_id, mark.position), []).append(mark)
    return [
        Script(
            attempt,
            position,
            paper,
            person,
            answer,
            worth[paper, position],
            tuple(mark.total for mark in given.get((attempt, position), ())),
            frozenset(mark.marker_key for mark in given.get((attempt, position), ())),
        )
        for attempt, paper, person in rows
        for position, answer in answers[attempt].items()
        if (paper, position) in places
    ]


def earned(script: Script, part: SittingPart) -> Decimal | None:
    """What a script earns; None while it needs another marker."""
    percent = Decimal(str(figure("scoring.hand_apart_percent", part.sitting).value))
    return rules.hand_mark(script.totals, apart=script.worth * percent / rules.FULL)


def by_hand(part: SittingPart, attempt_ids: Collection[UUID]) -> tuple[Mapping[UUID, Mapping[int, Decimal]], int]:
    """What the written answers of those attempts earn, by attempt and position, and how many are not settled."""
    found: dict[UUID, dict[int, Decimal]] = {}
    waiting = 0
    for script in scripts_of(part.pk, attempt_ids):
        value = earned(script, part)
        if value is None:
            waiting += 1
        else:
            found.setdefault(script.attempt_id, {})[script.position] = value
    return found, waiting


def desk(actor: Actor, part: SittingPart) -> Desk:
    """How far the marking of a part is, and the next script for this marker ("" when none is left for her).

    One question after the other; within it in an order of her own, so that two seldom have the same script open.
    """
    scripts, me = scripts_of(part.pk), marker_key(actor)
    settled = {script for script in scripts if earned(script, part) is not None}
    waiting = [script for script in _open_to(actor, part, scripts) if script not in settled]
    waiting.sort(key=lambda script: (str(script.paper_id), script.position, _shuffled(me, script.code)))
    return Desk(
        part=part,
        scripts=len(scripts),
        settled=len(settled),
        third=sum(len(script.totals) == 2 for script in scripts if script not in settled),
        own=sum(me in script.markers for script in scripts),
        next_code=waiting[0].code if waiting else "",
    )


def _open_to(actor: Actor, part: SittingPart, scripts: Sequence[Script]) -> list[Script]:
    """Those that this marker has not marked, of candidates whom she need not stand aside for."""
    related: set[UUID] = set()
    if actor.person_id is not None:
        persons = {script.person_id for script in scripts}
        reasons = personnel.conflict_reasons(
            actor.person_id, persons, part.sitting.held_on, region_code=part.sitting.region_code
        )
        related = {each.other for each in reasons}
    marked = set(Mark.objects.filter(attempt__part=part.pk).values_list("attempt", flat=True))
    me = marker_key(actor)
    return [
        each
        for each in scripts
        if me not in each.markers and each.person_id not in related and each.attempt_id not in marked
    ]


def script_by_code(actor: Actor, part: SittingPart, code: str) -> Script:
    """The script of that code, when this marker may mark it or has marked it. Raises NotFound."""
    scripts = scripts_of(part.pk)
    found = next((each for each in scripts if each.code == code), None)
    if found is None or (marker_key(actor) not in found.markers and not _open_to(actor, part, [found])):
        raise NotFound
    return found


def shown(actor: Actor, part: SittingPart, script: Script) -> OpenScript:
    """A script as its marker sees it. Not for doors: `services.open_script` records that it was read."""
    item = itembank.written_item(script.paper_id, script.position, actor)
    most = rules.criterion_marks(item.marks, [each.share for each in item.rubric])
    step = Decimal(str(figure("scoring.hand_step", part.sitting).value))
    criteria = [(each.text, limit) for each, limit in zip(item.rubric, most, strict=True)]
    return OpenScript(script.code, item, script.answer, criteria, step)


def _shuffled(me: str, code: str) -> str:
    return digests.plain(f"{me}:{code}".encode())
