"""Fields in, a PDF out: nothing a person writes becomes markup, nothing is printed as a hollow box."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Thread

import pytest
from tests.documents import examples
from tests.documents.reading import MOMENT, text_of

from kaogong.foundation.documents.forms import Column, Roster
from kaogong.foundation.documents.typesetting import TypesettingFailed, render, typeset


def png(width: int, height: int) -> bytes:
    """Return a grey PNG, made by hand."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    header = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\x00" + b"\x99" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class TestInjection:
    @pytest.mark.parametrize(
        "name",
        [
            '#import "sheet.typ": *',
            r"\u{41}#read(\"/etc/passwd\")",
            "#panic()",
            "*粗* _斜_ $x^2$ = 标题 <label> @ref",
            '"], ["x": "',
            "// 注释 /* 块 */ `code`",
            "</script><svg onload=1>",
        ],
    )
    def test_markup_in_a_name_stays_text(self, name: str) -> None:
        document = typeset(replace(examples.receipt(), name=name), at=MOMENT)
        assert "".join(name.split()) in text_of(document).replace("“", '"').replace("”", '"')

    def test_a_template_is_named_not_a_path(self) -> None:
        for template in ("../forms", "no-such", "/etc/passwd", ""):
            with pytest.raises(TypesettingFailed):
                render(template, {})


class TestMissing:
    def test_is_named_and_printed_as_a_geta_mark(self) -> None:
        document = typeset(replace(examples.receipt(), name="张😀三"), at=MOMENT)
        assert document.missing == ("😀",)
        assert "张〓三" in text_of(document)

    def test_a_broken_surrogate_does_not_break_the_paper(self) -> None:
        assert typeset(replace(examples.receipt(), name="张\ud842三")).missing == ("\ud842",)

    @pytest.mark.parametrize("name", ["张\x00三", "张\u202e三", "张\u200b三", "e\u0301\u0302\u0303", "\u0f71\u0301张"])
    def test_odd_but_invisible_characters_are_survived(self, name: str) -> None:
        assert typeset(replace(examples.receipt(), name=name)).pages == 1


class TestRender:
    def test_equal_fields_at_equal_moments_give_equal_bytes(self) -> None:
        assert typeset(examples.receipt(), at=MOMENT) == typeset(examples.receipt(), at=MOMENT)

    def test_other_fields_do_not_see_the_last_ones(self) -> None:
        typeset(examples.receipt(), at=MOMENT)
        after = text_of(typeset(replace(examples.receipt(), name="赵一鸣", digest=""), at=MOMENT))
        assert "赵一鸣" in after
        assert "买买提" not in after
        assert "内容摘要" not in after

    def test_dates_and_decimals_print_as_the_house_writes_them(self) -> None:
        columns = [{"title": "列", "width": 1, "align": "left"}] * 3
        row = [datetime(2026, 3, 6, 17, 5, tzinfo=UTC), date(2026, 3, 7), Decimal("5E+1")]
        fields = {"title": "表", "columns": columns, "rows": [row], "landscape": False, "as_of": MOMENT}
        text = text_of(render("roster", fields))
        assert "2026年3月7日01:05" in text
        assert "2026年3月7日50" in text

    def test_refuses_what_it_cannot_put_into_words(self) -> None:
        with pytest.raises(TypesettingFailed, match="object"):
            render("roster", {"title": object()})
        with pytest.raises(TypesettingFailed, match="time zone"):
            render("roster", {"title": datetime(2026, 3, 7, 9, 5)})  # noqa: DTZ001  # the zone is what it lacks

    def test_refuses_a_lacking_field(self) -> None:
        with pytest.raises(TypesettingFailed):
            render("roster", {"title": "表"})

    def test_without_a_standard_the_file_claims_none(self) -> None:
        assert b"pdfaid" not in typeset(examples.receipt(), standard="").pdf

    def test_works_in_several_threads(self) -> None:
        names = ["赵一鸣", "李雪", "王建国"]
        found: dict[str, str] = {}

        def work(name: str) -> None:
            found[name] = text_of(typeset(replace(examples.receipt(), name=name)))

        threads = [Thread(target=work, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [name for name in names if name in found[name]] == names


class TestPhoto:
    def test_a_missing_one_leaves_its_place(self) -> None:
        assert "照片" in text_of(typeset(replace(examples.admission_ticket(), photo=None)))

    def test_a_png_is_printed(self) -> None:
        document = typeset(replace(examples.admission_ticket(), photo=png(66, 96)))
        assert b"/Subtype/Image" in document.pdf.replace(b" ", b"")
        assert "照片" not in text_of(document)

    def test_what_is_no_image_is_refused(self) -> None:
        with pytest.raises(TypesettingFailed, match="image"):
            typeset(replace(examples.admission_ticket(), photo=b"not an image"))


class TestRoster:
    def test_a_thousand_rows_run_over_pages_and_repeat_the_heading(self) -> None:
        columns = (Column(title="序号", align="right"), Column(title="姓名抬头"))
        rows = tuple((str(number), "𠮷田") for number in range(1, 1001))
        document = typeset(Roster(title="名册", columns=columns, rows=rows, as_of=MOMENT))
        text = text_of(document)
        assert document.pages > 20
        assert text.count("姓名抬头") == document.pages
        assert f"第{document.pages}页，共{document.pages}页" in text
        assert text.count("𠮷田") == 1000

    def test_refuses_a_row_of_another_length(self) -> None:
        with pytest.raises(ValueError, match="row 2"):
            Roster(title="名册", columns=(Column(title="姓名"),), rows=(("一",), ("二", "三")), as_of=MOMENT)
