"""Each page meets the public, someone without the power, and someone from another province."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from kaogong.foundation.access import middleware
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from tests.support.cast import officer
from tests.web import matrix

PROJECT = Path(__file__).parents[2]
NOWHERE = {"uuid": str(UUID(int=404)), "int": "404", "str": "none", "slug": "none", "path": "none"}
ROWS = matrix.rows()
GUARDED = [row for row in ROWS if row.guard != "public"]
POWERED = [row for row in GUARDED if row.guard != "signed in"]

pytestmark = pytest.mark.django_db


def _address(row: matrix.Row) -> str:
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: NOWHERE.get(found[1] or "str", "none"), row.path)


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> list[Actor]:
    """The actor of the next requests: put it in."""
    actors = [PUBLIC]

    def call(self: middleware.ActorOfRequest, request: HttpRequest) -> HttpResponse:
        request.actor = actors[-1]  # type: ignore[attr-defined]  # as the middleware does
        return self.get_response(request)

    monkeypatch.setattr(middleware.ActorOfRequest, "__call__", call)
    return actors


def _statuses(row: matrix.Row) -> set[int]:
    client = Client(raise_request_exception=True)
    return {client.get(_address(row)).status_code, client.post(_address(row)).status_code} - {405}


def test_the_matrix_page_is_fresh() -> None:
    assert (PROJECT / "docs/permissions.md").read_text(encoding="utf-8") == matrix.table(), "run: make river"


def test_every_page_of_the_office_and_the_stations_is_guarded() -> None:
    loose = [row.path for row in ROWS if row.path.startswith(("office/", "station/", "my/")) and row.guard == "public"]

    assert loose == []


@pytest.mark.parametrize("row", GUARDED, ids=lambda row: row.path)
def test_the_public_is_sent_to_sign_in(row: matrix.Row, acting: list[Actor]) -> None:
    assert _statuses(row) == {302}


@pytest.mark.parametrize("row", POWERED, ids=lambda row: row.path)
def test_without_the_power_a_page_stays_shut(row: matrix.Row, acting: list[Actor]) -> None:
    acting.append(officer("nothing.at_all"))

    assert _statuses(row) == {403}


@pytest.mark.parametrize("row", [row for row in POWERED if "<uuid:" in row.path], ids=lambda row: row.path)
def test_what_is_not_there_cannot_be_found(row: matrix.Row, acting: list[Actor]) -> None:
    acting.append(officer(*row.guard.split(" | ")))

    assert _statuses(row) <= {404}
