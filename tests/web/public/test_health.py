from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client

pytestmark = pytest.mark.django_db


def test_says_that_all_is_well_to_people() -> None:
    answer = Client().get("/health/")

    assert answer.status_code == 200
    assert "一切正常" in answer.content.decode()


def test_says_it_to_machines_as_json() -> None:
    answer = Client().get("/health/", {"format": "json"})

    assert answer.status_code == 200
    assert answer.json()["well"] is True
    assert {check["key"] for check in answer.json()["checks"]} == {"database", "tables", "outbox", "trail"}


def test_says_so_when_the_database_is_gone() -> None:
    with patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        answer = Client().get("/health/", {"format": "json"})

    assert answer.status_code == 503
    assert answer.json()["checks"][0]["key"] == "database"
    assert "gone" not in answer.content.decode()
