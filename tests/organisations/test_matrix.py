"""The matrix: who stands under whom, how far each reaches, and every verb of the services."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from kaogong.cli.reference import LOADER
from kaogong.foundation.kernel.actors import EVERYWHERE, Actor
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.organisations import selectors, services
from kaogong.foundation.organisations.models import Organisation
from tests.support.cast import officer, outsider
from tests.support.organisations import make_organisation, ministry

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
TODAY = AT.date()
KEEPER = officer("organisations.edit", region="32")
pytestmark = pytest.mark.django_db


def establish(actor: Actor = KEEPER, **changes: object) -> Organisation:
    facts: dict[str, object] = {
        "name": "南京市第一鉴定所",
        "kind": "station",
        "region_code": "320102",
        "parent_id": None,
        "opened_on": date(2010, 1, 1),
    }
    return services.establish(actor=actor, at=AT, **(facts | changes))  # type: ignore[arg-type]  # mixed facts


class TestReferenceData:
    def test_the_ministry_and_its_centre_stand(self) -> None:
        centre = Organisation.objects.get(kind="national_centre")
        assert selectors.superior_chain(centre.pk) == [ministry().pk]

    def test_loading_again_founds_nothing(self) -> None:
        assert services.load_reference(actor=LOADER, at=AT)["founded"] == 0

    def test_only_jiangsu_and_tobacco_are_confirmed(self) -> None:
        confirmed = selectors.code_table().filter(is_confirmed=True)
        assert [(row.prefix, row.is_industry) for row in confirmed] == [("10", False), ("72", True)]


class TestEstablish:
    def test_keeps_six_digits_of_the_region(self) -> None:
        assert establish(region_code="3201").region_code == "320100"

    def test_tidies_the_name(self) -> None:
        assert establish(name=" 南京市  第一鉴定所 ").name == "南京市 第一鉴定所"

    def test_takes_a_code_that_fits(self) -> None:
        body = establish(institution_code="10012003")
        assert selectors.by_institution_code("10012003") == body
        assert not selectors.has_provisional_code(body)

    def test_marks_a_code_that_no_source_confirms(self) -> None:
        body = make_organisation("station", region="330102", institution_code="11012001")
        assert selectors.has_provisional_code(body)

    @pytest.mark.parametrize("code", ["1001200", "10010003", "10014003", "99012003", "11012003", "72003018"])
    def test_refuses_a_code_that_does_not_fit(self, code: str) -> None:
        with pytest.raises(services.BadInstitutionCode):
            establish(institution_code=code, industry_code="33")

    def test_an_industry_station_bears_its_industry(self) -> None:
        body = make_organisation("station", region="3201", institution_code="72003018", industry_code="72")
        assert body.institution_code == "72003018"

    def test_one_code_one_body(self) -> None:
        establish(institution_code="10012003")
        with pytest.raises(services.CodeTaken):
            establish(name="另一所", institution_code="10012003")

    def test_takes_an_evaluation_code_that_fits(self) -> None:
        body = establish(kind="social_body", evaluation_code="S000032110001")
        assert selectors.by_evaluation_code("S000032110001") == body

    @pytest.mark.parametrize(
        ("kind", "code"),
        [
            ("social_body", "Y000032110001"),
            ("enterprise", "S000032110001"),
            ("station", "S000032110001"),
            ("social_body", "S000031110001"),
            ("social_body", "S0000321100"),
        ],
    )
    def test_refuses_an_evaluation_code_that_does_not_fit(self, kind: str, code: str) -> None:
        with pytest.raises(services.BadEvaluationCode):
            establish(kind=kind, evaluation_code=code)

    def test_one_name_one_body_of_its_kind_and_place(self) -> None:
        establish()
        with pytest.raises(services.NameTaken):
            establish()

    @pytest.mark.parametrize("region", ["329999", "321"])
    def test_refuses_a_place_that_is_none(self, region: str) -> None:
        with pytest.raises(services.UnknownRegion):
            establish(region_code=region)

    def test_a_territorial_body_needs_a_territory(self) -> None:
        with pytest.raises(services.RegionMissing):
            establish(officer("organisations.edit", region=""), kind="provincial_centre", region_code="")

    def test_refuses_a_superior_that_was_closed(self) -> None:
        parent = establish(name="旧中心", kind="prefecture_centre")
        services.close(actor=KEEPER, at=AT, organisation_id=parent.pk, closed_on=date(2015, 1, 1), reason="撤并")
        with pytest.raises(services.ParentClosed):
            establish(parent_id=parent.pk, opened_on=date(2016, 1, 1))

    @pytest.mark.parametrize("actor", [officer(region="32"), outsider("organisations.edit")])
    def test_needs_the_power_there(self, actor: Actor) -> None:
        with pytest.raises(NotPermitted):
            establish(actor)


class TestReach:
    def test_the_ministry_reaches_everywhere(self) -> None:
        assert selectors.reach_of(ministry(), TODAY).prefixes == EVERYWHERE

    def test_jinan_reaches_laiwu_since_2019(self) -> None:
        body = make_organisation(region="3701")
        assert "3712" in selectors.reach_of(body, TODAY).prefixes
        assert "3712" not in selectors.reach_of(body, date(2018, 6, 1)).prefixes

    def test_an_industry_reaches_its_bodies_and_no_territory(self) -> None:
        industry = make_organisation("industry_centre", region="", industry_code="72")
        station = make_organisation("station", region="5301", parent=industry.pk, industry_code="72")
        reach = selectors.reach_of(industry, TODAY)
        assert (reach.prefixes, reach.organisations) == ((), frozenset({industry.pk, station.pk}))

    def test_the_corps_reaches_by_organisation(self) -> None:
        corps = make_organisation("corps_centre", region="65")
        assert selectors.reach_of(corps, TODAY).prefixes == ()

    @pytest.mark.parametrize("kind", ["station", "enterprise", "college", "social_body"])
    def test_all_others_reach_themselves(self, kind: str) -> None:
        body = make_organisation(kind, region="3201")
        reach = selectors.reach_of(body.pk, TODAY)
        assert (reach.prefixes, reach.organisations) == ((), frozenset({body.pk}))

    def test_nobody_reaches_before_opening_or_after_closing(self) -> None:
        body = make_organisation(region="3201", opened_on=date(2010, 1, 1))
        services.close(actor=KEEPER, at=AT, organisation_id=body.pk, closed_on=date(2020, 1, 1), reason="撤并")
        days = [date(2009, 12, 31), date(2010, 1, 1), date(2019, 12, 31), date(2020, 1, 1)]
        assert [bool(selectors.reach_of(body.pk, day)) for day in days] == [False, True, True, False]


class TestChains:
    def test_run_through_every_depth(self) -> None:
        centre = make_organisation("provincial_centre", region="32")
        city = make_organisation(region="3201", parent=centre.pk)
        station = make_organisation("station", region="3201", parent=city.pk)
        assert set(selectors.subordinates(centre.pk)) == {city.pk, station.pk}
        assert selectors.superior_chain(station.pk) == [city.pk, centre.pk, ministry().pk]

    def test_the_nearest_territorial_body_comes_first(self) -> None:
        province = make_organisation("provincial_centre", region="32")
        city = make_organisation(region="3201")
        make_organisation("station", region="320102")
        assert selectors.territorial_bodies("320102", TODAY) == [city, province]
        assert selectors.territorial_bodies("320102", TODAY, kinds=["provincial_centre"]) == [province]

    def test_an_unknown_body_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            selectors.get(uuid7())


class TestOtherVerbs:
    @pytest.fixture
    def body(self) -> UUID:
        return establish().pk

    def test_renames(self, body: UUID) -> None:
        found = services.rename(actor=KEEPER, at=AT, organisation_id=body, name="南京鉴定一所", reason="更名批复")
        assert found.name == "南京鉴定一所"

    def test_places_under_another(self, body: UUID) -> None:
        city = establish(name="南京中心", kind="prefecture_centre", region_code="3201")
        services.place_under(actor=KEEPER, at=AT, organisation_id=body, parent_id=city.pk, reason="隶属调整")
        assert selectors.superior_chain(body) == [city.pk]

    def test_refuses_a_circle(self, body: UUID) -> None:
        child = establish(name="分所", parent_id=body)
        for parent in (body, child.pk):
            with pytest.raises(services.WouldCircle):
                services.place_under(actor=KEEPER, at=AT, organisation_id=body, parent_id=parent, reason="误")

    def test_closes_once(self, body: UUID) -> None:
        services.close(actor=KEEPER, at=AT, organisation_id=body, closed_on=TODAY, reason="停办")
        with pytest.raises(services.AlreadyClosed):
            services.close(actor=KEEPER, at=AT, organisation_id=body, closed_on=TODAY, reason="停办")

    def test_does_not_close_over_open_bodies(self, body: UUID) -> None:
        establish(name="分所", parent_id=body)
        with pytest.raises(services.HasSubordinates):
            services.close(actor=KEEPER, at=AT, organisation_id=body, closed_on=TODAY, reason="停办")

    def test_assigns_the_next_code(self, body: UUID) -> None:
        establish(name="二所", institution_code="10011006")
        found = services.assign_code(actor=KEEPER, at=AT, organisation_id=body, prefecture="01", kind=2)
        assert found.institution_code == "10012007"

    def test_assigns_only_one(self, body: UUID) -> None:
        services.assign_code(actor=KEEPER, at=AT, organisation_id=body, prefecture="01", kind=2)
        with pytest.raises(services.BadInstitutionCode):
            services.assign_code(actor=KEEPER, at=AT, organisation_id=body, prefecture="01", kind=2)

    def test_outsiders_cannot_even_find_it(self, body: UUID) -> None:
        stranger = outsider("organisations.edit")
        with pytest.raises(NotFound):
            services.rename(actor=stranger, at=AT, organisation_id=body, name="x", reason="x")
        with pytest.raises(NotFound):
            selectors.organisation_of(stranger, body)
        assert not selectors.organisations_for(stranger).exists()

    def test_seeing_is_not_editing(self, body: UUID) -> None:
        with pytest.raises(NotPermitted):
            services.close(
                actor=officer("sittings.plan", region="32"), at=AT, organisation_id=body, closed_on=TODAY, reason="x"
            )

    def test_lists_narrow(self, body: UUID) -> None:
        establish(name="苏州所", region_code="3205")
        names = [row.name for row in selectors.organisations_for(KEEPER, text="鉴定所", kind="station")]
        assert names == ["南京市第一鉴定所"]
        assert selectors.organisations_for(KEEPER, region_code="3205").get().name == "苏州所"
        assert not selectors.organisations_for(KEEPER, is_open=False).exists()
