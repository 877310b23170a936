"""Ticket numbers and the size of panels, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from kaogong.foundation.kernel.clauses import Clause
from kaogong.seating import rules
from kaogong.seating.rules import PanelRule, RoomFacts

LAYOUT = {"date": 6, "sitting": 3, "room": 2, "seat": 2}
ON = date(2026, 4, 18)
CLAUSE = Clause("standard-form-2018", "panel")
RATIO = Clause("shaanxi-2013-supervision", "panel")
EXAMINERS = PanelRule(3, 5, True, CLAUSE, RATIO)
INVIGILATORS = PanelRule(2, 15, False, CLAUSE, RATIO)


class TestTicketNumbers:
    def test_the_seat_comes_last(self) -> None:
        number = rules.ticket_number(LAYOUT, held_on=ON, sitting=1, room=1, seat=5)
        assert number == "2604180010105"
        assert rules.grouped(number, LAYOUT) == "260418 001 01 05"

    def test_another_layout_may_spell_the_year_out(self) -> None:
        layout = {"date": 8, "sitting": 4, "room": 2, "seat": 3}
        assert rules.ticket_number(layout, held_on=ON, sitting=12, room=3, seat=105) == "20260418001203105"

    @pytest.mark.parametrize(("sitting", "room", "seat"), [(1000, 1, 1), (1, 100, 1), (1, 1, 100)])
    def test_a_figure_that_does_not_fit_is_refused(self, sitting: int, room: int, seat: int) -> None:
        with pytest.raises(rules.DoesNotFit):
            rules.ticket_number(LAYOUT, held_on=ON, sitting=sitting, room=room, seat=seat)

    def test_a_number_of_another_layout_stays_as_it_is(self) -> None:
        assert rules.grouped("123", LAYOUT) == "123"


class TestExaminers:
    @pytest.mark.parametrize(("candidates", "needed"), [(0, 0), (1, 3), (15, 3), (16, 5), (20, 5), (25, 5), (26, 7)])
    def test_three_or_more_and_odd(self, candidates: int, needed: int) -> None:
        assert rules.examiners_needed(candidates, EXAMINERS) == needed

    def check(self, examiners: int, leaders: int = 1, candidates: int = 10) -> dict[str, bool]:
        checks = rules.examiner_checks(
            examiners=examiners, leaders=leaders, candidates_at_once=candidates, rule=EXAMINERS
        )
        return {each.key: each.is_met for each in checks}

    def test_three_with_a_leader_are_complete(self) -> None:
        assert self.check(3) == {"size": True, "odd": True, "leader": True}

    def test_two_are_too_few_and_even(self) -> None:
        assert self.check(2) == {"size": False, "odd": False, "leader": True}

    def test_four_are_even(self) -> None:
        assert self.check(4) == {"size": True, "odd": False, "leader": True}

    def test_nobody_leads(self) -> None:
        assert not self.check(3, leaders=0)["leader"]

    def test_the_ratio_has_its_own_clause(self) -> None:
        few, short = (
            rules.examiner_checks(examiners=count, leaders=1, candidates_at_once=20, rule=EXAMINERS)[0]
            for count in (1, 3)
        )
        assert (few.clause, short.clause) == (CLAUSE, RATIO)


class TestInvigilators:
    @pytest.mark.parametrize(("candidates", "needed"), [(0, 0), (1, 2), (30, 2), (31, 3), (46, 4)])
    def test_one_for_fifteen_and_two_in_a_room(self, candidates: int, needed: int) -> None:
        assert rules.invigilators_needed(candidates, INVIGILATORS) == needed

    def test_every_room_is_looked_at(self) -> None:
        checks = rules.invigilator_checks([RoomFacts(1, 30, 2), RoomFacts(2, 31, 2)], INVIGILATORS)
        assert [each.is_met for each in checks] == [True, False]


class TestStandardsRatio:
    def test_a_standard_that_speaks_wins(self) -> None:
        rule = rules.rule_from({"candidates": 4, "minimum": 5, "odd": True}, otherwise=EXAMINERS)
        assert (rule.candidates_per_person, rule.minimum) == (4, 5)

    def test_a_silent_one_leaves_the_general_rule(self) -> None:
        assert rules.rule_from(None, otherwise=EXAMINERS) == EXAMINERS
        assert rules.rule_from({"minimum": 3, "odd": True}, otherwise=EXAMINERS).candidates_per_person == 5
