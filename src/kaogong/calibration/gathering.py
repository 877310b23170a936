"""Sealed answers made into a matrix: of closed sittings whose results are published, by the key of each paper.

Works for the calibration itself: whoever calls it has been asked for the power, and records that answers were read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias
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
from kaogong.scoring import selectors as scoring
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
    rulings: Sequence[str] = ()
    """Numbers of the rulings on questions that the scores follow."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One place of a paper: the item's column and how it is marked: any of the keys is right."""

    column: int
    keys: tuple[Key, ...]
    labels: tuple[str, ...]

    @property
    def has_options(self) -> bool:
        """Whether one option is right and the others are not."""
        return self.keys[0].type in WITH_OPTIONS and len(self.keys) == 1


_Sat: TypeAlias = tuple[UUID, UUID]
"""A paper and the round in which it was sat: rulings hold for a round."""


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
    signed for; questions that people mark; questions void in their round, and those on which rulings differ. Whoever
    sat in another language than Chinese is kept, for comparison alone, and counted among these.
    """
    found = attempts_of(scope).order_by("pk")
    published = Result.objects.filter(state="final").values("registration")
    usable = found.filter(state="sealed", paper_copy__isnull=False, registration__in=published)
    left_out = Counter(found.exclude(state="sealed").values_list("state", flat=True))
    left_out["unpublished"] = found.filter(state="sealed").exclude(registration__in=published).count()
    rows = list(usable.select_related("paper_copy", "registration__person", "part__sitting"))
    sat = {_sat(row) for row in rows}
    layout = _layout(reader, sat, left_out)
    papers, columns, types, trial = layout.papers, layout.columns, layout.types, layout.trial
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
                _enter(papers[_sat(attempt)], given.get(attempt.pk, {}), scores[row], chosen[row])
                kept.append(attempt)
        if progress:
            progress(min(start + CHUNK, len(rows)), len(rows))
    left_out["other_language"] = sum(each.language != itembank.CHINESE for each in kept)
    if len(kept) == left_out["other_language"] or np.isnan(scores[: len(kept)]).all():
        return None
    answers = _answers(kept, columns, types, trial, scores[: len(kept)], chosen[: len(kept)], papers)
    return Gathered(
        answers,
        _digest(answers),
        len({each.part.sitting_id for each in kept}),
        {reason: count for reason, count in sorted(left_out.items()) if count},
        layout.rulings,
    )


def _sat(attempt: Attempt) -> _Sat:
    assert attempt.paper_copy is not None  # only attempts that were begun are gathered
    return attempt.paper_copy.paper_id, attempt.part.sitting.round_id


@dataclass(frozen=True, slots=True)
class _Ruled:
    """What rulings make of the versions: where they are void, and which answers count now, by version."""

    void: frozenset[tuple[UUID, UUID]]
    answers: Mapping[UUID, tuple[str, ...]]
    apart: frozenset[UUID]
    numbers: Sequence[str]


def _ruled(reader: Actor, versions: Collection[UUID], rounds: Collection[UUID]) -> _Ruled:
    """A key is a fact of the item: ruled in one round, it counts in all. Void is a question only in its round."""
    found = scoring.rulings_on(reader, versions)
    told: dict[UUID, set[tuple[str, ...]]] = {}
    for each in found:
        if not each.is_void:
            told.setdefault(each.version_id, set()).add(tuple(sorted(each.answers)))
    return _Ruled(
        void=frozenset((each.round_id, each.version_id) for each in found if each.is_void),
        answers={version: next(iter(those)) for version, those in told.items() if len(those) == 1},
        apart=frozenset(version for version, those in told.items() if len(those) > 1),
        numbers=sorted(each.number for each in found if not each.is_void or each.round_id in rounds),
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column each place of each paper is, round by round; the columns, their types, which were never scored."""

    papers: Mapping[_Sat, dict[int, _Place]]
    columns: Mapping[UUID, int]
    types: Sequence[str]
    trial: Sequence[bool]
    rulings: Sequence[str]


def _layout(reader: Actor, sat: Collection[_Sat], left_out: Counter[str]) -> _Layout:
    """The columns of the matrix, by the keys of the papers as rulings amended them."""
    keys = {paper: itembank.answer_key(paper, reader) for paper in {paper for paper, _round in sat}}
    places = PaperItem.objects.filter(paper__in=keys).order_by("version", "paper", "position")
    found = list(places.values_list("paper", "position", "version"))
    ruled = _ruled(reader, {version for _paper, _position, version in found}, {round_ for _paper, round_ in sat})
    columns: dict[UUID, int] = {}
    types: list[str] = []
    scored: list[bool] = []
    papers: dict[_Sat, dict[int, _Place]] = {each: {} for each in sat}
    left_out["ruled_apart"] = len({version for *_place, version in found} & ruled.apart)
    for paper, position, version in found:
        key = keys[paper].answers[position]
        if not key.is_objective:
            left_out["constructed"] += 1
            continue
        if version in ruled.apart:
            continue
        if version not in columns:
            columns[version] = len(columns)
            types.append(key.type)
            scored.append(False)
        column = columns[version]
        scored[column] |= key.is_scored
        labels = TRUTHS if key.type == "truefalse" else tuple(itembank.LETTERS)
        accepted = tuple(replace(key, answer=each) for each in ruled.answers.get(version, (key.answer,)))
        for each in (each for each in sat if each[0] == paper):
            if (each[1], version) in ruled.void:
                left_out["void"] += 1
            else:
                papers[each][position] = _Place(column, accepted, labels)
    return _Layout(papers, columns, types, [not each for each in scored], ruled.numbers)


def _enter(
    places: Mapping[int, _Place],
    given: Mapping[int, str],
    scores: responses.Scores,
    chosen: responses.Options,
) -> None:
    """Write one person's answers into her row."""
    for position, place in places.items():
        answer = given.get(position, "")
        scores[place.column] = bool(answer) and any(itembank.is_right(key, answer) for key in place.keys)
        if place.has_options and answer in place.labels:
            chosen[place.column] = place.labels.index(answer)


def _answers(
    kept: Sequence[Attempt],
    columns: Mapping[UUID, int],
    types: Sequence[str],
    trial: Sequence[bool],
    scores: responses.Scores,
    chosen: responses.Options,
    papers: Mapping[_Sat, Mapping[int, _Place]],
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
            "language": tuple(each.language for each in kept),
        },
        days=tuple(each.part.sitting.held_on for each in kept),
    )


def _index(place: _Place) -> int:
    """Where the right option stands; -1 for types without options."""
    return place.labels.index(place.keys[0].answer) if place.has_options else -1


def _digest(answers: Answers) -> str:
    """SHA-256 over the attempts, the items and the scores, one byte a score (2: not seen)."""
    matrix = np.nan_to_num(answers.responses.scores, nan=2.0).astype(np.uint8)
    named = "\n".join([*answers.responses.persons, *answers.responses.items])
    return digests.plain(named.encode() + b"\n" + matrix.tobytes())
