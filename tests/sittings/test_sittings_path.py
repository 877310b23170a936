"""The thin true path: a round is drafted, planned, announced, and its places are claimed."""

from __future__ import annotations

import pytest
from tests.support.cast import candidate
from tests.support.sittings import APPLYING, announced_sitting, draft, make_sitting

from kaogong.foundation.kernel.ids import uuid7
from kaogong.sittings import selectors, services

pytestmark = pytest.mark.django_db


class TestPath:
    def test_a_drafted_round_pins_the_standard_and_gets_a_number(self) -> None:
        round_ = draft()
        assert round_.number == "2026-3201-001"
        assert round_.standard.occupation_code == round_.occupation_code

    def test_capacity_follows_from_rooms_and_waves(self) -> None:
        assert make_sitting(waves=2).capacity == 20
        assert make_sitting(waves=4).capacity == 30

    def test_an_announced_round_gives_away_its_places(self) -> None:
        sitting = announced_sitting()
        services.claim_place(actor=candidate(uuid7()), at=APPLYING, sitting_id=sitting.pk)
        assert selectors.of_id(sitting.pk).claimed == 1
