"""The API's own page: drawn from the OpenAPI document on the server, with nothing loaded from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kaogong.api.v1 import api

SNAPSHOT = Path(__file__).with_name("openapi.json")


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter or field: its name, type, whether it is required, and what it means."""

    name: str
    type: str
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as a reader needs it."""

    method: str
    path: str
    anchor: str
    title: str
    text: str
    parameters: tuple[Line, ...]
    body: tuple[Line, ...]
    answers: tuple[tuple[str, tuple[Line, ...]], ...]
    example: str

    @property
    def parameters_label(self) -> str:
        """What the table of parameters is called, apart from every other table of the page."""
        return f"{self.anchor}: parameters"

    @property
    def body_label(self) -> str:
        """What the table of the request's fields is called."""
        return f"{self.anchor}: request"

    @property
    def labelled_answers(self) -> list[tuple[str, str, tuple[Line, ...]]]:
        """Each answer as (status, what its table is called, its fields)."""
        return [(status, f"{self.anchor}: {status}", lines) for status, lines in self.answers]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, its answers and a command to try."""
    site = request.build_absolute_uri("/").rstrip("/")
    context = {"api": api, "operations": list(operations(schema(), site)), "site": site}
    return render(request, "public/api/docs.html", context)


def schema() -> dict[str, Any]:
    """The OpenAPI document as plain values."""
    plain: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    return plain


def snapshot() -> str:
    """The document as it is committed: one spelling, so that a change shows in review."""
    return json.dumps(schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def operations(document: Mapping[str, Any], site: str) -> Iterator[Operation]:
    """The document's operations in its order."""
    for path, methods in document["paths"].items():
        for method, found in methods.items():
            yield _operation(document, path, method, found, site)


def _operation(document: Mapping[str, Any], path: str, method: str, found: Mapping[str, Any], site: str) -> Operation:
    parameters = tuple(
        Line(each["name"], _type(each["schema"]), each.get("required", False), each["schema"].get("description", ""))
        for each in found.get("parameters", [])
    )
    body_schema = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answers = tuple(
        (str(status), tuple(_lines(document, answer.get("content", {}).get("application/json", {}).get("schema", {}))))
        for status, answer in found["responses"].items()
    )
    return Operation(
        method=method.upper(),
        path=path,
        anchor=found["operationId"],
        title=found.get("summary", ""),
        text=found.get("description", ""),
        parameters=parameters,
        body=tuple(_lines(document, body_schema)),
        answers=answers,
        example=_example(method, path, site, has_body=bool(body_schema)),
    )


def _lines(document: Mapping[str, Any], schema_: Mapping[str, Any]) -> Iterator[Line]:
    resolved = _resolved(document, schema_)
    required = set(resolved.get("required", []))
    for name, field in resolved.get("properties", {}).items():
        yield Line(name, _type(field), name in required, field.get("description", ""))


def _resolved(document: Mapping[str, Any], schema_: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema_.get("$ref", "")
    if not reference:
        return schema_
    found: Mapping[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _type(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "anyOf" in field:
        return " | ".join(_type(each) for each in field["anyOf"])
    if "enum" in field:
        return " | ".join(map(str, field["enum"]))
    if field.get("type") == "array":
        return f"[{_type(field.get('items', {}))}]"
    return str(field.get("format") or field.get("type", "any"))


def _example(method: str, path: str, site: str, *, has_body: bool) -> str:
    shown = path.replace("{code}", "6-31-01-03")
    if not has_body:
        query = "?q=电工" if shown.endswith("/occupations") else ""
        return f"curl '{site}{shown}{query}'"
    body = '{"number": "1210012003400025", "name": "张三"}'
    return f"curl -X {method.upper()} '{site}{shown}' -H 'Content-Type: application/json' -d '{body}'"
