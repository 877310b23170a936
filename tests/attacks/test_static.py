"""What can be seen in the source itself: no trusted markup, no SQL from input, no unguarded POST, no real numbers."""

from __future__ import annotations

import ast
import logging
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaogong.foundation.identity import rules
from kaogong.itembank import selectors as itembank
from kaogong.registration import services as registration
from kaogong.registration.models import Registration
from tests.support.cast import officer
from tests.support.delivery import begun_hall, key_of, save
from tests.support.identity import make_person, resident_number
from tests.support.registration import REVIEWER, make_submitted
from tests.support.sittings import APPLYING, announced_sitting
from tests.web import matrix

PROJECT = Path(__file__).parents[2]
SOURCE = PROJECT / "src/kaogong"
PYTHON = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(SOURCE.rglob("*.html"))


def lines_of(paths: list[Path], pattern: str) -> Iterator[str]:
    """Lines that match, with where they stand; those with a comment that gives a reason do not count."""
    wanted = re.compile(pattern)
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if wanted.search(line) and "  # " not in line:
                yield f"{path.relative_to(PROJECT)}:{number}: {line.strip()}"


class TestMarkup:
    def test_no_template_trusts_a_value(self) -> None:
        assert list(lines_of(TEMPLATES, r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b")) == []

    def test_no_code_trusts_a_value(self) -> None:
        assert list(lines_of(PYTHON, r"\bmark_safe\(|SafeString\(f|SafeString\([^\"')]")) == []

    def test_no_template_carries_a_script(self) -> None:
        assert (
            list(lines_of(TEMPLATES, r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\son[a-z]+=\"")) == []
        )


class TestSql:
    CALLS = frozenset({"execute", "executemany", "raw", "extra", "RawSQL"})

    def test_no_statement_is_put_together_from_values(self) -> None:
        """The first argument is a literal or a name, never an f-string, a sum, a format."""
        built = [
            f"{path.relative_to(PROJECT)}:{node.lineno}"
            for path in PYTHON
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) in self.CALLS
            and node.args
            and _is_built(node.args[0])
            and not _has_reason(path, node)
        ]
        assert built == []


def _is_built(statement: ast.expr) -> bool:
    """Whether a statement is put together while the program runs; literals joined with literals are not."""
    pieces = [each for each in ast.walk(statement) if isinstance(each, ast.Name | ast.Call | ast.FormattedValue)]
    return isinstance(statement, ast.JoinedStr | ast.BinOp) and bool(pieces)


def _has_reason(path: Path, node: ast.Call) -> bool:
    """Whether the linter's own mark stands there with the reason why no input comes in."""
    lines = path.read_text(encoding="utf-8").splitlines()[node.lineno - 1 : node.end_lineno]
    return any("noqa: S608  # " in line for line in lines)


class TestDoors:
    def test_every_view_says_which_methods_it_takes(self) -> None:
        """`require_POST` and its kin; a class of ninja or allauth keeps its own."""
        loose = []
        for row_path, callback in _views():
            closure = [cell.cell_contents for cell in (callback.__closure__ or ())]
            source = "".join(str(each) for each in closure)
            if not _asks_for_method(callback) and "require" not in source:
                loose.append(row_path)
        assert loose == []

    def test_nobody_is_excused_from_the_token(self) -> None:
        assert list(lines_of(PYTHON, r"csrf_exempt")) == []


def _views() -> list[tuple[str, object]]:
    from django.urls import get_resolver

    return [
        (path, pattern.callback)
        for _name, path, pattern in matrix._walk(get_resolver())
        if not path.startswith(matrix.FOREIGN)
    ]


def _asks_for_method(view: object) -> bool:
    """Whether somewhere in the view's layers stands Django's own check of the method."""
    seen = view
    while seen is not None:
        names = getattr(getattr(seen, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            return True
        seen = getattr(seen, "__wrapped__", None)
    return False


REAL = re.compile(
    rb"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?![0-9A-Za-z])"
)
MADE_UP = {
    "tests/": "made from an order of places, or spoilt on purpose",
    "src/kaogong/web/ui/samples.py": "the gallery's samples",
    "src/kaogong/foundation/documents/": "specimens",
    "docs/": "examples",
}


def test_no_real_looking_document_number_outside_the_samples() -> None:
    """Every sound 18-character number in the repository stands where made-up ones are told to stand."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    found = []
    for name in filter(None, listed.decode().split("\0")):
        path = PROJECT / name
        if not path.is_file() or path.stat().st_size > 4_000_000 or any(name.startswith(each) for each in MADE_UP):
            continue
        for number in set(REAL.findall(path.read_bytes())):
            text = number.decode()
            if rules.check_digit(text[:17]) == text[17]:
                found.append(f"{name}: {text}")
    assert found == []


@pytest.mark.django_db
class TestLogs:
    """What goes to the log, at its most talkative, of the deeds that handle secrets."""

    def test_tell_no_number_no_phone_no_item_and_no_key(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("django.db.backends").setLevel(logging.INFO)
            number, phone = resident_number(), "13912345678"
            make_person(name="孙保密", number=number, phone=phone, mail="sunbaomi@example.org")
            waiting: Registration = make_submitted(announced_sitting())
            registration.admit(actor=REVIEWER, at=APPLYING, registration_id=waiting.pk)
            hall = begun_hall()
            assert hall.paper is not None
            save(hall, {1: "A"})
            stems = [each.stem for each in itembank.questions_for_delivery(hall.paper.pk, officer("delivery.deliver"))]
            answers = key_of(hall.paper)
        told = caplog.text
        assert number not in told
        assert phone not in told
        assert "sunbaomi" not in told
        assert not any(stem in told for stem in stems)
        assert "".join(answers[place] for place in sorted(answers)) not in told
