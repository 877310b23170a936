"""The papers of practical tasks: preparation notice, task sheet, score sheet, filled from tasks and their modules."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext_noop as _

from kaogong.foundation.documents.forms import (
    Fact,
    Form,
    ModuleWeight,
    PreparationNotice,
    ScoreCriterion,
    ScoreSheet,
    Supply,
    SupplyList,
    TaskSheet,
    TaskToPrepare,
)
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.itembank import sealing
from kaogong.itembank.models import PracticalTask
from kaogong.itembank.selectors.practical import TaskContent, practical_modules
from kaogong.occupations import selectors as occupations
from kaogong.stations.rules import LEVEL_NAMES

PAPERS = {"preparation": _("准备通知单"), "task": _("试题"), "score": _("评分记录表")}
"""The papers of a task, by key."""

LISTS = (("equipment", "设备"), ("materials", "材料"), ("tools", "工具"))
NOTES = (
    "设备、仪表完好有效，按“每工位”“每考场”所列数量配备。",
    "材料用后不能再用的，按批数分别备足。",
    "准备完毕由准备人、检查人签字，考核当日交考评组长。",
)


class WeightsNotWhole(Refusal):
    """The modules of this standard and level do not sum to 100: papers would promise a wrong mark."""

    message = _("本职业本等级各模块的比重合计为 {total}%，应为 100%，不能打印。")
    advice = _("请先在题库中补齐或更正操作技能模块。")
    clause = Clause("skill-bank-practice", "draw")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where a paper is used; empty for one printed from the bank itself."""

    station: str = ""
    round_title: str = ""
    sitting_title: str = ""
    facts: tuple[Fact, ...] = ()


def watermark(actor: Actor, at: datetime) -> str:
    """Who receives a copy, for which body and when, as it stands across every page of it."""
    body = actor.grants[0].organisation_name if actor.grants else ""
    return "　".join(filter(None, (body, actor.name, f"{localtime(at):%Y-%m-%d %H:%M:%S}")))


def module_weights(task: PracticalTask) -> tuple[ModuleWeight, ...]:
    """The modules beside which a task is drawn. Raises WeightsNotWhole when they do not sum to 100."""
    modules = practical_modules(task.standard_id, task.level)
    total = sum(module.weight for module in modules)
    if total != 100:
        raise WeightsNotWhole(total=total)
    return tuple(
        ModuleWeight(
            code=module.code,
            name=module.name,
            weight=module.weight,
            minutes=module.tasks[0].minutes,
            tasks=len(module.tasks),
        )
        for module in modules
    )


def preparation_notice(task_ids: Collection[UUID], occasion: Occasion, *, mark: str) -> PreparationNotice:
    """What has to stand ready for those tasks, without what is to be done with it: for those who may know of them.

    The caller has judged the actor's business (`delivery` its station) and records what was printed.
    """
    tasks = list(PracticalTask.objects.filter(pk__in=task_ids).order_by("module_code", "code"))
    if not tasks:
        raise NotFound
    return PreparationNotice(
        station=occasion.station,
        round_title=occasion.round_title,
        occupation=occupations.name_of(tasks[0].occupation_code),
        level=LEVEL_NAMES[tasks[0].level],
        facts=occasion.facts,
        modules=module_weights(tasks[0]),
        tasks=tuple(
            TaskToPrepare(
                module_code=task.module_code,
                module_name=task.module_name,
                code=task.code,
                title=task.title,
                minutes=task.minutes,
                preparation_minutes=task.preparation_minutes,
                lists=_lists(sealing.open_task(task.content_sealed, task_id=task.pk)["preparation"]),
            )
            for task in tasks
        ),
        notes=NOTES,
        watermark=mark,
    )


def task_paper(content: TaskContent, paper: str, occasion: Occasion, *, mark: str) -> Form:
    """One of the papers of a task that was opened for its receiver. Raises NotFound for a paper that there is not."""
    if paper == "preparation":
        return preparation_notice([content.task.pk], occasion, mark=mark)
    if paper == "task":
        return _task_sheet(content, occasion, mark)
    if paper == "score":
        return _score_sheet(content, occasion, mark)
    raise NotFound


def _task_sheet(content: TaskContent, occasion: Occasion, mark: str) -> TaskSheet:
    task = content.task
    return TaskSheet(
        station=occasion.station,
        round_title=occasion.round_title,
        sitting_title=occasion.sitting_title,
        occupation=occupations.name_of(task.occupation_code),
        level=LEVEL_NAMES[task.level],
        module_code=task.module_code,
        module_name=task.module_name,
        task_code=task.code,
        task_title=task.title,
        minutes=task.minutes,
        preparation_minutes=task.preparation_minutes,
        points_total=content.full_marks,
        statement=content.statement,
        steps=tuple(re.sub(r"^\d+[.．、]\s*", "", step) for step in content.steps),
        safety_rule=content.safety_rule,
        rules=tuple(content.rules),
        modules=module_weights(task),
        watermark=mark,
    )


def _score_sheet(content: TaskContent, occasion: Occasion, mark: str) -> ScoreSheet:
    task = content.task
    return ScoreSheet(
        station=occasion.station,
        round_title=occasion.round_title,
        sitting_title=occasion.sitting_title,
        occupation=occupations.name_of(task.occupation_code),
        level=LEVEL_NAMES[task.level],
        task_code=task.code,
        task_title=task.title,
        minutes=task.minutes,
        ticket_number="",
        seat="",
        criteria=tuple(
            ScoreCriterion(number=str(number), requirement=each.text, points=each.marks, deduction_rule=each.deduction)
            for number, each in enumerate(content.criteria, start=1)
        ),
        points_total=content.full_marks,
        notes=(content.safety_rule,),
        module_code=task.module_code,
        modules=module_weights(task),
        watermark=mark,
    )


def _lists(preparation: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[SupplyList, ...]:
    return tuple(
        SupplyList(
            name=name,
            supplies=tuple(
                Supply(
                    name=each["name"],
                    spec=each["spec"],
                    quantity=str(each["quantity"]),
                    unit=each["unit"],
                    per=each["per"],
                )
                for each in preparation[key]
            ),
        )
        for key, name in LISTS
        if preparation.get(key)
    )
