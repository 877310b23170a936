"""The rule language of entry conditions: what it reads, and what it will not."""

from __future__ import annotations

import pytest

from kaogong.standards.rules import (
    Apprenticeship,
    Certificate,
    ReserveTechnician,
    Schooling,
    Training,
    UnknownClause,
    Years,
    parse_clause,
    parse_clauses,
)


class TestReads:
    def test_a_certificate_with_its_scope(self) -> None:
        assert parse_clause({"kind": "certificate", "level": 5, "occupation": "same"}) == Certificate(5, "same")

    def test_years_from_the_start_inclusive_by_default(self) -> None:
        clause = parse_clause({"kind": "years", "at_least": 6, "mode": "cumulative", "since": "start"})
        assert clause == Years(6, "cumulative", "start", None, "same_or_related", True)

    def test_years_after_a_certificate_name_its_level(self) -> None:
        clause = parse_clause(
            {"kind": "years", "at_least": 4, "mode": "continuous", "since": "certificate", "level": 5}
        )
        assert isinstance(clause, Years)
        assert (clause.mode, clause.since, clause.level) == ("continuous", "certificate", 5)

    def test_exclusive_years(self) -> None:
        clause = parse_clause({"kind": "years", "at_least": 2, "mode": "cumulative", "inclusive": False})
        assert isinstance(clause, Years)
        assert not clause.inclusive

    @pytest.mark.parametrize("route", ["secondary_skill", "higher_vocational", "college", "technician_college"])
    def test_every_school_route(self, route: str) -> None:
        clause = parse_clause({"kind": "schooling", "route": route, "major": "same", "final_year_counts": True})
        assert clause == Schooling(route, "same", True)  # type: ignore[arg-type]  # the four routes, by parameter

    def test_training_apprenticeship_and_reserve_technician(self) -> None:
        clauses = parse_clauses(
            [{"kind": "training", "hours": 400}, {"kind": "apprenticeship"}, {"kind": "reserve_technician"}]
        )
        assert clauses == (Training(400), Apprenticeship(), ReserveTechnician())


class TestRefuses:
    @pytest.mark.parametrize(
        ("entry", "words"),
        [
            ({"kind": "luck"}, "luck"),
            ({}, "不认识的条件类型"),
            ({"kind": "certificate"}, "level"),
            ({"kind": "certificate", "level": 6}, "1 至 5"),
            ({"kind": "certificate", "level": True}, "正整数"),
            ({"kind": "certificate", "level": 5, "occupation": "any"}, "any"),
            ({"kind": "years", "at_least": 0, "mode": "cumulative"}, "at_least"),
            ({"kind": "years", "at_least": 3}, "mode"),
            ({"kind": "years", "at_least": 3, "mode": "cumulative", "since": "birth"}, "birth"),
            ({"kind": "years", "at_least": 3, "mode": "cumulative", "since": "certificate"}, "level"),
            ({"kind": "years", "at_least": 3, "mode": "cumulative", "inclusive": "yes"}, "是或否"),
            ({"kind": "training"}, "hours"),
            ({"kind": "schooling", "route": "university"}, "university"),
            ({"kind": "schooling", "route": "college", "final_year_counts": 1}, "是或否"),
            ({"kind": "apprenticeship", "yeers": 3}, "yeers"),
            ({"kind": "years", "at_least": 3, "mode": "cumulative", "level": 5}, "level"),
        ],
    )
    def test_what_the_language_does_not_have(self, entry: dict[str, object], words: str) -> None:
        with pytest.raises(UnknownClause, match=words):
            parse_clause(entry)
