"""Analysing a file of items without keeping anything: what would enter the bank, and what would not and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank import sealing
from kaogong.itembank.models import Item, ItemVersion, Point
from kaogong.itembank.rules import files
from kaogong.itembank.rules.items import Limits
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _
from kaogong.itembank.selectors.blueprints import blueprint_for, points_of
from kaogong.regulations import selectors as regulations

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with every reason why it cannot enter the bank, and the digest of its stem."""

    row: files.Row
    problems: Sequence[Problem]
    stem_digest: str

    @property
    def is_good(self) -> bool:
        return not self.problems

    @property
    def is_unbound(self) -> bool:
        """Whether it would enter as a draft without an assessment point."""
        return self.is_good and not self.row.codes


@dataclass(frozen=True, slots=True)
class Analysis:
    """A whole file judged."""

    encoding: str
    rows: Sequence[Judged]

    @property
    def good(self) -> int:
        return sum(row.is_good for row in self.rows)

    @property
    def bad(self) -> int:
        return len(self.rows) - self.good

    @property
    def unbound(self) -> int:
        return sum(row.is_unbound for row in self.rows)


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


def columns_of(content: bytes, on: date, profile: str = "plain") -> tuple[list[str], dict[str, str]]:
    """The column names of a file and the map that they suggest; none when it is no table. Raises NotReadable."""
    limit = regulations.provision("itembank.import_limits", on=on).value
    return files.columns_of(content, _profile(profile), bytes_at_most=limit["bytes"], rows_at_most=limit["rows"])


def _profile(key: str) -> files.Profile:
    if key not in files.PROFILES:
        raise files.NotReadable(_("没有名为“{profile}”的题型代码方言"), profile=key)
    return files.PROFILES[key]


def analyse(
    *,
    content: bytes,
    column_map: Mapping[str, str],
    occupation_code: str,
    level: int,
    profile: str,
    on: date,
    progress: Progress = no_progress,
) -> Analysis:
    """Judge every row of a file by itself, against the rows above it and against the bank. Raises NotReadable."""
    figures = regulations.provisions(
        "itembank.import_limits", "itembank.import_defaults", "itembank.item_limits", on=on
    )
    limit, defaults = figures["itembank.import_limits"].value, figures["itembank.import_defaults"].value
    entries, encoding = files.entries_of(
        content, _profile(profile), column_map, bytes_at_most=limit["bytes"], rows_at_most=limit["rows"]
    )
    points = points_by_codes(occupation_code, level)
    reading = files.Reading(
        columns=column_map,
        profile=profile,
        limits=Limits.of(figures["itembank.item_limits"].value),
        default_difficulty=defaults["difficulty"],
        default_consistency=defaults["consistency"],
        points=frozenset(points),
        names=_only_names(points),
    )
    rows = files.read_rows(entries, reading)
    stems, numbers = known_stems(occupation_code, level), taken_numbers(occupation_code, level)
    judged = []
    for done, row in enumerate(rows, 1):
        judged.append(_judge(row, stems, numbers))
        progress(done, len(rows))
    return Analysis(encoding, judged)


def _judge(row: files.Row, stems: Mapping[str, str], numbers: set[str]) -> Judged:
    problems = list(row.problems)
    candidates = sealing.digests_of_stem(row.content.stem) if row.content.stem else [""]
    if taken := next((stems[each] for each in candidates if each in stems), ""):
        problems.append(Problem("stem", _("题库中已有题干相同的试题（题号 {number}）"), {"number": taken}))
    if row.number and row.number in numbers:
        problems.append(Problem("number", _("题号 {number} 已被占用"), {"number": row.number}))
    return Judged(row, problems, candidates[0])


def _only_names(points: Mapping[tuple[str, ...], Point]) -> dict[str, tuple[str, ...]]:
    """The codes of the points by name; a name that two of them share leads nowhere."""
    counts = Counter(point.name for point in points.values())
    return {point.name: codes for codes, point in points.items() if counts[point.name] == 1}


def points_by_codes(occupation_code: str, level: int) -> dict[tuple[str, ...], Point]:
    """The points of the blueprint in force by their codes; none when there is no blueprint."""
    try:
        blueprint = blueprint_for(occupation_code, level)
    except NotFound:
        return {}
    return {tuple(point.codes): point for point in points_of(blueprint.pk)}


def known_stems(occupation_code: str, level: int) -> dict[str, str]:
    """Stem digests of the bank's items with their numbers; retired items do not count."""
    found = ItemVersion.objects.filter(item__occupation_code=occupation_code, item__level=level)
    return dict(found.exclude(item__state="retired").values_list("stem_digest", "item__number"))


def taken_numbers(occupation_code: str, level: int) -> set[str]:
    """The item numbers in use."""
    return set(Item.objects.filter(occupation_code=occupation_code, level=level).values_list("number", flat=True))
