"""The blueprint: ranges with their share of the weight table, points with their importance, and what both must satisfy.

Codes are tuples, never joined strings: in the numeric dialect `11110` could be 1·1·1·10 or 1·1·11·0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

IMPORTANCE = {"X": "核心要素", "Y": "一般要素", "Z": "辅助要素"}
Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RangeEntry:
    """A range; `percent` is its share where the weight table gives one (on level 1 the sum of those below)."""

    codes: Codes
    name: str
    percent: int | None = None
    is_weighted: bool = False


@dataclass(frozen=True, slots=True)
class PointEntry:
    """An assessment point under its range."""

    codes: Codes
    name: str
    importance: str

    @property
    def range_codes(self) -> Codes:
        return self.codes[:-1]


@dataclass(frozen=True, slots=True)
class Table:
    """A blueprint as plain values."""

    ranges: tuple[RangeEntry, ...]
    points: tuple[PointEntry, ...]

    @property
    def weighted(self) -> list[RangeEntry]:
        """The ranges that the weight table names: papers are drawn by these."""
        return [entry for entry in self.ranges if entry.is_weighted]

    def points_in(self, entry: RangeEntry) -> list[PointEntry]:
        """The points of a range and of all below it."""
        depth = len(entry.codes)
        return [point for point in self.points if point.codes[:depth] == entry.codes]


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a blueprint must satisfy; every figure is a provision."""

    points_per_percent: int
    points_at_least: int
    core_at_least: int
    general_at_most: int
    auxiliary_at_most: int


def read_points(rows: Sequence[Mapping[str, str]], weights: Mapping[str, int]) -> tuple[Table, list[Problem]]:
    """Build the table from rows of a points file (`range1_code … point name importance`) and the theory weights.

    A range is weighted when its name stands in the weight table. The problem's field is the line, from 2 on.
    """
    ranges: dict[Codes, str] = {}
    points: list[PointEntry] = []
    problems: list[Problem] = []
    for line, row in enumerate(rows, 2):
        codes, problem = _range_codes(row, ranges)
        if problem:
            problems.append(Problem(f"第 {line} 行", problem))
            continue
        code, name = row.get("point", "").strip(), row.get("name", "").strip()
        importance = row.get("importance", "").strip()
        if not code or not name:
            problems.append(Problem(f"第 {line} 行", _("缺少鉴定点代码或名称")))
        elif importance not in IMPORTANCE:
            problems.append(Problem(f"第 {line} 行", _("重要程度“{value}”不是 X、Y、Z"), {"value": importance}))
        else:
            points.append(PointEntry((*codes, code), name, importance))
    return Table(_entries(ranges, weights), tuple(points)), problems


def _range_codes(row: Mapping[str, str], ranges: dict[Codes, str]) -> tuple[Codes, str]:
    codes: Codes = ()
    for depth in range(1, 7):
        code = row.get(f"range{depth}_code", "").strip()
        if not code:
            break
        codes = (*codes, code)
        name = row.get(f"range{depth}_name", "").strip()
        if ranges.setdefault(codes, name) != name:
            return codes, _("同一鉴定范围代码有两个名称")
    return codes, "" if codes else _("缺少鉴定范围代码")


def _entries(ranges: Mapping[Codes, str], weights: Mapping[str, int]) -> tuple[RangeEntry, ...]:
    own = {codes: weights[name] for codes, name in ranges.items() if name in weights}
    entries = []
    for codes, name in sorted(ranges.items()):
        below = [percent for weighted, percent in own.items() if weighted[: len(codes)] == codes]
        entries.append(RangeEntry(codes, name, sum(below) if below else None, codes in own))
    return tuple(entries)


def faults_of(table: Table, *, weights: Mapping[str, int], requirements: Requirements) -> list[Problem]:
    """Return what keeps a blueprint from being approved.

    层次性: codes stand once; 分布性: every row of the weight table has its range, with at least k points per
    percent; 结构性: X, Y and Z in their proportions. Source: 国家职业技能鉴定命题技术标准, as item-bank §1.2 tells it.
    """
    return [
        *_structure(table),
        *_distribution(table, weights, requirements),
        *_importance(table, requirements),
    ]


def _structure(table: Table) -> Iterator[Problem]:
    for codes, times in Counter(point.codes for point in table.points).items():
        if times > 1:
            yield Problem("-".join(codes), _("鉴定点代码出现了 {times} 次"), {"times": times})
    for (name, codes), times in Counter((point.name, point.range_codes) for point in table.points).items():
        if times > 1:
            yield Problem("-".join(codes), _("鉴定点“{name}”出现了 {times} 次"), {"name": name, "times": times})


def _distribution(table: Table, weights: Mapping[str, int], requirements: Requirements) -> Iterator[Problem]:
    named = Counter(entry.name for entry in table.weighted)
    for name in weights:
        if named[name] != 1:
            yield Problem(name, _("权重表的这一项在细目表中有 {times} 个鉴定范围，应有 1 个"), {"times": named[name]})
    outside = [point for point in table.points if not any(point in table.points_in(each) for each in table.weighted)]
    if outside:
        yield Problem(
            "-".join(outside[0].codes), _("有 {count} 个鉴定点不在任何有比重的范围内"), {"count": len(outside)}
        )
    for entry in table.weighted:
        count, needed = len(table.points_in(entry)), (entry.percent or 0) * requirements.points_per_percent
        if count < needed:
            facts = {"count": count, "needed": needed, "percent": entry.percent, "k": requirements.points_per_percent}
            yield Problem(entry.name, _("有 {count} 个鉴定点，应不少于比重 {percent} 的 {k} 倍即 {needed} 个"), facts)
    if len(table.points) < requirements.points_at_least:
        facts = {"count": len(table.points), "needed": requirements.points_at_least}
        yield Problem("全表", _("共 {count} 个鉴定点，应不少于 {needed} 个"), facts)


def _importance(table: Table, requirements: Requirements) -> Iterator[Problem]:
    counts, total = Counter(point.importance for point in table.points), len(table.points)
    if not total:
        return
    if counts["X"] * 100 < requirements.core_at_least * total:
        yield _share(
            "X", counts["X"], total, _("核心要素（X）占 {share}%，应不少于 {limit}%"), requirements.core_at_least
        )
    if counts["Y"] * 100 > requirements.general_at_most * total:
        yield _share(
            "Y", counts["Y"], total, _("一般要素（Y）占 {share}%，应不超过 {limit}%"), requirements.general_at_most
        )
    if counts["Z"] * 100 > requirements.auxiliary_at_most * total:
        limit = requirements.auxiliary_at_most
        yield _share("Z", counts["Z"], total, _("辅助要素（Z）占 {share}%，应不超过 {limit}%"), limit)


def _share(field: str, count: int, total: int, message: str, limit: int) -> Problem:
    return Problem(field, message, {"share": f"{count * 100 / total:.1f}", "limit": limit})
