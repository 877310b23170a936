"""The atlas: administrative divisions through time, and which old codes a territory has absorbed. Pure.

The sources know a change by its year only. A change of a year counts from the first of January that follows: Laiwu
(3712), dissolved by an approval of December 2018, is Jinan's (3701) from 2019.

The source pairs what vanished with what appeared under the same name, and so pairs namesakes: the suburb (郊区) of
Maanshan with that of Yangzhou. `founded` and `is_followed` say which pairs are believed. Between provinces nothing
moved since 1984 but what became Hainan (1988, from Guangdong) and Chongqing (1997, from Sichuan); such a move counts
from the new province's first year on, whatever year the pair bears. The old province keeps its own codes in sight: it
filed those records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

NOW = 9999
"""The year to ask for when every known change counts."""

FIRST_YEAR = 1984
"""Changes are reliable from this year on, says their source; older ones are carried but not followed."""

ABOLISHED = "撤销"

MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True, slots=True)
class Place:
    """One division under one code and name: after the change of `since` until that of `until` (years; None: open)."""

    code: str
    name: str
    level: int
    parent: str
    since: int | None = None
    until: int | None = None

    def stood_in(self, year: int) -> bool:
        """Whether it stood on the first of January of that year."""
        return (self.since is None or self.since < year) and (self.until is None or year <= self.until)


@dataclass(frozen=True, slots=True)
class Change:
    """One event: in `year` the old division became the new one. Either side may be empty (founded, dissolved)."""

    year: int
    kind: str
    level: int
    old_code: str
    old_name: str
    old_parent: str
    new_code: str
    new_name: str
    new_parent: str
    instrument: str = ""


@dataclass(frozen=True, slots=True)
class Succession:
    """A step from one code to another. It is whole when nothing of the old division went elsewhere."""

    year: int
    kind: str
    old: Place
    new: Place
    is_whole: bool
    instrument: str


def founded(changes: Iterable[Change]) -> dict[str, int]:
    """The provinces that the changes saw begin: two digits → year."""
    return {change.new_code[:2]: change.year for change in changes if change.level == 1 and not change.old_code}


def is_followed(change: Change, provinces: Mapping[str, int]) -> bool:
    """Whether the new division took over the old one, rather than bearing the same name elsewhere by chance.

    Across provinces: only into one that was `founded` since. Within: a district that was abolished does not live on as
    the namesake of another city (桥东区 of Shijiazhuang, 2014, is not 桥东区 of Xingtai).
    """
    old, new = change.old_code, change.new_code
    if old[:2] != new[:2]:
        return new[:2] in provinces
    is_namesake = change.old_name == change.new_name and change.old_name.endswith("区") and level_of(old) == 3
    return not (change.kind == ABOLISHED and is_namesake and old[:4] != new[:4])


def full_code(code: str) -> str:
    """Six digits from a prefix: `32` → `320000`, `3201` → `320100`; the empty code (the country) and odd ones stay."""
    return code.ljust(6, "0") if code and len(code) % 2 == 0 else code


def prefix(code: str) -> str:
    """The digits that name a division: `320000` → `32`, `320100` → `3201`, `320102` and shorter codes as they are."""
    if len(code) != 6:
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def level_of(code: str) -> int:
    """1 province, 2 prefecture, 3 county; 0 for the country."""
    return len(prefix(full_code(code))) // 2


def parent_of(code: str, stated: str = "") -> str:
    """The code above: as stated, or by the digits; counties that a province governs directly hang on the province."""
    if level_of(code) <= 1:
        return ""
    above = stated or (code[:4] + "00" if level_of(code) == 3 else code[:2] + "0000")
    is_fictitious = above[2:4] == "90" or (above[:2] in MUNICIPALITIES and level_of(above) == 2)
    return above[:2] + "0000" if is_fictitious else above


def lifetimes(current: Iterable[Place], changes: Iterable[Change]) -> list[Place]:
    """Every division that ever stood, as far as the changes tell: today's, and those that ended, with their years."""
    ordered = sorted(changes, key=lambda change: change.year)
    provinces = founded(ordered)
    begun: dict[tuple[str, str], list[int]] = defaultdict(list)
    for change in ordered:
        # A namesake that an abolished division was paired with had stood all the time.
        is_new = change.kind != ABOLISHED or not change.old_code or is_followed(change, provinces)
        if change.new_code and is_new and (change.new_code, change.new_name) != (change.old_code, change.old_name):
            begun[change.new_code, change.new_name].append(change.year)
    places = [replace(place, since=_latest(begun[place.code, place.name], NOW)) for place in current]
    standing = {(place.code, place.name, place.since) for place in places}
    ended: dict[tuple[str, str, int], Place] = {}
    for change in ordered:
        name = (change.old_code, change.old_name)
        if change.old_code and name != (change.new_code, change.new_name):
            code = change.old_code
            since = _latest(begun[name], change.year)
            above = parent_of(code, change.old_parent)
            if (*name, since) not in standing:  # else it only gave something away, and stands on
                ended[*name, change.year] = Place(code, change.old_name, level_of(code), above, since, change.year)
    return places + list(ended.values())


def _latest(years: list[int], before: int) -> int | None:
    return max((year for year in years if year < before), default=None)


class Atlas:
    """All divisions with their lifetimes, and the changes between them; answers questions as of a year."""

    def __init__(self, places: Iterable[Place], changes: Iterable[Change]) -> None:
        self._of_code: dict[str, list[Place]] = {}
        for place in places:
            self._of_code.setdefault(place.code, []).append(place)
        for own in self._of_code.values():
            own.sort(key=lambda place: (place.until or NOW, place.since or 0))
        known = list(changes)
        provinces = founded(known)
        self._changes = [
            replace(change, year=max(change.year, provinces.get(change.new_code[:2], 0)))
            if change.old_code[:2] != change.new_code[:2]
            else change
            for change in known
            if change.year >= FIRST_YEAR and change.old_code and change.new_code and change.old_code != change.new_code
            if is_followed(change, provinces)
        ]
        self._territories: dict[tuple[str, int], tuple[str, ...]] = {}
        self._destinations: dict[int, dict[str, frozenset[str]]] = {}

    def place(self, code: str, year: int = NOW) -> Place | None:
        """The division that bore this code then; else the one nearest in time; None for a code that never was."""
        own = self._of_code.get(full_code(code))
        if not own:
            return None
        standing = [place for place in own if place.stood_in(year)]
        if standing:
            return standing[-1]
        ended = [place for place in own if place.until is not None and place.until < year]
        return ended[-1] if ended else own[0]

    def path(self, code: str, year: int = NOW) -> tuple[Place, ...]:
        """The division with those above it, from the province down; empty for a code that never was."""
        found, above = [], full_code(code)
        while above and (place := self.place(above, year)) is not None:
            found.append(place)
            above = place.parent
        if found and found[-1].level > 1 and (province := self.place(found[-1].code[:2], year)):
            found.append(province)
        return tuple(reversed(found))

    def name(self, code: str, year: int = NOW) -> str:
        """The full name, `江苏省南京市玄武区`; 全国 for the empty code; the code itself when it never was."""
        if not code:
            return "全国"
        return "".join(place.name for place in self.path(code, year)) or code

    def children(self, code: str, year: int = NOW) -> list[Place]:
        """The divisions directly under this one, in the order of their codes; provinces under the empty code."""
        return [place for place in self._standing(year) if place.parent == full_code(code)]

    def standing(self, year: int = NOW) -> list[Place]:
        """Every division of that year, in the order of their codes."""
        return list(self._standing(year))

    def search(self, text: str, limit: int = 20, *, with_past: bool = False) -> list[Place]:
        """Divisions whose code begins with, or whose full name contains, every word of `text`; best first.

        With `with_past` those that no longer stand come after the others.
        """
        words = text.split()
        if not words:
            return []
        places = self._standing(NOW)
        if with_past:
            places = places + [p for own in self._of_code.values() for p in own if p.until is not None]
        found = [place for place in places if all(self._matches(place, word) for word in words)]
        found.sort(key=lambda p: (p.until is not None, words[-1] not in p.name, len(p.name), p.level, p.code))
        return found[:limit]

    def successors(self, code: str, year: int = NOW) -> list[Succession]:
        """What became of this code by that year, one step; empty while it stands unchanged."""
        return [self._step(c) for c in self._changes if c.old_code == full_code(code) and c.year < year]

    def predecessors(self, code: str, year: int = NOW) -> list[Succession]:
        """Which codes went into this one by that year, one step."""
        return [self._step(c) for c in self._changes if c.new_code == full_code(code) and c.year < year]

    def destinations(self, code: str, year: int = NOW) -> frozenset[str]:
        """Where records under this code belong in that year: the codes at the end of every chain of changes.

        A code that stands in that year is (also) its own destination.
        """
        if year not in self._destinations:
            self._destinations[year] = {each: self._ends(each, 0, year) for each in self._of_code}
        return self._destinations[year].get(full_code(code), frozenset())

    def territory(self, code: str, year: int = NOW) -> tuple[str, ...]:
        """Prefixes of all codes whose records belong to this territory: its own first, then what it absorbed.

        A code counts as absorbed when every chain of changes from it ends within, and no other place bears it now.
        A prefecture all of whose codes were absorbed is given by its four digits: `3701` → (`3701`, `3712`).
        """
        own = prefix(code)
        if not own:
            return ("",)
        if (own, year) not in self._territories:
            absorbed = {
                each
                for each in self._of_code
                if not each.startswith(own)
                and (ends := self.destinations(each, year))
                and all(end.startswith(own) for end in ends)
            }
            self._territories[own, year] = (own, *sorted(self._compressed(absorbed)))
        return self._territories[own, year]

    def _compressed(self, codes: set[str]) -> set[str]:
        whole = {code[:4] for code in codes if code.endswith("00") and self._recent[code[:4]] <= codes}
        return whole | {code for code in codes if code[:4] not in whole}

    @cached_property
    def _recent(self) -> dict[str, set[str]]:
        """The codes of each prefecture that stood at some time since the changes are reliable."""
        found: dict[str, set[str]] = defaultdict(set)
        for code, own in self._of_code.items():
            if any(place.until is None or place.until >= FIRST_YEAR for place in own):
                found[code[:4]].add(code)
        return found

    @cached_property
    def _steps(self) -> dict[str, list[Change]]:
        found: dict[str, list[Change]] = defaultdict(list)
        for change in self._changes:
            found[change.old_code].append(change)
        return found

    def _ends(self, code: str, after: int, year: int) -> frozenset[str]:
        ends: set[str] = set()
        for change in self._steps.get(code, ()):
            if after < change.year < year:
                ends |= self._ends(change.new_code, change.year, year)
        if any(place.stood_in(year) for place in self._of_code.get(code, ())) or not ends:
            ends.add(code)
        return frozenset(ends)

    def _standing(self, year: int) -> list[Place]:
        found = [place for own in self._of_code.values() for place in own if place.stood_in(year)]
        return sorted(found, key=lambda place: place.code)

    def _matches(self, place: Place, word: str) -> bool:
        if word.isdecimal():
            return place.code.startswith(word)
        return word in "".join(each.name for each in self.path(place.code, place.until or NOW)) or word in place.name

    def _step(self, change: Change) -> Succession:
        old = Place(change.old_code, change.old_name, level_of(change.old_code), change.old_parent, until=change.year)
        new = Place(change.new_code, change.new_name, level_of(change.new_code), change.new_parent, since=change.year)
        return Succession(change.year, change.kind, old, new, self._went_whole(change), change.instrument)

    def _went_whole(self, change: Change) -> bool:
        """Whether nothing went elsewhere: true of a county, and of a prefecture whose counties went to one place."""
        if level_of(change.old_code) == 3:
            return level_of(change.new_code) == 3
        goals = {
            prefix(each.new_code)[:4]
            for each in self._changes
            if each.old_code[:4] == change.old_code[:4] and each.year == change.year
        }
        return len(goals) == 1
