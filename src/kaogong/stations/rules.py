"""Whether a station may appraise an occupation at a level on a day. Pure: licences in, verdict out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kaogong.foundation.kernel.clauses import Clause
from kaogong.stations.states import LICENCE

LICENSED = Clause("labour-1993-134", "station-licence")
IN_SCOPE = Clause("labour-1993-134", "station-scope")
LEVEL_NAMES = {5: "五级（初级工）", 4: "四级（中级工）", 3: "三级（高级工）", 2: "二级（技师）", 1: "一级（高级技师）"}


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """A licence as the rule sees it; `scope` maps an occupation's code to its levels. Both days are included."""

    number: str
    since: date
    until: date
    state: str
    scope: Mapping[str, Collection[int]]


@dataclass(frozen=True, slots=True)
class ScopeVerdict:
    """Whether it is within the scope; if not, why, and in either case by which clause and licence."""

    is_within: bool
    clause: Clause
    reason: str = ""
    licence_number: str = ""


def scope_verdict(licences: Iterable[LicenceFacts], *, occupation_code: str, level: int, on: date) -> ScopeVerdict:
    """Judge by the licence whose term holds `on`. A suspended or revoked licence allows nothing.

    Source: 劳部发〔1993〕134号, stations work under a licence and within its scope.
    """
    of_day = [each for each in licences if each.since <= on <= each.until]
    if not of_day:
        return ScopeVerdict(False, LICENSED, f"{on:%Y-%m-%d} 当日没有在有效期内的鉴定许可")
    live = [each for each in of_day if each.state == "granted"]
    if not live:
        state = LICENCE.states[of_day[0].state]
        return ScopeVerdict(False, LICENSED, f"许可证 {of_day[0].number} 当前为“{state}”", of_day[0].number)
    licence = live[0]
    levels = licence.scope.get(occupation_code)
    if levels is None:
        return ScopeVerdict(
            False, IN_SCOPE, f"许可证 {licence.number} 的范围不含职业 {occupation_code}", licence.number
        )
    if level not in levels:
        reason = f"许可证 {licence.number} 对职业 {occupation_code} 的范围不含{LEVEL_NAMES.get(level, f'{level}级')}"
        return ScopeVerdict(False, IN_SCOPE, reason, licence.number)
    return ScopeVerdict(True, IN_SCOPE, "", licence.number)


def latest_end(since: date, years: int) -> date:
    """The last day of a term of `years` that begins on `since`: the day before its anniversary."""
    try:
        anniversary = since.replace(year=since.year + years)
    except ValueError:  # 29 February
        anniversary = since.replace(year=since.year + years, month=3, day=1)
    return date.fromordinal(anniversary.toordinal() - 1)
