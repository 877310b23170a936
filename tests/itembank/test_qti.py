"""QTI in: what is read, what is put aside with its reason, and packages made to hurt whoever opens them."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from tests.support.packages import CHOICE, UNKNOWN, archive, choice, item, package

from kaogong.itembank.rules.files import PROFILES, NotReadable, Reading, Row, entries_of, read_rows
from kaogong.itembank.rules.items import Criterion, Limits

LIMITS = Limits(stem=600, option=200, explanation=60, options_at_least=2, options_at_most=8)
OPTIONS = ("甲", "乙", "丙")
TEXT = (
    '<qti-response-declaration identifier="{0}" cardinality="single" base-type="{2}"><qti-correct-response>'
    "<qti-value>{1}</qti-value></qti-correct-response>{3}</qti-response-declaration>"
)
GAP = '<qti-text-entry-interaction response-identifier="{0}"/>'
ESSAY = (
    '<qti-extended-text-interaction response-identifier="R"><qti-prompt>说明原因。</qti-prompt>'
    "</qti-extended-text-interaction>"
)


def read(raw: bytes, *, rows: int = 50) -> list[Row]:
    """The rows of a package."""
    entries, _version = entries_of(raw, PROFILES["qti"], {}, bytes_at_most=10**8, rows_at_most=rows)
    return read_rows(entries, Reading({}, "qti", LIMITS, 3, 3))


def one(xml: str) -> Row:
    """The row of a package of one item."""
    (row,) = read(package(xml))
    return row


def reasons(row: Row) -> list[str]:
    return [str(problem) for problem in row.problems]


class TestItems:
    def test_several_choices_of_version_2(self) -> None:
        row = one(CHOICE)
        assert (row.content.type, row.content.stem, row.content.key) == ("multiple", "水由哪些元素组成？", "AC")
        assert (row.content.options, row.number, row.place, row.problems) == (
            ("氢", "氦", "氧"),
            "WATER-1",
            "items/1.xml",
            (),
        )

    def test_one_choice_of_version_3(self) -> None:
        row = one(choice("选一项：H<sub>2</sub>O，10<sup>2</sup>", OPTIONS, right=2))
        assert (row.content.type, row.content.stem, row.content.key) == ("single", "选一项：H₂O，10²", "C")

    @pytest.mark.parametrize(("options", "right", "key"), [(("正确", "错误"), 1, "F"), (("False", "True"), 1, "T")])
    def test_true_and_false(self, options: tuple[str, str], right: int, key: str) -> None:
        row = one(choice("判断", options, right))
        assert (row.content.type, row.content.key, row.content.options) == ("truefalse", key, ())

    def test_gaps_with_what_a_mapping_marks_as_highly(self) -> None:
        marks = {"380": "1", "三百八十": "1", "400": "0.5"}
        entries = "".join(f'<qti-map-entry map-key="{key}" mapped-value="{mark}"/>' for key, mark in marks.items())
        declared = TEXT.format("A", "380", "string", f"<qti-mapping>{entries}</qti-mapping>")
        row = one(item(f"<p>线电压 {GAP.format('A')} V</p>", declared))
        assert (row.content.type, row.content.stem, row.content.key) == ("fillin", "线电压 ____ V", "380|三百八十")

    def test_underscores_that_are_mere_drawing_are_no_gaps(self) -> None:
        row = one(item(f"<p>又称 [_____] 箱。</p><p>{GAP.format('A')}</p>", TEXT.format("A", "斯金纳", "string", "")))
        assert (row.content.stem, row.problems) == ("又称 [（　）] 箱。\n____", ())

    def test_gaps_whose_answers_may_change_places_are_put_aside(self) -> None:
        mapping = "".join(f'<qti-map-entry map-key="{each}" mapped-value="1"/>' for each in ("红", "绿"))
        declared = "".join(TEXT.format(name, "红", "string", f"<qti-mapping>{mapping}</qti-mapping>") for name in "AB")
        assert "可以互换" in reasons(one(item(f"<p>{GAP.format('A')}、{GAP.format('B')}</p>", declared)))[0]

    def test_an_identifier_that_several_items_share_is_no_number(self) -> None:
        rows = read(package(choice("第一题", OPTIONS), choice("第二题", OPTIONS), CHOICE))
        assert [(row.number, row.problems) for row in rows] == [("", ()), ("", ()), ("WATER-1", ())]

    def test_a_number_within_a_tolerance(self) -> None:
        processing = (
            '<qti-response-processing><qti-equal tolerance-mode="absolute" tolerance="0.5 0.5">'
            '<qti-variable identifier="A"/><qti-correct identifier="A"/></qti-equal></qti-response-processing>'
        )
        xml = item(f"<p>{GAP.format('A')} Hz</p>", TEXT.format("A", "50", "float", ""), after=processing)
        assert one(xml).content.key == "50±0.5"
        assert "相对误差" in reasons(one(xml.replace("absolute", "relative")))[0]

    def test_an_extended_text_with_the_scorers_rubric(self) -> None:
        rubric = (
            '<qti-rubric-block view="scorer"><p data-share="30">点出原因；举例</p><p data-share="70">论证</p>'
            "</qti-rubric-block>"
        )
        row = one(item(f"<p>电机过热。</p>{ESSAY}{rubric}", TEXT.format("R", "负载过大", "string", "")))
        assert (row.content.type, row.content.stem, row.content.key) == ("short", "电机过热。\n说明原因。", "负载过大")
        assert row.content.rubric == (Criterion("点出原因；举例", 30), Criterion("论证", 70))
        assert row.problems == ()

    def test_a_rubric_in_words_counts_whole(self) -> None:
        rubric = '<qti-rubric-block view="scorer"><p>写清楚；不跑题</p></qti-rubric-block>'
        assert one(item(ESSAY + rubric)).content.rubric == (Criterion("写清楚；不跑题", 100),)

    def test_a_passage_stands_before_the_stem_of_each_item_that_refers_to_it(self) -> None:
        ref = '<qti-assessment-stimulus-ref identifier="S" href="../passages/a.xml"/>'
        both = [choice(f"第{n}问", OPTIONS).replace("<qti-item-body>", f"{ref}<qti-item-body>") for n in (1, 2)]
        passage = (
            "<qti-assessment-stimulus><qti-stimulus-body><p>共用材料</p></qti-stimulus-body></qti-assessment-stimulus>"
        )
        rows = read(package(*both, more={"passages/a.xml": passage}))
        assert [row.content.stem for row in rows] == ["共用材料\n第1问", "共用材料\n第2问"]
        assert "不在题包里" in reasons(read(package(*both))[0])[0]

    def test_feedback_and_what_only_the_scorer_sees_are_no_stem(self) -> None:
        row = one(CHOICE.replace("氢<", "氢<feedbackInline>很好</feedbackInline><"))
        assert row.content.options[0] == "氢"

    def test_metadata_of_the_manifest(self) -> None:
        lom = (
            "<metadata><lom><general><identifier><catalog>kaogong</catalog><entry>B-001</entry></identifier></general>"
            "<educational><difficulty><source>LOMv1.0</source><value>difficult</value></difficulty></educational>"
            "<classification><taxonPath><source><string>一致性</string></source><taxon><id>5</id></taxon></taxonPath>"
            "</classification></lom></metadata>"
        )
        manifest = (
            '<manifest><resources><resource type="imsqti_item_xmlv2p2" href="a.xml">'
            f"{lom}</resource></resources></manifest>"
        )
        (row,) = read(archive({"imsmanifest.xml": manifest, "a.xml": CHOICE}))
        assert (row.number, row.difficulty, row.consistency) == ("B-001", 4, 5)


class TestAside:
    @pytest.mark.parametrize(
        ("xml", "words"),
        [
            (UNKNOWN, "associateInteraction"),
            (CHOICE.replace('adaptive="false"', 'adaptive="true"'), "自适应"),
            (CHOICE.replace("</itemBody>", "<choiceInteraction/></itemBody>"), "2 个作答处"),
            (CHOICE.replace("<itemBody>", "<templateDeclaration/><itemBody>"), "模板变量"),
            (CHOICE.replace("<value>o<", "<value>x<"), "“x”不是任何一个选项"),
            (CHOICE.replace('cardinality="multiple"', 'cardinality="ordered"'), "先后次序"),
            (CHOICE.replace("<p>水", "<p><img src='a.png'/>水"), "含有图片"),
            (CHOICE.replace("<p>水", "<p><script>alert(1)</script>水"), "脚本"),
            (CHOICE.replace("<p>水", "<p onclick='x()'>水"), "脚本"),
            (CHOICE.replace("<p>水", "<p><a href=' JavaScript:x()'>水</a>"), "脚本"),
            (CHOICE.replace("<p>水", "<p><iframe/>水"), "脚本"),
            ("<assessmentTest/>", "不是一道 QTI 试题"),
            ("<assessmentItem", "XML 读不出来"),
            (f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{CHOICE}'.replace("水", "&e;"), "XML 读不出来"),
            ("<assessmentItem><itemBody>" + "<p>" * 5000 + "</p>" * 5000 + "</itemBody></assessmentItem>", "作答处"),
        ],
    )
    def test_told_with_the_original_kept(self, xml: str, words: str) -> None:
        bad, good = read(package(xml, choice("好题", OPTIONS)))
        assert words in reasons(bad)[0]
        assert bad.source.decode() == xml
        assert good.problems == ()

    def test_deep_text_is_put_aside(self) -> None:
        deep = CHOICE.replace("<p>水", "<p>" + "<b>" * 5000 + "水").replace("？</p>", "</b>" * 5000 + "</p>")
        assert reasons(one(deep)) == ["XML 的层次过深"]

    def test_an_item_that_the_manifest_lists_and_the_package_lacks(self) -> None:
        manifest = '<manifest><resources><resource type="imsqti_item_xmlv3p0" href="../x.xml"/></resources></manifest>'
        (row,) = read(archive({"imsmanifest.xml": manifest}))
        assert reasons(row) == ["清单列出的文件“../x.xml”不在题包里"]


def linked() -> bytes:
    """A package with a symbolic link."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("items/1.xml")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    return out.getvalue()


def lying(content: bytes) -> bytes:
    """The package says that its last part unpacks to ten bytes."""
    at = content.rindex(b"PK\x01\x02") + 24
    return content[:at] + struct.pack("<I", 10) + content[at + 4 :]


class TestAttacks:
    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (lambda: package("<x>" + " " * 20_000_000 + "</x>"), "过大"),
            (lambda: package(*["<x>" + " " * 15_000_000 + "</x>"] * 14), "过大"),
            (lambda: lying(package(CHOICE)), "损坏"),
            (lambda: package(CHOICE)[:-40], "压缩包"),
            (lambda: package(CHOICE, more={"../../etc/cron.d/x": "x"}), "指向包外"),
            (lambda: package(CHOICE, more={"/etc/x": "x"}), "指向包外"),
            (lambda: package(CHOICE, more={"C:/x": "x"}), "指向包外"),
            (lambda: package(CHOICE, more={"a\\..\\x": "x"}), "指向包外"),
            (linked, "指向包外"),
            (lambda: package(CHOICE, more={"vbaProject.bin": "x"}), "宏"),
            (lambda: archive({"imsmanifest.xml": "<!DOCTYPE x []><manifest/>"}), "清单"),
            (lambda: archive({"imsmanifest.xml": "<manifest/>"}), "没有试题"),
            (lambda: package(*[CHOICE] * 51), "超过 50 行"),
        ],
    )
    def test_the_package_is_refused(self, raw: object, words: str) -> None:
        with pytest.raises(NotReadable, match=words):
            read(raw())  # type: ignore[operator]  # a maker of bytes
