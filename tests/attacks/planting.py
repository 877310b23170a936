"""A whole season whose every free text was written by an attacker, and a walk through all pages that show it."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve

from tests.web import matrix

# It would open a formula, end an attribute and an element, run in a template of Django or Typst, and break a header.
EVIL = "=1+'\"><kgx onkgx=1>{{9*9}}#panic()"
SHORT = "='\"><kgx>"
TAIL = 6
OURS = "kaogong."
# Looked up, counted with or chosen from a table: text in form only.
CODES = {"key", "kind", "track", "seed", "posts", "value", "claim", "verdict", "payload", "facts", "ratios", "report"}
LOOKED_UP = {"registration.Registration": {"source"}, "standards.Part": {"method"}}


def plant() -> dict[str, list[str]]:
    """Write EVIL into every free text of the database, behind the services; returns what was planted, by table.

    A free text is a text column without choices in which no code stands: its values are empty or hold a letter beyond
    ASCII. What a check of the database refuses stays as it is.
    """
    planted: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        for model in apps.get_models():
            if model.__module__.startswith(OURS):
                planted[model._meta.label] = [each.name for each in _columns(model) if _plant_column(model, each)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")
    return planted


def _columns(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    beside = CODES | LOOKED_UP.get(model._meta.label, set())
    for each in model._meta.concrete_fields:
        is_written = isinstance(each, models.CharField | models.TextField) and not each.choices and not each.primary_key
        is_code = each.name in beside or "digest" in each.name or "_key" in each.name
        if (is_written or isinstance(each, models.JSONField)) and not is_code:
            yield each


def _plant_column(model: type[models.Model], column: models.Field[Any, Any]) -> bool:
    if isinstance(column, models.JSONField):
        return _plant_json(model, column)
    room = column.max_length or 4000
    text = EVIL if room >= len(EVIL) + TAIL else SHORT
    if room < len(text) + TAIL:
        return False
    table, name = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(column.column)
    key = connection.ops.quote_name(model._meta.pk.column)  # type: ignore[union-attr]  # each table has one
    tail = f"right({key}::text, {TAIL})"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # The names are those of our own tables.
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {name} ~ '^[\\x21-\\x7e]+$')")
            if (cursor.fetchone() or (True,))[0]:
                return False
            cursor.execute(f"UPDATE {table} SET {name} = %s || {tail} WHERE {name} IS NOT NULL", [text])
            return cursor.rowcount > 0
    except DatabaseError:
        return False


def _plant_json(model: type[models.Model], column: models.Field[Any, Any]) -> bool:
    changed = False
    for row in model._default_manager.only(column.name).iterator():
        before = getattr(row, column.attname)
        after = _evil(before)
        if after != before:
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=row.pk).update(**{column.name: after})
                    changed = True
            except DatabaseError:
                return changed
    return changed


def _evil(value: object) -> Any:
    """A JSON value with each text that holds letters beyond ASCII replaced; names of fields stay."""
    if isinstance(value, dict):
        return {key: _evil(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_evil(each) for each in value]
    return EVIL if isinstance(value, str) and not value.isascii() else value


def clear_texts(pattern: str) -> dict[str, list[str]]:
    """Where a text of the whole database, ours and the libraries', matches a regular expression of PostgreSQL's."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'json', 'jsonb')"
        )
        for table, column in cursor.fetchall():
            names = connection.ops.quote_name(table), connection.ops.quote_name(column)
            # The names are those of the tables there are.
            cursor.execute(f"SELECT {names[1]}::text FROM {names[0]} WHERE {names[1]}::text ~ %s LIMIT 3", [pattern])
            if rows := cursor.fetchall():
                found[f"{table}.{column}"] = [row[0][:200] for row in rows]
    return found


@dataclass
class Form:
    """A form to be sent by POST: where to, and its fields by name with their kind and value."""

    action: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)

    def filled(self, text: str) -> dict[str, str]:
        """Every field that one types into holds `text`; what is hidden or chosen stays."""
        return {
            name: text if kind in TYPED else value
            for name, (kind, value) in self.fields.items()
            if kind not in {"file", "submit"}
        }


TYPED = {"text", "textarea", "search", "tel", "email", "number", "date", "datetime-local", "time", "password", "url"}


@dataclass
class Seen(HTMLParser):
    """A page as a browser takes it apart."""

    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._posts, self._select = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "kgx" in tag or any("kgx" in name for name in given):
            self.breaches.append(f"<{tag} {given}>")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.breaches.append(f"a script in the page: {given}")
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.breaches.append(f"<{tag} {given}>")
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "data"):
            if (scheme := urlsplit(given.get(name, "").strip()).scheme.lower()) in {
                "javascript",
                "vbscript",
                "data",
            } and (name != "src" or tag != "img"):
                self.breaches.append(f"<{tag} {name}={scheme}:…>")
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
            self._posts = given.get("method", "").lower() == "post"
            if not self._posts:
                self.forms.pop()
        elif self.forms and self._posts and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self.forms and self._select and given.get("value"):
            self.forms[-1].fields.setdefault(self._select, ("select", given["value"]))
        if tag in {"a", "img", "iframe", "embed", "object"} or "hx-get" in given:
            self.links += [given[name] for name in ("href", "src", "data", "hx-get") if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._posts = False
        elif tag == "select":
            self._select = ""

    def _field(self, tag: str, given: dict[str, str]) -> None:
        if tag == "select":
            self._select = given["name"]
        elif tag in {"input", "textarea", "button"}:
            kind = {"textarea": "textarea", "button": "button"}.get(tag) or given.get("type", "text")
            self.forms[-1].fields.setdefault(given["name"], (kind, given.get("value", "")))


@dataclass(frozen=True)
class Visit:
    """One answer of the walk."""

    path: str
    name: str
    response: HttpResponseBase

    @property
    def kind(self) -> str:
        """Its content type, without the charset."""
        return self.response.headers.get("Content-Type", "").partition(";")[0]

    @property
    def body(self) -> bytes:
        """All of it, also when it streams."""
        if self.response.streaming:
            self.response.streaming_content, content = iter(()), b"".join(self.response.streaming_content)  # type: ignore[attr-defined]  # of a streaming response
            return content
        return self.response.content  # type: ignore[attr-defined]  # a plain response

    def seen(self) -> Seen:
        """What a browser takes it for; nothing when it is no page."""
        seen = Seen()
        if self.kind == "text/html":
            seen.feed(self.body.decode())
        return seen


def walk(
    client: Client, starts: Iterable[str], *, each: int = 3, wanted: Callable[[str], bool] = bool
) -> Iterator[Visit]:
    """Follow every link from `starts`, up to so many addresses of one name and set of query names."""
    waiting, met, known = deque(starts), Counter[tuple[str, ...]](), set[str]()
    while waiting:
        path = waiting.popleft()
        if path in known or not wanted(path):
            continue
        known.add(path)
        parts = urlsplit(path)
        try:
            name = resolve(parts.path).view_name
        except Resolver404:
            continue
        key = (name, *sorted({key for key, _value in parse_qsl(parts.query)}))
        met[key] += 1
        if met[key] > each:
            continue
        response = client.get(path)
        visit = Visit(path, name, response)
        if response.status_code == 302:
            waiting.append(urljoin(path, response.headers["Location"]))
        else:
            here = [urljoin(path, link).partition("#")[0] for link in visit.seen().links]
            waiting.extend(link for link in here if link.startswith("/") and not link.startswith("/static/"))
        yield visit


def addresses(each: int = 2) -> Iterator[str]:
    """Every address of the site whose ids are those of a record by that name: `registration_id` of registrations."""
    by_name = {model.__name__.lower(): model for model in apps.get_models() if model.__module__.startswith(OURS)}
    by_name |= {"member": by_name["panelmember"], "draw": by_name["taskdraw"], "version": by_name["itemversion"]}
    for row in matrix.rows():
        pieces = re.findall(r"<uuid:(\w+)_id>", row.path)
        if not pieces or any(piece not in by_name for piece in pieces):
            yield (
                "/" + re.sub(r"<(\w+):\w+>", lambda found: matrix_value(found[1]), row.path)
                if "<uuid" not in row.path
                else "/"
            )
            continue
        for ids in zip(
            *(by_name[piece]._default_manager.values_list("pk", flat=True)[:each] for piece in pieces), strict=False
        ):
            left = iter(ids)
            path = re.sub(r"<uuid:\w+>", lambda _found: str(next(left)), row.path)  # noqa: B023  # used at once
            yield "/" + re.sub(r"<(\w+):\w+>", lambda found: matrix_value(found[1]), path)


def matrix_value(kind: str) -> str:
    """Something for a place in an address that is no id."""
    return "1" if kind == "int" else "none"


def as_text(value: object) -> str:
    """JSON in one line, for messages of tests."""
    return json.dumps(value, ensure_ascii=False, default=str)
