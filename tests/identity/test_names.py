"""Names: one form for each, short and rare ones welcome, and keys that find them."""

from __future__ import annotations

import pytest

from kaogong.foundation.identity.rules import Fault, bigrams, initials, normalise_name, pinyin


class TestNormalise:
    @pytest.mark.parametrize(
        ("typed", "canonical"),
        [
            ("张三", "张三"),
            (" 张　三 ", "张三"),
            ("欧阳 娜娜", "欧阳娜娜"),
            ("尹", "尹"),
            ("𠮷", "𠮷"),
            ("䶮 龚", "䶮龚"),
            ("𠮷 田", "𠮷田"),
            ("〇九", "〇九"),
            ("John   Smith", "John Smith"),
            ("Anne-Marie O'Neil", "Anne-Marie O'Neil"),
            ("ＪＯＨＮ", "JOHN"),
            ("ئابدۇللا", "ئابدۇللا"),
            ("བསྟན་འཛིན", "བསྟན་འཛིན"),
            ("ꆈꌠ", "ꆈꌠ"),
        ],
    )
    def test_gives_one_form(self, typed: str, canonical: str) -> None:
        assert normalise_name(typed) == canonical

    @pytest.mark.parametrize("dot", [*"·•‧∙⋅・･●", " · ", "··", "．", "."])
    def test_every_dot_is_the_same_dot(self, dot: str) -> None:
        assert normalise_name(f"阿卜杜拉{dot}买买提") == "阿卜杜拉·买买提"

    @pytest.mark.parametrize("typed", ["", "   ", "·", "- -", "'"])
    def test_nothing_is_no_name(self, typed: str) -> None:
        with pytest.raises(Fault) as caught:
            normalise_name(typed)
        assert caught.value.kind == "name-empty"

    @pytest.mark.parametrize("typed", ["张3", "李?", "王<b>", "赵😀", "钱\ue000", "孙,李", "周@", "吴%"])
    def test_names_the_character_at_fault(self, typed: str) -> None:
        with pytest.raises(Fault) as caught:
            normalise_name(typed)
        assert caught.value.kind == "name-character"
        assert caught.value.facts["character"] == typed[1]

    def test_sixty_characters_and_no_more(self) -> None:
        assert len(normalise_name("张" * 60)) == 60
        with pytest.raises(Fault) as caught:
            normalise_name("张" * 61)
        assert caught.value.kind == "name-too-long"


class TestKeys:
    def test_two_characters_find_a_name(self) -> None:
        assert set(bigrams("三丰")) <= set(bigrams("张三丰"))

    def test_one_character_finds_a_name(self) -> None:
        assert set(bigrams("𠮷")) <= set(bigrams("田𠮷"))

    def test_the_dot_does_not_stand_between(self) -> None:
        assert "拉买" in bigrams("阿卜杜拉·买买提")

    @pytest.mark.parametrize(
        ("name", "spelt", "first_letters"),
        [
            ("张三丰", "zhangsanfeng", "zsf"),
            ("曾国藩", "zengguofan", "zgf"),
            ("单田芳", "shantianfang", "stf"),
            ("仇英", "qiuying", "qy"),
            ("万俟卨", "moqixie", "mqx"),
            ("吕布", "lvbu", "lb"),
            ("John Smith", "johnsmith", "j"),
        ],
    )
    def test_pinyin_reads_surnames_as_surnames(self, name: str, spelt: str, first_letters: str) -> None:
        assert pinyin(name) == spelt
        assert initials(name) == first_letters

    def test_what_has_no_reading_stays(self) -> None:
        assert pinyin("𠮷") == "𠮷"
