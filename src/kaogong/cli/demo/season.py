"""The season: its days, its people in office, what it counts, and how it tells of each stage."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from multiprocessing import get_context
from typing import ParamSpec, TypeVar
from uuid import UUID
from zlib import crc32
from zoneinfo import ZoneInfo

from django.db import connections
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kaogong.cli.demo.answering import Ability, Model
from kaogong.cli.demo.people import Invented, Registry
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import Refusal

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")
BEIJING = ZoneInfo("Asia/Shanghai")
OCCUPATION, OCCUPATION_NAME, LEVEL = "6-31-01-03", "电工", 5


@dataclass(frozen=True, slots=True)
class Days:
    """The season's days, counted back from today, so that the site is alive whenever it is played."""

    today: date

    def before(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """So many days before today, at that Beijing time; negative looks ahead."""
        return datetime.combine(self.today - timedelta(days=days), clock(hour, minute), BEIJING)

    def weekends(self, days: int, count: int) -> list[date]:
        """The first `count` Saturdays and Sundays from so many days before today on."""
        first = self.today - timedelta(days=days)
        return [day for day in (first + timedelta(days=n) for n in range(60)) if day.weekday() >= 5][:count]


@dataclass(slots=True)
class Candidate:
    """One of the season's applicants, with all that the demo must remember of her."""

    invented: Invented
    ability: Ability
    person_id: UUID
    sitting_id: UUID
    organiser: str
    story: str = ""
    registration_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """How often a refusal happened in the season, with its words and its clause."""

    code: str
    words: str
    clause: str
    count: int


@dataclass(slots=True)
class Season:
    """Everything that the chapters hand on to each other."""

    seed: int
    size: int
    days: Days
    console: Console
    registry: Registry
    model: Model
    actors: dict[str, Actor] = field(default_factory=dict)
    bodies: dict[str, UUID] = field(default_factory=dict)
    stations: dict[str, UUID] = field(default_factory=dict)
    rooms: dict[str, list[UUID]] = field(default_factory=dict)
    examiners: dict[str, list[tuple[UUID, UUID]]] = field(default_factory=dict)
    invigilators: dict[str, list[UUID]] = field(default_factory=dict)
    rounds: dict[str, UUID] = field(default_factory=dict)
    sittings: dict[str, list[UUID]] = field(default_factory=dict)
    candidates: list[Candidate] = field(default_factory=list)
    funnel: list[tuple[str, int, str]] = field(default_factory=list)
    seconds: list[tuple[str, float, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    logins: list[tuple[str, str, str]] = field(default_factory=list)
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    words: dict[tuple[str, str], str] = field(default_factory=dict)

    def by(self, role: str) -> Actor:
        """The person in office for a role, by the name the chapters know."""
        return self.actors[role]

    def attempt(self, deed: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Do a deed that the rules may refuse; a refusal is counted with its clause, and None comes back."""
        try:
            return deed(*args, **kwargs)
        except Refusal as refusal:
            self.count(refusal)
            return None

    def count(self, refusal: Refusal, times: int = 1) -> None:
        """Count a refusal under its code and clause."""
        key = (refusal.code, str(refusal.clause))
        self.refusals[key] += times
        self.words.setdefault(key, str(refusal))

    def reached(self, stage: str, count: int, note: str = "") -> None:
        """Note how many came so far: one step of the funnel."""
        self.funnel.append((stage, count, note))

    def refused(self) -> list[RefusalCount]:
        """The refusals of the season, the most frequent first."""
        return [
            RefusalCount(code, self.words[code, clause], clause, n) for (code, clause), n in self.refusals.most_common()
        ]

    @contextmanager
    def stage(self, title: str, total: int) -> Iterator[Callable[[], None]]:
        """One stage under a progress bar; yields what to call after each unit of its work."""
        begun = time.perf_counter()
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self.console,
        ) as progress:
            task = progress.add_task(title, total=total)
            yield lambda: progress.advance(task)
            progress.update(task, completed=total)
        self.seconds.append((title, time.perf_counter() - begun, total))

    def apart(self, title: str, things: Sequence[T], play: Callable[[Season, T], R]) -> list[R]:
        """Play things that do not touch each other (sittings, say) in as many processes as there are cores.

        Each is played on a copy of the season with a generator of its own, so that the outcome does not depend on who
        was faster. What `play` returns comes back in the order of the things; refusals are added up.
        """
        connections.close_all()
        _here[:] = [self]
        with ProcessPoolExecutor(os.cpu_count() or 1, get_context("fork")) as pool:
            # All are handed over before the progress bar starts: processes must not be forked beside its thread.
            waiting = [
                pool.submit(_play_apart, play, thing, self.seed + crc32(f"{title}/{number}".encode()))
                for number, thing in enumerate(things)
            ]
            with self.stage(title, len(waiting)) as done:
                for _finished in as_completed(waiting):
                    done()
        results = []
        for finished in waiting:
            result, refusals, words = finished.result()
            results.append(result)
            self.refusals += refusals
            self.words = {**words, **self.words}
        return results

    def each(self, title: str, things: Iterable[T]) -> Iterator[T]:
        """Walk over things under a progress bar, as one stage."""
        everything = list(things)
        with self.stage(title, len(everything)) as done:
            for thing in everything:
                yield thing
                done()


_here: list[Season] = []
"""The season that forked processes inherit: handing it over by value would cost more than the play."""


def _play_apart(
    play: Callable[[Season, T], R], thing: T, seed: int
) -> tuple[R, Counter[tuple[str, str]], dict[tuple[str, str], str]]:
    season = _here[0]
    season.model = Model(seed)
    season.refusals, season.words = Counter(), {}
    result = play(season, thing)
    return result, season.refusals, season.words
