"""Entry conditions as data: each alternative is a list of typed clauses that must all hold.

The kinds are those of the national standards (two generations: 连续 and 累计 years). `registration` weighs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast, get_args

from kaogong.standards.rules.faults import gettext_noop as _

Scope = Literal["same", "same_or_related"]
Mode = Literal["cumulative", "continuous"]
Since = Literal["start", "certificate"]
Route = Literal["secondary_skill", "higher_vocational", "college", "technician_college"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Holds a certificate of `level` in this occupation, or also in a related one."""

    level: int
    occupation: Scope = "same_or_related"
    kind: Literal["certificate"] = "certificate"


@dataclass(frozen=True, slots=True)
class Years:
    """Worked at least so many years, together (累计) or without a break (连续), from the start or a certificate."""

    at_least: int
    mode: Mode = "cumulative"
    since: Since = "start"
    level: int | None = None
    occupation: Scope = "same_or_related"
    inclusive: bool = True
    kind: Literal["years"] = "years"


@dataclass(frozen=True, slots=True)
class Apprenticeship:
    """Has served the apprenticeship to its end."""

    occupation: Scope = "same_or_related"
    kind: Literal["apprenticeship"] = "apprenticeship"


@dataclass(frozen=True, slots=True)
class Training:
    """Was trained for at least so many standard hours and holds the completion certificate."""

    hours: int
    kind: Literal["training"] = "training"


@dataclass(frozen=True, slots=True)
class Schooling:
    """Left a school of that route in the major or a related one; the final year may count as having left."""

    route: Route
    major: Scope = "same_or_related"
    final_year_counts: bool = False
    kind: Literal["schooling"] = "schooling"


@dataclass(frozen=True, slots=True)
class ReserveTechnician:
    """Holds the reserve technician certificate (预备技师证书) of a technician college."""

    kind: Literal["reserve_technician"] = "reserve_technician"


ConditionClause: TypeAlias = Certificate | Years | Apprenticeship | Training | Schooling | ReserveTechnician


class UnknownClause(ValueError):
    """A clause that the rule language does not have. `message` is a template, `facts` fill it."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message.format(**facts))
        self.message = message
        self.facts = facts


def parse_clauses(entries: Iterable[Mapping[str, object]]) -> tuple[ConditionClause, ...]:
    """Read the clauses of one alternative. Raises UnknownClause for the first that cannot be read."""
    return tuple(parse_clause(entry) for entry in entries)


def parse_clause(entry: Mapping[str, object]) -> ConditionClause:
    """Read one clause, such as `{"kind": "years", "at_least": 4, "mode": "cumulative", "since": "start"}`.

    Raises UnknownClause for an unknown kind, a missing or impossible value, or a key that the kind does not have.
    """
    reader = _Reader(entry)
    kind = str(entry.get("kind", ""))
    clause: ConditionClause
    match kind:
        case "certificate":
            clause = Certificate(reader.level("level"), reader.scope("occupation"))
        case "years":
            since = cast("Since", reader.choice("since", get_args(Since), "start"))
            clause = Years(
                at_least=reader.positive("at_least"),
                mode=cast("Mode", reader.choice("mode", get_args(Mode), None)),
                since=since,
                level=reader.level("level") if since == "certificate" else None,
                occupation=reader.scope("occupation"),
                inclusive=reader.flag("inclusive", default=True),
            )
        case "apprenticeship":
            clause = Apprenticeship(reader.scope("occupation"))
        case "training":
            clause = Training(reader.positive("hours"))
        case "schooling":
            clause = Schooling(
                route=cast("Route", reader.choice("route", get_args(Route), None)),
                major=reader.scope("major"),
                final_year_counts=reader.flag("final_year_counts", default=False),
            )
        case "reserve_technician":
            clause = ReserveTechnician()
        case _:
            raise UnknownClause(_("不认识的条件类型“{kind}”"), kind=kind or "（空）")
    reader.finish()
    return clause


class _Reader:
    """Takes typed values out of one clause and remembers which keys were asked for."""

    def __init__(self, entry: Mapping[str, object]) -> None:
        self.entry = entry
        self.seen = {"kind"}

    def _take(self, key: str) -> object:
        self.seen.add(key)
        return self.entry.get(key)

    def positive(self, key: str) -> int:
        value = self._take(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise UnknownClause(_("“{key}”须为正整数，现为“{value}”"), key=key, value=value)
        return value

    def level(self, key: str) -> int:
        value = self.positive(key)
        if value > 5:
            raise UnknownClause(_("等级须在 1 至 5 之间，现为“{value}”"), value=value)
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None) -> str:
        value = self._take(key)
        if value is None and default is not None:
            return default
        if value not in allowed:
            raise UnknownClause(_("“{key}”的值“{value}”不在允许的取值之内"), key=key, value=value)
        return str(value)

    def scope(self, key: str) -> Scope:
        return cast("Scope", self.choice(key, get_args(Scope), "same_or_related"))

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise UnknownClause(_("“{key}”须为是或否，现为“{value}”"), key=key, value=value)
        return value

    def finish(self) -> None:
        if unknown := sorted(set(self.entry) - self.seen):
            raise UnknownClause(_("条件中有不认识的项“{keys}”"), keys="、".join(unknown))
