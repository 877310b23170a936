"""Who may assess what, who must stand aside, and how often one may serve. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from kaogong.personnel.rules import CardFacts, RelationFacts, conflicts, consecutive, may_assess, rotated_share

ELECTRICIAN = "6-31-01-03"
DAY = date(2026, 4, 18)
CARD = CardFacts("卡1", "examiner", ELECTRICIAN, {5, 4, 3}, date(2025, 1, 1), date(2027, 12, 31))
SENIOR = replace(CARD, kind="senior_examiner", levels={5, 4, 3, 2, 1})
ANNA, BEI, CHEN, DING = (UUID(int=number) for number in range(1, 5))


def keys(card: CardFacts, level: int, on: date = DAY, allowed: tuple[int, ...] = (5, 4, 3)) -> list[str]:
    found = may_assess(card, occupation_code=ELECTRICIAN, level=level, on=on, levels_allowed=allowed)
    return [each.key for each in found]


class TestMayAssess:
    @pytest.mark.parametrize("level", [5, 4, 3])
    def test_an_examiner_assesses_the_lower_three(self, level: int) -> None:
        assert keys(CARD, level) == []

    @pytest.mark.parametrize("level", [2, 1])
    def test_the_upper_two_are_for_seniors(self, level: int) -> None:
        assert keys(CARD, level) == ["rule"]
        assert keys(SENIOR, level, allowed=(5, 4, 3, 2, 1)) == []

    def test_level_three_only_under_the_later_rule(self) -> None:
        assert keys(CARD, 3, allowed=(5, 4)) == ["rule"]

    def test_the_cards_own_levels_narrow_the_rule(self) -> None:
        assert keys(replace(CARD, levels={5}), 4) == ["level"]

    @pytest.mark.parametrize(
        ("change", "key"),
        [
            ({"occupation_code": "6-18-01-01"}, "occupation"),
            ({"state": "suspended"}, "state"),
            ({"state": "withdrawn"}, "state"),
            ({"until": date(2026, 4, 17)}, "term"),
            ({"since": date(2026, 4, 19)}, "term"),
            ({"kind": "supervisor"}, "kind"),
        ],
    )
    def test_names_what_is_missing(self, change: dict[str, Any], key: str) -> None:
        assert keys(replace(CARD, **change), 5) == [key]

    def test_both_days_of_the_term_are_included(self) -> None:
        assert keys(CARD, 5, on=CARD.since) == keys(CARD, 5, on=CARD.until) == []

    def test_tells_everything_at_once_with_clauses(self) -> None:
        spoilt = replace(CARD, state="suspended", occupation_code="", until=date(2025, 2, 1))
        found = may_assess(spoilt, occupation_code=ELECTRICIAN, level=1, on=DAY, levels_allowed=(5, 4, 3))
        assert [each.key for each in found] == ["state", "term", "occupation", "rule"]
        assert all(each.text and each.clause.article for each in found)


class TestConflicts:
    TAUGHT = RelationFacts(ANNA, BEI, "taught")
    KINDS = frozenset({"taught", "employed", "related"})

    def reasons(self, person: UUID, others: set[UUID], *relations: RelationFacts, on: date = DAY) -> list[str]:
        return [each.kind for each in conflicts(person, others=others, relations=relations, on=on, kinds=self.KINDS)]

    def test_hold_in_both_directions(self) -> None:
        assert self.reasons(ANNA, {BEI, CHEN}, self.TAUGHT) == ["taught"]
        assert self.reasons(BEI, {ANNA}, self.TAUGHT) == ["taught"]

    def test_do_not_touch_others(self) -> None:
        assert self.reasons(ANNA, {CHEN}, self.TAUGHT) == []
        assert self.reasons(CHEN, {ANNA, BEI}, self.TAUGHT) == []

    def test_only_kinds_that_oblige(self) -> None:
        assert self.reasons(ANNA, {BEI}, RelationFacts(ANNA, BEI, "paired")) == []

    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            (None, None, ["employed"]),
            (DAY, DAY, ["employed"]),
            (None, date(2026, 4, 17), []),
            (date(2026, 4, 19), None, []),
        ],
    )
    def test_only_while_they_hold(self, since: date | None, until: date | None, expected: list[str]) -> None:
        assert self.reasons(ANNA, {BEI}, RelationFacts(ANNA, BEI, "employed", since, until)) == expected

    def test_nobody_examines_herself(self) -> None:
        assert self.reasons(ANNA, {ANNA, BEI}) == ["self"]


class TestRotation:
    def test_counts_panels_running_up_to_now(self) -> None:
        panels = [{ANNA}, {BEI}, {ANNA, BEI}, {ANNA}]
        assert (consecutive(ANNA, panels), consecutive(BEI, panels), consecutive(ANNA, [])) == (2, 0, 0)

    @pytest.mark.parametrize(
        ("panel", "previous", "share"),
        [
            ({ANNA, BEI, CHEN}, {ANNA, BEI, DING}, "0.3333"),
            ({ANNA, BEI, CHEN}, {ANNA, BEI, CHEN}, "0.0000"),
            ({ANNA, BEI, CHEN}, set(), "1"),
        ],
    )
    def test_share_of_fresh_members(self, panel: set[UUID], previous: set[UUID], share: str) -> None:
        assert rotated_share(panel, previous) == Decimal(share)
