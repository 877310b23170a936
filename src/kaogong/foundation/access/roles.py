"""Roles: which powers a post gives, in which kinds of body it exists, and which other roles it must be kept apart from.

The table is dated: a post of 2026 gives what its role gave on that day. Separation of duties is written into the sets
(who writes an item does not approve it, who keeps the blanks does not issue) and into `apart`, which `appoint` asks.
Our own arrangement after the trade's division of labour; house rule `kaogong-access-rules/roles`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MINISTRY = frozenset({"ministry", "national_centre"})
DEPARTMENTS = frozenset({"ministry", "provincial_department", "prefecture_department"})
CENTRES = frozenset(
    {"national_centre", "provincial_centre", "prefecture_centre", "industry_centre", "corps_centre", "social_body"}
)
BODIES = CENTRES | frozenset({"enterprise", "college"})
STATIONS = frozenset({"station"})
ANY = DEPARTMENTS | BODIES | STATIONS
BEGINNING = date(1994, 1, 1)


@dataclass(frozen=True, slots=True)
class Role:
    """One role in force from `since` to `until` (both days included; None goes on)."""

    key: str
    title: str
    duty: str
    powers: frozenset[str]
    bodies: frozenset[str]
    apart: frozenset[str] = frozenset()
    since: date = BEGINNING
    until: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether this row of the table holds on that day."""
        return self.since <= on and (self.until is None or on <= self.until)


def _powers(text: str) -> frozenset[str]:
    """`"audit.read notices.see"` as a set."""
    return frozenset(text.split())


_SEE = _powers(
    "persons.see personnel.view sittings.plan registration.see seating.see delivery.see scoring.see blanks.see"
    " certificates.see notices.see"
)
_WATCH = _SEE - {"sittings.plan"}

ROLES: tuple[Role, ...] = (
    Role(
        "ministry_officer",
        "部主管人员",
        "管理规章、职业分类与国家标准",
        _WATCH
        | _powers(
            "regulations.edit occupations.edit standards.draft standards.publish organisations.edit calendar.edit"
            " access.appoint access.view stations.license personnel.grant"
        ),
        MINISTRY,
    ),
    Role(
        "province_director",
        "省级主管人员",
        "管理本省机构、鉴定所（站）许可与考评人员",
        _WATCH
        | _powers(
            "organisations.edit calendar.edit access.appoint access.view stations.license stations.edit"
            " personnel.grant personnel.relate persons.correct persons.merge persons.reveal certificates.suspend"
            " certificates.revoke certificates.reckon"
        ),
        frozenset({"provincial_department", "prefecture_department"}),
        apart=_powers("issuer blank_keeper"),
    ),
    Role(
        "centre_director",
        "中心主任",
        "批准批次、裁决资格与成绩复核",
        _WATCH
        | _powers(
            "access.appoint access.view stations.edit personnel.grant personnel.relate persons.enter persons.correct"
            " persons.merge persons.reveal sittings.plan sittings.announce sittings.move registration.decide"
            " scoring.finalise scoring.recheck certificates.suspend certificates.revoke"
            " certificates.reckon itembank.view"
        ),
        CENTRES,
        apart=_powers("blank_keeper issuer"),
    ),
    Role(
        "registrar",
        "考务",
        "安排场次、审核报名、编排考场",
        _powers(
            "persons.enter persons.see persons.correct persons.reveal personnel.view personnel.relate sittings.plan"
            " sittings.announce sittings.move registration.enter registration.see registration.decide"
            " seating.arrange seating.appoint seating.see delivery.deliver delivery.see scoring.see certificates.see"
            " notices.see"
        ),
        BODIES,
        apart=_powers("item_writer item_approver"),
    ),
    Role(
        "fee_clerk",
        "收费员",
        "收取鉴定费，开具收据",
        _powers("persons.see registration.see registration.collect_fee"),
        BODIES | STATIONS,
    ),
    Role(
        "scorer",
        "成绩管理",
        "阅卷、登分、提交成绩与复核",
        _powers("persons.see delivery.see scoring.mark scoring.finalise scoring.recheck scoring.see"),
        BODIES,
        apart=_powers("issuer blank_keeper item_writer paper_assembler"),
    ),
    Role(
        "marker",
        "阅卷员",
        "按评分标准匿名评阅书写作答",
        _powers("scoring.grade"),
        BODIES,
        apart=_powers("scorer registrar centre_director auditor"),
    ),
    Role(
        "issuer",
        "证书核发",
        "核发、补发、打印证书",
        _powers(
            "persons.see scoring.see blanks.see certificates.issue certificates.print certificates.replace"
            " certificates.suspend certificates.see"
        ),
        BODIES,
        apart=_powers("scorer blank_keeper centre_director province_director"),
    ),
    Role(
        "blank_keeper",
        "空白证书保管",
        "领用、调拨、核销空白证书",
        _powers("blanks.receive blanks.move blanks.see certificates.see"),
        BODIES,
        apart=_powers("issuer scorer centre_director province_director"),
    ),
    Role(
        "item_writer",
        "命题人员",
        "编写试题，导入草稿",
        _powers("itembank.write itembank.import itembank.view"),
        CENTRES,
        apart=_powers("item_reviewer item_approver paper_assembler scorer registrar"),
    ),
    Role(
        "item_reviewer",
        "审题人员",
        "审核试题",
        _powers("itembank.review itembank.view"),
        CENTRES,
        apart=_powers("item_writer item_approver paper_assembler"),
    ),
    Role(
        "item_approver",
        "题库批准人",
        "批准试题入库，裁定试题异议",
        _powers("itembank.approve itembank.calibrate itembank.view scoring.decide_objection"),
        CENTRES,
        apart=_powers("item_writer item_reviewer paper_assembler registrar"),
    ),
    Role(
        "paper_assembler",
        "组卷人员",
        "按细目表组卷、封存",
        _powers("itembank.assemble itembank.view"),
        CENTRES,
        apart=_powers("item_writer item_reviewer item_approver scorer"),
    ),
    Role(
        "station_head",
        "鉴定所（站）负责人",
        "管理本所（站）的考场、设备和考务",
        _powers(
            "persons.see stations.edit personnel.view sittings.plan registration.see seating.see delivery.run"
            " delivery.see scoring.see notices.see access.view"
        ),
        STATIONS,
    ),
    Role(
        "station_clerk",
        "鉴定所（站）考务员",
        "接收报名，管理考场现场",
        _powers("persons.enter persons.see registration.enter registration.see seating.see delivery.run delivery.see"),
        STATIONS,
    ),
    Role(
        "personnel_officer",
        "考评人员管理",
        "核发考评员证，登记回避关系",
        _powers("persons.enter persons.see personnel.grant personnel.view personnel.relate"),
        DEPARTMENTS | CENTRES,
    ),
    Role(
        "supervisor",
        "质量督导员",
        "现场督导，查阅过程记录",
        _powers(
            "persons.see personnel.view registration.see seating.see delivery.see scoring.see blanks.see"
            " certificates.see audit.read"
        ),
        DEPARTMENTS | CENTRES,
        apart=_powers("registrar scorer issuer blank_keeper paper_assembler"),
    ),
    Role(
        "auditor",
        "审计员",
        "查阅并封存审计日志",
        _powers("audit.read audit.seal access.view"),
        DEPARTMENTS | CENTRES,
        apart=_powers(
            "administrator ministry_officer province_director centre_director registrar fee_clerk scorer issuer"
            " blank_keeper"
        ),
    ),
    Role(
        "administrator",
        "系统管理员",
        "开设账号、任命岗位",
        _powers("access.appoint access.view organisations.edit notices.see"),
        ANY,
        apart=_powers("auditor scorer issuer blank_keeper item_approver"),
    ),
    Role(
        "school_clerk",
        "院校经办人",
        "为本校学生集体报名",
        _powers("persons.enter persons.see registration.enter registration.see"),
        frozenset({"college", "enterprise"}),
    ),
)


def role(key: str, on: date) -> Role | None:
    """The row of the table for a role on a day; None when there is no such role or it was not in force."""
    return next((each for each in ROLES if each.key == key and each.is_in_force(on)), None)


def roles_in_force(on: date) -> tuple[Role, ...]:
    """The roles that can be given on a day, in the table's order."""
    return tuple(each for each in ROLES if each.is_in_force(on))


def title_of(key: str) -> str:
    """The Chinese name of a role, of any day; the key itself for a role that the table never knew."""
    return next((each.title for each in reversed(ROLES) if each.key == key), key)


def must_stay_apart(first: str, second: str, on: date) -> bool:
    """Whether one person may not hold both roles at once; the table may name either side."""
    one, other = role(first, on), role(second, on)
    return one is not None and other is not None and (second in one.apart or first in other.apart)
