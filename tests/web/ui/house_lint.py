"""The house lint of templates: what the content security policy would block, and what readers would miss.

Reads the text of a template, not its rendering, so that a branch nobody renders in a test is read too.
"""

from __future__ import annotations

import re

from kaogong.web.ui.icons import icon_names

JSON_BLOCK = re.compile(r'type="application/json"')
FORBIDDEN = {
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"""<[^<>]*\sstyle\s*=""", re.I),
    "event attribute": re.compile(r"""<[^<>]*\son[a-z]+\s*=\s*["']""", re.I),
    "javascript address": re.compile(r"""["']\s*javascript:""", re.I),
    "htmx script attribute": re.compile(
        r"""\shx-on[:\-=]|hx-(?:vals|headers|vars)\s*=\s*["'](?:js|javascript):""", re.I
    ),
    "address elsewhere": re.compile(
        r"""<(?:script|link|img|iframe)\b[^>]*(?:src|href)\s*=\s*["'](?:https?:)?//""", re.I
    ),
}
SCRIPT = re.compile(r"<script\b([^>]*)>", re.I)
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.I | re.S)
ICON = re.compile(r"""(?:{%\s*icon\s+|\bicon=)["']([a-z0-9-]+)["']""")
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", re.S)


def faults(template: str) -> list[str]:
    """Return what is wrong with a template, one line each."""
    text = COMMENT.sub("", template)
    found = [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]
    found += ["inline script" for tag in SCRIPT.findall(text) if "src=" not in tag and not JSON_BLOCK.search(tag)]
    found += [f"no such icon: {name}" for name in ICON.findall(text) if name not in icon_names()]
    found += ["form without csrf token" for tag, body in FORM.findall(text) if _posts(tag) and "csrf" not in body]
    return found


def _posts(tag: str) -> bool:
    return re.search(r"""method\s*=\s*["']?post""", tag, re.I) is not None
