"""Every read of scoring: marks, results, rechecks, objections to questions, and what passed parts are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from kaogong.delivery import selectors as delivery
from kaogong.foundation.calendar import selectors as calendar
from kaogong.foundation.calendar.selectors import Deadline
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.registration.hooks import PassedPart
from kaogong.registration.models import Registration
from kaogong.regulations.selectors import Provision, provision
from kaogong.scoring import policies, rules
from kaogong.scoring.grading import Desk, OpenScript, desk, part_to_grade, parts_to_grade
from kaogong.scoring.models import HandMark, Mark, Recheck, Result
from kaogong.scoring.rules import EFFECTS, ERRORS, OBJECTIONS, OBJECTIVE, OUTCOMES
from kaogong.scoring.selectors.objections import (
    Change,
    ObjectionWindow,
    OwnQuestion,
    Rescoring,
    Ruling,
    answers_given,
    disputable,
    dispute,
    disputes_for,
    objected_kinds,
    objection_window,
    objections_of_attempt,
    objections_to,
    other_rounds_with,
    own_questions,
    parts_touched,
    public_disputes,
    rescored_marks,
    rescoring,
    ruled_at,
    rulings_on,
)
from kaogong.scoring.states import DISPUTE, RECHECK, RESULT
from kaogong.sittings import selectors as sittings
from kaogong.sittings.models import Sitting, SittingPart
from kaogong.standards import selectors as standards

__all__ = [
    "DISPUTE",
    "EFFECTS",
    "ERRORS",
    "OBJECTIONS",
    "OUTCOMES",
    "RECHECK",
    "RESULT",
    "Change",
    "Desk",
    "ObjectionWindow",
    "OpenScript",
    "OwnQuestion",
    "PartOverview",
    "Progress",
    "RecheckOffer",
    "Rescoring",
    "Ruling",
    "answers_given",
    "desk",
    "disputable",
    "dispute",
    "disputes_for",
    "final_result",
    "history_of",
    "kept_parts",
    "mark_of",
    "marks_of",
    "marks_of_sitting",
    "objected_kinds",
    "objection_window",
    "objections_of_attempt",
    "objections_to",
    "other_rounds_with",
    "overview",
    "own_questions",
    "own_result",
    "own_results",
    "part_to_grade",
    "parts_to_grade",
    "parts_touched",
    "passed_parts",
    "passes_waiting",
    "progress_of",
    "public_disputes",
    "recheck",
    "recheck_deadline",
    "recheck_offers",
    "rechecks_for",
    "rescored_marks",
    "rescoring",
    "result",
    "results_for",
    "ruled_at",
    "rulings_on",
    "sittings_to_score",
    "standing",
    "with_progress",
]


@dataclass(frozen=True, slots=True)
class PartOverview:
    """How one part of a sitting stands: closed, marked, and how the marks are spread."""

    part: SittingPart
    is_closed: bool
    counts: Mapping[str, int]
    marked: int
    unmarked: int
    passed: int
    mean: Decimal | None
    bands: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sitting's results are: how many there are, how many still drafted, how many passed."""

    results: int = 0
    drafted: int = 0
    passed: int = 0


@dataclass(frozen=True, slots=True)
class RecheckOffer:
    """Whether a part of a result may still be rechecked: why not, and by which clause."""

    part: str
    is_open: bool
    why_not: str
    clause: str
    asked: Recheck | None


# ---------------------------------------------------------------- marks
def latest_marks() -> QuerySet[Mark]:
    """The mark that counts of every attempt: its highest version."""
    newest = Mark.objects.filter(attempt=OuterRef("attempt")).order_by("-version").values("pk")[:1]
    return Mark.objects.filter(pk=Subquery(newest))


def marks_of(registration_ids: Collection[UUID]) -> dict[UUID, dict[str, Mark]]:
    """The marks that count, by registration and part: for modules that found the registrations under scope."""
    found: dict[UUID, dict[str, Mark]] = {}
    for mark in latest_marks().filter(registration__in=list(registration_ids)):
        found.setdefault(mark.registration_id, {})[mark.part] = mark
    return found


def marks_of_sitting(sitting_id: UUID, actor: Actor) -> QuerySet[Mark]:
    """The marks that count at a sitting within reach, lowest part and ticket first. Raises NotFound."""
    sitting = sittings.sitting(actor, sitting_id)
    if not any(sittings.may(actor, power, sitting) for power in policies.SEEING):
        raise NotFound
    found = latest_marks().filter(attempt__part__sitting=sitting_id)
    return found.select_related("registration", "attempt__seat").order_by("part", "attempt__seat__number")


def mark_of(attempt_id: UUID) -> Mark | None:
    """The mark that counts of an attempt; None before it is marked."""
    return Mark.objects.filter(attempt=attempt_id).order_by("-version").first()


def history_of(result: Result) -> list[Result]:
    """All versions of a registration's result, the latest first."""
    return list(Result.objects.filter(registration=result.registration_id).order_by("-version"))


def sittings_to_score(actor: Actor) -> QuerySet[Sitting]:
    """Sittings within reach that were published or held, the latest first."""
    found = sittings.sittings_for(actor, *policies.SEEING).filter(state__in=["published", "held"])
    return found.order_by("-held_on", "number")


def progress_of(sitting_ids: Collection[UUID]) -> dict[UUID, Progress]:
    """How far the results of several sittings are: for sittings found within reach."""
    rows = (
        Result.objects.filter(registration__sitting__in=list(sitting_ids))
        .exclude(state="superseded")
        .values("registration__sitting")
        .annotate(
            results=Count("pk"),
            drafted=Count("pk", filter=Q(state="drafted")),
            passed=Count("pk", filter=Q(is_passed=True)),
        )
    )
    found = {row["registration__sitting"]: Progress(row["results"], row["drafted"], row["passed"]) for row in rows}
    return {sitting_id: found.get(sitting_id, Progress()) for sitting_id in sitting_ids}


def with_progress(sittings_: QuerySet[Sitting], progress: str) -> QuerySet[Sitting]:
    """Of these sittings those whose results are `published`, `drafted` or not yet there (`none`)."""
    results = Result.objects.all()
    drafted = results.filter(state="drafted").values("registration__sitting")
    if progress == "drafted":
        return sittings_.filter(pk__in=drafted)
    if progress == "published":
        final = results.filter(state="final").values("registration__sitting")
        return sittings_.filter(pk__in=final).exclude(pk__in=drafted)
    return sittings_.exclude(pk__in=results.values("registration__sitting"))


def overview(sitting_id: UUID, actor: Actor) -> list[PartOverview]:
    """How each part of a sitting stands. Raises NotFound."""
    marks = list(marks_of_sitting(sitting_id, actor))
    sitting = sittings.of_id(sitting_id)
    lines = pass_lines(sitting)
    return [
        _overview(part, [mark for mark in marks if mark.part == part.part], lines, actor)
        for part in sittings.parts_of(sitting_id)
    ]


def _overview(part: SittingPart, marks: list[Mark], lines: Mapping[str, Decimal], actor: Actor) -> PartOverview:
    counts = delivery.part_counts(actor, part.pk)
    scored = [mark.value for mark in marks if mark.outcome == "scored"]
    line = lines.get(part.part, Decimal(60))
    return PartOverview(
        part=part,
        is_closed=delivery.closing_of(part.pk) is not None,
        counts=counts,
        marked=len(marks),
        unmarked=sum(counts.values()) - len(marks),
        passed=sum(rules.is_passed(value, line) for value in scored),
        mean=rules.rounded(sum(scored, Decimal(0)) / len(scored)) if scored else None,
        bands=rules.bands(scored),
    )


def pass_lines(sitting: Sitting) -> dict[str, Decimal]:
    """The pass mark of every part that the round's standard examines at its level."""
    round_ = sitting.round
    return {part.code: Decimal(part.pass_marks) for part in standards.parts(round_.standard_id, round_.level)}


# ---------------------------------------------------------------- results
def results_for(actor: Actor, *powers: str) -> QuerySet[Result]:
    """Results within reach, and the actor's own once published."""
    return (
        Result.objects.filter(policies.results_visible_to(actor, *powers))
        .select_related(
            "registration__sitting__round", "registration__sitting__station__organisation", "registration__person"
        )
        .order_by("-drafted_at", "-id")
    )


def result(actor: Actor, result_id: UUID) -> Result:
    """One result within reach. Raises NotFound."""
    found = results_for(actor).filter(pk=result_id).first()
    if found is None:
        raise NotFound
    return found


def own_results(actor: Actor) -> QuerySet[Result]:
    """The actor's own results that stand, the latest first."""
    return results_for(actor).filter(policies.own(actor), state="final").order_by("-published_at")


def own_result(actor: Actor, result_id: UUID) -> Result:
    """One of the actor's own published results. Raises NotFound."""
    found = results_for(actor).filter(policies.own(actor), pk=result_id).first()
    if found is None:
        raise NotFound
    return found


def final_result(registration_id: UUID) -> Result | None:
    """The result that stands, once published: for modules that found the registration under scope."""
    return Result.objects.filter(registration=registration_id, state="final").first()


def passes_waiting(sitting_id: UUID) -> QuerySet[Result]:
    """The passed results that stand at a sitting and have no recheck open: whom `certificates` may issue to."""
    waiting = Recheck.objects.filter(state="requested").values("result")
    found = Result.objects.filter(registration__sitting=sitting_id, state="final", is_passed=True).exclude(
        pk__in=waiting
    )
    return found.select_related("registration__person").order_by("registration__number")


# ---------------------------------------------------------------- rechecks
def rechecks_for(actor: Actor, *powers: str) -> QuerySet[Recheck]:
    """Rechecks of results within reach, those that wait first, by the day they must be answered."""
    found = Recheck.objects.filter(result__in=Result.objects.filter(policies.results_visible_to(actor, *powers)))
    return found.select_related("result__registration__sitting__round", "new_result").order_by("answer_until", "id")


def recheck(actor: Actor, recheck_id: UUID) -> Recheck:
    """One recheck within reach. Raises NotFound."""
    found = rechecks_for(actor).filter(pk=recheck_id).first()
    if found is None:
        raise NotFound
    return found


def recheck_rule(result: Result, key: str, on: date) -> Provision:
    """A figure of the rules on rechecks, for the result's place and occupation."""
    round_ = result.registration.sitting.round
    return provision(
        key, on=on, region_code=result.region_code, track=round_.track, occupation_code=round_.occupation_code
    )


def recheck_deadline(result: Result) -> Deadline:
    """The last day to ask for a recheck, with its arithmetic, by the rule of the day of publication."""
    published = _day(result.published_at or result.drafted_at)
    days = recheck_rule(result, "scoring.recheck_days", published)
    return calendar.deadline(published, int(days.value))


def recheck_offers(result: Result, at: datetime) -> list[RecheckOffer]:
    """For every part of a published result: whether a recheck may be asked for now."""
    asked = {each.part: each for each in Recheck.objects.filter(result__registration=result.registration_id)}
    return [_offer(result, part, asked.get(part), at) for part in result.parts]


def marked_by_hand(registration_id: UUID, part: str) -> QuerySet[HandMark]:
    """What markers gave the written answers of a registration's part."""
    return HandMark.objects.filter(attempt__registration=registration_id, attempt__part__part=part)


def _offer(result: Result, part: str, asked: Recheck | None, at: datetime) -> RecheckOffer:
    on = _day(result.published_at or at)
    days = recheck_rule(result, "scoring.recheck_days", on)
    if asked is not None:
        return RecheckOffer(part, False, "asked", "kaogong-scoring-rules/recheck-once", asked)
    if result.recheck_until is None or _day(at) > result.recheck_until:
        return RecheckOffer(part, False, "late", str(days.clause), None)
    kept = result.parts[part]
    if kept["outcome"] == "carried":
        return RecheckOffer(part, False, "carried", "kaogong-scoring-rules/recheck-scope", None)
    objective = recheck_rule(result, "scoring.recheck_objective_only_zero", on)
    is_objective = part in OBJECTIVE and not marked_by_hand(result.registration_id, part).exists()
    if is_objective and objective.value and kept["outcome"] == "scored" and Decimal(kept["mark"]) > 0:
        return RecheckOffer(part, False, "objective", str(objective.clause), None)
    return RecheckOffer(part, True, "", str(days.clause), None)


# ---------------------------------------------------------------- parts kept for a later sitting
def standing(person_ids: Collection[UUID], *, occupation_code: str, level: int) -> QuerySet[Result]:
    """The results that stand of these persons, under any record merged into theirs, in that occupation and level."""
    human = Q(registration__person__in=list(person_ids)) | Q(registration__person__merged_into__in=list(person_ids))
    return (
        Result.objects.filter(
            human,
            registration__sitting__round__occupation_code=occupation_code,
            registration__sitting__round__level=level,
            state="final",
        )
        .select_related("registration__sitting__round", "registration__person")
        .order_by("published_at", "pk")
    )


def passed_parts(
    person_ids: Collection[UUID], *, occupation_code: str, level: int, on: date
) -> Mapping[UUID, Sequence[PassedPart]]:
    """Answer to registration: parts passed at earlier sittings and still kept on `on`, the best of each part.

    A part is kept so many months from the day it was sat; a part that was itself carried counts from that day.
    """
    living = {asked: person.pk for asked, person in identity.by_id(person_ids).items()}
    failed = standing(set(living.values()), occupation_code=occupation_code, level=level).filter(is_passed=False)
    found: dict[UUID, dict[str, PassedPart]] = {}
    for result in failed:
        sitting = result.registration.sitting
        for part, kept in result.parts.items():
            if not kept["is_passed"]:
                continue
            passed_on = _sat_on(result, kept)
            months = provision(
                "scoring.part_kept_months",
                on=passed_on,
                region_code=sitting.region_code,
                track=sitting.round.track,
                occupation_code=occupation_code,
            )
            until = rules.kept_until(passed_on, int(months.value))
            mine = found.setdefault(_human(result), {})
            if passed_on <= on <= until and (part not in mine or mine[part].passed_on < passed_on):
                mine[part] = PassedPart(part, passed_on, until, result.registration_id)
    return {asked: list(found[human].values()) for asked, human in living.items() if found.get(human)}


def kept_parts(registrations: Sequence[Registration]) -> Mapping[UUID, Mapping[str, rules.KeptPart]]:
    """What registrations of one round carry from earlier sittings, by registration and part, as it stands today.

    A recheck that corrected the earlier mark is in it; a part whose result no longer stands is left out.
    """
    carrying = [each for each in registrations if set(each.carried) - set(each.parts)]
    if not carrying:
        return {}
    round_ = carrying[0].sitting.round
    living = {asked: person.pk for asked, person in identity.by_id([each.person_id for each in carrying]).items()}
    earlier: dict[UUID, list[Result]] = {}
    for row in standing(set(living.values()), occupation_code=round_.occupation_code, level=round_.level):
        earlier.setdefault(_human(row), []).append(row)
    return {each.pk: _kept(each, earlier.get(living[each.person_id], [])) for each in carrying}


def _kept(registration: Registration, earlier: Sequence[Result]) -> dict[str, rules.KeptPart]:
    """The carried parts of one registration: of results of the same day the latest published counts."""
    found: dict[str, rules.KeptPart] = {}
    for result in earlier:
        for part, kept in result.parts.items():
            day = registration.carried.get(part)
            wanted = part not in registration.parts and result.registration_id != registration.pk
            if wanted and kept["mark"] and day == _sat_on(result, kept).isoformat():
                found[part] = rules.KeptPart(
                    Decimal(kept["mark"]), Decimal(kept["pass_mark"]), kept["is_passed"], day, str(result.pk)
                )
    return found


def _sat_on(result: Result, kept: Mapping[str, Any]) -> date:
    carried_from = kept.get("carried_from")
    return date.fromisoformat(carried_from) if carried_from else result.registration.sitting.held_on


def _human(result: Result) -> UUID:
    person = result.registration.person
    return person.merged_into_id or person.pk


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
