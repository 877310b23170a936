"""Entering what a place has decided for itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kaogong.cli.reference import LOADER
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.regulations import models, selectors, services
from tests.support.cast import officer, outsider
from tests.support.regulations import make_provision

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SINCE = date(2027, 1, 1)
CLAUSE = Clause("jiangsu-2026", "5")
EDITOR = officer("regulations.edit", region="32")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def jiangsu() -> models.Instrument:
    """A notice of Jiangsu with one article, and a national figure of 30."""
    make_provision("test.minutes", 30)
    return notice()


def notice(actor: Actor = EDITOR, **changes: Any) -> models.Instrument:
    facts: dict[str, Any] = {
        "key": "jiangsu-2026",
        "title": "江苏省考务规定",
        "issuer": "江苏省中心",
        "region_code": "320000",
        "certainty": "L",
        "source": "来文",
        "articles": [("5", "迟到", "开考二十分钟后不得入场。")],
    }
    return services.enter_instrument(actor=actor, at=AT, **(facts | changes))


def enter(actor: Actor = EDITOR, **changes: Any) -> models.Provision:
    facts: dict[str, Any] = {
        "key": "test.minutes",
        "value": 20,
        "clause": CLAUSE,
        "region_code": "320000",
        "since": SINCE,
        "certainty": "L",
        "reason": "省里来文",
    }
    return services.enter_provision(actor=actor, at=AT, **(facts | changes))


def value(on: date, region: str = "320100") -> Any:
    return selectors.provision("test.minutes", on=on, region_code=region).value


class TestEnterProvision:
    def test_holds_there_from_that_day_on(self) -> None:
        enter()
        found = [value(date(2026, 12, 31)), value(SINCE), value(SINCE, "330100")]
        assert found == [30, 20, 30]

    def test_follows_an_earlier_one_of_the_same_scope(self) -> None:
        enter()
        enter(value=15, since=date(2028, 1, 1))
        assert [value(date(year, 6, 1)) for year in (2026, 2027, 2028)] == [30, 20, 15]

    def test_does_not_rewrite_history(self) -> None:
        enter()
        for since in (SINCE, date(2026, 6, 1)):
            with pytest.raises(services.NotBefore):
                enter(value=15, since=since)

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"key": "test.none"}, services.UnknownFigure),
            ({"value": "二十"}, services.WrongShape),
            ({"value": True}, services.WrongShape),
            ({"clause": Clause("jiangsu-2026", "6")}, services.UnknownClause),
        ],
    )
    def test_refuses_what_no_rule_can_use(self, change: dict[str, Any], refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            enter(**change)

    @pytest.mark.parametrize("actor", [officer(region="32"), outsider("regulations.edit")])
    def test_needs_the_power_there(self, actor: Actor) -> None:
        with pytest.raises(NotPermitted):
            enter(actor)

    def test_a_province_does_not_decide_for_the_country(self) -> None:
        with pytest.raises(NotPermitted):
            enter(region_code="")

    def test_loading_leaves_it_and_what_it_ended(self) -> None:
        shipped = models.Provision.objects.exclude(file="").filter(region_code="", value__gte=0).first()
        assert shipped is not None
        national = officer("regulations.edit", region="")
        scope = {"track": shipped.track, "occupation_code": shipped.occupation_code, "region_code": ""}
        enter(national, key=shipped.key, value=shipped.value, since=date(2030, 1, 1), **scope)
        services.load_reference(actor=LOADER, at=AT)
        found = models.Provision.objects.filter(key=shipped.key, **scope).order_by("-since")
        assert (found[0].since, found[0].file) == (date(2030, 1, 1), "")
        assert found[1].until == date(2030, 1, 1)


class TestEndProvision:
    def test_the_wider_rule_holds_again(self) -> None:
        entered = enter()
        services.end_provision(actor=EDITOR, at=AT, provision_id=entered.pk, until=date(2028, 1, 1), reason="废止")
        assert [value(date(year, 6, 1)) for year in (2027, 2028)] == [20, 30]

    def test_not_before_it_began(self) -> None:
        entered = enter()
        with pytest.raises(services.NotBefore):
            services.end_provision(actor=EDITOR, at=AT, provision_id=entered.pk, until=SINCE, reason="废止")

    def test_outsiders_and_shipped_ones_are_not_found(self) -> None:
        entered = enter()
        shipped = models.Provision.objects.exclude(file="").first()
        assert shipped is not None
        for actor, row in ((outsider("regulations.edit"), entered), (officer("regulations.edit", region=""), shipped)):
            with pytest.raises(NotFound):
                services.end_provision(actor=actor, at=AT, provision_id=row.pk, until=date(2029, 1, 1), reason="x")


class TestEnterInstrument:
    def test_its_clause_is_public_at_once(self) -> None:
        found = selectors.clause(CLAUSE)
        assert found is not None
        assert found.label == "《江苏省考务规定》第五条"

    def test_happens_once(self) -> None:
        with pytest.raises(services.InstrumentExists):
            notice()

    @pytest.mark.parametrize("articles", [[], [("1", "", "文")], [("1", "题", "文"), ("1", "题", "文")]])
    def test_needs_whole_articles(self, articles: list[tuple[str, str, str]]) -> None:
        with pytest.raises(services.FaultyArticle):
            notice(key="other", articles=articles)

    def test_needs_the_power_there(self) -> None:
        with pytest.raises(NotPermitted):
            notice(outsider("regulations.edit"), key="other")
