"""What a set of practical tasks must be: modules whose weights sum to 100, score sheets that sum to 100."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _


def problems_of(document: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with a document of practical tasks: empty when it may be loaded."""
    return [*_modules(document), *(problem for module in document["modules"] for problem in _tasks(module))]


def _modules(document: Mapping[str, Any]) -> Iterator[Problem]:
    total = sum(module["weight"] for module in document["modules"])
    if total != 100:
        yield Problem("modules", _("各模块比重合计为 {total}，应为 100"), {"total": total})
    codes = Counter(task["code"] for module in document["modules"] for task in module["tasks"])
    for code, times in codes.items():
        if times > 1:
            yield Problem(code, _("试题编号出现了 {times} 次"), {"times": times})


def _tasks(module: Mapping[str, Any]) -> Iterator[Problem]:
    if not module["tasks"]:
        yield Problem(module["code"], _("模块没有试题"))
    for task in module["tasks"]:
        total = sum(criterion["marks"] for criterion in task["criteria"])
        if total != 100:
            yield Problem(task["code"], _("评分要素合计为 {total}，应为 100"), {"total": total})
