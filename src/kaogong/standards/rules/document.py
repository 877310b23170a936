"""Reads a standard from a document (TOML or JSON, already parsed): content if it has the shape of one, faults if not.

Only the shape is judged here; `faults_of` judges the sense.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kaogong.standards.rules.content import (
    Condition,
    Content,
    Function,
    Numbered,
    Part,
    Related,
    Task,
    Weight,
)
from kaogong.standards.rules.faults import Fault, level_name
from kaogong.standards.rules.faults import gettext_noop as _

OVERVIEW = (
    "definition",
    "environment",
    "aptitude",
    "education",
    "layout",
    "higher_covers_lower",
    "statements_illustrative",
    "definition_illustrative",
    "environment_illustrative",
    "aptitude_illustrative",
    "education_illustrative",
)
FIGURES = ("minutes", "full_marks", "pass_marks", "method")


def read(document: Mapping[str, Any]) -> tuple[Content | None, list[Fault]]:
    """Return the content and no faults, or None and the faults of shape, each with its place."""
    faults: list[Fault] = []
    top = _Node(document, "", faults)
    functions = tuple(_function(node) for node in top.children("functions"))
    content = Content(
        occupation_code=top.text("occupation_code", longest=10),
        occupation_name=top.text("occupation_name", longest=120, required=False),
        classification_edition=top.text("classification_edition", longest=20, required=False),
        edition=top.text("edition", longest=20),
        title=top.text("title", longest=120),
        instrument=top.text("instrument", longest=80, required=False),
        published_on=top.day("published_on"),
        in_force_on=top.day("in_force_on"),
        source=top.text("source", longest=400, required=False),
        levels=top.levels("levels"),
        overview=_overview(document),
        ratios=top.table("ratios"),
        functions=functions,
        weights=tuple(_weights(top, functions)),
        conditions=tuple(_condition(node) for node in top.children("conditions")),
        parts=tuple(_parts(top)),
        related=tuple(
            Related(node.text("code", longest=10), node.text("name", longest=120), node.flag("illustrative"))
            for node in top.children("related_occupations")
        ),
    )
    return (None, faults) if faults else (content, [])


def _overview(document: Mapping[str, Any]) -> dict[str, Any]:
    overview: dict[str, Any] = {key: document[key] for key in OVERVIEW if key in document}
    for key in ("training", "basics"):
        if isinstance(document.get(key), list):
            overview[key] = [dict(entry) for entry in document[key] if isinstance(entry, Mapping)]
    assessment = document.get("assessment")
    if isinstance(assessment, list):
        kept = ("level", "every_part_must_pass", "certainty", "source")
        overview["assessment"] = [{k: e[k] for k in kept if k in e} for e in assessment if isinstance(e, Mapping)]
    return overview


def _function(node: _Node) -> Function:
    level, code = node.number("level"), node.text("code", longest=10)
    node.place = f"工作要求 · {level_name(level)} · {code}"
    return Function(level, code, node.text("name", longest=100), tuple(_task(each) for each in node.children("tasks")))


def _task(node: _Node) -> Task:
    return Task(
        code=node.text("code", longest=10),
        name=node.text("name", longest=100),
        skills=tuple(_numbered(each) for each in node.children("skills")),
        knowledge=tuple(_numbered(each) for each in node.children("knowledge")),
    )


def _numbered(node: _Node) -> Numbered:
    return Numbered(node.text("code", longest=12), node.text("text", longest=300))


def _weights(top: _Node, functions: tuple[Function, ...]) -> Iterator[Weight]:
    codes = {(function.level, function.name): function.code for function in functions}
    for position, node in enumerate(top.children("weights"), 1):
        kind, name = node.text("kind", longest=10), node.text("name", longest=100)
        function = node.text("function", required=False)
        node.place = f"权重表 · {name}"
        for level, percent in node.table("levels").items():
            if not str(level).isdigit() or not isinstance(percent, int) or not 1 <= percent <= 100:
                node.fault(_("等级“{level}”的比重“{percent}”须为 1 至 100 的整数"), level=level, percent=percent)
                continue
            code = codes.get((int(level), function), "")
            if function and not code:
                node.fault(_("{level}没有名为“{function}”的职业功能"), level=level_name(int(level)), function=function)
            yield Weight(kind, int(level), name, code, position, percent, node.flag("illustrative"))


def _condition(node: _Node) -> Condition:
    code = node.text("code", longest=10)
    node.place = f"申报条件 · {code}"
    inclusive = node.flag("inclusive", default=True)
    clauses = []
    for entry in node.rows("all"):
        clause = dict(entry)
        if clause.get("kind") == "years":
            clause.setdefault("inclusive", inclusive)
        clauses.append(clause)
    return Condition(
        level=node.number("level"),
        code=code,
        number=node.text("clause", longest=10, required=False),
        text=node.text("text", longest=400),
        clauses=tuple(clauses),
        certainty=node.text("certainty", longest=1),
        source=node.text("source", longest=200, required=False),
        reading=node.text("reading", longest=200, required=False),
    )


def _parts(top: _Node) -> Iterator[Part]:
    for assessment in top.children("assessment"):
        level = assessment.number("level")
        for node in assessment.children("parts"):
            node.place = f"鉴定要求 · {level_name(level)} · {node.text('code')}"
            yield Part(
                level=level,
                code=node.text("code", longest=10),
                name=node.text("name", longest=60),
                method=node.text("method", longest=200, required=False),
                minutes=node.number("minutes"),
                full_marks=node.number("full_marks", default=100),
                pass_marks=node.number("pass_marks"),
                illustrative=tuple(figure for figure in FIGURES if node.flag(f"{figure}_illustrative")),
            )


class _Node:
    """One table of the document: gives typed values and notes what is missing or of the wrong kind."""

    def __init__(self, value: Mapping[str, Any], place: str, faults: list[Fault]) -> None:
        self.value, self.place, self.faults = value, place, faults

    def fault(self, message: str, **facts: object) -> None:
        self.faults.append(Fault(self.place or "文件", message, facts))

    def text(self, key: str, *, longest: int = 400, required: bool = True) -> str:
        value = self.value.get(key, "")
        if not isinstance(value, str):
            self.fault(_("“{key}”须为文字"), key=key)
            return ""
        if required and not value.strip():
            self.fault(_("缺少“{key}”"), key=key)
        if len(value) > longest:
            self.fault(_("“{key}”有 {length} 个字，最多 {longest} 个"), key=key, length=len(value), longest=longest)
        return value.strip()

    def number(self, key: str, default: int | None = None) -> int:
        value = self.value.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 32767:
            self.fault(_("缺少“{key}”，或其值不是整数"), key=key)
            return 0
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        return self.value.get(key, default) is True

    def day(self, key: str) -> date | None:
        value = self.value.get(key)
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                self.fault(_("“{key}”不是日期"), key=key)
                return None
        if value is not None and type(value) is not date:
            self.fault(_("“{key}”不是日期"), key=key)
            return None
        return value

    def levels(self, key: str) -> tuple[int, ...]:
        value = self.value.get(key)
        if not isinstance(value, list) or not value or not all(level in {1, 2, 3, 4, 5} for level in value):
            self.fault(_("“{key}”须列出本标准的等级（1 至 5）"), key=key)
            return ()
        return tuple(sorted(set(value), reverse=True))

    def table(self, key: str) -> Mapping[str, Any]:
        value = self.value.get(key, {})
        if not isinstance(value, Mapping):
            self.fault(_("“{key}”须为一张表"), key=key)
            return {}
        return value

    def rows(self, key: str) -> list[Mapping[str, Any]]:
        value = self.value.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            self.fault(_("“{key}”须为一组表"), key=key)
            return []
        return value

    def children(self, key: str) -> Iterator[_Node]:
        for index, row in enumerate(self.rows(key), 1):
            above = f"{self.place} · " if self.place else ""
            yield _Node(row, f"{above}{key} 第{index}项", self.faults)
