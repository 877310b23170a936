"""Formulas: what is read, what is refused and why, how they are parted from words, printed, and exchanged."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from kaogong.foundation.documents.forms import BookletItem, ItemBooklet
from kaogong.foundation.documents.typesetting import typeset
from kaogong.itembank.rules import mathml
from kaogong.itembank.rules.exports import Exported, qti
from kaogong.itembank.rules.files import PROFILES, Reading, Row, entries_of, read_rows
from kaogong.itembank.rules.formulas import BadFormula, Node, Piece, pieces, read
from kaogong.itembank.rules.items import ItemContent, Limits, normal_stem, problems_of
from kaogong.itembank.services.exporting import _said

LIMITS = Limits(stem=600, option=200, explanation=600, options_at_least=2, options_at_most=8, formula=200)
SOUND = (
    r"U_{线}=\sqrt{3}U_{相}",
    r"R=\frac{U}{I}=\frac{220}{5}=44\,\Omega",
    r"\sum_{i=1}^{n}x_i^2",
    r"\int_0^T i^2\,dt",
    r"\left(\frac{a}{b}\right)^{2}",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
    r"\begin{cases}x & x>0\\-x & x<0\end{cases}",
    r"\begin{aligned}a&=b\\c&=d\end{aligned}",
    r"\overline{A}+\vec{B}\cdot\hat{c}-\underline{d}",
    r"f'(x)=\lim_{x\to 0}\frac{\sin x}{x}",
    r"\mathrm{kW}\cdot\mathrm{h}",
    r"\sqrt[3]{27}=3",
    r"90^\circ\pm 5\%",
    r"\text{功率 P}=12.5\times 10^{-3}",
    r"\left\{x\right.",
)
HOSTILE = {
    r"\href{javascript:alert(1)}{x}": r"\href",
    r"\url{https://a.example}": r"\url",
    r"\includegraphics{/etc/passwd}": r"\includegraphics",
    r"\input{x}": r"\input",
    r"\def\a{\a\a}\a": r"\def",
    r"\htmlStyle{color:red}{x}": r"\htmlStyle",
    r"\style{x}{y}": r"\style",
    r"\color{red}x": r"\color",
    r"\begin{document}x\end{document}": r"\begin",
}
BROKEN = (
    r"\frac{1}", "x^", "x_", "{x", "x}", r"\left( x", r"\right)", "x^2^3", "x''^2'", r"\begin{matrix} a & b",
    r"\begin{matrix} a \end{cases}",
    r"\text{a$b}", r"\text{a\b}", "5%", "", "  ", "\\", r"\sqrt[", r"\left", "&", r"\\",
    r"\left x\right.", '"', "@", "\u202e", "😀",
)  # fmt: skip


class TestReading:
    @pytest.mark.parametrize("tex", SOUND)
    def test_what_candidates_meet_is_read(self, tex: str) -> None:
        assert read(tex).parts

    def test_a_tree_says_what_is_over_what(self) -> None:
        assert read(r"\frac{12}{x}").parts == (
            Node(
                "fraction",
                parts=(Node("row", parts=(Node("number", "12"),)), Node("row", parts=(Node("letter", "x"),))),
            ),
        )

    @pytest.mark.parametrize(("tex", "named"), HOSTILE.items())
    def test_what_links_loads_or_defines_is_refused_by_name(self, tex: str, named: str) -> None:
        with pytest.raises(BadFormula, match=rf"\{named}"):
            read(tex)

    @pytest.mark.parametrize("tex", BROKEN)
    def test_what_is_broken_is_refused(self, tex: str) -> None:
        with pytest.raises(BadFormula, match="公式有误"):
            read(tex)

    @pytest.mark.parametrize(
        "layer", ["{%s}", r"\sqrt{%s}", r"\frac{%s}{1}", r"\left(%s\right)", "x^{%s}", r"\vec{%s}"]
    )
    def test_nesting_ends_before_the_reader_does(self, layer: str) -> None:
        before, after = layer.split("%s")
        assert read(before * 3 + "x" + after * 3)
        with pytest.raises(BadFormula, match="层次过深"):
            read(before * 20000 + "x" + after * 20000)

    @given(st.text(st.sampled_from("\\{}^_&'[]$%#~ ax1线.frac\\sqrt\\left\\begin{cases}\\text"), max_size=60))
    def test_never_another_error(self, tex: str) -> None:
        with suppress(BadFormula):
            assert read(tex).parts


class TestParting:
    @pytest.mark.parametrize("text", ["5$", "花费 $5 和 $6", "$ x $", r"\$5 与 \$6", "$$", "$$$", "a$b"])
    def test_a_dollar_is_no_formula(self, text: str) -> None:
        assert not any(each.is_formula for each in pieces(text))
        assert "".join(each.text for each in pieces(text)) == text.replace(r"\$", "$")

    def test_words_and_formulas_in_order(self) -> None:
        assert list(pieces(r"求 $x^2$ 与 $$\frac{1}{2}$$。")) == [
            Piece("求 "),
            Piece("x^2", True),
            Piece(" 与 "),
            Piece(r"\frac{1}{2}", True, True),
            Piece("。"),
        ]


class TestItems:
    def test_a_bad_formula_is_a_problem_of_its_field(self) -> None:
        content = ItemContent("single", "求 $x$（　）。", ("$1$", r"$\href{a}{b}$"), "A", r"因为 $\frac{1}$。")
        assert [(each.field, str(each)) for each in problems_of(content, limits=LIMITS)] == [
            ("options", r"公式有误：\href 不在可用的写法之内"),
            ("explanation", r"公式有误：\frac 之后缺少内容"),
        ]

    def test_a_long_one_is_refused_unread(self) -> None:
        content = ItemContent("truefalse", f"${'x' * 201}$ 对吗", (), "T")
        assert [str(each) for each in problems_of(content, limits=LIMITS)] == ["公式有误：有 201 个字符，最多 200 个"]

    def test_other_braces_are_another_question(self) -> None:
        stems = [r"$\frac{1}{23}$ 是多少", r"$\frac{12}{3}$ 是多少", "$u$ 是多少", "$U$ 是多少"]
        assert len({normal_stem(each) for each in stems}) == len(stems)
        assert normal_stem("求 $ x$") == normal_stem("求$ x$。")
        assert normal_stem("$a b$？") == normal_stem("$ab$")


class TestPrint:
    def test_every_kind_is_set(self) -> None:
        items = tuple(
            BookletItem(
                number=str(n), kind="", point="", difficulty="3", stem=_said(f"求 ${tex}$"), options=(), key="A"
            )
            for n, tex in enumerate(SOUND)
        )
        printed = typeset(ItemBooklet(title="试题", watermark="某人", items=items))
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.pdf)).pages)
        assert printed.missing == ()
        assert "∑" in text
        assert "Ω" in text
        assert "线" in text
        assert "\\" not in text

    def test_words_never_become_markup(self) -> None:
        said = _said(r'#read("/etc/passwd") $\text{" ) #panic() }$ *')
        item = BookletItem(number="1", kind="", point="", difficulty="3", stem=said, options=(), key="A")
        printed = typeset(ItemBooklet(title="试题", watermark="某人", items=(item,)))
        assert '#read("/etc/passwd")' in PdfReader(io.BytesIO(printed.pdf)).pages[0].extract_text()


def rows(raw: bytes) -> list[Row]:
    """What our own import makes of a QTI file."""
    entries, _format = entries_of(raw, PROFILES["qti"], {}, bytes_at_most=10**6, rows_at_most=10)
    return read_rows(entries, Reading({}, "qti", LIMITS, 3, 3))


class TestExchange:
    @pytest.mark.parametrize("tex", SOUND)
    def test_mathml_and_back_says_the_same(self, tex: str) -> None:
        once = mathml.tex_of(mathml.element(tex, is_block=False))
        assert mathml.tex_of(mathml.element(once, is_block=True)) == once
        assert flat(read(once)) == flat(read(tex))

    def test_others_mathml(self) -> None:
        xml = (
            '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mrow><m:msub><m:mi>I</m:mi><m:mn>2</m:mn></m:msub>'
            "<m:mo>−</m:mo><m:mfenced><m:mfrac><m:mi>a</m:mi><m:mn>2</m:mn></m:mfrac></m:mfenced>"
            "<m:mo>&#x2062;</m:mo><m:mi>sin</m:mi><m:mi>µ</m:mi></m:mrow></m:math>"
        )
        assert mathml.tex_of(ElementTree.fromstring(xml)) == r"I_{2}-\left(\frac{a}{2}\right)\sin \mu"

    @pytest.mark.parametrize(
        "inside", ["<maction/>", "<mi>\\href{a}{b}</mi>", "<mfrac><mi>a</mi></mfrac>", "<mglyph/>"]
    )
    def test_what_is_not_ours_is_no_formula(self, inside: str) -> None:
        with pytest.raises(BadFormula):
            mathml.tex_of(ElementTree.fromstring(f"<math>{inside}</math>"))

    def test_a_package_brings_them_back(self) -> None:
        choice = ItemContent(
            "single",
            "由 $P=UI$ 求\n$$R=\\frac{U}{I}$$\n（　），单价 $5。",
            (r"$\frac{1}{2}$ 欧", "$a<b$", "8"),
            "B",
            r"因为 $I_{2}\geq 1$。",
        )
        gaps = ItemContent("fillin", "若 $x=2$，则 $x^{2}=$____，$x^{3}=$____。", (), "4\n8")
        items = [Exported(f"X-{n}", (), "", 3, 3, each) for n, each in enumerate((choice, gaps))]
        raw = qti.package(items, watermark="某人")
        assert b"\\frac" not in zipfile.ZipFile(io.BytesIO(raw)).read("imsmanifest.xml")
        found = rows(raw)
        assert [each.problems for each in found] == [(), ()]
        assert found[0].content.options == choice.options
        assert found[0].content.explanation == choice.explanation
        assert "".join(found[0].content.stem.split()) == "".join(choice.stem.split())
        assert found[1].content == gaps

    def test_a_formula_that_is_not_ours_keeps_its_item_aside(self) -> None:
        raw = qti.package(
            [Exported("X-1", (), "", 3, 3, ItemContent("truefalse", "$x$ 对吗", (), "T"))], watermark="某人"
        )
        part = zipfile.ZipFile(io.BytesIO(raw)).read("items/X-1.xml")
        (row,) = rows(part.replace(b"<mi>x</mi>", b"<mi>x</mi><mglyph/>"))
        assert [str(each) for each in row.problems] == ["含有图片、公式或符号，不能随文字读入"]
        assert row.source

    def test_a_script_behind_a_formula_is_refused(self) -> None:
        raw = qti.package(
            [Exported("X-1", (), "", 3, 3, ItemContent("truefalse", "$x$ 对吗", (), "T"))], watermark="某人"
        )
        part = zipfile.ZipFile(io.BytesIO(raw)).read("items/X-1.xml")
        (row,) = rows(part.replace(b"<mi>x</mi>", b'<mi href="javascript:alert(1)">x</mi>'))
        assert [str(each) for each in row.problems] == ["含有脚本或嵌入的网页，不予读入"]


def flat(node: Node) -> str:
    """All that a formula says, without how it is grouped."""
    return node.text * (node.kind not in {"space", "grid"}) + "".join(map(flat, node.parts))
