"""Lists of applicants as people send them: what the columns are called, and what each row says or why it cannot.

Everything that a row tells by itself is judged here; who is known already and what the round allows comes later.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kaogong.itembank.rules.files import NotReadable, decode, excel
from kaogong.registration.rules.conditions import ROUTES
from kaogong.registration.rules.phrases import gettext_noop as _
from kaogong.standards.rules import level_name

NEEDED = ("name", "document_number", "condition_code")
COLUMNS: Mapping[str, str] = {
    "name": _("姓名"),
    "document_kind": _("证件类型"),
    "document_number": _("证件号码"),
    "phone": _("手机号码"),
    "condition_code": _("申报条件"),
    "residence": _("户籍或居住地"),
    "source": _("考生来源"),
    "employer": _("工作单位或学校"),
    "employer_place": _("工作地"),
    "work_since": _("工作开始日期"),
    "work_until": _("工作结束日期"),
    "apprenticeship_ended_on": _("学徒期满日期"),
    "school_route": _("学校类别"),
    "graduates_on": _("毕业日期"),
    "is_final_year": _("毕业年级在校生"),
    "training_provider": _("培训机构"),
    "training_hours": _("培训学时"),
    "training_ended_on": _("结业日期"),
    "award_level": _("已有证书等级"),
    "award_number": _("已有证书编号"),
    "awarded_on": _("证书发证日期"),
    "reserve_awarded_on": _("预备技师证书日期"),
    "occupation_code": _("经历对应的职业编码"),
}
"""The columns by field, as the template heads them; only those a level asks for are in its template."""
OF_KIND: Mapping[str, tuple[str, ...]] = {
    "years": ("work_since", "work_until"),
    "apprenticeship": ("apprenticeship_ended_on",),
    "schooling": ("school_route", "graduates_on", "is_final_year"),
    "training": ("training_provider", "training_hours", "training_ended_on"),
    "certificate": ("award_level", "award_number", "awarded_on"),
    "reserve_technician": ("reserve_awarded_on",),
}
GENERAL = tuple(COLUMNS)[:9]
REASON = _("原因（改好后可留着这一列再上传）")
EXAMPLE_NAME = "示例（本行不读）"
LOST_DIGITS = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TEXT_AT_MOST = 120
EXCEL_EPOCH = date(1899, 12, 30)
ROUTE_NAMES = {name: code for code, name in ROUTES.items()}
LEVELS = {level_name(level): level for level in range(1, 6)} | {str(level): level for level in range(1, 6)}


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row: the column, and how it is said."""

    column: str
    words: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A row as it was written, by field, and everything that is wrong with it by itself."""

    line: int
    values: Mapping[str, str]
    faults: tuple[RowFault, ...] = ()


def read_file(raw: bytes, *, bytes_at_most: int, rows_at_most: int) -> tuple[str, list[tuple[int, list[str]]]]:
    """The kind of the file, and its rows with their numbers, header first. Raises NotReadable."""
    if raw.startswith(excel.SIGNATURE):
        if len(raw) > bytes_at_most:
            raise NotReadable(_("文件过大"))
        return "Excel", excel.sheet_rows(raw, rows_at_most=rows_at_most)
    text, encoding = decode(raw, bytes_at_most=bytes_at_most)
    first = text.lstrip("\r\n").splitlines()[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",\t;，", key=first.count) if first else ",")
    found = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append((reader.line_num, [cell.strip() for cell in row]))
            if len(found) > rows_at_most + 1:
                raise NotReadable(_("文件超过 {limit} 行，请分开上传"), limit=rows_at_most)
    except csv.Error as problem:
        raise NotReadable(_("第 {line} 行不是合法的 CSV"), line=reader.line_num) from problem
    return encoding, found


def rows_of(table: Sequence[tuple[int, Sequence[str]]]) -> list[RosterRow]:
    """The rows under the header, by field; the template's example is passed over. Raises NotReadable."""
    if not table:
        raise NotReadable(_("文件是空的"))
    header = [_plain(cell) for cell in table[0][1]]
    names = {_plain(label): field for field, label in COLUMNS.items()}
    places = {names[cell]: place for place, cell in enumerate(header) if cell in names}
    if missing := [COLUMNS[field] for field in NEEDED if field not in places]:
        raise NotReadable(_("表头缺少“{missing}”，请用模板填写"), missing="、".join(missing))
    if twice := sorted({cell for cell in header if cell in names and header.count(cell) > 1}):
        raise NotReadable(_("表头中“{names}”出现了不止一次"), names="、".join(twice))
    rows = []
    for line, cells in table[1:]:
        values = {field: _cell(cells, place) for field, place in places.items()}
        if values["name"] != EXAMPLE_NAME:
            rows.append(RosterRow(line, values, tuple(_faults_of(values))))
    if not rows:
        raise NotReadable(_("文件里只有表头，没有人员"))
    return rows


def _plain(label: str) -> str:
    return "".join(unicodedata.normalize("NFKC", label).split()).strip("*＊ \ufeff")


def _cell(cells: Sequence[str], place: int) -> str:
    """The cell; an apostrophe that keeps a spreadsheet from computing it is no part of what was written."""
    text = cells[place].strip() if place < len(cells) else ""
    return text[1:].strip() if text.startswith("'") and text[1:].startswith((*FORMULA, *"0123456789")) else text


def _faults_of(values: Mapping[str, str]) -> list[RowFault]:
    faults = [RowFault(field, _("没有填写")) for field in NEEDED if not values[field]]
    if LOST_DIGITS.fullmatch(values["document_number"]):
        faults.append(RowFault("document_number", _("被表格软件改成了数字，后几位已经丢失；请把这一列设为文本再填")))
    long = [field for field, value in values.items() if len(value) > TEXT_AT_MOST]
    return [*faults, *(RowFault(field, _("超过 120 个字")) for field in long)]


def condition_code_of(text: str) -> str:
    """`5-2`, also when full-width, with words after it, or after a spreadsheet made a date of it (5月2日)."""
    plain = unicodedata.normalize("NFKC", text).strip()
    as_date = re.fullmatch(r"(\d{1,2})月(\d{1,2})日", plain)
    if as_date:
        return f"{as_date[1]}-{as_date[2]}"
    if re.fullmatch(r"\d{5}", plain):
        day = EXCEL_EPOCH + timedelta(days=int(plain))
        return f"{day.month}-{day.day}"
    found = re.match(r"(\d{1,2})\s*[-—–‐一－]\s*(\d{1,2})", plain)
    return f"{found[1]}-{found[2]}" if found else plain[:10]


def day_of_text(text: str) -> str:
    """A day as ISO text, from the usual spellings or a spreadsheet's day number; the text itself when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip().split(" ")[0]
    if re.fullmatch(r"\d{5}", plain):
        return (EXCEL_EPOCH + timedelta(days=int(plain))).isoformat()
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", plain)
    if found is None:
        return text
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return text


def claim_of(values: Mapping[str, str], *, kinds: Collection[str], occupation_code: str) -> dict[str, Any]:
    """The facts of a row in the shape of a claim (`record.read`), for the kinds of clauses the condition has."""
    code = values.get("occupation_code") or occupation_code
    employer = values.get("employer", "")
    claim: dict[str, Any] = {}
    if "years" in kinds and values.get("work_since"):
        spell = {"occupation_code": code, "employer": employer, "since": day_of_text(values["work_since"])}
        claim["work"] = [spell | ({"until": day_of_text(until)} if (until := values.get("work_until")) else {})]
    if "apprenticeship" in kinds and (ended := values.get("apprenticeship_ended_on")):
        claim["apprenticeships"] = [{"occupation_code": code, "ended_on": day_of_text(ended)}]
    if "schooling" in kinds and (graduates := values.get("graduates_on")):
        route = values.get("school_route", "")
        claim["schooling"] = [
            {
                "route": ROUTE_NAMES.get(route, route),
                "major_code": code,
                "graduates_on": day_of_text(graduates),
                "is_final_year": values.get("is_final_year", "") in {"是", "Y", "y", "1", "√"},
                "name": employer,
            }
        ]
    if "training" in kinds and (ended := values.get("training_ended_on")):
        hours = values.get("training_hours", "")
        claim["training"] = [
            {
                "hours": int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 6 else hours,
                "ended_on": day_of_text(ended),
                "provider": values.get("training_provider", ""),
            }
        ]
    if "certificate" in kinds and (awarded := values.get("awarded_on")):
        level = unicodedata.normalize("NFKC", values.get("award_level", "")).split("/")[0].strip()
        claim["awards"] = [
            {
                "occupation_code": code,
                "level": LEVELS.get(level, 0),
                "awarded_on": day_of_text(awarded),
                "number": values.get("award_number", ""),
            }
        ]
    if "reserve_technician" in kinds and (awarded := values.get("reserve_awarded_on")):
        claim["reserve_technician"] = {"awarded_on": day_of_text(awarded)}
    return claim


def template_columns(kinds: Collection[str]) -> tuple[str, ...]:
    """The fields that a template for these kinds of clauses has."""
    return (*GENERAL, *(field for kind, fields in OF_KIND.items() if kind in kinds for field in fields))


def example_of(fields: Sequence[str], *, condition_code: str) -> list[str]:
    """The template's example line; its number is no one's: the check digit is wrong on purpose."""
    given = {
        "name": EXAMPLE_NAME,
        "document_kind": "居民身份证",
        "document_number": "320102200001010000",
        "phone": "13800000000",
        "condition_code": condition_code,
        "residence": "江苏省南京市玄武区",
        "source": "学校（在校生）",
        "employer": "示例技师学院",
        "work_since": "2022-07-01",
        "apprenticeship_ended_on": "2025-06-30",
        "school_route": next(iter(ROUTE_NAMES)),
        "graduates_on": "2026-06-30",
        "is_final_year": "否",
        "training_hours": "120",
        "training_ended_on": "2025-12-31",
        "award_level": level_name(5),
        "awarded_on": "2021-05-01",
    }
    return [given.get(field, "") for field in fields]
