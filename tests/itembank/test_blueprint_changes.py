"""From one blueprint to the next: codes in three dialects, points compared, items that follow them."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.support.cast import officer
from tests.support.doors import browser
from tests.support.itembank import (
    ELECTRICIAN,
    LEVEL,
    NOW,
    approver,
    bank_blueprint,
    make_approved_item,
    make_item,
    make_paper,
)

from kaogong.itembank import selectors, services
from kaogong.itembank.models import Blueprint, Item
from kaogong.itembank.rules.blueprints import PointEntry, RangeEntry, Table
from kaogong.itembank.rules.codes import Ambiguous, read, spell
from kaogong.itembank.rules.differences import compare
from kaogong.itembank.selectors.blueprints import point_by_code

codes = st.lists(st.sampled_from("ABCDEF"), min_size=2, max_size=5).map(tuple)


class TestCodes:
    KNOWN = {("A", "B", "C", "001"), ("A", "A", "001"), ("1", "1", "1", "10"), ("2", "1", "1", "7")}

    @pytest.mark.parametrize(
        ("word", "meant"),
        [
            ("A-B-C-001", ("A", "B", "C", "001")),
            (" a-b-c-001 ", ("A", "B", "C", "001")),
            ("AA001", ("A", "A", "001")),
            ("1·1·1·10", ("1", "1", "1", "10")),
            ("1.1.1.10", ("1", "1", "1", "10")),
            ("2117", ("2", "1", "1", "7")),
            ("A-B-C-999", None),
            ("", None),
        ],
    )
    def test_are_read_in_every_dialect(self, word: str, meant: tuple[str, ...] | None) -> None:
        assert read(word, self.KNOWN) == meant

    def test_what_is_joined_and_may_mean_two_is_refused(self) -> None:
        known = {("1", "1", "1", "10"), ("1", "1", "11", "0")}
        with pytest.raises(Ambiguous) as told:
            read("11110", known)
        assert told.value.readings == sorted(known)
        assert read("1·1·11·0", known) == ("1", "1", "11", "0")

    @given(codes, st.sampled_from(["letters", "numeric"]))
    def test_what_is_spelt_is_read_again(self, meant: tuple[str, ...], dialect: str) -> None:
        assert read(spell(meant, dialect), {meant}) == meant


def table(*points: str, share: int = 100) -> Table:
    """Points as `code name importance` under one weighted range."""
    entries = [each.split() for each in points]
    return Table(
        (RangeEntry(("A",), "相关知识", share, True),),
        tuple(PointEntry(tuple(code.split("-")), name, importance) for code, name, importance in entries),
    )


class TestCompare:
    def test_every_point_stands_in_one_list(self) -> None:
        old = table("A-001 验电 X", "A-002 接地 X", "A-003 万用表 Y", "A-004 兆欧表 X", "A-005 钳形表 Z")
        new = table("A-001 验电 X", "A-009 接地 X", "A-003 数字万用表 Y", "A-005 钳形表 X", "A-006 漏电保护 X")
        found = compare(old, new)
        assert [pair.old.name for pair in found.same] == ["验电", "钳形表"]
        assert [(pair.old.codes, pair.new.codes) for pair in found.moved] == [(("A", "002"), ("A", "009"))]
        assert [(pair.old.name, pair.new.name) for pair in found.renamed] == [("万用表", "数字万用表")]
        assert [point.name for point in found.removed] == ["兆欧表"]
        assert [point.name for point in found.added] == ["漏电保护"]
        assert [pair.old.name for pair in found.weighed_anew] == ["钳形表"]

    def test_a_name_that_stands_twice_leads_nowhere(self) -> None:
        found = compare(table("A-001 概述 X", "A-002 概述 X"), table("A-003 概述 X"))
        assert (len(found.moved), len(found.removed), len(found.added)) == (0, 2, 1)

    def test_two_points_that_change_places_take_their_items_along(self) -> None:
        found = compare(table("A-001 验电 X", "A-002 接地 X"), table("A-001 接地 X", "A-002 验电 X"))
        assert {(pair.old.name, pair.new.codes[-1]) for pair in found.moved} == {("验电", "002"), ("接地", "001")}
        assert found.renamed == []

    def test_tells_of_shares(self) -> None:
        (share,) = compare(table("A-001 验电 X"), table("A-001 验电 X", share=60)).shares
        assert (share.name, share.old, share.new) == ("相关知识", 100, 60)
        assert compare(table("A-001 验电 X"), table("A-001 验电 X")).is_empty


def next_blueprint(**names: str) -> Blueprint:
    """A draft with the points of the shipped blueprint. `names` gives points (by code, _ for -) another name.

    A point whose new name is empty makes room for another one, at the end of its range.
    """
    found = bank_blueprint()
    ranges = {tuple(each.codes): each.name for each in selectors.ranges_of(found.pk)}
    rows = []
    for point in selectors.points_of(found.pk):
        name = names.get("_".join(point.codes), point.name)
        row = {"point": point.codes[-1], "name": name, "importance": point.importance}
        if not name:
            row |= {"point": f"9{point.codes[-1]}", "name": f"接替{point.name}的新要点"}
        for depth in range(1, len(point.codes)):
            row[f"range{depth}_code"] = point.codes[depth - 1]
            row[f"range{depth}_name"] = ranges[tuple(point.codes[:depth])]
        rows.append(row)
    return services.draft_blueprint(
        actor=officer("itembank.write", region=""),
        at=NOW,
        standard_id=found.standard_id,
        level=LEVEL,
        title="再版",
        rows=rows,
    )


@pytest.mark.django_db
class TestFollowing:
    def approve(self, draft: Blueprint, *follow: list[str]) -> Blueprint:
        return services.approve_blueprint(
            actor=officer("itembank.approve", region=""), at=NOW, blueprint_id=draft.pk, follow=follow
        )

    def test_papers_are_drawn_from_the_new_one_at_once(self) -> None:
        before = bank_blueprint()
        new = self.approve(next_blueprint())
        assert make_paper().blueprint_id == new.pk
        assert not Item.objects.filter(point__blueprint=before).exists()

    def test_items_at_a_renamed_point_follow_only_when_somebody_says_so(self) -> None:
        first, second = selectors.points_of(bank_blueprint().pk)[:2]
        draft = next_blueprint(**{"_".join(first.codes): "另一个名称甲", "_".join(second.codes): "另一个名称乙"})
        impact = selectors.impact_of(draft)
        assert impact is not None
        assert impact.in_question == Item.objects.filter(point__in=[first, second]).count() > 0
        self.approve(draft, list(first.codes))
        assert not Item.objects.filter(point=first).exists()
        assert Item.objects.filter(point=second).exists()
        assert Item.objects.filter(point__name="另一个名称甲").exists()

    def test_items_of_a_point_that_is_no_more_stay_and_no_paper_takes_them(self) -> None:
        gone = make_approved_item()
        assert gone.point is not None
        draft = next_blueprint(**{"_".join(gone.point.codes): ""})
        impact = selectors.impact_of(draft)
        assert impact is not None
        assert impact.left_behind == Item.objects.filter(point=gone.point).count()
        new = self.approve(draft)
        gone.refresh_from_db()
        assert (gone.state, gone.point.blueprint_id) == ("approved", impact.before.pk)
        assert gone.number not in {each.number for each in selectors.candidates_of(approver(), new)}

    def test_drafts_follow_and_retired_ones_rest(self) -> None:
        draft, retired = make_item(), make_approved_item()
        services.retire_item(actor=approver(), at=NOW, item_id=retired.pk, reason="过时")
        new = self.approve(next_blueprint())
        draft.refresh_from_db()
        retired.refresh_from_db()
        assert draft.point is not None
        assert retired.point is not None
        assert (draft.point.blueprint_id == new.pk, retired.point.blueprint_id == new.pk) == (True, False)

    def test_the_exemplary_norm_asks_for_more(self) -> None:
        draft = next_blueprint()
        Blueprint.objects.filter(pk=draft.pk).update(norm="exemplary")
        with pytest.raises(services.BlueprintFaulty, match="3 倍"):
            self.approve(draft)

    def test_a_point_is_found_by_any_spelling(self) -> None:
        point = selectors.points_of(bank_blueprint().pk)[0]
        for dialect in selectors.DIALECTS:
            assert point_by_code(ELECTRICIAN, LEVEL, selectors.spell(tuple(point.codes), dialect)) == point


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def desk(self, monkeypatch: pytest.MonkeyPatch) -> Client:
        return browser(monkeypatch, officer("itembank.approve", "itembank.view", region=""))

    def test_show_what_changes_before_it_is_approved(self, desk: Client) -> None:
        first, second = selectors.points_of(bank_blueprint().pk)[:2]
        draft = next_blueprint(**{"_".join(first.codes): "另一个名称", "_".join(second.codes): ""})
        url = reverse("office:blueprint-differences", args=[draft.pk])
        page = desk.get(url).text
        assert f"<del>{'-'.join(first.codes)} {first.name} {first.importance}</del>" in page
        assert "另一个名称" in page
        taken = desk.get(url, {"export": "csv", "change": "removed"}).content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(taken)))
        assert [(row["变化"], row["现鉴定点"]) for row in rows] == [("取消", "")]
        assert int(rows[0]["试题数"]) == Item.objects.filter(point=second).count()

        question = desk.get(reverse("office:blueprint-approve", args=[draft.pk])).text
        assert f'value="{"-".join(first.codes)}"' in question
        desk.post(reverse("office:blueprint-approve", args=[draft.pk]), {"follow": ["-".join(first.codes)]})
        assert not Item.objects.filter(point=first).exists()

    def test_the_first_of_a_level_has_nothing_to_be_compared_with(self, desk: Client) -> None:
        assert "第一份细目表" in desk.get(reverse("office:blueprint-differences", args=[bank_blueprint().pk])).text

    def test_points_leave_in_the_dialect_asked_for(self, desk: Client) -> None:
        point = selectors.points_of(bank_blueprint().pk)[0]
        url = reverse("office:blueprint", args=[bank_blueprint().pk])
        for dialect in selectors.DIALECTS:
            text = desk.get(url, {"export": "csv", "dialect": dialect}).text
            assert selectors.spell(tuple(point.codes), dialect) in text
