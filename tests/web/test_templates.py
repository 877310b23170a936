"""Every template of ours compiles, and none is an orphan that no view, tag or template names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

import kaogong

ROOT = Path(kaogong.__file__).parent
TEMPLATES = sorted(
    file for file in (ROOT / "web").rglob("templates/**/*.*") if file.suffix in {".html", ".txt", ".svg"}
)
# Named by allauth itself, by Django, or by status code.
NAMED_ELSEWHERE = re.compile(r"^(account|mfa|allauth|usersessions|registration|axes)/|^ui/errors/\d|^\d{3}\.html$")


def _name(file: Path) -> str:
    parts = file.parts
    return "/".join(parts[len(parts) - parts[::-1].index("templates") :])


@pytest.mark.parametrize("file", TEMPLATES, ids=_name)
def test_compiles(file: Path) -> None:
    template = engines["django"].from_string(file.read_text(encoding="utf-8"))

    assert template.template.nodelist is not None


def test_no_template_is_an_orphan() -> None:
    sources = [
        file.read_text(encoding="utf-8") for pattern in ("*.py", "*.html", "*.svg") for file in ROOT.rglob(pattern)
    ]
    text = "\n".join(sources)
    names = [_name(file) for file in TEMPLATES]
    # Components are named by their stem (`component("refusal", …)`); everything else by its full name.
    orphans = [
        name
        for name in names
        if name not in text and not NAMED_ELSEWHERE.search(name) and f'component("{Path(name).stem}"' not in text
    ]

    assert orphans == []
