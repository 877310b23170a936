"""One filled form of every kind, with invented people, long names and rare characters, for the tests and for the eye.

Run as `python -m tests.documents.examples FOLDER` it writes them all as PDF files to be looked at.
"""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from kaogong.foundation.documents.forms import (
    AdmissionTicket,
    AttendanceList,
    AttendanceRow,
    BookletItem,
    Certificate16,
    Certificate22,
    Column,
    DoorList,
    DoorSeat,
    Fact,
    Form,
    HistoryEntry,
    ItemBooklet,
    ModuleWeight,
    PartResult,
    PreparationNotice,
    Receipt,
    ResultNotice,
    Roster,
    ScoreCriterion,
    ScoreSheet,
    Supply,
    SupplyList,
    TaskSheet,
    TaskToPrepare,
    TicketPart,
    VerificationReport,
)
from kaogong.foundation.documents.typesetting import typeset

BEIJING = timezone(timedelta(hours=8))

#: A drawn silhouette: no real person's picture.
PORTRAIT = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 48"><rect width="33" height="48" fill="#F7F8F9"/>'
    b'<path d="M2 48c0-12 5-16 14.5-16S31 36 31 48z" fill="#3F5468"/>'
    b'<path d="M13 27h7v8l-3.500 3-3.500-3z" fill="#D9B79C"/>'
    b'<ellipse cx="16.500" cy="19" rx="7.200" ry="9.500" fill="#E5C6AC"/>'
    b'<path d="M9 19c-1-9 3-12 7.500-12s8.500 3 7.500 12c-1-5-3-7-7.500-7s-6.500 2-7.500 7z" fill="#23272B"/></svg>'
)

LONG_STATION = "乌鲁木齐高新技术产业开发区装备制造业职业技能鉴定所（第二考点）"
RARE_NAME = "𠮷田·买买提"
VERIFY = "https://kaogong.example.cn/v/4Q7M2K9XTR"


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=BEIJING)


def admission_ticket() -> AdmissionTicket:
    return AdmissionTicket(
        issuer="新疆维吾尔自治区职业技能鉴定指导中心",
        round_title="2026年第四批职业技能鉴定",
        name=RARE_NAME,
        masked_id_number="650104********0012",
        ticket_number="6501261204003018",
        occupation="电工",
        level="四级/中级工",
        photo=PORTRAIT,
        parts=(
            TicketPart(
                part="理论知识考试",
                starts_at=_at(5, 9),
                ends_at=_at(5, 10, 30),
                place=LONG_STATION,
                address="乌鲁木齐市新市区示例路 88 号 实训楼三层",
                room="03",
                seat="18",
            ),
            TicketPart(
                part="操作技能考核",
                starts_at=_at(6, 13, 30),
                ends_at=_at(6, 16),
                place=LONG_STATION,
                address="乌鲁木齐市新市区示例路 88 号 电工实训车间",
                room="B2",
                seat="07",
            ),
        ),
        rules=(
            "凭本准考证和有效居民身份证原件进入考场，两证缺一不得参加考试。",
            "理论知识考试开考 30 分钟后不得入场；中途离场者不得再次进入。",
            "手机、智能手表等通信和存储设备须关闭并存放在指定位置。",
            "操作技能考核须穿着绝缘鞋和长袖工作服，服从考评员的安全指令。",
            "对成绩有异议的，可在成绩公布后按公告规定的期限申请复核。",
        ),
        issued_on=date(2026, 11, 24),
        qr=VERIFY,
    )


def certificate_16() -> Certificate16:
    return Certificate16(
        name=RARE_NAME,
        name_english="Jitian Maimaiti",
        sex="男",
        sex_english="Male",
        born_on=date(1995, 3, 7),
        id_number="999999199503070017",
        photo=PORTRAIT,
        occupation="电工",
        occupation_english="Electrician",
        level="四级/中级工",
        level_english="Level 4 / Intermediate",
        theory_mark=Decimal("86.5"),
        practical_mark=Decimal("79"),
        verdict="合格",
        certificate_number="2630012003400025",
        blank_serial="2600418837",
        issuing_body="新疆维吾尔自治区人力资源和社会保障厅",
        issued_on=date(2026, 12, 20),
        remark="补发",
        qr=VERIFY,
    )


def certificate_22() -> Certificate22:
    return Certificate22(
        name="欧阳䶮",
        id_number="999999198811230026",
        photo=PORTRAIT,
        occupation="育婴员",
        level="三级/高级工",
        level_english="Level 3 / Senior",
        certificate_number="S000031110001263000001",
        evaluation_body="上海示例职业技能评价中心有限公司",
        site="浦东第一站点",
        issued_on=date(2026, 12, 20),
        verification_address="kaogong.example.cn/v",
        qr=VERIFY,
    )


def score_sheet(*, blind: bool = True) -> ScoreSheet:
    rows = (
        ("准备与安全", "劳动防护用品穿戴齐全，工具仪表检查到位", "10", "缺一项扣 2 分，扣完为止", "0", "10"),
        ("准备与安全", "停电、验电、挂牌顺序正确", "15", "顺序错误扣 5 分；未验电扣 15 分", "5", "10"),
        ("线路安装", "元件布置合理、安装牢固、横平竖直", "15", "布置不合理扣 3 分；松动每处扣 1 分", "2", "13"),
        ("线路安装", "导线选择正确，接线牢固，无露铜过长", "20", "每处错误扣 2 分", "4", "16"),
        (
            "通电试车",
            "一次通电成功，正反转、互锁与过载保护功能完整",
            "30",
            "一次不成功扣 10 分；两次不成功扣 30 分",
            "0",
            "30",
        ),
        ("文明生产", "工位整洁，工具归位，按时完成", "10", "未清理扣 5 分；每超时 1 分钟扣 1 分", "1", "9"),
    )
    return ScoreSheet(
        station=LONG_STATION,
        round_title="2026年第四批职业技能鉴定",
        sitting_title="12月6日下午场",
        occupation="电工",
        level="四级/中级工",
        task_code="DG4-S-017",
        task_title="三相异步电动机正反转控制线路的安装与调试",
        minutes=150,
        ticket_number="6501261204003018",
        seat="B2-07",
        name=None if blind else RARE_NAME,
        criteria=tuple(
            ScoreCriterion(
                number=str(number),
                group=group,
                requirement=requirement,
                points=Decimal(points),
                deduction_rule=rule,
                deducted=None if blind else Decimal(deducted),
                mark=None if blind else Decimal(mark),
            )
            for number, (group, requirement, points, rule, deducted, mark) in enumerate(rows, start=1)
        ),
        points_total=Decimal(100),
        mark_total=None if blind else Decimal(88),
        signatures=("考评员",) if blind else ("考评员", "考评员", "考评组长"),
        notes=("得分涂改处须由考评员签名；各考评员独立评分，不得商议。",),
        qr=VERIFY,
    )


MODULES = (
    ModuleWeight(code="1", name="继电控制电路装调", weight=60, minutes=150, tasks=3),
    ModuleWeight(code="2", name="电气设备检修", weight=40, minutes=60, tasks=2),
)
WATERMARK = f"{LONG_STATION}　{RARE_NAME}　2026-12-05 08:30:00"


def preparation_notice() -> PreparationNotice:
    return PreparationNotice(
        station=LONG_STATION,
        round_title="2026年第四批职业技能鉴定",
        occupation="电工",
        level="四级（中级工）",
        facts=(
            Fact(label="考核时间", value="2026年12月6日 13:30 至 16:00，分 2 批"),
            Fact(label="考场", value="电工实训车间（12 个工位）"),
        ),
        modules=MODULES,
        tasks=(
            TaskToPrepare(
                module_code="1",
                module_name="继电控制电路装调",
                code="DG4-S-017",
                title="三相异步电动机正反转控制线路的安装与调试",
                minutes=150,
                preparation_minutes=10,
                lists=(
                    SupplyList(
                        name="设备",
                        supplies=(
                            Supply(name="网孔安装板", spec="800 mm×600 mm", quantity="1", unit="块", per="station"),
                            Supply(name="绝缘电阻表", spec="500 V", quantity="2", unit="块", per="room"),
                        ),
                    ),
                    SupplyList(
                        name="材料",
                        supplies=(Supply(name="号码管", spec="", quantity="1", unit="套", per="station"),),
                    ),
                ),
            ),
        ),
        notes=("设备、仪表完好有效。",),
        watermark=WATERMARK,
    )


def task_sheet() -> TaskSheet:
    return TaskSheet(
        station=LONG_STATION,
        round_title="2026年第四批职业技能鉴定",
        sitting_title="12月6日下午场",
        occupation="电工",
        level="四级（中级工）",
        module_code="1",
        module_name="继电控制电路装调",
        task_code="DG4-S-017",
        task_title="三相异步电动机正反转控制线路的安装与调试",
        minutes=150,
        preparation_minutes=10,
        points_total=Decimal(100),
        statement="按图安装正反转控制线路，并通电试车。",
        steps=("检查器材。", "按图接线。", "断电自检，报告考评员后通电。"),
        safety_rule="违反安全操作规程的，立即停止操作，本模块记0分。",
        rules=("准备时间不计入考核时间。",),
        modules=MODULES,
        watermark=WATERMARK,
    )


NAMES = (
    "王建国",
    RARE_NAME,
    "阿卜杜拉·麦麦提艾力",
    "李雪",
    "欧阳䶮",
    "扎西顿珠",
    "陈𬭎",
    "金美善",
    "赵一鸣",
    "古丽米热",
    "ئادىل مەمەت",
    "བཀྲ་ཤིས་དོན་གྲུབ",
    "ꀊꇐꃅꐯ",
    "김미선",
    "ᠪᠠᠲᠤ",
)


def attendance_list(count: int = 30) -> AttendanceList:
    return AttendanceList(
        station=LONG_STATION,
        round_title="2026年第四批职业技能鉴定",
        sitting_title="12月5日上午场",
        occupation="电工",
        level="四级/中级工",
        part="理论知识考试",
        room="03",
        starts_at=_at(5, 9),
        ends_at=_at(5, 10, 30),
        rows=tuple(
            AttendanceRow(
                seat=f"{seat:02}",
                ticket_number=f"65012612040030{seat:02}",
                name=NAMES[seat % len(NAMES)],
                masked_id_number="650104********0012",
                remark="补考" if seat == 4 else "",
            )
            for seat in range(1, count + 1)
        ),
        qr=VERIFY,
    )


def door_list() -> DoorList:
    places = [(row, column if row % 2 else 7 - column) for row in range(1, 6) for column in range(1, 7)]
    return DoorList(
        station=LONG_STATION,
        round_title="2026年第四批职业技能鉴定",
        sitting_title="12月5日上午场",
        room="03",
        occupations=("电工（四级）", "焊工（五级）"),
        part="理论知识考试",
        starts_at=_at(5, 9),
        ends_at=_at(5, 10, 30),
        rows=5,
        columns=6,
        seats=tuple(
            DoorSeat(
                row=row,
                column=column,
                seat=f"{number:02}",
                ticket_number="" if number > 28 else f"65012612040030{number:02}",
                name="" if number > 28 else "王*国",
            )
            for number, (row, column) in enumerate(places, start=1)
        ),
        notice="监考员以机考系统显示的座位为准",
        qr=VERIFY,
    )


def receipt() -> Receipt:
    return Receipt(
        title="交卷回执",
        body=LONG_STATION,
        receipt_number="R20261205090317",
        name=RARE_NAME,
        received_at=_at(5, 10, 12),
        statement="答卷已收到并封存。",
        facts=(
            Fact(label="准考证号", value="6501261204003018"),
            Fact(label="职业（等级）", value="电工　四级/中级工"),
            Fact(label="科目", value="理论知识考试"),
            Fact(label="作答", value="共 100 题，已答 99 题"),
        ),
        digest="9f2c7a01be64d3358c10fa7729e4b6d05518c3a2ef906d417b83ac5e02d96f14",
        digest_kind="SM3",
        next_steps=(
            "请保管好本回执；离场前确认座位无遗留物品。",
            "12月6日 13:30 参加操作技能考核，地点见准考证。",
            "成绩预计于 2026年12月18日 公布，届时将以短信告知。",
        ),
        qr=VERIFY,
    )


def result_notice() -> ResultNotice:
    return ResultNotice(
        body="新疆维吾尔自治区职业技能鉴定指导中心",
        round_title="2026年第四批职业技能鉴定",
        name=RARE_NAME,
        masked_id_number="650104********0012",
        ticket_number="6501261204003018",
        occupation="电工",
        level="四级/中级工",
        parts=(
            PartResult(part="理论知识考试", mark=Decimal("86.50"), pass_mark=Decimal(60), verdict="合格", tone="done"),
            PartResult(
                part="操作技能考核", mark=Decimal("59.99"), pass_mark=Decimal(60), verdict="未合格", tone="stopped"
            ),
            PartResult(part="综合评审", mark=None, verdict="本等级不设", tone="waiting"),
        ),
        verdict="操作技能考核未合格，理论知识成绩保留",
        tone="waiting",
        published_at=datetime(2026, 12, 18, 10, 0, tzinfo=BEIJING),
        notes=(
            "各部分成绩分别与合格线比较，不平均、不四舍五入到整数。",
            "理论知识合格成绩的保留期限以所报考点的公告为准，期内可只补考操作技能。",
            "如对成绩有异议，请在公告规定的期限内提出复核申请。",
        ),
        qr=VERIFY,
    )


def verification_report() -> VerificationReport:
    return VerificationReport(
        body="职业技能鉴定证书查询服务",
        report_number="Q20261224-0000381",
        verdict="有效",
        tone="done",
        explanation="登记簿中有此证书，内容与签名一致，当前未被撤销或暂停。",
        verified_at=datetime(2026, 12, 24, 9, 0, tzinfo=BEIJING),
        asked=(Fact(label="证书编号", value="2630012003400025"), Fact(label="姓名", value=RARE_NAME)),
        certificate=(
            Fact(label="持证人", value=RARE_NAME),
            Fact(label="职业（等级）", value="电工　四级/中级工"),
            Fact(label="颁发机构", value="新疆维吾尔自治区人力资源和社会保障厅"),
            Fact(label="鉴定机构", value=LONG_STATION),
            Fact(label="核发日期", value="2026年12月20日"),
        ),
        history=(
            HistoryEntry(at=date(2026, 12, 20), event="核发", detail="流水码 2600418812"),
            HistoryEntry(at=date(2026, 12, 22), event="补发", detail="原证遗失；编号不变，新流水码 2600418837"),
        ),
        proofs=(
            Fact(label="签名", value="SM2，签名密钥 2026-03，核验通过"),
            Fact(label="状态列表", value="2026年12月24日 08:00 版，第 41 872 位：有效"),
            Fact(label="透明日志", value="第 1 204 331 条，包含证明与树头一致"),
        ),
        notes=("本结果不显示完整证件号码。", "如发现与纸质证书不符，请持证书向颁发机构查询。"),
        qr=VERIFY,
    )


def roster(count: int = 60) -> Roster:
    return Roster(
        title="合格人员名册",
        subtitle="2026年第四批职业技能鉴定　电工　四级/中级工",
        body="新疆维吾尔自治区职业技能鉴定指导中心",
        columns=(
            Column(title="序号", width=0.6, align="right"),
            Column(title="姓名", width=1.9),
            Column(title="准考证号", width=1.9),
            Column(title="理论", width=0.7, align="right"),
            Column(title="操作", width=0.7, align="right"),
            Column(title="鉴定所（站）", width=3.4),
        ),
        rows=tuple(
            (str(number), NAMES[number % len(NAMES)], f"650126120400{number:04}", "86.50", "79.00", LONG_STATION)
            for number in range(1, count + 1)
        ),
        as_of=datetime(2026, 12, 18, 10, 0, tzinfo=BEIJING),
        note="公示期 5 个工作日",
        qr=VERIFY,
    )


def item_booklet() -> ItemBooklet:
    return ItemBooklet(
        title="电工 五级试题",
        watermark="审题王老师 2026-12-18 10:00 导出　内部资料，不得外传",
        items=(
            BookletItem(
                number="B-A-B-C-001-001",
                kind="单项选择题",
                point="A-B-C-001 三相异步电动机的转速",
                difficulty="3",
                stem="三相异步电动机的转速与（　）有关。",
                options=("A. 电源频率", "B. 环境湿度"),
                key="A",
                explanation="转速由频率、极对数和转差率决定。",
            ),
            BookletItem(
                number="D-U-00001",
                kind="简答题",
                point="",
                difficulty="4",
                stem="什么是转差率？\n写出公式。",
                options=(),
                key="同步转速与转子转速之差与同步转速的比。",
                rubric=("写出定义（60%）", "写出公式（40%）"),
            ),
        )
        * 8,
    )


def every_form() -> dict[str, Form]:
    """Return one filled form per template, by the template's name."""
    forms: tuple[Form, ...] = (
        admission_ticket(),
        certificate_16(),
        certificate_22(),
        score_sheet(),
        preparation_notice(),
        task_sheet(),
        attendance_list(),
        door_list(),
        receipt(),
        result_notice(),
        verification_report(),
        roster(),
        item_booklet(),
    )
    return {form.template: form for form in forms}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, form in every_form().items():
        (folder / f"{name}.pdf").write_bytes(typeset(form).pdf)
