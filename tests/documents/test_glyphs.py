"""What the fonts can print is read from the files, and what they cannot is named."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from kaogong.foundation.documents.fonts import HERE, font_book, font_folders, missing_glyphs, printable, without_missing
from kaogong.foundation.documents.glyphs import UnreadableFont, coverage
from kaogong.foundation.documents.typesetting import render


class TestCoverage:
    @pytest.mark.parametrize(
        ("file", "prints", "lacks"),
        [
            ("KaogongRareHan-Regular.ttf", "𠮷𡈽𫝀", "中A"),
            ("NotoNaskhArabic-Regular.ttf", "ئاەەژڭ", "中"),
            ("NotoSerifTibetan-Regular.ttf", "བཀྲ་ཤིས", "中"),
            ("NotoSansMongolian-Regular.ttf", "ᠪᠠᠲᠤ", "中"),
            ("NotoSansYi-Regular.ttf", "ꀊꇐꃅ", "中"),
            ("NotoSansKR-Hangul-Regular.ttf", "김미선", "中"),
        ],
    )
    def test_reads_the_map_of_every_vendored_font(self, file: str, prints: str, lacks: str) -> None:
        codes = coverage(HERE / file)
        assert set(map(ord, prints)) <= codes
        assert not set(map(ord, lacks)) & codes

    def test_counts_the_han_of_the_chinese_fonts(self) -> None:
        sans = coverage(font_folders()[1] / "NotoSansSC-Regular.otf")
        assert sum(0x4E00 <= code <= 0x9FEF for code in sans) > 20_900

    def test_refuses_what_is_no_font(self, tmp_path: Path) -> None:
        file = tmp_path / "not-a-font.ttf"
        file.write_bytes(b"GIF89a" + bytes(40))
        with pytest.raises(UnreadableFont):
            coverage(file)

    def test_refuses_a_font_that_breaks_off(self, tmp_path: Path) -> None:
        file = tmp_path / "half.ttf"
        file.write_bytes((HERE / "NotoSansYi-Regular.ttf").read_bytes()[:90])
        with pytest.raises(UnreadableFont):
            coverage(file)


class TestMissingGlyphs:
    @pytest.mark.parametrize(
        "name", ["𠮷田", "欧阳䶮", "陈𬭎", "买买提·艾力", "ئادىل", "བཀྲ་ཤིས", "ꀊꇐ", "김미선", "ᠪᠠᠲᠤ", "㛃㑇𣲗𬬻𬘡𬀩"]
    )
    def test_names_of_the_country_can_be_printed(self, name: str) -> None:
        assert missing_glyphs(name) == ()

    def test_names_each_missing_character_once_and_in_order(self) -> None:
        assert missing_glyphs("张\U000f1234三😀\U000f1234") == ("\U000f1234", "😀")

    def test_does_not_miss_what_leaves_no_mark(self) -> None:
        assert missing_glyphs("张\u200d三\n\u202b李\ufe0f\U000e0100\u3000") == ()

    def test_a_geta_mark_takes_the_place(self) -> None:
        assert without_missing("张😀三") == "张〓三"
        assert "〓" in printable()

    def test_a_site_may_add_its_own_folder(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("KAOGONG_FONTS", str(tmp_path))
        assert font_folders()[-1] == tmp_path

    def test_only_our_own_fonts_are_asked(self) -> None:
        families = {font.family for font in font_book().fonts()}
        assert families >= {"Noto Sans SC", "Noto Serif SC", "Kaogong Rare Han", "Noto Sans KR"}
        assert not families & {"Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern"}

    def test_the_typesetter_agrees_on_every_ideograph(self) -> None:
        """PDF/A forbids the hollow box: a character that we only believed printable would stop the typesetting."""
        han = [character for character in sorted(printable()) if unicodedata.name(character, "").startswith("CJK UNIF")]
        rows = [["".join(han[start : start + 500])] for start in range(0, len(han), 500)]
        columns = [{"title": "字", "width": 1, "align": "left"}]
        document = render(
            "roster", {"title": "字表", "columns": columns, "rows": rows, "landscape": False, "as_of": "今"}
        )
        assert len(han) > 29_000
        assert document.missing == ()
