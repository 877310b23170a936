"""Places are claimed by one conditional update: refused when closed, not yet open, or full; the last goes to one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from tests.support.cast import candidate
from tests.support.sittings import APPLYING, CLOSES, OPENS, PLANNER, announced_sitting, make_sitting

from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.sittings import selectors, services
from kaogong.sittings.models import Sitting


def claim(sitting_id: UUID, at: datetime = APPLYING, count: int = 1) -> None:
    services.claim_place(actor=candidate(uuid7()), at=at, sitting_id=sitting_id, count=count)


@pytest.mark.django_db
class TestClaimPlace:
    def test_takes_one_place(self) -> None:
        sitting = announced_sitting()
        claim(sitting.pk)
        assert selectors.of_id(sitting.pk).claimed == 1

    def test_takes_several_or_none(self) -> None:
        sitting = announced_sitting()
        claim(sitting.pk, count=29)
        with pytest.raises(services.RoundFull):
            claim(sitting.pk, count=2)
        assert selectors.of_id(sitting.pk).claimed == 29

    def test_a_full_sitting_refuses_with_the_clause(self) -> None:
        sitting = announced_sitting()
        claim(sitting.pk, count=30)
        with pytest.raises(services.RoundFull) as refused:
            claim(sitting.pk)
        assert str(refused.value.clause) == "kaogong-sittings-rules/capacity"

    def test_not_before_it_opens(self) -> None:
        with pytest.raises(services.RoundNotOpen):
            claim(announced_sitting().pk, at=OPENS - timedelta(seconds=1))

    def test_opens_on_the_second_and_closes_on_the_second(self) -> None:
        sitting = announced_sitting()
        claim(sitting.pk, at=OPENS)
        claim(sitting.pk, at=CLOSES - timedelta(seconds=1))
        with pytest.raises(services.RoundClosed) as refused:
            claim(sitting.pk, at=CLOSES)
        assert str(refused.value.clause) == "autonomous-region-flow/application"

    def test_not_once_the_tickets_are_published(self) -> None:
        sitting = announced_sitting()
        services.publish(actor=PLANNER, at=APPLYING, sitting_id=sitting.pk)
        with pytest.raises(services.RoundClosed):
            claim(sitting.pk)

    def test_a_drafted_round_is_not_there(self) -> None:
        with pytest.raises(NotFound):
            claim(make_sitting().pk)

    def test_a_place_given_back_is_free_again(self) -> None:
        sitting = announced_sitting()
        claim(sitting.pk, count=30)
        services.release_place(actor=candidate(uuid7()), at=APPLYING, sitting_id=sitting.pk)
        claim(sitting.pk)
        assert selectors.of_id(sitting.pk).claimed == 30

    def test_no_more_come_back_than_were_taken(self) -> None:
        with pytest.raises(NotFound):
            services.release_place(actor=candidate(uuid7()), at=APPLYING, sitting_id=announced_sitting().pk)


@pytest.mark.concurrency
class TestAtOnce:
    def test_the_last_places_go_to_exactly_as_many(self, real_database: str) -> None:
        sitting = announced_sitting()
        claim(sitting.pk, count=27)

        def one(_order: int) -> str:
            try:
                claim(sitting.pk)
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()
            return "taken"

        with ThreadPoolExecutor(6) as pool:
            outcomes = sorted(pool.map(one, range(6)))
        assert outcomes == ["sittings.RoundFull"] * 3 + ["taken"] * 3
        assert Sitting.objects.get(pk=sitting.pk).claimed == 30
