"""Beside the chapters: a dozen new items are tried unscored in the season's papers, then calibrated.

Two of them are bad on purpose, as new items are: of one the key is wrong (`MISKEYED`), so that who knows is marked
wrong; the other is a puzzle of words that knowledge does not help with (`PUZZLE`).
"""

from __future__ import annotations

from datetime import timedelta

from rich.table import Table

from kaogong.calibration import services as calibration
from kaogong.cli.demo.season import LEVEL, OCCUPATION, Season
from kaogong.foundation.kernel.actors import service
from kaogong.foundation.kernel.clauses import Clause
from kaogong.itembank import selectors as bank
from kaogong.itembank import services as items
from kaogong.regulations import services as regulations

RULER = service("演示：试测规则", "regulations.edit", door="shell")
NATION = service("演示：国家题库", "itembank.approve", "itembank.view", door="shell")
CALIBRATOR = service("演示：题库定标", "itembank.calibrate", door="shell")
PER_PAPER = {"single": 4, "truefalse": 2}
CASES = 200

WRITTEN: tuple[tuple[str, str, str, tuple[str, ...], str, int], ...] = (
    (
        "B-A-A-001",
        "single",
        "熔断器熔体熔断后，最先应做的是（　）。",
        ("查明故障原因", "换上粗一号的熔体", "用铜丝代替", "直接再次合闸"),
        "A",
        2,
    ),
    (
        "B-A-A-008",
        "single",
        "交流接触器铁心端面装短路环，是为了（　）。",
        ("减小振动和噪声", "增大线圈电流", "缩短触头行程", "提高线圈电压"),
        "A",
        3,
    ),
    (
        "B-A-B-005",
        "single",
        "同样截面的铜导线，敷设条件中最不利于散热的是（　）。",
        ("多根同穿一管", "单根明敷", "瓷瓶架空", "单根沿墙卡敷"),
        "A",
        3,
    ),
    (
        "B-A-B-009",
        "single",
        "铜、铝导线直接绞接日久易发热，主要因为接头处（　）。",
        ("发生电化学腐蚀", "磁阻变大", "绝缘老化变硬", "电容增大"),
        "A",
        4,
    ),
    (
        "B-A-C-006",
        "single",
        "一灯两地控制所用的两只开关应是（　）。",
        ("单刀双掷开关", "单刀单掷开关", "按钮开关", "行程开关"),
        "A",
        2,
    ),
    (
        "B-A-C-007",
        "single",
        "面对单相三孔插座，接保护零线（地线）的是（　）。",
        ("上孔", "左孔", "右孔", "左右任一孔"),
        "A",
        1,
    ),
    (
        "B-A-B-010",
        "single",
        "多股软铜线接到螺钉端子前，宜先（　）。",
        ("压接端头或搪锡", "剪去几股", "涂绝缘漆", "打一个死结"),
        "B",
        2,
    ),
    (
        "B-A-C-010",
        "single",
        "下列关于照明配电箱安装的说法，不是不正确的是（　）。",
        ("零线与地线不应不分排", "零线与地线不应分排", "各回路不必不混接", "箱体不应不悬空"),
        "A",
        5,
    ),
    ("B-A-A-003", "truefalse", "更换熔体应先切断电源。", (), "T", 1),
    ("B-A-B-011", "truefalse", r"恢复导线绝缘时，绝缘带应每圈压住前一圈的 $\frac{1}{2}$ 左右。", (), "T", 2),
    ("B-A-C-005", "truefalse", "单极灯开关应接在零线上。", (), "F", 2),
    ("B-A-B-004", "truefalse", r"选择导线截面时只须满足 $I_{\text{允许}}\geq I_{\text{计算}}$。", (), "F", 3),
)
"""The new items: point, type, stem, options, key, difficulty."""
MISKEYED = WRITTEN[6][2]
PUZZLE = WRITTEN[7][2]


def prepare(season: Season) -> None:
    """The rule that papers of this bank carry trial items, and the items: written, reviewed by another, cleared."""
    regulations.enter_provision(
        actor=RULER,
        at=season.days.before(112),
        key="itembank.trial",
        value={"required": True, "per_paper": PER_PAPER, "cases": CASES},
        clause=Clause("kaogong-itembank-rules", "trial"),
        occupation_code=OCCUPATION,
        since=season.days.before(111).date(),
        certainty="H",
        reason="演示：电工题库的新题先试测",
    )
    writer, reviewer, approver = (season.by(f"province/item_{role}") for role in ("writer", "reviewer", "approver"))
    branch(season)
    for point, type_, stem, options, key, difficulty in season.each("命题、审题，送试测", WRITTEN):
        found = bank.point_by_code(OCCUPATION, LEVEL, point)
        assert found is not None  # the shipped blueprint has it
        item = items.draft_item(
            actor=writer,
            at=season.days.before(110),
            occupation_code=OCCUPATION,
            level=LEVEL,
            content=bank.ItemContent(type_, stem, options, key),
            difficulty=difficulty,
            consistency=5,
            point_id=found.pk,
        )
        items.review_item(actor=reviewer, at=season.days.before(108), item_id=item.pk)
        items.clear_item(actor=approver, at=season.days.before(106), item_id=item.pk)


def branch(season: Season) -> None:
    """Nanjing's sub-bank: proposed, opened by the nation, a local point with an item in use, evaluated."""
    writer, reviewer, approver = (season.by(f"nanjing/item_{role}") for role in ("writer", "reviewer", "approver"))
    found = items.propose_sub_bank(
        actor=approver,
        at=season.days.before(110),
        occupation_code=OCCUPATION,
        level=LEVEL,
        name="国家题库南京分库（电工五级）",
        reason="地市级分库试点",
    )
    since = season.days.before(108).date()
    items.open_sub_bank(actor=NATION, at=season.days.before(109), sub_bank_id=found.pk, since=since)
    under = bank.ranges_for_points(found)[-1]
    point = items.add_local_point(
        actor=writer,
        at=season.days.before(107),
        sub_bank_id=found.pk,
        codes=under.codes,
        name="本地老旧住宅的线路改造",
        importance="Y",
    )
    item = items.draft_item(
        actor=writer,
        at=season.days.before(106),
        occupation_code=OCCUPATION,
        level=LEVEL,
        content=bank.ItemContent("truefalse", "改造老旧住宅的线路时，铝导线可以直接与铜导线绞接。", (), "F"),
        difficulty=2,
        consistency=5,
        point_id=point.pk,
    )
    items.review_item(actor=reviewer, at=season.days.before(105), item_id=item.pk)
    items.clear_item(actor=approver, at=season.days.before(104), item_id=item.pk)
    items.evaluate_sub_bank(
        actor=NATION,
        at=season.days.before(20),
        sub_bank_id=found.pk,
        held_from=season.days.before(24).date(),
        held_to=season.days.before(23).date(),
        panel=["评估专家 甲", "评估专家 乙", "评估专家 丙"],
        findings="命题、审题、终审由三人担任，记录完整；本地鉴定点偏少，建议一年内补足。",
        verdict=bank.BankEvaluation.Verdict.CONDITIONAL,
    )


def calibrate(season: Season) -> None:
    """One trial run and one live run over the season's published sittings; the notes say how the trial items stand."""
    today = season.days.today
    with season.stage("定标（试测、在用）", 2) as done:
        for place, purpose in enumerate(("trial", "live")):
            outcome = calibration.run(
                actor=CALIBRATOR,
                at=season.days.before(1) + timedelta(minutes=place),
                occupation_code=OCCUPATION,
                level=LEVEL,
                purpose=purpose,
                since=today - timedelta(days=90),
                until=today,
            )
            done()
            if purpose == "trial":
                cases = outcome.gathered.answers.responses.n_persons
                season.reached("作答用于定标", cases, f"{outcome.ended} 道试测题转入统计审查")


def table(season: Season) -> Table:
    """How the items on trial stand by the rule."""
    told = Table("题号", title="试测题的统计", title_justify="left")
    for heading in ("人数", "难度", "区分度", "b", "b 标准误"):
        told.add_column(heading, justify="right")
    told.add_column("规则结论", overflow="fold")
    for standing in bank.standings(season.by("province/item_approver"), states=bank.ON_TRIAL):
        found, verdict = standing.statistic, bank.verdict_of(standing, season.days.today)
        if found is None:
            told.add_row(standing.item.number, "0", *("—",) * 4, "尚未施测")
            continue
        figures = (found.p, found.r, found.b, found.se_b)
        said = "可以启用" if verdict.is_met else "不符合：" + "、".join(line.name for line in verdict.failing)
        told.add_row(
            standing.item.number,
            str(found.cases),
            *("—" if figure is None else f"{figure:.2f}" for figure in figures),
            said,
        )
    return told
