"""Sealed answers made into a matrix: of closed sittings whose results are published, by the key of each paper.

Works for the calibration itself: whoever calls it has been asked for the power, and records that answers were read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet

from kaogong.calibration.rules.analysing import WITH_OPTIONS, Answers
from kaogong.delivery import selectors as delivery
from kaogong.delivery.models import Attempt, Closing
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.signing import digests
from kaogong.itembank import selectors as itembank
from kaogong.itembank.models import PaperItem
from kaogong.itembank.policies import Home
from kaogong.itembank.selectors import Key
from kaogong.scoring.models import Result
from psychometrics import responses
from psychometrics.responses import NO_OPTION, Choices

CHUNK = 500
"""Attempts read at once: bounds what is held as text."""
TRUTHS = ("T", "F")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run takes: a bank's theory attempts of sittings held from `since` to `until`, both included, of a home."""

    occupation_code: str
    level: int
    since: date
    until: date
    home: Home


@dataclass(frozen=True)
class Gathered:
    """The matrix with its digest, how many sittings it comes from, and what was left out, by reason."""

    answers: Answers
    digest: str
    sittings: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Place:
    """One place of a paper: the item's column and how it is marked."""

    column: int
    key: Key
    labels: tuple[str, ...]


def attempts_of(scope: Scope) -> QuerySet[Attempt]:
    """Every theory attempt of the window at a closed part, whatever became of it."""
    home = scope.home
    within = Q(region_code__startswith=home.region_code)
    if not home.region_code and home.organisation_id:
        within = Q(part__sitting__organisation=home.organisation_id)
    return Attempt.objects.filter(
        within,
        part__part="theory",
        part__in=Closing.objects.values("part"),
        part__sitting__round__occupation_code=scope.occupation_code,
        part__sitting__round__level=scope.level,
        part__sitting__held_on__range=(scope.since, scope.until),
    )


def gather(reader: Actor, scope: Scope, progress: Progress | None = None) -> Gathered | None:
    """Read the answers of a window; None when nobody's can be used.

    Right is 1 and wrong 0; a question seen and left open is 0 as it is in the mark, one not on the paper is missing.
    Left out: who was absent, late or barred; whose result is not published; answers that are not what the receipt was
    signed for; questions that people mark.
    """
    found = attempts_of(scope).order_by("pk")
    published = Result.objects.filter(state="final").values("registration")
    usable = found.filter(state="sealed", paper_copy__isnull=False, registration__in=published)
    left_out = Counter(found.exclude(state="sealed").values_list("state", flat=True))
    left_out["unpublished"] = found.filter(state="sealed").exclude(registration__in=published).count()
    rows = list(usable.select_related("paper_copy", "registration__person", "part"))
    keys = {each: itembank.answer_key(each, reader) for each in {_paper(row) for row in rows}}
    papers, columns, types, trial = _layout(keys, left_out)
    if not columns:
        return None
    kept: list[Attempt] = []
    scores = np.full((len(rows), len(columns)), np.nan, dtype=np.float32)
    chosen = np.full(scores.shape, NO_OPTION, dtype=np.int16)
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        given = delivery.submissions([each.pk for each in chunk])
        wrong = {each.pk for each in delivery.altered(chunk, answers=given, sheets={})}
        left_out["altered"] += len(wrong)
        for attempt in chunk:
            if attempt.pk not in wrong:
                row = len(kept)
                _enter(papers[_paper(attempt)], given.get(attempt.pk, {}), scores[row], chosen[row])
                kept.append(attempt)
        if progress:
            progress(min(start + CHUNK, len(rows)), len(rows))
    if not kept:
        return None
    answers = _answers(kept, columns, types, trial, scores[: len(kept)], chosen[: len(kept)], papers)
    return Gathered(
        answers,
        _digest(answers),
        len({each.part.sitting_id for each in kept}),
        {reason: count for reason, count in sorted(left_out.items()) if count},
    )


def _paper(attempt: Attempt) -> UUID:
    assert attempt.paper_copy is not None  # only attempts that were begun are gathered
    return attempt.paper_copy.paper_id


def _layout(
    keys: Mapping[UUID, itembank.AnswerKey], left_out: Counter[str]
) -> tuple[dict[UUID, dict[int, _Place]], dict[UUID, int], list[str], list[bool]]:
    """Which column each place of each paper is; the columns, their types, and which were never scored."""
    columns: dict[UUID, int] = {}
    types: list[str] = []
    scored: list[bool] = []
    papers: dict[UUID, dict[int, _Place]] = {each: {} for each in keys}
    places = PaperItem.objects.filter(paper__in=keys).order_by("version", "paper", "position")
    for paper, position, version in places.values_list("paper", "position", "version"):
        key = keys[paper].answers[position]
        if not key.is_objective:
            left_out["constructed"] += 1
            continue
        if version not in columns:
            columns[version] = len(columns)
            types.append(key.type)
            scored.append(False)
        column = columns[version]
        scored[column] |= key.is_scored
        labels = TRUTHS if key.type == "truefalse" else tuple(itembank.LETTERS)
        papers[paper][position] = _Place(column, key, labels)
    return papers, columns, types, [not each for each in scored]


def _enter(
    places: Mapping[int, _Place],
    given: Mapping[int, str],
    scores: responses.Scores,
    chosen: responses.Options,
) -> None:
    """Write one person's answers into her row."""
    for position, place in places.items():
        answer = given.get(position, "")
        scores[place.column] = bool(answer) and itembank.is_right(place.key, answer)
        if place.key.type in WITH_OPTIONS and answer in place.labels:
            chosen[place.column] = place.labels.index(answer)


def _answers(
    kept: Sequence[Attempt],
    columns: Mapping[UUID, int],
    types: Sequence[str],
    trial: Sequence[bool],
    scores: responses.Scores,
    chosen: responses.Options,
    papers: Mapping[UUID, Mapping[int, _Place]],
) -> Answers:
    seen: list[int] = np.flatnonzero(~np.isnan(scores).all(axis=0)).tolist()
    names = [str(version) for version in columns]
    plain = responses.scored(
        scores[:, seen],
        maxima=1.0,
        items=[names[place] for place in seen],
        persons=[str(each.pk) for each in kept],
    )
    keys = {place.column: place for each in papers.values() for place in each.values()}
    most = [int(chosen[:, place].max()) for place in seen]
    right = [_index(keys[place]) for place in seen]
    labels = tuple(
        keys[place].labels[: max(reached, key, 0) + 1] for place, reached, key in zip(seen, most, right, strict=True)
    )
    options = chosen[:, seen].copy()
    options.setflags(write=False)
    key = np.array([max(each, 0) for each in right], dtype=np.int16)
    key.setflags(write=False)
    return Answers(
        responses=replace(plain, choices=Choices(options, labels, key)),
        types=tuple(types[place] for place in seen),
        is_trial=np.array([trial[place] for place in seen]),
        groups={
            "sex": tuple(each.registration.person.sex for each in kept),
            "region": tuple(each.region_code[:4] for each in kept),
        },
    )


def _index(place: _Place) -> int:
    """Where the right option stands; -1 for types without options."""
    return place.labels.index(place.key.answer) if place.key.type in WITH_OPTIONS else -1


def _digest(answers: Answers) -> str:
    """SHA-256 over the attempts, the items and the scores, one byte a score (2: not seen)."""
    matrix = np.nan_to_num(answers.responses.scores, nan=2.0).astype(np.uint8)
    named = "\n".join([*answers.responses.persons, *answers.responses.items])
    return digests.plain(named.encode() + b"\n" + matrix.tobytes())
