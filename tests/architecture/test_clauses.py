"""Every clause that a refusal rests on, and every figure that code asks for, stands in the rule library."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import kaogong
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.regulations import library

SOURCE = Path(kaogong.__file__).parent
LIBRARY = library.read()
CLAUSES = {row.clause for row in LIBRARY.articles}
KEYS = {row.provision.key for row in LIBRARY.provisions}
ASKED_BY = {"provision", "provisions"}


def refusals() -> Iterator[type[Refusal]]:
    """Every refusal class of ours; one whose name begins with an underscore is a shape for others, never raised."""
    for module in pkgutil.walk_packages(kaogong.__path__, "kaogong."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        each = waiting.pop()
        if not each.__name__.startswith("_"):
            yield each
        waiting += [found for found in each.__subclasses__() if found.__module__.startswith("kaogong.")]


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in our source of a function or method of one of these names, with its place."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in names:
                    yield f"{file.relative_to(SOURCE)}:{node.lineno}", node


def literals(arguments: list[ast.expr]) -> list[str]:
    return [each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str)]


class TestClauses:
    def test_every_refusal_rests_on_one_that_exists(self) -> None:
        unknown = {
            f"{each.__module__}.{each.__qualname__}: {each.clause}" for each in refusals() if each.clause not in CLAUSES
        }
        assert sorted(unknown) == []

    def test_every_clause_written_in_code_exists(self) -> None:
        unknown = [
            f"{place}: {'/'.join(words)}"
            for place, call in calls("Clause")
            if len(words := literals(call.args)) == 2 and "web/ui" not in place and Clause(*words) not in CLAUSES
        ]
        assert unknown == []

    def test_every_refusal_has_its_words(self) -> None:
        bare = [each.__qualname__ for each in refusals() if each is not Refusal and not getattr(each, "message", "")]
        assert bare == []

    def test_every_refusal_introduces_itself(self) -> None:
        silent = [each.__qualname__ for each in refusals() if not inspect.getdoc(each)]
        assert silent == []


class TestProvisions:
    def test_every_figure_that_code_asks_for_exists(self) -> None:
        unknown = [
            f"{place}: {key}"
            for place, call in calls(*ASKED_BY)
            for key in literals(call.args)
            if "." in key and key not in KEYS
        ]
        assert unknown == []

    def test_the_library_has_figures(self) -> None:
        assert KEYS
