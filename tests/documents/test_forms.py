"""Every paper: its fields are on it, it is PDF/A-2b, it holds no hollow box, and its code can be read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import zxingcpp
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from tests.documents import examples
from tests.documents.reading import MOMENT, text_of

from kaogong.foundation.documents.forms import Form
from kaogong.foundation.documents.qr import qr_svg
from kaogong.foundation.documents.typesetting import TEMPLATES, Document, typeset

NAMES = sorted(examples.every_form())

SAYS = {
    "admission-ticket": [
        "准考证",
        "𠮷田·买买提",
        "650104********0012",
        "6501261204003018",
        examples.LONG_STATION,
        "理论知识考试",
        "2026年12月5日09:00至10:30",
        "B2",
        "07",
        "考生须知",
    ],
    "certificate-16": [
        "职业资格证书",
        "𠮷田·买买提",
        "999999199503070017",
        "1995年3月7日",
        "2630012003400025",
        "2600418837",
        "86.5",
        "79",
        "四级/中级工",
        "Electrician",
        "补发",
        "新疆维吾尔自治区人力资源和社会保障厅",
    ],
    "certificate-22": [
        "职业技能等级证书",
        "欧阳䶮",
        "S000031110001263000001",
        "育婴员",
        "三级/高级工",
        "上海示例职业技能评价中心有限公司",
        "浦东第一站点",
        "2026年12月20日",
    ],
    "score-sheet": [
        "操作技能考核评分记录表",
        "DG4-S-017",
        "6501261204003018",
        "B2-07",
        "盲评",
        "线路安装",
        "合计100",
        "考评员",
    ],
    "preparation-notice": [
        "操作技能考核准备通知单",
        "合计100%",
        "3题抽1题（本题）",
        "共抽2题",
        "绝缘电阻表",
        "每考场",
        "准备10分钟",
        "2026-12-0508:30:00",
    ],
    "task-sheet": [
        "操作技能考核试题",
        "DG4-S-017",
        "按图接线",
        "本模块记0分",
        "合计100%",
        "每个模块抽取一道试题",
        "2026-12-0508:30:00",
    ],
    "attendance-list": [
        "考场签到表",
        "阿卜杜拉·麦麦提艾力",
        "陈𬭎",
        "考生签名",
        "监考员2",
        "应到30人",
        "补考",
        "김미선",
        "ꀊꇐꃅꐯ",
    ],
    "door-list": ["考场", "03", "讲台", "6501261204003028", "空位", "焊工（五级）"],
    "receipt": ["交卷回执", "R20261205090317", "𠮷田·买买提", "SM3", "9f2c7a01be64d335", "接下来"],
    "result-notice": ["成绩通知单", "86.50", "59.99", "未合格", "本等级不设", "2026年12月18日"],
    "verification-report": ["证书查询结果", "有效", "2630012003400025", "原证遗失", "透明日志", "2026年12月24日09:00"],
    "roster": [
        "合格人员名册",
        "鉴定所（站）",
        "共60条",
        "数据截至2026年12月18日10:00",
        "650126120400",
        "公示期5个工作日",
    ],
    "item-booklet": [
        "电工五级试题",
        "共16题",
        "审题王老师2026-12-1810:00导出",
        "未归入鉴定点",
        "写出公式（40%）",
        "转差率",
    ],
}


def fonts_of(document: Document) -> list[DictionaryObject]:
    """Return the font dictionaries of all pages, those inside drawings left out."""
    fonts = []
    for page in PdfReader(BytesIO(document.pdf)).pages:
        resources = page["/Resources"].get_object()
        assert isinstance(resources, DictionaryObject)
        named = resources.get("/Font", DictionaryObject()).get_object()
        fonts += [font.get_object() for font in named.values()]
    return fonts


@pytest.mark.parametrize("name", NAMES)
class TestEveryPaper:
    def test_says_what_its_form_says(self, papers: dict[str, Document], name: str) -> None:
        text = text_of(papers[name])
        assert [said for said in SAYS[name] if said not in text] == []

    def test_numbers_its_pages(self, papers: dict[str, Document], name: str) -> None:
        document = papers[name]
        assert document.pages == len(PdfReader(BytesIO(document.pdf)).pages)
        assert f"第{document.pages}页，共{document.pages}页" in text_of(document)

    def test_is_marked_as_pdf_a_2b(self, papers: dict[str, Document], name: str) -> None:
        metadata = papers[name].pdf
        assert re.search(rb"<pdfaid:part>2</pdfaid:part>", metadata)
        assert re.search(rb"<pdfaid:conformance>B</pdfaid:conformance>", metadata)

    def test_embeds_its_fonts_and_misses_nothing(self, papers: dict[str, Document], name: str) -> None:
        assert papers[name].missing == ()
        fonts = fonts_of(papers[name])
        assert fonts
        assert [font["/BaseFont"] for font in fonts if not re.search(r"\+(Noto|Kaogong)", str(font["/BaseFont"]))] == []

    def test_is_a4(self, papers: dict[str, Document], name: str) -> None:
        for page in PdfReader(BytesIO(papers[name].pdf)).pages:
            assert sorted((round(page.mediabox.width), round(page.mediabox.height))) == [595, 842]

    def test_has_a_form_and_a_template(self, papers: dict[str, Document], name: str) -> None:
        assert (TEMPLATES / f"{name}.typ").is_file()
        assert name in papers


def test_every_kind_of_form_has_an_example() -> None:
    assert {kind.template for kind in Form.__subclasses__()} == set(NAMES)


class TestScoreSheet:
    def test_blind_it_holds_no_name_anywhere_in_the_file(self) -> None:
        assert "买买提" not in text_of(typeset(examples.score_sheet(blind=True)))

    def test_filled_it_shows_the_marks_and_the_panel(self) -> None:
        text = text_of(typeset(examples.score_sheet(blind=False)))
        assert [said for said in ("𠮷田·买买提", "合计10088", "考评组长") if said not in text] == []


class TestCertificate:
    def test_absent_parts_leave_no_line(self) -> None:
        bare = replace(examples.certificate_16(), theory_mark=None, remark="", issued_on=None)
        text = text_of(typeset(bare))
        assert [gone for gone in ("理论知识考试成绩", "备注", "2026年12月20日") if gone in text] == []

    def test_a_kept_mark_says_when_it_was_earned(self) -> None:
        kept = replace(examples.certificate_16(), theory_sat_on=date(2026, 4, 18))
        assert text_of(typeset(kept)).count("保留成绩，2026年4月18日考") == 1
        assert "保留成绩" not in text_of(typeset(examples.certificate_16()))

    def test_the_highest_levels_still_fit_one_page(self) -> None:
        full = replace(
            examples.certificate_16(),
            name="阿卜杜热西提·阿卜杜克热木·麦麦提敏",
            occupation="城市轨道交通信号检修与维护服务人员（信号值班方向）",
            review_mark=examples.certificate_16().theory_mark,
            theory_sat_on=date(2026, 4, 18),
            issuing_body="新疆维吾尔自治区伊犁哈萨克自治州人力资源和社会保障局",
        )
        assert typeset(full).pages == 1

    def test_a_long_name_and_a_long_body_still_fit_one_page(self) -> None:
        full = replace(
            examples.certificate_22(),
            name="阿卜杜热西提·阿卜杜克热木·麦麦提敏",
            occupation="轨道交通信号设备检修与维护人员",
            trade="信号设备装调工",
            blank_serial="2600418837",
            remark="补发",
            evaluation_body="新疆维吾尔自治区装备制造业职业技能评价与人才发展服务中心有限责任公司",
        )
        document = typeset(full)
        assert document.pages == 1
        assert "阿卜杜热西提·阿卜杜克热木·麦麦提敏" in text_of(document)


class TestDoorList:
    @pytest.mark.parametrize("rows", [1, 5, 10])
    def test_fits_one_page(self, rows: int) -> None:
        assert typeset(replace(examples.door_list(), rows=rows)).pages == 1


class TestQr:
    def test_can_be_read_from_the_drawing(self) -> None:
        assert _read(qr_svg("https://kaogong.example.cn/v/证书?n=2630012003400025")) == (
            "https://kaogong.example.cn/v/证书?n=2630012003400025"
        )

    def test_refuses_more_than_a_code_holds(self) -> None:
        with pytest.raises(ValueError, match="too large"):
            qr_svg("x" * 5000)

    def test_every_paper_can_go_without(self) -> None:
        for form in examples.every_form().values():
            assert "扫码核验" not in text_of(typeset(replace(form, qr=""), at=MOMENT))


def _read(svg: bytes) -> str:
    """Draw the dark modules of a segno SVG as pixels, four to a module, and read them as a camera would."""
    import numpy as np

    text = svg.decode()
    size = int(float(re.search(r'viewBox="0 0 ([\d.]+)', text).group(1)))
    pixels = np.full((size, size), 255, dtype=np.uint8)
    column, row = 0, 0
    for command, numbers in re.findall(r"([MmhH])([-\d. ]+)", re.search(r' d="([^"]+)"', text).group(1)):
        steps = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            column, row = int(steps[0]), int(steps[1])
        elif command == "m":
            column, row = column + int(steps[0]), row + round(steps[1])
        else:
            pixels[row, column : column + int(steps[0])] = 0
            column += int(steps[0])
    codes = zxingcpp.read_barcodes(np.kron(pixels, np.ones((4, 4), dtype=np.uint8)))
    return codes[0].text


@pytest.mark.parametrize("weights", [(60, 30), (60, 50), ()])
def test_weights_that_are_no_whole_are_never_printed(weights: tuple[int, ...]) -> None:
    modules = tuple(replace(examples.MODULES[0], weight=weight) for weight in weights)
    with pytest.raises(ValueError, match="not to 100"):
        replace(examples.task_sheet(), modules=modules)
    with pytest.raises(ValueError, match="not to 100"):
        replace(examples.preparation_notice(), modules=modules)


def test_a_blank_score_sheet_keeps_the_places_and_shows_how_the_mark_is_weighted() -> None:
    blank = replace(
        examples.score_sheet(),
        ticket_number="",
        seat="",
        module_code="1",
        modules=examples.MODULES,
        watermark=examples.WATERMARK,
    )
    text = text_of(typeset(blank, at=MOMENT))
    assert [said for said in ("准考证号", "工位", "合计100%", "2026-12-0508:30:00") if said not in text] == []
