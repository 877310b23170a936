"""Every fact that anything writes into the trail is said in words on its page."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from kaogong.foundation.kernel import trail
from kaogong.web.office.views import trail_facts
from tests.architecture.test_services import ROOT, _dotted, _service_files

NAMED = set(inspect.signature(trail.record).parameters) | {"targets"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(ROOT.rglob("*.py")):
        yield _dotted(file), ast.parse(file.read_text("utf-8"))
    script = (Path(__file__).parents[3] / "scripts/note-restore").read_text("utf-8")
    yield "scripts/note-restore", ast.parse(script.split("<<'PYTHON'\n")[1].rpartition("PYTHON")[0])


def written(tree: ast.Module) -> Iterator[str]:
    """The keys of facts in the calls of `trail.record`; a mapping handed on (`**facts`) is looked up by its name."""
    mappings = {
        node.targets[0].id if isinstance(node, ast.Assign) else node.arg: node.value
        for node in ast.walk(tree)
        if isinstance(node.value if isinstance(node, ast.Assign | ast.keyword) else None, ast.Dict)
        and (isinstance(node, ast.keyword) or isinstance(node.targets[0], ast.Name))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"trail.record", "trail.record_each"}:
            for word in node.keywords:
                if word.arg is not None:
                    yield word.arg
                elif isinstance(word.value, ast.Name) and word.value.id in mappings:
                    yield from (ast.literal_eval(key) for key in mappings[word.value.id].keys)


def test_every_fact_has_words() -> None:
    found = {key: place for place, tree in sources() for key in written(tree) if key not in NAMED}
    assert {"number", "first_lost", "lost", "counted"} <= found.keys()  # plain, in the script, handed on
    assert {key: place for key, place in found.items() if key not in trail_facts.FACTS} == {}


def test_every_identifier_of_a_refused_deed_has_words() -> None:
    names = {
        name.removesuffix("_id")
        for file in _service_files()
        for _name, function in inspect.getmembers(import_module(_dotted(file)), inspect.isfunction)
        if getattr(function, "is_command", False)
        for name in inspect.signature(function).parameters
        if name.endswith("_id")
    }
    assert names - trail_facts.IDENTIFIERS.keys() == set()


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("is_met", True, "是"),
        ("level", 5, "五级/初级工"),
        ("levels", [5, 4], "五级/初级工、四级/中级工"),
        ("part", "theory", "理论知识考试"),
        ("serials", [], "—"),
        ("counts", {"rows": 3, "waiting": 0}, "行数 3；待处理数 0"),
        ("number", "2610992001500001", "2610992001500001"),
    ],
)
def test_values_are_read_by_people(key: str, value: object, shown: str) -> None:
    assert trail_facts.of_value(key, value) == shown


def test_an_unknown_key_is_shown_as_it_is() -> None:
    assert (trail_facts.of_key("sitting_id"), trail_facts.of_key("from_elsewhere")) == ("场次", "from_elsewhere")
