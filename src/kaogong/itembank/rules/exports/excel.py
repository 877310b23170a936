"""Items as an Excel sheet in the national form (表格甲式, item-bank §1.3 A), which our own import reads again."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from kaogong.itembank.rules.exports import Exported
from kaogong.itembank.rules.items import LETTERS, TRUE_FALSE, TYPE_CODES

HEADS = (
    "ID",
    "序号",
    "认定点代码",
    "题型代码",
    "题号",
    "试题(题干)",
    *(f"选项{letter}" for letter in LETTERS),
    "正确答案",
    "难度代码",
    "一致性代码",
    "解析",
    "评分标准",
)


def sheet(items: Sequence[Exported], *, watermark: str) -> bytes:
    """The workbook: items on the first sheet, who took them on the second and in the header of every printed page."""
    stream = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, plain) as book:
        book.set_properties({"comments": watermark})
        page, text = book.add_worksheet("试题"), book.add_format({"num_format": "@", "text_wrap": True})
        page.set_header(f"&C{watermark.replace('&', '&&')}")
        page.freeze_panes(1, 1)
        page.write_row(0, 0, HEADS, book.add_format({"bold": True}))
        for place, item in enumerate(items, 1):
            for column, cell in enumerate(_cells(place, item)):
                page.write_string(place, column, cell, text)
        page.set_column(0, len(HEADS) - 1, 14)
        page.set_column(5, 5, 48)
        book.add_worksheet("说明").write_string(0, 0, watermark)
    return stream.getvalue()


def _cells(place: int, item: Exported) -> list[str]:
    content = item.content
    options = [*content.options, *[""] * (len(LETTERS) - len(content.options))]
    key = {"T": "√", "F": "×"}[content.key] if content.type == TRUE_FALSE else content.key
    return [
        item.number,
        str(place),
        "-".join(item.codes),
        TYPE_CODES[content.type],
        item.number,
        content.stem,
        *options,
        key,
        str(item.difficulty),
        str(item.consistency),
        content.explanation,
        "\n".join(f"{each.text}|{each.share}" for each in content.rubric),
    ]
