"""Forms: for every paper, the fields that it shows, with their types; the template of the same name draws them.

A form is filled by whoever knows the domain: text comes worded, masked and translated, numbers as decimals. An
optional field that is None or empty leaves no trace on the paper, unless its docstring says that a place is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal

#: The tone of a verdict: it is final and good, it is not decided yet, it stops something. Always beside a word.
Tone = Literal["done", "waiting", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What every paper has: a template, and perhaps a QR code at the lower right of each page.

    `qr` is the payload of the code, most often an address of the verification page; empty for none.
    """

    template: ClassVar[str]
    qr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of label and value."""

    label: str
    value: str


# ---- before the sitting ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPart:
    """One part of the assessment (理论知识, 操作技能, 综合评审): when and where the candidate sits it."""

    part: str
    starts_at: datetime
    ends_at: datetime
    place: str
    address: str
    room: str
    seat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionTicket(Form):
    """准考证: who may enter, where and when. Without a photo the place to paste one is drawn (33 × 48 mm)."""

    template: ClassVar[str] = "admission-ticket"
    issuer: str
    round_title: str
    name: str
    masked_id_number: str
    photo: bytes | None = None
    ticket_number: str
    occupation: str
    level: str
    parts: tuple[TicketPart, ...]
    rules: tuple[str, ...]
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceRow:
    """One candidate of a room; the signature column beside them is left empty."""

    seat: str
    ticket_number: str
    name: str
    masked_id_number: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceList(Form):
    """考场签到表: the candidates of one room in seat order, with a place for each signature and for the counts."""

    template: ClassVar[str] = "attendance-list"
    station: str
    round_title: str
    sitting_title: str
    occupation: str
    level: str
    part: str
    room: str
    starts_at: datetime
    ends_at: datetime
    rows: tuple[AttendanceRow, ...]
    invigilators: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSeat:
    """One seat of the map; `row` and `column` count from 1, row 1 is nearest to the front, column 1 leftmost."""

    row: int
    column: int
    seat: str
    ticket_number: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorList(Form):
    """考场座位图: the sheet on the door of a room. A seat without a ticket number is drawn empty, a gap is an aisle.

    `front` names what stands at the front (讲台, 考评席). Names are optional: give them masked, or not at all.
    """

    template: ClassVar[str] = "door-list"
    station: str
    round_title: str
    sitting_title: str
    room: str
    occupations: tuple[str, ...]
    part: str
    starts_at: datetime
    ends_at: datetime
    front: str = "讲台"
    rows: int
    columns: int
    seats: tuple[DoorSeat, ...]
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleWeight:
    """A module of the skill part: its share of the mark in per cent, its minutes, how many tasks it draws from."""

    code: str
    name: str
    weight: int
    minutes: int
    tasks: int


def _require_whole(modules: tuple[ModuleWeight, ...]) -> None:
    """Refuse modules whose weights are no whole: a paper that shows them would promise a wrong mark."""
    total = sum(module.weight for module in modules)
    if total != 100:
        raise ValueError(f"the weights of the modules sum to {total}, not to 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """One line of a preparation list; `per` says whether every working place or every room needs that many."""

    name: str
    spec: str
    quantity: str
    unit: str
    per: Literal["station", "room"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyList:
    """The equipment, the materials or the tools of a task."""

    name: str
    supplies: tuple[Supply, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskToPrepare:
    """A task as whoever prepares its places knows it: title, times and lists, not what is to be done."""

    module_code: str
    module_name: str
    code: str
    title: str
    minutes: int
    preparation_minutes: int
    lists: tuple[SupplyList, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationNotice(Form):
    """操作技能考核准备通知单: what a station sets up before the day, task by task. It never shows the task itself.

    `watermark` names the receiver and the moment; `facts` say where and when, when that is known.
    """

    template: ClassVar[str] = "preparation-notice"
    station: str = ""
    round_title: str = ""
    occupation: str
    level: str
    facts: tuple[Fact, ...] = ()
    modules: tuple[ModuleWeight, ...]
    tasks: tuple[TaskToPrepare, ...]
    notes: tuple[str, ...] = ()
    watermark: str

    def __post_init__(self) -> None:
        """Refuse weights that do not sum to 100."""
        _require_whole(self.modules)


# ---- during the sitting ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSheet(Form):
    """操作技能考核试题: what a candidate is to do at one task, in which steps, in which time, under which rules.

    `watermark` names the receiver and the moment. Station, round and sitting are empty on a sheet of the bank itself.
    """

    template: ClassVar[str] = "task-sheet"
    station: str = ""
    round_title: str = ""
    sitting_title: str = ""
    occupation: str
    level: str
    module_code: str
    module_name: str
    task_code: str
    task_title: str
    minutes: int
    preparation_minutes: int
    points_total: Decimal
    statement: str
    steps: tuple[str, ...]
    safety_rule: str
    rules: tuple[str, ...] = ()
    modules: tuple[ModuleWeight, ...]
    watermark: str

    def __post_init__(self) -> None:
        """Refuse weights that do not sum to 100."""
        _require_whole(self.modules)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCriterion:
    """One row of a score sheet: what is judged, for how many points, and how points are lost.

    `group` is the heading above it (printed once per run of equal groups). `deducted` and `mark` stay None on a
    sheet that is still to be filled by hand.
    """

    number: str
    group: str = ""
    requirement: str
    points: Decimal
    deduction_rule: str
    deducted: Decimal | None = None
    mark: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSheet(Form):
    """操作技能考核评分记录表: one examiner's marks for one candidate at one task.

    Blind marking leaves `name` None: the sheet then carries the ticket number and the seat only, and says so. A blank
    sheet has neither ticket number nor seat and keeps their places. With `modules` it shows how the mark is weighted,
    `module_code` being the task's; `watermark` names the receiver and the moment.
    """

    template: ClassVar[str] = "score-sheet"
    station: str
    round_title: str
    sitting_title: str
    occupation: str
    level: str
    task_code: str
    task_title: str
    minutes: int
    ticket_number: str
    seat: str
    name: str | None = None
    criteria: tuple[ScoreCriterion, ...]
    points_total: Decimal
    mark_total: Decimal | None = None
    signatures: tuple[str, ...] = ("考评员",)
    notes: tuple[str, ...] = ()
    module_code: str = ""
    modules: tuple[ModuleWeight, ...] = ()
    watermark: str = ""

    def __post_init__(self) -> None:
        """Refuse weights that do not sum to 100."""
        if self.modules:
            _require_whole(self.modules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Form):
    """回执: proof that something was handed in (报名, 交卷), with its number, its digest and what happens next."""

    template: ClassVar[str] = "receipt"
    title: str
    body: str
    receipt_number: str
    name: str
    received_at: datetime
    statement: str
    facts: tuple[Fact, ...]
    digest: str = ""
    digest_kind: str = ""
    next_steps: tuple[str, ...] = ()


# ---- after the sitting ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """The result of one part; `mark` None prints as a dash (absent, not assessed, exempt: `verdict` says which)."""

    part: str
    mark: Decimal | None
    pass_mark: Decimal | None = None
    verdict: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultNotice(Form):
    """成绩通知单: the marks of one candidate, the verdict on them, and how to have them rechecked."""

    template: ClassVar[str] = "result-notice"
    body: str
    round_title: str
    name: str
    masked_id_number: str
    ticket_number: str
    occupation: str
    level: str
    parts: tuple[PartResult, ...]
    verdict: str
    tone: Tone
    published_at: datetime
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate16(Form):
    """职业资格证书, the inside pages: a certificate of vocational qualification with its 16-digit number.

    `occupation_english`, `level_english` and `sex_english` stand under their Chinese. `remark` says for example 补发.
    The blank serial is that of the paper it is printed on; the certificate number belongs to the award. A `…_sat_on`
    is given for a mark that was kept from an earlier sitting.
    """

    template: ClassVar[str] = "certificate-16"
    name: str
    name_english: str = ""
    sex: str
    sex_english: str = ""
    born_on: date
    id_number: str
    photo: bytes | None = None
    occupation: str
    occupation_english: str = ""
    level: str
    level_english: str = ""
    theory_mark: Decimal | None = None
    practical_mark: Decimal | None = None
    review_mark: Decimal | None = None
    theory_sat_on: date | None = None
    practical_sat_on: date | None = None
    review_sat_on: date | None = None
    verdict: str = ""
    certificate_number: str
    blank_serial: str
    issuing_body: str
    issued_on: date | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate22(Form):
    """职业技能等级证书: a certificate of vocational skill level, issued by a filed evaluation body; 22 characters.

    `site` is the branch (站点) that assessed, when it is not the body itself; `trade` the 工种 within the occupation.
    """

    template: ClassVar[str] = "certificate-22"
    name: str
    id_kind: str = "居民身份证"
    id_number: str
    photo: bytes | None = None
    occupation: str
    trade: str = ""
    level: str
    level_english: str = ""
    certificate_number: str
    blank_serial: str = ""
    evaluation_body: str
    site: str = ""
    issued_on: date
    verification_address: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One event in the life of a certificate, with its moment and the reason or the body that caused it."""

    at: datetime | date
    event: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReport(Form):
    """证书查询结果: what the registry said about one certificate at one moment, and how that was proved.

    `verdict` is a word (有效, 已撤销, 未查到), `explanation` the sentence under it. `proofs` are what was checked.
    """

    template: ClassVar[str] = "verification-report"
    body: str
    report_number: str
    verdict: str
    tone: Tone
    explanation: str
    verified_at: datetime
    asked: tuple[Fact, ...]
    certificate: tuple[Fact, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    proofs: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()


# ---- anything long --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a roster: its heading, its share of the width, and the side that its cells keep to."""

    title: str
    width: float = 1.0
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster(Form):
    """名册: any long table, its heading repeated on every page, its rows of text as many as its columns."""

    template: ClassVar[str] = "roster"
    title: str
    subtitle: str = ""
    body: str = ""
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    as_of: datetime
    landscape: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that has more or fewer cells than there are columns."""
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells for {len(self.columns)} columns")


# ---- the item bank --------------------------------------------------------------------------------------------------


Words = str | tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookletItem:
    """One item with its key; options come lettered, the rubric worded with its shares.

    Words are pieces: a text, or a map with the tree of a `formula` (kind, code points, parts) and whether it is a
    `block`.
    """

    number: str
    kind: str
    point: str
    difficulty: str
    stem: Words
    options: tuple[Words, ...]
    key: Words
    rubric: tuple[Words, ...] = ()
    explanation: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBooklet(Form):
    """试题册: items with their keys for reviewers; on every page lies the mark of who took them and when."""

    template: ClassVar[str] = "item-booklet"
    title: str
    watermark: str
    items: tuple[BookletItem, ...]
