"""The atlas through time: names, parents, chains of changes, and what a territory has absorbed."""

from __future__ import annotations

import pytest

from kaogong.foundation.regions import gazetteer
from kaogong.foundation.regions.rules import (
    NOW,
    Atlas,
    Change,
    Place,
    full_code,
    level_of,
    lifetimes,
    parent_of,
    prefix,
)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    changes = gazetteer.changes()
    return Atlas(lifetimes(gazetteer.current(), changes), changes)


def change(year: int, old: str, new: str, kind: str = "同名改码") -> Change:
    return Change(year, kind, 3, old, f"甲{old}" if old else "", "", new, f"甲{new}" if new else "", "")


class TestCodes:
    @pytest.mark.parametrize(
        ("code", "short"), [("320000", "32"), ("320100", "3201"), ("320102", "320102"), ("3201", "3201"), ("", "")]
    )
    def test_a_prefix_is_what_names_the_division(self, code: str, short: str) -> None:
        assert prefix(code) == short

    @pytest.mark.parametrize(("short", "code"), [("32", "320000"), ("3201", "320100"), ("320102", "320102"), ("", "")])
    def test_full_codes_have_six_digits(self, short: str, code: str) -> None:
        assert full_code(short) == code

    @pytest.mark.parametrize(("code", "level"), [("", 0), ("32", 1), ("320000", 1), ("320100", 2), ("320102", 3)])
    def test_the_digits_tell_the_level(self, code: str, level: int) -> None:
        assert level_of(code) == level

    @pytest.mark.parametrize(
        ("code", "stated", "above"),
        [
            ("320000", "", ""),
            ("320100", "", "320000"),
            ("320102", "", "320100"),
            ("110101", "110100", "110000"),
            ("379004", "379000", "370000"),
            ("341402", "341400", "341400"),
        ],
    )
    def test_districts_of_municipalities_stand_directly_under_them(self, code: str, stated: str, above: str) -> None:
        assert parent_of(code, stated) == above


class TestNames:
    def test_today_has_every_division_of_the_table(self, atlas: Atlas) -> None:
        assert len(atlas.standing()) == 3214

    def test_there_are_34_provinces(self, atlas: Atlas) -> None:
        assert len(atlas.children("")) == 34

    def test_jiangsu_has_13_prefectures(self, atlas: Atlas) -> None:
        assert len(atlas.children("32")) == 13

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("320102", "江苏省南京市玄武区"),
            ("3201", "江苏省南京市"),
            ("110101", "北京市东城区"),
            ("429004", "湖北省仙桃市"),
            ("", "全国"),
            ("999999", "999999"),
        ],
    )
    def test_a_full_name_runs_from_the_province_down(self, atlas: Atlas, code: str, name: str) -> None:
        assert atlas.name(code) == name

    def test_an_old_code_keeps_its_old_name(self, atlas: Atlas) -> None:
        assert atlas.name("371202") == "山东省莱芜市莱城区"

    def test_one_code_may_have_borne_several_names(self, atlas: Atlas) -> None:
        assert [atlas.place("320800", year).name for year in (1999, 2001)] == ["淮阴市", "淮安市"]  # type: ignore[union-attr]  # both stood

    def test_a_code_that_never_was_has_no_place(self, atlas: Atlas) -> None:
        assert atlas.place("999999") is None


class TestChains:
    def test_laiwu_was_dissolved_into_a_district_of_jinan(self, atlas: Atlas) -> None:
        (step,) = atlas.successors("371200")
        assert (step.new.code, step.year, step.is_whole, step.instrument) == ("370116", 2018, True, "国函〔2018〕163号")

    def test_a_district_knows_where_it_came_from(self, atlas: Atlas) -> None:
        assert {step.old.code for step in atlas.predecessors("370116")} == {"371200", "371202"}

    def test_chaohu_went_in_parts(self, atlas: Atlas) -> None:
        (step,) = atlas.successors("341400")
        assert not step.is_whole

    def test_before_the_change_there_is_no_successor(self, atlas: Atlas) -> None:
        assert atlas.successors("371200", 2018) == []

    def test_a_chain_is_followed_to_its_end(self) -> None:
        places = [Place("320103", "丙", 3, "320100")]
        changes = [change(1990, "320101", "320102"), change(1995, "320102", "320103")]
        atlas = Atlas(lifetimes(places, changes), changes)
        assert atlas.destinations("320101") == {"320103"}
        assert atlas.destinations("320101", 1992) == {"320102"}

    def test_a_swap_of_codes_does_not_run_in_circles(self) -> None:
        places = [Place("220281", "蛟河市", 3, "220200"), Place("220282", "桦甸市", 3, "220200")]
        changes = [change(2003, "220281", "220282"), change(2003, "220282", "220281")]
        atlas = Atlas(lifetimes(places, changes), changes)
        assert atlas.destinations("220281") == {"220281", "220282"}

    def test_changes_before_1984_are_not_followed(self) -> None:
        changes = [change(1982, "320101", "320102")]
        atlas = Atlas(lifetimes([Place("320102", "乙", 3, "320100")], changes), changes)
        assert atlas.territory("320102") == ("320102",)


class TestTerritory:
    def test_jinan_sees_laiwu_since_2019(self, atlas: Atlas) -> None:
        assert "3712" in atlas.territory("3701")
        assert "3712" in atlas.territory("370100", 2019)
        assert "3712" not in atlas.territory("3701", 2018)

    def test_its_own_prefix_comes_first(self, atlas: Atlas) -> None:
        assert atlas.territory("370100")[0] == "3701"

    def test_the_country_is_one_empty_prefix(self, atlas: Atlas) -> None:
        assert atlas.territory("") == ("",)

    def test_a_divided_prefecture_belongs_to_nobody_whole(self, atlas: Atlas) -> None:
        for heir, county in (("3401", "341421"), ("3402", "341422"), ("3405", "341423")):
            assert "3414" not in atlas.territory(heir)
            assert county in atlas.territory(heir)

    @pytest.mark.parametrize(
        ("province", "code", "year"),
        [
            ("50", "510202", 1997),
            ("50", "512221", 1997),  # 万县 ended in 1992: Sichuan's until there was a Chongqing
            ("46", "442122", 1988),
            ("46", "442221", 1988),  # 崖县 became Sanya in 1984: Guangdong's until there was a Hainan
        ],
    )
    def test_a_new_province_sees_what_it_was_made_of_from_its_first_year_on(
        self, atlas: Atlas, province: str, code: str, year: int
    ) -> None:
        def sees(then: int) -> bool:
            return code.startswith(atlas.territory(province, then))

        assert (sees(year - 2), sees(year), sees(year + 1), sees(NOW)) == (False, False, True, True)

    def test_the_old_province_keeps_sight_of_what_it_filed(self, atlas: Atlas) -> None:
        assert "510202".startswith(atlas.territory("51"))

    def test_between_other_provinces_nothing_moved(self, atlas: Atlas) -> None:
        assert {province.code for province in atlas.children("") if len(atlas.territory(province.code)) > 1} == {
            "460000",
            "500000",
        }

    @pytest.mark.parametrize(
        ("code", "namesake"),
        [
            ("340511", "3210"),  # 马鞍山市郊区, 1984; 扬州市郊区
            ("340704", "3203"),  # 铜陵市铜山区 of 1987; 徐州市铜山区 of 2010
            ("510102", "1101"),  # 成都市东城区, 1990; 北京市东城区
            ("130103", "1305"),  # 石家庄市桥东区, 2014; 邢台市桥东区
            ("140203", "1403"),  # 大同市矿区, 2018; 阳泉市矿区
        ],
    )
    def test_a_namesake_elsewhere_took_nothing_over(self, atlas: Atlas, code: str, namesake: str) -> None:
        assert atlas.successors(code) == []
        assert code not in atlas.territory(namesake)

    def test_a_namesake_had_stood_all_the_time(self, atlas: Atlas) -> None:
        assert atlas.name("110101", 1985) == "北京市东城区"
        assert "130502" in {place.code for place in atlas.standing(2000) if place.name == "桥东区"}

    def test_chaohu_is_seen_by_its_heirs_since_2012(self, atlas: Atlas) -> None:
        for heir, county in (("3401", "341402"), ("3401", "341421"), ("3402", "341422"), ("3405", "341424")):
            assert county not in atlas.territory(heir, 2011)
            assert county in atlas.territory(heir, 2012)

    def test_a_district_sees_the_code_it_replaced_but_not_its_neighbour(self, atlas: Atlas) -> None:
        assert atlas.territory("370116") == ("370116", "371200", "371202")

    def test_a_code_that_another_place_bears_today_is_not_absorbed(self, atlas: Atlas) -> None:
        standing = {place.code for place in atlas.standing()}
        for province in atlas.children(""):
            own, *absorbed = atlas.territory(province.code)
            assert not [code for code in absorbed if code in standing and not code.startswith(own)]

    def test_no_two_provinces_share_a_code(self, atlas: Atlas) -> None:
        seen: set[str] = set()
        for province in atlas.children(""):
            for each in atlas.territory(province.code):
                assert each not in seen
                seen.add(each)


class TestSearch:
    def test_words_narrow_the_path(self, atlas: Atlas) -> None:
        assert [place.code for place in atlas.search("江苏 鼓楼")] == ["320106", "320302"]

    def test_digits_search_codes(self, atlas: Atlas) -> None:
        assert atlas.search("3201")[0].code.startswith("3201")

    def test_the_past_comes_last_and_only_when_asked(self, atlas: Atlas) -> None:
        assert [place.until for place in atlas.search("莱芜")] == [None]
        assert atlas.search("莱芜", with_past=True)[-1].until is not None

    def test_nothing_finds_nothing(self, atlas: Atlas) -> None:
        assert atlas.search("  ") == []


class TestLifetimes:
    def test_a_renamed_place_has_two(self) -> None:
        renamed = Change(2000, "更名", 2, "320800", "淮阴市", "320000", "320800", "淮安市", "320000")
        places = lifetimes([Place("320800", "淮安市", 2, "320000")], [renamed])
        assert {(place.name, place.since, place.until) for place in places} == {
            ("淮安市", 2000, None),
            ("淮阴市", None, 2000),
        }

    def test_a_place_that_only_gave_something_away_stands_on(self) -> None:
        given = Change(2021, "新设", 3, "330110", "余杭区", "330100", "330113", "临平区", "330100")
        places = lifetimes([Place("330110", "余杭区", 3, "330100"), Place("330113", "临平区", 3, "330100")], [given])
        assert [place.until for place in places] == [None, None]

    @pytest.mark.parametrize(("year", "stood"), [(2018, True), (2019, False), (NOW, False)])
    def test_a_change_counts_from_the_next_january(self, year: int, stood: bool) -> None:
        assert Place("371200", "莱芜市", 2, "370000", since=1992, until=2018).stood_in(year) is stood
