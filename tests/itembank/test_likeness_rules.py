"""Near-duplicates: what is the same question, what is another, and how well that holds on the labelled sample."""

from __future__ import annotations

import pytest
from bench import duplicates
from hypothesis import given
from hypothesis import strategies as st

from kaogong.itembank.rules.items import ItemContent
from kaogong.itembank.rules.likeness import Bank, Sketch, contrasts, like_one, likeness

FROM = 0.6
OPTIONS = ("短路保护", "欠电压保护", "断相保护", "漏电保护")


def single(stem: str, options: tuple[str, ...] = OPTIONS, key: str = "A") -> ItemContent:
    return ItemContent("single", stem, options, key)


def truth(stem: str, key: str = "T") -> ItemContent:
    return ItemContent("truefalse", stem, (), key)


def alike(a: ItemContent, b: ItemContent) -> float:
    return likeness(Sketch.of(a), Sketch.of(b))


class TestTheSameQuestion:
    def test_with_its_options_in_another_order(self) -> None:
        other = single("熔断器主要起( )作用", tuple(reversed(OPTIONS)), "D")
        assert alike(single("熔断器主要起（　）作用。"), other) == 1

    def test_in_other_words(self) -> None:
        a = single("在低压配电线路中，熔断器主要起（　）作用。")
        assert alike(a, single("熔断器在低压配电线路中的主要作用是（　）。")) >= FROM

    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ("电阻为0.5 kΩ的线圈应串联在电路中。", "线圈的电阻为 500 Ω，应当串联在电路中。"),
            ("三极管的电流放大倍数不小于 20 倍。", "三极管的电流放大倍数大于 20 倍。"),
            ("操作前必须戴绝缘手套。", "戴绝缘手套之后才应当操作，操作前应戴绝缘手套。"),
        ],
    )
    def test_spelt_otherwise(self, a: str, b: str) -> None:
        assert not contrasts(Sketch.of(truth(a)), Sketch.of(truth(b)))


class TestAnotherQuestion:
    @pytest.mark.parametrize(
        ("a", "b"),
        [
            ("接在 220 V 线路上的电动机应接地。", "接在 380 V 线路上的电动机应接地。"),
            ("两只电容器并联后总电容变大。", "三只电容器并联后总电容变大。"),
            ("合闸前应先验电。", "合闸前不应先验电。"),
            ("电压表应并联在电路中。", "电压表应串联在电路中。"),
            ("文字符号KM表示接触器的线圈。", "文字符号KT表示接触器的线圈。"),
            ("外壳防护等级为IP44的电动机可用于室外。", "外壳防护等级为IP54的电动机可用于室外。"),
            ("该电流为 5 mA 时人有感觉。", "该电流为 5 A 时人有感觉。"),
        ],
    )
    def test_by_a_number_a_unit_a_name_a_negation_or_a_contrary(self, a: str, b: str) -> None:
        assert alike(truth(a), truth(b)) == 0

    def test_when_the_right_answer_is_another(self) -> None:
        other = single("断相保护器在低压配电线路中主要起（　）作用。", OPTIONS, "C")
        assert alike(single("熔断器在低压配电线路中主要起（　）作用。"), other) == 0

    def test_the_same_frame_asks_nothing(self) -> None:
        a = single("下列说法正确的是（　）。", ("铜能导电", "木能导电", "胶能导电", "纸能导电"))
        b = single("下列说法正确的是（　）。", ("水往低处流", "火往低处烧", "风往低处吹", "云往低处飘"))
        assert alike(a, b) < FROM

    def test_when_the_type_is_another(self) -> None:
        assert alike(single("同一题干"), truth("同一题干")) == 0


class TestOnTheSample:
    def test_it_is_large_enough_and_of_every_kind(self) -> None:
        pairs = [pair for half in duplicates.scored(duplicates.shipped()).values() for pair in half]
        assert len(pairs) >= 300
        assert {pair[0] for pair in pairs} == {
            "paraphrase",
            "reordered",
            "number",
            "negation",
            "contrast",
            "sibling",
            "unrelated",
        }

    def test_precision_and_recall_where_the_rules_were_not_tuned(self) -> None:
        halves = duplicates.scored(duplicates.shipped())
        precision, recall = duplicates.rates(halves["held out"], FROM)
        assert precision >= 0.95
        assert recall >= 0.93

    def test_the_shipped_bank_has_none(self) -> None:
        bank = Bank([Sketch.of(each) for each in duplicates.shipped().values()])
        assert list(bank.among_themselves(FROM)) == []


class TestBank:
    def test_candidates_lose_no_duplicate_of_the_sample(self) -> None:
        items = duplicates.shipped()
        places = {name: place for place, name in enumerate(items)}
        bank = Bank([Sketch.of(each) for each in items.values()])
        rows = [row for row in duplicates.rows() if row["duplicate"] == "1"]
        contents = [duplicates.content_of(row) for row in rows]
        found = {(each.first, each.second) for each in bank.like([Sketch.of(each) for each in contents], FROM)}
        alone = {
            (place, like.second)
            for place, content in enumerate(contents)
            for like in like_one(content, list(items.values()), FROM)
        }
        due = {
            (place, places[row["item"]])
            for place, row in enumerate(rows)
            if alike(items[row["item"]], contents[place]) >= FROM
        }
        assert due <= found
        assert due <= alone

    def test_finds_each_pair_once_older_first(self) -> None:
        texts = ["熔断器主要起（　）作用。", "水的沸点是（　）。", "熔断器起的主要作用是（　）。"]
        found = list(Bank([Sketch.of(single(each)) for each in texts]).among_themselves(FROM))
        assert [(each.first, each.second) for each in found] == [(0, 2)]

    def test_of_nothing_and_of_nothing_in_common(self) -> None:
        assert list(Bank([]).among_themselves(FROM)) == []
        assert list(Bank([Sketch.of(truth("。"))]).like([Sketch.of(truth("甲乙丙丁"))], FROM)) == []


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_have_a_likeness_that_is_the_same_from_both_sides(a: str, b: str) -> None:
    one, other = Sketch.of(truth(a)), Sketch.of(truth(b))
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1
