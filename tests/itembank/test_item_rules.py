"""What an item must be, and when two stems are one. No database."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kaogong.itembank.rules.items import Criterion, ItemContent, Limits, normal_stem, problems_of
from kaogong.itembank.rules.keys import Key, fits, is_right

LIMITS = Limits(stem=50, option=10, explanation=20, options_at_least=2, options_at_most=6)


def single(**changes: object) -> ItemContent:
    """A right single-choice item with changes."""
    values = {
        "type": "single",
        "stem": "选一（　）。",
        "options": ("甲", "乙", "丙", "丁"),
        "key": "A",
        "explanation": "",
    }
    return ItemContent(**(values | changes))  # type: ignore[arg-type]  # the fields, by name


def words(content: ItemContent) -> list[str]:
    """The problems as text."""
    return [str(problem) for problem in problems_of(content, limits=LIMITS)]


class TestSound:
    def test_single_choice(self) -> None:
        assert words(single()) == []

    @pytest.mark.parametrize("key", ["T", "F"])
    def test_true_or_false(self, key: str) -> None:
        assert words(ItemContent("truefalse", "对吗", (), key)) == []

    @pytest.mark.parametrize("count", [2, 3, 6])
    def test_two_to_six_options(self, count: int) -> None:
        assert words(single(options=tuple("甲乙丙丁戊己"[:count]))) == []


class TestOtherTypes:
    def test_multiple_choice(self) -> None:
        assert words(single(type="multiple", key="ACD")) == []

    @pytest.mark.parametrize(
        ("key", "told"),
        [
            ("B", "多项选择题只有一个答案“B”，应不少于两个"),
            ("DA", "多项选择题的答案“DA”应按字母顺序、不重复"),
            ("AAB", "多项选择题的答案“AAB”应按字母顺序、不重复"),
            ("AE", "答案“AE”不在选项之中"),
        ],
    )
    def test_keys_that_name_no_two_options_in_order(self, key: str, told: str) -> None:
        assert words(single(type="multiple", key=key)) == [told]

    def test_fill_in(self) -> None:
        assert words(ItemContent("fillin", "三相电压____V，频率____Hz。", (), "380|三百八十\n50±0.2")) == []

    @pytest.mark.parametrize(
        ("stem", "key", "told"),
        [
            ("三相电压是多少？", "380", "填空题的题干没有空格；空格用两个以上的下划线表示"),
            ("____V，____Hz。", "380", "题干有 2 个空，答案有 1 行"),
            ("____V，____Hz。", "380\n", "第 2 空的答案是空的"),
            ("____V。", "380|", "第 1 空的答案是空的"),
        ],
    )
    def test_gaps_and_answers_that_do_not_match(self, stem: str, key: str, told: str) -> None:
        assert words(ItemContent("fillin", stem, (), key)) == [told]

    def test_what_people_mark_has_a_rubric_of_a_hundred(self) -> None:
        rubric = (Criterion("断电", 40), Criterion("验电", 60))
        sound = ItemContent("short", "停电检修的步骤？", (), "断电、验电。", "", rubric)
        assert words(sound) == []
        assert ItemContent.decode(sound.encode()) == sound
        assert words(replace(sound, rubric=())) == ["简答题没有评分标准"]
        assert words(replace(sound, rubric=rubric[:1])) == ["评分标准合计 40，应为 100"]
        assert words(replace(sound, rubric=(*rubric, Criterion(" ", 0)))) == ["评分标准第 3 条没有内容或分值"]
        assert words(single(rubric=rubric)) == ["单项选择题按答案评分，不应有评分标准"]

    def test_an_old_digest_holds(self) -> None:
        """What knew no rubric is written as it always was."""
        assert b"rubric" not in single().encode()


class TestKeys:
    @pytest.mark.parametrize(
        ("accepted", "given"),
        [
            ("220", "220"),
            ("220", " ２２０ "),
            ("220", "220.0"),
            ("1500", "1,500"),
            ("220|二百二十", "二百二十"),
            ("PE", "pe"),
            ("36±0.5", "35.5"),
            ("36±0.5", "36.50"),
            ("-5", "-5.00"),
        ],
    )
    def test_accept_the_same_in_another_dress(self, accepted: str, given: str) -> None:
        assert fits(accepted, given)

    @pytest.mark.parametrize(
        ("accepted", "given"),
        [("220", ""), ("220", "22"), ("36±0.5", "36.51"), ("36±0.5", "nan"), ("PE", "PEN"), ("220|230", "220|230")],
    )
    def test_accept_nothing_else(self, accepted: str, given: str) -> None:
        assert not fits(accepted, given)

    def test_all_or_nothing(self) -> None:
        two = Key("fillin", "380\n50", Decimal(2))
        assert is_right(two, "380\n50")
        assert not is_right(two, "380\n")
        assert not is_right(two, "380")
        assert not is_right(Key("multiple", "ACD", Decimal(1)), "AC")
        with pytest.raises(ValueError, match="essay"):
            is_right(Key("essay", "参考答案", Decimal(10)), "参考答案")


class TestFaulty:
    @pytest.mark.parametrize("stem", ["", "   ", "（　）。", "？！"])
    def test_no_stem(self, stem: str) -> None:
        assert words(single(stem=stem)) == ["没有题干"]

    def test_no_key(self) -> None:
        assert words(single(key="")) == ["没有答案"]

    @pytest.mark.parametrize("key", ["E", "甲", "T", "a"])
    def test_key_not_among_the_options(self, key: str) -> None:
        assert words(single(key=key)) == [f"答案“{key}”不在选项之中"]

    def test_more_than_one_key(self) -> None:
        assert words(single(key="AC")) == ["单项选择题有不止一个答案“AC”"]

    def test_key_of_an_empty_option(self) -> None:
        assert "答案“B”不在选项之中" in words(single(options=("甲", "", "丙", "丁"), key="B"))

    def test_a_hole_among_the_options(self) -> None:
        assert words(single(options=("甲", "", "丙", "丁"))) == ["选项 B 是空的"]

    def test_the_same_option_twice_whatever_its_width(self) -> None:
        assert words(single(options=("5 A", "５A", "6A", "7A"))) == ["选项 A 与 B 相同"]

    def test_one_option_only(self) -> None:
        assert words(single(options=("甲",))) == ["有 1 个选项，应为 2 至 6 个"]

    def test_too_long(self) -> None:
        assert words(single(stem="长" * 51)) == ["题干有 51 个字，最多 50 个"]
        assert words(single(options=("长" * 11, "乙"))) == ["选项 A有 11 个字，最多 10 个"]
        assert words(single(explanation="长" * 21)) == ["解析有 21 个字，最多 20 个"]

    def test_true_false_with_options(self) -> None:
        assert words(ItemContent("truefalse", "对吗", ("甲", "乙"), "T")) == ["判断题不应有选项"]

    def test_true_false_with_a_letter(self) -> None:
        assert words(ItemContent("truefalse", "对吗", (), "C")) == ["判断题的答案“C”不是对或错"]

    def test_unknown_type(self) -> None:
        assert words(single(type="riddle")) == ["不支持的题型“riddle”"]


class TestNormalStem:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("熔断器起（　）作用。", "熔断器起()作用"),
            ("欧姆定律，是 ？", "欧姆定律是"),
            ("ＡＢＣ接线", "abc接线"),
            ("电流____A", "电流A"),
            ("导线截面1.5 mm²", "导线截面１.５mm2"),
        ],
    )
    def test_the_same_question(self, one: str, other: str) -> None:
        assert normal_stem(one) == normal_stem(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [("截面1.5 mm²", "截面15 mm²"), ("U>I", "U<I"), ("误差±1%", "误差±1"), ("1/2功率", "12功率"), ("电压", "电流")],
    )
    def test_another_question(self, one: str, other: str) -> None:
        assert normal_stem(one) != normal_stem(other)


def test_content_survives_encoding() -> None:
    content = single(stem="含“引号”与\n换行", explanation="𠮷")
    assert ItemContent.decode(content.encode()) == content
