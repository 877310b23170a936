"""Every public service is a keyword-only `@command`, and a module writes only its own rows."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import kaogong

ROOT = Path(kaogong.__file__).parent
WRITES = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create", "save"}


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _service_files() -> list[Path]:
    """What a module offers as its services: `services.py`, or the front of a `services/` package."""
    return sorted([*ROOT.rglob("services.py"), *ROOT.rglob("services/__init__.py")])


def _public_functions(module: ModuleType) -> list[tuple[str, object]]:
    return [
        (name, member)
        for name, member in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and member.__module__.startswith(module.__name__)
    ]


@pytest.mark.parametrize("file", _service_files(), ids=_dotted)
def test_public_services_are_commands(file: Path) -> None:
    bare = [
        name
        for name, function in _public_functions(import_module(_dotted(file)))
        if not getattr(function, "is_command", False)
    ]
    assert bare == []


def _owner(file: Path) -> str:
    parts = file.relative_to(ROOT).parts
    return ".".join(["kaogong", *parts[: 2 if parts[0] == "foundation" else 1]])


def _foreign_models(tree: ast.Module, owner: str) -> set[str]:
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module)
    return {
        alias.asname or alias.name
        for node in imports
        if f"{node.module}.".startswith("kaogong.")
        and f"{node.module}".endswith(".models")
        and not f"{node.module}.".startswith(f"{owner}.")
        for alias in node.names
    }


def foreign_writes(source: str, owner: str) -> list[str]:
    """Calls in `source` that create, change or delete rows of another module's models."""
    tree = ast.parse(source)
    foreign = _foreign_models(tree, owner)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        root = called
        while isinstance(root, ast.Attribute | ast.Call):
            root = root.func if isinstance(root, ast.Call) else root.value
        if not (isinstance(root, ast.Name) and root.id in foreign):
            continue
        if called is root or (isinstance(called, ast.Attribute) and called.attr in WRITES):
            found.append(f"line {node.lineno}: {ast.unparse(called)}")
    return found


MODULE_FILES = sorted(
    file
    for file in ROOT.rglob("*.py")
    if not {"migrations", "web", "api", "cli", "config"}.intersection(file.relative_to(ROOT).parts)
)


@pytest.mark.parametrize("file", MODULE_FILES, ids=_dotted)
def test_a_module_writes_only_its_own_rows(file: Path) -> None:
    assert foreign_writes(file.read_text(encoding="utf-8"), _owner(file)) == []


def test_the_check_sees_a_foreign_write() -> None:
    source = "from kaogong.stations.models import Room\nRoom.objects.filter(pk=1).update(name='x')\nRoom(name='y')"
    assert len(foreign_writes(source, "kaogong.sittings")) == 2
    assert foreign_writes(source, "kaogong.stations") == []
