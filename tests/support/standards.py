"""Standards for tests: the shipped one, a small document to spoil, and a small standard drafted by the real service."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from typing import Any

from kaogong.foundation.kernel.actors import Actor
from kaogong.standards import selectors, services
from kaogong.standards.models import StandardVersion
from tests.support.cast import officer

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ELECTRICIAN = "6-31-01-03"

DOCUMENT: dict[str, Any] = {
    "occupation_code": "6-18-01-01",
    "classification_edition": "2022",
    "edition": "2026",
    "title": "车工国家职业技能标准（测试）",
    "instrument": "测试〔2026〕1号",
    "in_force_on": date(2026, 1, 1),
    "levels": [5],
    "definition": "操作车床加工零件的人员。",
    "functions": [
        {
            "level": 5,
            "code": "1",
            "name": "轴类加工",
            "tasks": [
                {
                    "code": "1.1",
                    "name": "装夹",
                    "skills": [{"code": "1.1.1", "text": "能装夹短轴"}],
                    "knowledge": [{"code": "1.1.1", "text": "卡盘知识"}],
                }
            ],
        }
    ],
    "weights": [
        {"kind": "theory", "name": "职业道德", "function": "", "levels": {"5": 5}},
        {"kind": "theory", "name": "轴类加工", "function": "轴类加工", "levels": {"5": 95}, "illustrative": True},
        {"kind": "skill", "name": "轴类加工", "function": "轴类加工", "levels": {"5": 100}},
    ],
    "conditions": [
        {
            "level": 5,
            "code": "5-1",
            "text": "从事本职业满1年。",
            "all": [{"kind": "years", "at_least": 1, "mode": "cumulative", "since": "start"}],
            "certainty": "C",
        }
    ],
    "assessment": [
        {
            "level": 5,
            "every_part_must_pass": True,
            "parts": [
                {"code": "theory", "name": "理论知识考试", "minutes": 90, "pass_marks": 60},
                {"code": "skill", "name": "技能考核", "minutes": 120, "pass_marks": 60},
            ],
        }
    ],
}


def document(**changes: Any) -> dict[str, Any]:
    """A small right document; `changes` replace whole keys."""
    return copy.deepcopy(DOCUMENT) | changes


def drafter() -> Actor:
    """The one who drafts and publishes for the whole country."""
    return officer("standards.draft", "standards.publish", region="", name="部中心标准处")


def make_draft(**changes: Any) -> StandardVersion:
    """A draft of the small standard."""
    return services.draft(actor=drafter(), at=NOW, document=document(**changes))


def make_standard(**changes: Any) -> StandardVersion:
    """The small standard, published."""
    return services.publish(actor=drafter(), at=NOW, standard_id=make_draft(**changes).pk)


def electrician() -> StandardVersion:
    """The shipped standard of 电工, in force."""
    return selectors.in_force(ELECTRICIAN, TODAY)
