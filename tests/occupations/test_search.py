"""Finding occupations: by name, part of it, code, sound."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kaogong.cli.reference import LOADER
from kaogong.foundation.kernel.actors import service
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.occupations import selectors, services
from kaogong.occupations.models import Edition, Occupation
from kaogong.occupations.rules import ancestors, bigrams, dashed, pinyin

AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


class TestRules:
    @pytest.mark.parametrize(
        ("name", "pairs"),
        [
            ("电工", ["电工"]),
            ("高低压", ["高低", "低压"]),
            ("工", ["工"]),
            ("", []),
            ("茶艺师 L", ["茶艺", "艺师", "师L"]),
        ],
    )
    def test_bigrams(self, name: str, pairs: list[str]) -> None:
        assert bigrams(name) == pairs

    def test_pinyin_has_initials_and_spelling(self) -> None:
        assert pinyin("电工") == "dg diangong"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("6310103", "6-31-01-03"),
            ("6-31-01-03", "6-31-01-03"),
            ("63101", "6-31-01"),
            ("6-31-0", "6-31-0"),
            ("6", "6"),
        ],
    )
    def test_codes_get_their_dashes(self, text: str, code: str) -> None:
        assert dashed(text) == code

    def test_ancestors(self) -> None:
        assert ancestors("6-31-01-03") == ["6", "6-31", "6-31-01"]


@pytest.mark.django_db
class TestSearch:
    @pytest.mark.parametrize("text", ["电工", "dg", "DG", "diangong", "6-31-01-03", "6310103", " 电 工 ", "6-31-01-0"])
    def test_finds_the_electrician(self, text: str) -> None:
        assert "6-31-01-03" in [row.code for row in selectors.search(text)]

    @pytest.mark.parametrize("text", ["电工", "dg", "diangong"])
    def test_the_thing_itself_comes_first(self, text: str) -> None:
        assert selectors.search(text)[0].name == "电工"

    @pytest.mark.parametrize(
        ("part", "name"), [("智能训练", "人工智能训练师"), ("中式烹", "中式烹调师"), ("zspts", "中式烹调师")]
    )
    def test_a_part_is_enough(self, part: str, name: str) -> None:
        assert name in [row.name for row in selectors.search(part)]

    def test_words_that_nobody_bears_find_what_is_alike(self) -> None:
        names = [row.name for row in selectors.search("维修电工")]
        assert "电工" in names

    @pytest.mark.parametrize("text", ["", "  ", "量子纠缠师爷", "99999"])
    def test_may_find_nothing(self, text: str) -> None:
        assert selectors.search(text) == [] or "师" in selectors.search(text)[0].name

    def test_groups_are_searched_when_asked(self) -> None:
        assert "6-31" in [row.code for row in selectors.search("生产辅助人员", level=None)]
        assert selectors.search("生产辅助人员") == [] or selectors.search("生产辅助人员")[0].level == 4

    def test_marks_narrow(self) -> None:
        assert all(row.is_green for row in selectors.search("工", mark="green"))
        assert len(selectors.search("", 9999, mark="digital")) == 95

    def test_is_limited(self) -> None:
        assert len(selectors.search("工", 7)) == 7


@pytest.mark.django_db
class TestTree:
    def test_the_edition_has_every_node(self) -> None:
        edition = selectors.current_edition()
        counts = [Occupation.objects.filter(edition=edition, level=level).count() for level in (1, 2, 3, 4)]
        assert (edition.key, counts) == ("2022", [8, 79, 450, 1643])

    def test_every_node_hangs_on_one_above(self) -> None:
        codes = set(Occupation.objects.values_list("code", flat=True))
        assert not [row for row in Occupation.objects.exclude(level=1) if row.parent_code not in codes]

    def test_walks_down_and_up(self) -> None:
        assert len(selectors.children()) == 8
        assert "6-31-01-03" in [row.code for row in selectors.children("6-31-01")]
        assert [row.code for row in selectors.path("6-31-01-03")] == ["6", "6-31", "6-31-01"]
        assert selectors.count_of("6-31-01") == len(selectors.children("6-31-01"))

    def test_a_code_means_something_only_in_its_edition(self) -> None:
        other = Edition.objects.create(key="1999", title="旧版", in_force_on="1999-05-01")
        with pytest.raises(NotFound):
            selectors.occupation("6-31-01-03", other)
        assert selectors.occupation("6-31-01-03", "2022").name == "电工"
        assert selectors.name_of("6-31-01-03") == "电工"

    @pytest.mark.parametrize("code", ["6-31-01-99", "", "x"])
    def test_an_unknown_code_is_not_found(self, code: str) -> None:
        with pytest.raises(NotFound):
            selectors.occupation(code)
        assert not selectors.exists(code)


@pytest.mark.django_db
class TestLoadReference:
    def test_loading_again_writes_nothing(self) -> None:
        assert services.load_reference(actor=LOADER, at=AT)["written"] == 0

    def test_mends_what_someone_changed(self) -> None:
        Occupation.objects.filter(code="6-31-01-03").update(name="电匠")
        assert services.load_reference(actor=LOADER, at=AT)["written"] == 1
        assert selectors.name_of("6-31-01-03") == "电工"

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            services.load_reference(actor=service("别人"), at=AT)
