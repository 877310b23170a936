"""Keeps the English catalogue: `python -m scripts.messages extract | merge FILE.json | compile`.

The words of the code are Chinese. `extract` reads them from Python, templates and the plain labels of states, choices
and rules, and renews `django.po`: new words come in empty, words that are gone go out. `merge` fills in translations
from a JSON object of Chinese to English; `compile` writes the `.mo` that Django reads. There is no GNU gettext here.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PROJECT = Path(__file__).parents[1]
SOURCE = PROJECT / "src/kaogong"
FOLDER = SOURCE / "locale/en/LC_MESSAGES"
WRITTEN = datetime(2026, 11, 24, tzinfo=UTC)
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"

HAN = re.compile("[㐀-鿿]")
MARKED = re.compile("[㐀-鿿、。；]")
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
PATTERN = re.compile(r"\\d|%-|\[")  # regular expressions and formats of dates
COMPOSED = "composed"
"""Context of sentences that rules put together; `web/ui/phrases.py` knows them again by their fixed words."""

# Words nobody reads in English: the shell, seeds, samples of the gallery, messages sent out and papers printed in
# Chinese, and tables of what is recognised in Chinese files and names.
NOT_SHOWN = (
    "cli/", "web/ui/samples.py", "web/ui/apps.py", "config/", "api/", "migrations/", "foundation/documents/",
    "foundation/signing/", "foundation/notices/settings.py", "foundation/calendar/seed.py",
    "foundation/identity/rules/names.py", "itembank/rules/files/", "itembank/rules/exports/",
    "itembank/rules/likeness.py",
    "itembank/services/reference.py", "itembank/services/exporting.py",
    "certificates/forms.py", "certificates/services/printing.py", "certificates/selectors/papers.py",
    "foundation/access/hooks.py",
)  # fmt: skip
TABLES = {"零一二三四五六七八九", "一二三四五六日"}  # looked into by position
TEMPLATES_NOT_SHOWN = ("ui/gallery",)
TEMPLATE_CALL = re.compile(r"\b(npgettext|pgettext|ngettext|gettext|_)\(")


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """One entry of the catalogue: the Chinese, its plural form in Chinese when it counts, and its context."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        return (self.text, self.plural) if self.plural else self.text


def words() -> dict[Word, set[str]]:
    """Every word of the code that people may see, with the files it stands in."""
    found: dict[Word, set[str]] = {}
    for path, reader in _sources():
        for word in reader(path):
            found.setdefault(word, set()).add(path.relative_to(PROJECT).as_posix())
    counted = {word.text for word in found if word.plural}
    return {word: places for word, places in found.items() if word.plural or word.context or word.text not in counted}


def _sources() -> Iterator[tuple[Path, Callable[[Path], Iterator[Word]]]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, in_python
    for path in sorted(SOURCE.rglob("templates/**/*.*")):
        if path.suffix in {".html", ".txt"} and not any(part in path.as_posix() for part in TEMPLATES_NOT_SHOWN):
            yield path, in_template


# --- Python ----------------------------------------------------------------------------------------------------------


def in_python(path: Path) -> Iterator[Word]:
    """Marked words of a module; then, unless nobody sees them, its plain Chinese labels and composed sentences."""
    tree = ast.parse(path.read_text("utf-8"))
    taken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if _name(call.func) in CALLS:
            texts = [each for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            taken |= {id(each) for each in texts}
            yield from _marked(_name(call.func), [str(each.value) for each in texts])
    place = path.relative_to(SOURCE).as_posix()
    if not place.startswith(NOT_SHOWN) and "/migrations/" not in place:
        for root in _labelled(tree, path):
            yield from _plain(root, taken)


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def _marked(name: str, texts: list[str]) -> Iterator[Word]:
    if not texts or not any(MARKED.search(text) for text in texts):
        return
    if name.startswith("ngettext"):
        yield Word(texts[0], plural=texts[1])
    elif name.startswith("pgettext"):
        yield Word(texts[1], context=texts[0])
    else:
        yield Word(texts[0])


def _labelled(tree: ast.Module, path: Path) -> Iterator[ast.AST]:
    """Where plain labels stand: in the choices of models and in what they are CALLED, and anywhere in other modules."""
    if path.name != "models.py":
        yield tree
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(_name(base) == "TextChoices" for base in node.bases):
            yield from node.body
        elif isinstance(node, ast.Assign) and any(_name(target) == "CALLED" for target in node.targets):
            yield node


def _plain(root: ast.AST, taken: set[int]) -> Iterator[Word]:
    for node in ast.walk(root):
        if isinstance(node, ast.JoinedStr):
            taken |= {id(part) for part in node.values}
            text = composed(node)
            if HAN.search(text) and "%" not in text:
                yield Word(text, context=COMPOSED)
        elif isinstance(node, ast.Constant) and id(node) not in taken and _is_label(node.value):
            yield Word(str(node.value))


def _is_label(value: object) -> bool:
    return isinstance(value, str) and bool(HAN.search(value)) and value not in TABLES and not PATTERN.search(value)


def composed(node: ast.JoinedStr) -> str:
    """The fixed words of an f-string, its values as {1}, {2} …"""
    parts, number = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            number += 1
            parts.append(f"{{{number}}}")
    return "".join(parts)


# --- templates -------------------------------------------------------------------------------------------------------


def in_template(path: Path) -> Iterator[Word]:
    """Words of `translate`, `blocktranslate` and `_("…")` in tags, by Django's own reading of a template."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    source = templatize(path.read_text("utf-8"), origin=str(path))
    for match in TEMPLATE_CALL.finditer(source):
        texts = _strings(source, match.end())
        name = match.group(1)
        yield from _marked("gettext" if name == "_" else name, texts)


STRING = re.compile(r"""\s*u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*,?""", re.DOTALL)


def _strings(source: str, at: int) -> list[str]:
    texts = []
    while match := STRING.match(source, at):
        texts.append(str(ast.literal_eval(match.group(1))))
        at = match.end()
    return texts


# --- the catalogue ---------------------------------------------------------------------------------------------------


def read() -> Catalog:
    """The catalogue as it is kept, or a new one."""
    if not PO.exists():
        return _new()
    with PO.open("rb") as stream:
        return read_po(stream, locale="en")


def _new() -> Catalog:
    catalog = Catalog(locale="en", project="Kaogong", charset="utf-8", fuzzy=False)
    catalog.header_comment = "# English words of Kaogong. Kept by scripts/messages.py; the source language is Chinese."
    return catalog


def extract() -> Catalog:
    """Renew the catalogue from the code and keep what is translated."""
    old, fresh = read(), _new()
    for word, places in sorted(words().items()):
        kept = old.get(word.text, context=word.context or None)
        kept_string = kept.string if kept is not None and bool(kept.pluralizable) == bool(word.plural) else None
        fresh.add(
            word.key,
            kept_string or (("", "") if word.plural else ""),
            locations=[(place, 0) for place in sorted(places)],
            context=word.context or None,
        )
    return fresh


def save(catalog: Catalog) -> None:
    """Write the .po, without line numbers and dates, so that it only changes when words do."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    catalog.creation_date = catalog.revision_date = WRITTEN
    with PO.open("wb") as stream:
        write_po(stream, catalog, width=0, sort_output=True, include_lineno=False)


def compile_catalog() -> None:
    """Write the .mo that Django reads."""
    with MO.open("wb") as stream:
        write_mo(stream, read())


def merge(file: Path) -> int:
    """Fill in translations from a JSON object; a counted word's value is a pair. Returns how many were filled in."""
    given: dict[str, str | list[str]] = json.loads(file.read_text("utf-8"))
    catalog, filled = read(), 0
    for message in catalog:
        text = message.id[0] if isinstance(message.id, tuple) else message.id
        value = given.get(f"{message.context}|{text}" if message.context else str(text)) if text else None
        if value:
            message.string = tuple(value) if isinstance(value, list) else value
            filled += 1
    save(catalog)
    return filled


def wanting(catalog: Catalog) -> list[str]:
    """Words without English."""
    return [str(each.id) for each in catalog if each.id and not _is_said(each)]


def _is_said(message: Message) -> bool:
    words = message.string
    return all(words) if isinstance(words, tuple | list) else bool(words)


def main(arguments: list[str]) -> int:
    """Run one command; unfinished words are counted on the last line."""
    match arguments:
        case ["extract"]:
            save(extract())
        case ["merge", *files]:
            for file in files:
                print(f"{file}: {merge(Path(file))}")
        case ["compile"]:
            compile_catalog()
        case _:
            print(__doc__)
            return 2
    catalog = read()
    print(f"{len(catalog)} words, {len(wanting(catalog))} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
