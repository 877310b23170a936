"""The gate before an issue: what must hold of the sitting, and what of each candidate. Pure: facts in, verdicts out.

The list follows the nine checks that one city states (包头, a local rule) and the national rules where there are any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kaogong.foundation.kernel.clauses import Clause

BAOTOU = Clause("baotou-issue", "checks")
HOUSE = "kaogong-certificates-rules"
PASS = Clause("standard-form-2018", "pass")
PART_NAMES = {"theory": "理论知识考试", "skill": "技能考核", "review": "综合评审"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at before an issue: green or red, in words, with its clause."""

    key: str
    title: str
    passed: bool
    text: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """The examiners of one part on its day: how many, and what is wrong with whose card."""

    part: str
    examiners: int
    faults: Sequence[str]


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """A theory paper that was used: its number, whether it came sealed from our bank, and what a check found."""

    number: str
    is_released: bool
    findings: Sequence[str]


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """Who appraised and who issues: names, the code that goes into the number, and the blanks in stock."""

    body: str
    issuer: str
    regime: str
    body_code: str
    stock: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class SittingFacts:
    """A sitting as the gate sees it."""

    number: str
    held_on: date
    round_number: str
    is_announced: bool
    is_held: bool
    is_in_scope: bool
    scope_reason: str
    scope_clause: Clause
    panel_rule: dict[str, Any]
    panel_clause: Clause
    panels: Sequence[PanelFacts]
    parts: Sequence[str]
    unclosed: Sequence[str]
    papers: Sequence[PaperFacts]
    drawn_modules: int
    body: BodyFacts
    ready: int
    """How many candidates could be issued to: what the blanks must suffice for."""


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """One admitted candidate as the gate sees them."""

    registration_id: UUID
    number: str
    name: str
    is_admitted: bool
    is_eligible: bool
    is_paid: bool
    has_result: bool
    is_passed: bool
    failed_parts: Sequence[str]
    result_clause: Clause | None
    open_rechecks: Sequence[str]
    missing_glyphs: Sequence[str]
    certificate: str
    is_vouched_for: bool
    """Whether result and registration are what the trail says that they were."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nothing is issued to a candidate now: in words, with the clause; `is_fault` asks for somebody's work."""

    key: str
    text: str
    clause: Clause
    is_fault: bool = False


def sitting_checks(facts: SittingFacts) -> list[Check]:
    """Everything that must hold of a sitting before its certificates are issued, in the order in which it is shown."""
    looks: tuple[Callable[[SittingFacts], Check], ...] = (
        _batch,
        _scope,
        _panel,
        _materials,
        _paper,
        _numbering,
        _stock,
    )
    return [look(facts) for look in looks]


def candidate_reason(facts: CandidateFacts) -> Reason | None:
    """Why this candidate gets no certificate now, by the decisive reason; None when nothing stands in the way."""
    if facts.certificate:
        return Reason("issued", f"已核发 {facts.certificate}", Clause(HOUSE, "once"))
    if not facts.is_admitted:
        return Reason("not-admitted", "报名未通过资格审核", BAOTOU)
    if not facts.has_result:
        return Reason("no-result", "成绩尚未发布", BAOTOU, is_fault=True)
    if not facts.is_passed:
        parts = "、".join(PART_NAMES.get(part, part) for part in facts.failed_parts)
        return Reason("failed", f"{parts or '成绩'}不合格", facts.result_clause or PASS)
    if not facts.is_vouched_for:
        return Reason("altered", "成绩或报名与轨迹登记的内容不符，数据库曾被绕过系统改动", BAOTOU, is_fault=True)
    if facts.open_rechecks:
        parts = "、".join(PART_NAMES.get(part, part) for part in facts.open_rechecks)
        return Reason("recheck", f"{parts}成绩正在复核", Clause(HOUSE, "recheck-first"))
    if not facts.is_eligible:
        return Reason("not-eligible", "所报申报条件未满足，也没有认定理由", BAOTOU, is_fault=True)
    if not facts.is_paid:
        return Reason("unpaid", "鉴定费未缴清", BAOTOU, is_fault=True)
    if facts.missing_glyphs:
        glyphs = "".join(facts.missing_glyphs)
        return Reason(
            "unprintable", f"姓名中的“{glyphs}”没有可用字形，请先补字", Clause(HOUSE, "printable"), is_fault=True
        )
    return None


def _batch(facts: SittingFacts) -> Check:
    if not facts.is_announced:
        return Check("batch", "批次", False, f"批次 {facts.round_number} 未经公告", BAOTOU)
    if not facts.is_held:
        return Check("batch", "批次", False, f"场次 {facts.number} 尚未举行或已取消", BAOTOU)
    return Check("batch", "批次", True, f"批次 {facts.round_number} 已公告，场次 {facts.number} 已举行", BAOTOU)


def _scope(facts: SittingFacts) -> Check:
    when = f"{facts.held_on.year}年{facts.held_on.month}月{facts.held_on.day}日"
    text = f"{facts.body.body} {when}在许可范围之内" if facts.is_in_scope else facts.scope_reason
    return Check("scope", "鉴定所（站）资格", facts.is_in_scope, text, facts.scope_clause)


def _panel(facts: SittingFacts) -> Check:
    minimum = int(facts.panel_rule.get("minimum", 0))
    needs_odd = bool(facts.panel_rule.get("odd"))
    wrong: list[str] = []
    for panel in facts.panels:
        part = PART_NAMES.get(panel.part, panel.part)
        if panel.examiners < minimum:
            wrong.append(f"{part}考评员 {panel.examiners} 人，少于 {minimum} 人")
        elif needs_odd and panel.examiners % 2 == 0:
            wrong.append(f"{part}考评员 {panel.examiners} 人，不是单数")
        wrong.extend(f"{part}：{fault}" for fault in panel.faults)
    counted = "，".join(f"{PART_NAMES.get(panel.part, panel.part)} {panel.examiners} 人" for panel in facts.panels)
    return Check("panel", "考评小组", not wrong, "；".join(wrong) or f"{counted}，资格当日有效", facts.panel_clause)


def _materials(facts: SittingFacts) -> Check:
    missing = "、".join(PART_NAMES.get(part, part) for part in facts.unclosed)
    text = f"{missing}尚未收场封存" if missing else "各科均已收场，作答与评分记录已封存"
    return Check("materials", "考试材料", not missing, text, BAOTOU)


def _paper(facts: SittingFacts) -> Check:
    wrong: list[str] = []
    if "theory" in facts.parts:
        used = [paper for paper in facts.papers if paper.is_released]
        if not used:
            wrong.append("理论考试没有启封过本系统题库的试卷")
        wrong.extend(f"试卷 {paper.number}：{finding}" for paper in used for finding in paper.findings)
    if "skill" in facts.parts and facts.drawn_modules == 0:
        wrong.append("技能考核没有抽题记录")
    numbers = "、".join(dict.fromkeys(paper.number for paper in facts.papers if paper.is_released))
    good = "，".join(
        text
        for text in (
            f"试卷 {numbers} 出自本中心题库，封存完好" if numbers else "",
            f"技能考核抽题 {facts.drawn_modules} 个模块" if facts.drawn_modules else "",
        )
        if text
    )
    return Check("paper", "试卷来源", not wrong, "；".join(wrong) or good, BAOTOU)


def _numbering(facts: SittingFacts) -> Check:
    body = facts.body
    if not body.regime:
        text = f"“{body.body}”这类机构没有适用的证书编号规则"
    elif not body.body_code:
        text = f"“{body.body}”没有机构代码，不能编号"
    elif not body.issuer:
        text = f"没有找到“{body.body}”的核发机构"
    else:
        return Check("numbering", "编号", True, f"按机构代码 {body.body_code} 编号，由{body.issuer}核发", body.clause)
    return Check("numbering", "编号", False, text, body.clause)


def _stock(facts: SittingFacts) -> Check:
    enough = facts.body.stock >= facts.ready
    text = f"需要 {facts.ready} 本，{facts.body.issuer or '核发机构'}库存 {facts.body.stock} 本"
    return Check("stock", "空白证书", enough, text, Clause("kaogong-blanks-rules", "lowest-first"))
