"""Every template of the project passes the house lint, and the lint itself is shown what is bad."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template.loader import get_template

import kaogong.web
from tests.web.ui.house_lint import faults

WEB = Path(kaogong.web.__file__).parent
PAGES = sorted(
    path for path in WEB.rglob("*") if "templates" in path.parts and path.suffix in {".html", ".svg", ".txt"}
)


def name_of(path: Path) -> str:
    return str(path.relative_to(WEB))


class TestLint:
    @pytest.mark.parametrize(
        ("bad", "fault"),
        [
            ("<script>alert(1)</script>", "inline script"),
            ("<style>p { color: red }</style>", "style element"),
            ('<p class="a" style="color: red">', "style attribute"),
            ('<button onclick="go()">', "event attribute"),
            ("<a href='javascript:void(0)'>", "javascript address"),
            ("<div hx-on:click='x()'>", "htmx script attribute"),
            ("<div hx-vals='js:{a: 1}'>", "htmx script attribute"),
            ('<script src="https://elsewhere.example/a.js">', "address elsewhere"),
            ('{% icon "no-such-icon" %}', "no such icon: no-such-icon"),
            ('{% card "x" icon="no-such-icon" %}', "no such icon: no-such-icon"),
            ('<form method="post"><button></button></form>', "form without csrf token"),
        ],
    )
    def test_finds(self, bad: str, fault: str) -> None:
        assert faults(bad) == [fault]

    @pytest.mark.parametrize(
        "good",
        [
            '<script src="{% static "ui/js/kaogong.js" %}" type="module"></script>',
            '<script type="application/json" id="data">{}</script>',
            "{# <script>not sent</script> #}",
            '<form method="get"></form>',
            '<form method="post">{% csrf_token %}</form>',
            '<p class="on">{% icon "printer" %} one="two"</p>',
        ],
    )
    def test_leaves_alone(self, good: str) -> None:
        assert faults(good) == []


class TestTemplates:
    def test_there_are_some(self) -> None:
        assert len(PAGES) > 40

    @pytest.mark.parametrize("path", PAGES, ids=name_of)
    def test_passes_the_lint(self, path: Path) -> None:
        assert faults(path.read_text(encoding="utf-8")) == []

    @pytest.mark.parametrize("path", [page for page in PAGES if "ui" in page.relative_to(WEB).parts[:1]], ids=name_of)
    def test_compiles(self, path: Path) -> None:
        parts = path.parts
        get_template("/".join(parts[parts.index("templates") + 1 :]))
