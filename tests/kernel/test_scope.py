from __future__ import annotations

import pytest
from django.db.models import Q

from kaogong.foundation.kernel.actors import EVERYWHERE, Reach
from kaogong.foundation.kernel.scope import within
from kaogong.foundation.regions.models import Region

pytestmark = pytest.mark.django_db


def _found(reach: Reach) -> set[str]:
    rows = Region.objects.filter(code__in=["320100", "320102", "370100"], until_year__isnull=True)
    return set(rows.filter(within(reach, region="code", organisation="")).values_list("code", flat=True))


@pytest.mark.parametrize(
    ("reach", "codes"),
    [
        (Reach(("3201",)), {"320100", "320102"}),
        (Reach(("37", "320102")), {"320102", "370100"}),
        (Reach(EVERYWHERE), {"320100", "320102", "370100"}),
        (Reach(), set()),
    ],
)
def test_finds_what_the_reach_covers(reach: Reach, codes: set[str]) -> None:
    assert _found(reach) == codes


def test_the_whole_country_stays_whole_beside_another_condition() -> None:
    everywhere = within(Reach(EVERYWHERE), region="code", organisation="")
    rows = Region.objects.filter(code__in=["320100", "370100"], until_year__isnull=True)
    assert rows.filter(everywhere | Q(code="320100")).count() == 2


def test_everything_joined_with_something_is_still_everything() -> None:
    rows = Region.objects.filter(code__in=["320100", "370100"], until_year__isnull=True)
    whole = within(Reach(EVERYWHERE), region="code", organisation="") | Q(code="320100")

    assert rows.filter(whole).count() == 2
