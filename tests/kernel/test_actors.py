from __future__ import annotations

import pytest

from kaogong.foundation.kernel.actors import EVERYWHERE, PUBLIC, Actor, Grant, Reach, service
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotPermitted

NANJING = uuid7()
TOBACCO = uuid7()


def _actor(*grants: Grant) -> Actor:
    return Actor(kind="officer", name="钱主任", grants=grants)


def _grant(*powers: str, prefixes: tuple[str, ...] = ("3201",), organisations: frozenset = frozenset()) -> Grant:  # type: ignore[type-arg]  # any ids
    return Grant(NANJING, "南京中心", "registrar", frozenset(powers), Reach(prefixes, organisations))


class TestReach:
    @pytest.mark.parametrize(("region", "covered"), [("320102", True), ("3201", True), ("3202", False), ("", False)])
    def test_covers_by_prefix(self, region: str, covered: bool) -> None:
        assert Reach(("3201",)).covers(region=region) is covered

    def test_covers_by_organisation_whatever_the_region(self) -> None:
        assert Reach(organisations=frozenset({TOBACCO})).covers(region="650000", organisation=TOBACCO)

    def test_the_whole_country_covers_even_records_without_a_region(self) -> None:
        assert Reach(EVERYWHERE).covers(region="")

    def test_an_empty_reach_covers_nothing(self) -> None:
        assert not Reach().covers(region="320102", organisation=NANJING)
        assert not Reach()

    def test_joins(self) -> None:
        assert (Reach(("3201",)) | Reach(("3205",))).covers(region="320500")
        assert (Reach(("3201",)) | Reach(EVERYWHERE)).prefixes == EVERYWHERE


class TestActor:
    def test_holds_a_power_only_where_its_grant_reaches(self) -> None:
        actor = _actor(_grant("registration.decide"))
        assert actor.may("registration.decide", region="320102")
        assert not actor.may("registration.decide", region="370100")
        assert not actor.may("certificates.issue", region="320102")

    def test_does_not_mix_the_powers_of_one_post_with_the_reach_of_another(self) -> None:
        actor = _actor(_grant("registration.decide"), _grant("audit.read", prefixes=("37",)))
        assert not actor.may("audit.read", region="320102")

    def test_requires_or_refuses(self) -> None:
        actor = _actor(_grant("registration.decide"))
        actor.require("registration.decide", region="320102")
        with pytest.raises(NotPermitted) as refused:
            actor.require("certificates.issue", region="320102")
        assert "certificates.issue" in str(refused.value)
        assert refused.value.code == "kernel.NotPermitted"

    def test_the_public_holds_nothing(self) -> None:
        assert not PUBLIC.holds("registration.decide")

    def test_the_system_names_its_powers(self) -> None:
        sealer = service("封存", "audit.seal")
        assert sealer.may("audit.seal")
        assert not sealer.may("certificates.issue")
