"""Objections to questions: who may still object to which, what waits for a ruling, and what a ruling would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Max, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from kaogong.delivery import selectors as delivery
from kaogong.delivery.models import Attempt
from kaogong.foundation.calendar import selectors as calendar
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.signing import canonical, digests
from kaogong.itembank.models import PaperItem
from kaogong.regulations.selectors import Provision
from kaogong.scoring import policies, rules
from kaogong.scoring.gate import figure
from kaogong.scoring.models import Dispute, Mark, Objection, Result
from kaogong.scoring.working import Marker, amendment_of, require_attested
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import SittingPart


@dataclass(frozen=True, slots=True)
class ObjectionWindow:
    """Whether an attempt's questions may be objected to now, until when (None: open until results come out), how many.

    `after` is what the days count from: `exam` or `publication`.
    """

    is_open: bool
    until: date | None
    after: str
    days: Provision
    most: Provision


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question under the number by which this candidate knows it: its type, her answer, her objection. No content."""

    number: int
    type: str
    answer: str
    objection: Objection | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a ruling made of one item version in one round: `answers` count as right, or the question is void there."""

    number: str
    round_id: UUID
    version_id: UUID
    answers: tuple[str, ...]

    @property
    def is_void(self) -> bool:
        """Whether no answer tells anything: all got the marks, or the question was left out."""
        return not self.answers


@dataclass(frozen=True, slots=True)
class Change:
    """One candidate whose mark a ruling changes: the part before and after, the whole result before and after.

    `is_kept`: the new mark would take a published pass away and is not given. `result` is None before publication.
    """

    attempt: Attempt
    before: Mark
    after: Mark
    result: Result | None
    part_passed_before: bool
    part_passed_after: bool
    passed_before: bool
    passed_after: bool
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Rescoring:
    """What a re-scoring would do: who changes, whose mark stays as it is, and whose was corrected by hand.

    `token` names exactly these changes: who signs sends it back, and is refused when it no longer fits.
    """

    changes: Sequence[Change]
    unchanged: int
    by_hand: Sequence[Mark]
    keeps_passes: Provision
    token: str

    @property
    def counts(self) -> dict[str, int]:
        """The numbers that are published."""
        given = [change for change in self.changes if not change.is_kept]
        return {
            "changed": len(given),
            "to_passed": sum(change.passed_after and not change.passed_before for change in given),
            "to_failed": sum(change.passed_before and not change.passed_after for change in given),
            "kept": len(self.changes) - len(given),
            "unchanged": self.unchanged,
            "by_hand": len(self.by_hand),
        }


# ---------------------------------------------------------------- the candidate
def objection_window(attempt: Attempt, at: datetime) -> ObjectionWindow:
    """Until when the questions of an attempt may be objected to."""
    sitting = attempt.part.sitting
    days, most = figure("scoring.objection_days", sitting), figure("scoring.objections_per_part", sitting)
    after = str(days.value["after"])
    start: date | None = sitting.held_on
    if after == "publication":
        published = Result.objects.filter(registration=attempt.registration_id).exclude(state="drafted")
        first = published.order_by("version").values_list("published_at", flat=True).first()
        start = timezone.localdate(first) if first else None
    until = calendar.deadline(start, int(days.value["days"])).due_on if start else None
    is_open = until is None or timezone.localdate(at) <= until
    return ObjectionWindow(is_open and _has_questions(attempt), until, after, days, most)


def _has_questions(attempt: Attempt) -> bool:
    return attempt.state == "sealed" and attempt.part.part != "skill" and attempt.paper_copy_id is not None


def disputable(result: Result) -> Attempt | None:
    """The attempt whose questions the holder of a result may object to; None where none was handed in."""
    found = Attempt.objects.filter(registration=result.registration_id).select_related("part__sitting__round")
    return next((attempt for attempt in found if _has_questions(attempt)), None)


def own_questions(actor: Actor, attempt_id: UUID) -> list[OwnQuestion]:
    """The questions of the actor's own attempt as she saw them numbered. Raises NotFound."""
    attempt = delivery.own_attempt(actor, attempt_id)
    answers = delivery.submission(attempt.pk)
    mine = {each.shown_as: each for each in objections_of_attempt(attempt.pk)}
    return [
        OwnQuestion(number, place.version.type, answers.get(place.position, ""), mine.get(number))
        for number, place in enumerate(delivery.order_of(attempt), 1)
    ]


def objections_of_attempt(attempt_id: UUID) -> QuerySet[Objection]:
    """What the candidate herself objected to: for modules that found the attempt under scope."""
    found = Objection.objects.filter(attempt=attempt_id, is_official=False)
    return found.select_related("dispute").order_by("shown_as")


# ---------------------------------------------------------------- the office
def disputes_for(actor: Actor, *powers: str) -> QuerySet[Dispute]:
    """Disputed questions of rounds within reach, those that wait first, with how many objected (`objections`)."""
    rounds = sittings.rounds_for(actor, *(powers or policies.RULING)).order_by().values("pk")
    found = Dispute.objects.filter(round__in=rounds).annotate(objections=_number())
    waits = Case(When(state="open", then=0), When(state="upheld", then=1), default=2)
    shown = found.select_related("round", "version__item").defer("version__content_sealed")
    return shown.order_by(waits, "answer_until", "id")


def _number() -> Subquery:
    of_it = Objection.objects.filter(dispute=OuterRef("pk")).order_by().values("dispute")
    return Subquery(of_it.annotate(n=Count("pk")).values("n"))


def dispute(actor: Actor, dispute_id: UUID) -> Dispute:
    """One disputed question within reach. Raises NotFound."""
    found = disputes_for(actor).filter(pk=dispute_id).first()
    if found is None:
        raise NotFound
    return found


def objections_to(found: Dispute) -> QuerySet[Objection]:
    """What was said of a question, the first first; who said it is for the office that found the dispute."""
    return Objection.objects.filter(dispute=found).order_by("filed_at", "id")


def public_disputes(round_id: UUID) -> QuerySet[Dispute]:
    """What was decided in an announced round: open to everyone, without any content or answer. Raises NotFound."""
    round_ = sittings.public_round(round_id)
    found = Dispute.objects.filter(round=round_).exclude(state="open").annotate(objections=_number())
    return found.defer("answers_sealed").order_by("-decided_at", "number")


def objected_kinds(dispute_ids: Sequence[UUID]) -> dict[UUID, Counter[str]]:
    """How many objected for what, by dispute."""
    found: dict[UUID, Counter[str]] = {each: Counter() for each in dispute_ids}
    for dispute_id, kind in Objection.objects.filter(dispute__in=list(dispute_ids)).values_list("dispute", "kind"):
        found[dispute_id][kind] += 1
    return found


def other_rounds_with(found: Dispute) -> int:
    """In how many other rounds the same version was asked: their bodies decide there."""
    asked = _attempts_with(found.version_id).exclude(part__sitting__round=found.round_id)
    return asked.order_by().values("part__sitting__round").distinct().count()


def answers_given(found: Dispute) -> dict[str, int]:
    """How often each answer was given to the question in that round; "" for those who left it open."""
    attempts = list(_attempts_with(found.version_id).filter(part__sitting__round=found.round_id))
    places = _places_of(found.version_id)
    given = delivery.submissions([attempt.pk for attempt in attempts])
    papers = {attempt.pk: attempt.paper_copy.paper_id for attempt in attempts if attempt.paper_copy}
    return dict(Counter(given[pk].get(places[paper], "") for pk, paper in papers.items()).most_common())


def _places_of(version_id: UUID) -> dict[UUID, int]:
    """Where each paper asks a version."""
    return dict(PaperItem.objects.filter(version=version_id).values_list("paper", "position"))


def _attempts_with(version_id: UUID) -> QuerySet[Attempt]:
    """Attempts handed in on papers that hold that version."""
    papers = PaperItem.objects.filter(version=version_id).values("paper")
    found = Attempt.objects.filter(state="sealed", paper_copy__paper__in=papers)
    return found.select_related("paper_copy", "part__sitting__round", "registration").order_by("part", "pk")


# ---------------------------------------------------------------- re-scoring
def parts_touched(found: Dispute) -> list[SittingPart]:
    """The parts of the round's sittings at which the question was asked, in one order."""
    asked = _attempts_with(found.version_id).filter(part__sitting__round=found.round_id)
    parts = SittingPart.objects.filter(pk__in=asked.order_by().values("part"))
    return list(parts.select_related("sitting__round", "sitting__station").order_by("sitting", "pk"))


def rescoring(actor: Actor, found: Dispute, at: datetime) -> Rescoring:
    """What the rulings of the round make of the marks that stand. Raises AnswersAltered, MarksAltered, NotPermitted.

    Every attempt that met the question is marked again, whole, by the keys as amended; only marks that differ change.
    A mark that people corrected by hand is left to them.
    """
    keeps = figure("scoring.rescoring_keeps_passes", parts_touched(found)[0].sitting)
    changes: list[Change] = []
    by_hand: list[Mark] = []
    unchanged = 0
    for part in parts_touched(found):
        attempts = list(_attempts_with(found.version_id).filter(part=part))
        before = _standing_marks(attempts)
        results = _results_of([attempt.registration_id for attempt in attempts])
        by_hand += [mark for mark in before.values() if mark.working.get("kind") == "correction"]
        again = [
            attempt
            for attempt in attempts
            if attempt.pk in before and before[attempt.pk].working.get("kind") != "correction"
        ]
        for attempt, mark in zip(again, Marker(part, actor, at).marks(again), strict=True):
            if mark.value == before[attempt.pk].value:
                unchanged += 1
            else:
                result = results.get(attempt.registration_id)
                changes.append(_change(attempt, before[attempt.pk], mark, result, keeps=bool(keeps.value)))
    changes.sort(key=lambda each: (each.attempt.part.sitting_id, each.attempt.registration.number))
    return Rescoring(changes, unchanged, by_hand, keeps, _token(found, changes))


def _standing_marks(attempts: Sequence[Attempt]) -> dict[UUID, Mark]:
    newest = Mark.objects.filter(attempt=OuterRef("attempt")).order_by("-version").values("pk")[:1]
    found = Mark.objects.filter(attempt__in=[attempt.pk for attempt in attempts], pk=Subquery(newest))
    return {mark.attempt_id: mark for mark in found}


def _results_of(registration_ids: Sequence[UUID]) -> dict[UUID, Result]:
    found = Result.objects.filter(registration__in=list(registration_ids), state="final")
    return {result.registration_id: result for result in found}


def _change(attempt: Attempt, before: Mark, after: Mark, result: Result | None, *, keeps: bool) -> Change:
    part = attempt.part.part
    kept: Mapping[str, Any] = result.parts.get(part, {}) if result else {}
    line = Decimal(kept["pass_mark"]) if kept else _line(attempt, part)
    was, now = rules.is_passed(before.value, line), rules.is_passed(after.value, line)
    passed = bool(result and result.is_passed)
    others = result is not None and all(each["is_passed"] for code, each in result.parts.items() if code != part)
    is_kept = keeps and result is not None and bool(kept["is_passed"]) and not now
    return Change(
        attempt,
        before,
        after,
        result,
        was,
        was if is_kept else now,
        passed,
        passed if is_kept else others and now,
        is_kept,
    )


def _line(attempt: Attempt, part: str) -> Decimal:
    from kaogong.scoring.selectors import pass_lines  # noqa: PLC0415  # the package imports this module

    return pass_lines(attempt.part.sitting).get(part, Decimal(60))


def _token(found: Dispute, changes: Sequence[Change]) -> str:
    rows = [[str(each.attempt.pk), each.before.version, f"{each.after.value:.2f}", each.is_kept] for each in changes]
    return digests.plain(canonical.encode([str(found.pk), rows]))


def rescored_marks(found: Dispute) -> QuerySet[Mark]:
    """The marks that a re-scoring gave, each with the mark before it in its working."""
    given = Mark.objects.filter(Q(working__rescoring=str(found.pk)))
    return given.select_related("registration__sitting").order_by("registration__number")


# ---------------------------------------------------------------- for calibration and the bank
UPHELD = ("upheld", "rescored")


def rulings_on(reader: Actor, version_ids: Collection[UUID]) -> list[Ruling]:
    """The rulings that changed how versions are marked, with the answers that count (power scoring.mark).

    Raises NotPermitted, MarksAltered.
    """
    if not reader.holds("scoring.mark"):
        raise NotPermitted(power="scoring.mark")
    found = list(Dispute.objects.filter(version__in=list(version_ids), state__in=UPHELD).order_by("decided_at", "pk"))
    require_attested(found)
    return [Ruling(each.number, each.round_id, each.version_id, amendment_of(each).answers) for each in found]


def ruled_at(version_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When versions were last ruled faulty, whatever the round: nothing of the ruling is told."""
    found = Dispute.objects.filter(version__in=list(version_ids), state__in=UPHELD).order_by()
    return dict(found.values_list("version").annotate(Max("decided_at")))
