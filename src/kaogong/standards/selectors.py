"""Every read of standards. Published versions are public; drafts are found only by those who work on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kaogong.foundation.kernel import remembering
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.signing import canonical, digests
from kaogong.standards import policies, rules
from kaogong.standards.models import (
    EntryCondition,
    Function,
    Part,
    RelatedOccupation,
    StandardVersion,
    Statement,
    Task,
    Weight,
)
from kaogong.standards.rules import (
    Apprenticeship,
    Certificate,
    ConditionClause,
    Fault,
    ReserveTechnician,
    Schooling,
    Training,
    UnknownClause,
    Years,
)
from kaogong.standards.rules.judging import Difference
from kaogong.standards.states import STANDARD

__all__ = [
    "STANDARD",
    "Apprenticeship",
    "Certificate",
    "ConditionClause",
    "Difference",
    "EntryCondition",
    "Fault",
    "ReserveTechnician",
    "Schooling",
    "StandardVersion",
    "Training",
    "UnknownClause",
    "Years",
]


@dataclass(frozen=True, slots=True)
class TaskContents:
    """A 工作内容 with its skills and knowledge in order."""

    task: Task
    skills: Sequence[Statement]
    knowledge: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class FunctionContents:
    """A 职业功能 with its tasks in order."""

    function: Function
    tasks: Sequence[TaskContents]

    @property
    def rows(self) -> int:
        """How many rows the function takes in the printed table."""
        return len(self.tasks)


def standards_for(actor: Actor) -> QuerySet[StandardVersion]:
    """All versions that the actor may see, by occupation, newest edition first."""
    return StandardVersion.objects.filter(policies.visible_to(actor)).order_by("occupation_code", "-edition")


def search(actor: Actor, text: str) -> QuerySet[StandardVersion]:
    """Versions whose title, occupation code or any line contains `text`. Empty text finds all."""
    found = standards_for(actor)
    wanted = text.strip()
    if not wanted:
        return found
    lines = Statement.objects.filter(text__icontains=wanted).values("task__function__standard")
    tasks = Task.objects.filter(name__icontains=wanted).values("function__standard")
    functions = Function.objects.filter(name__icontains=wanted).values("standard")
    return found.filter(
        Q(title__icontains=wanted)
        | Q(occupation_code__startswith=wanted)
        | Q(pk__in=lines)
        | Q(pk__in=tasks)
        | Q(pk__in=functions)
    )


def lines_matching(standard_id: UUID, text: str, limit: int = 50) -> QuerySet[Statement]:
    """The skills and knowledge of one standard that contain `text`, higher level numbers (lower levels) first."""
    return (
        Statement.objects.filter(task__function__standard=standard_id, text__icontains=text.strip())
        .select_related("task__function")
        .order_by("-task__function__level", "kind", "code")[:limit]
    )


def get(actor: Actor, standard_id: UUID) -> StandardVersion:
    """One version within the actor's sight. Raises NotFound."""
    found = standards_for(actor).select_related("occupation").filter(pk=standard_id).first()
    if found is None:
        raise NotFound
    return found


def standard(standard_id: UUID) -> StandardVersion:
    """One published or withdrawn version. Raises NotFound, for a draft too."""
    return get(PUBLIC, standard_id)


def in_force(occupation_code: str, on: date) -> StandardVersion:
    """The version of an occupation's standard in force on a day: the one that began last. Raises NotFound."""
    found = (
        StandardVersion.objects.filter(~Q(state="drafted"), occupation_code=occupation_code, in_force_on__lte=on)
        .filter(Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on))
        .order_by("-in_force_on", "-edition")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def parts(standard_id: UUID, level: int) -> list[Part]:
    """The parts examined at a level: theory, skill, review."""
    order = {"theory": 0, "skill": 1, "review": 2}
    rows = Part.objects.filter(standard=standard_id, level=level)
    found = remembering.remembered(("standards.parts", standard_id, level), lambda: list(rows))
    return sorted(found, key=lambda part: order.get(part.code, 9))


def conditions(standard_id: UUID, level: int) -> list[EntryCondition]:
    """The alternatives of a level, joined by OR; `.parsed` gives the typed clauses, joined by AND."""
    rows = EntryCondition.objects.filter(standard=standard_id, level=level).order_by("code")
    return list(remembering.remembered(("standards.conditions", standard_id, level), lambda: list(rows)))


def condition(standard_id: UUID, code: str) -> EntryCondition:
    """One alternative by its code. Raises NotFound."""
    found = EntryCondition.objects.filter(standard=standard_id, code=code).first()
    if found is None:
        raise NotFound
    return found


def weights(standard_id: UUID, kind: str, level: int) -> list[Weight]:
    """The rows of one column of a weight table, in the order of the table; they sum to 100."""
    return list(Weight.objects.filter(standard=standard_id, kind=kind, level=level).order_by("position"))


def weight_table(standard_id: UUID, kind: str) -> list[tuple[str, list[Weight | None]]]:
    """A whole weight table: rows of (name, one cell per level from the lowest), None where a level has no such row."""
    version = StandardVersion.objects.get(pk=standard_id)
    cells: dict[str, dict[int, Weight]] = {}
    for weight in Weight.objects.filter(standard=standard_id, kind=kind).order_by("position", "-level"):
        cells.setdefault(weight.name, {})[weight.level] = weight
    return [(name, [row.get(level) for level in version.levels]) for name, row in cells.items()]


def related(standard_id: UUID) -> list[RelatedOccupation]:
    """The related occupations, by code."""
    return list(RelatedOccupation.objects.filter(standard=standard_id).order_by("occupation_code"))


def related_codes(standard_id: UUID) -> frozenset[str]:
    """The codes of the related occupations."""
    rows = RelatedOccupation.objects.filter(standard=standard_id).values_list("occupation_code", flat=True)
    return remembering.remembered(("standards.related_codes", standard_id), lambda: frozenset(rows))


def ratios(standard_id: UUID) -> Mapping[str, Any]:
    """Ratios of people as data: `{"practical_examiners": {"candidates": 5, "minimum": 3, "odd": True, …}, …}`."""
    found: Mapping[str, Any] = StandardVersion.objects.values_list("ratios", flat=True).get(pk=standard_id)
    return found


def contents(standard_id: UUID, level: int) -> list[FunctionContents]:
    """The work-requirement table of a level: functions with tasks, skills and knowledge, each in its order."""
    functions = list(Function.objects.filter(standard=standard_id, level=level))
    tasks = list(Task.objects.filter(function__in=functions))
    statements: dict[tuple[UUID, str], list[Statement]] = defaultdict(list)
    for statement in Statement.objects.filter(task__in=tasks):
        statements[statement.task_id, statement.kind].append(statement)
    per_function: dict[UUID, list[TaskContents]] = defaultdict(list)
    for task in sorted(tasks, key=lambda each: _numeric(each.code)):
        skills, knowledge = (
            sorted(statements[task.pk, kind], key=lambda each: _numeric(each.code))
            for kind in (Statement.Kind.SKILL, Statement.Kind.KNOWLEDGE)
        )
        per_function[task.function_id].append(TaskContents(task, skills, knowledge))
    ordered = sorted(functions, key=lambda each: _numeric(each.code))
    return [FunctionContents(function, per_function[function.pk]) for function in ordered]


def _numeric(code: str) -> tuple[tuple[int, str], ...]:
    """`1.10` after `1.9`."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in code.split("."))


def content_of(version: StandardVersion) -> rules.Content:
    """A version as plain values, the same shape as a document: for judging, the digest and differences."""
    functions = tuple(_function_content(each) for level in version.levels for each in contents(version.pk, level))
    found = {"standard": version.pk}
    return rules.Content(
        occupation_code=version.occupation_code,
        occupation_name=version.occupation.name,
        classification_edition=version.occupation.edition.key,
        edition=version.edition,
        title=version.title,
        instrument=version.instrument,
        published_on=version.published_on,
        in_force_on=version.in_force_on,
        source=version.source,
        levels=tuple(version.levels),
        overview=version.overview,
        ratios=version.ratios,
        functions=functions,
        weights=tuple(
            rules.Weight(w.kind, w.level, w.name, w.function_code, w.position, w.percent, w.is_illustrative)
            for w in Weight.objects.filter(**found).order_by("position", "-level")
        ),
        conditions=tuple(
            rules.Condition(c.level, c.code, c.number, c.text, tuple(c.clauses), c.certainty, c.source, c.reading)
            for c in EntryCondition.objects.filter(**found).order_by("-level", "code")
        ),
        parts=tuple(
            rules.Part(p.level, p.code, p.name, p.method, p.minutes, p.full_marks, p.pass_marks, tuple(p.illustrative))
            for level in version.levels
            for p in parts(version.pk, level)
        ),
        related=tuple(rules.Related(r.occupation_code, r.name, r.is_illustrative) for r in related(version.pk)),
    )


def _function_content(each: FunctionContents) -> rules.Function:
    return rules.Function(
        each.function.level,
        each.function.code,
        each.function.name,
        tuple(
            rules.Task(
                t.task.code,
                t.task.name,
                tuple(rules.Numbered(s.code, s.text) for s in t.skills),
                tuple(rules.Numbered(s.code, s.text) for s in t.knowledge),
            )
            for t in each.tasks
        ),
    )


def counts(version: StandardVersion) -> list[tuple[int, int, int, int, int]]:
    """How many functions, tasks, statements and conditions each level has: (level, four counts)."""
    statements = Statement.objects.filter(task__function__standard=version)
    return [
        (
            level,
            Function.objects.filter(standard=version, level=level).count(),
            Task.objects.filter(function__standard=version, function__level=level).count(),
            statements.filter(task__function__level=level).count(),
            EntryCondition.objects.filter(standard=version, level=level).count(),
        )
        for level in version.levels
    ]


def digest_of(version: StandardVersion) -> str:
    """The digest of a version's content: SHA-256 over its canonical JSON, as 64 hex digits."""
    return digests.plain(canonical.encode(rules.plain(content_of(version))))


def faults(version: StandardVersion) -> list[Fault]:
    """What keeps a draft from being published: its repair list."""
    return rules.faults_of(content_of(version))


def differences(before: StandardVersion, after: StandardVersion) -> list[Difference]:
    """How two versions differ, line by line."""
    return rules.differences(content_of(before), content_of(after))
