from __future__ import annotations

import pytest
from pytest_django import Settings

from kaogong.foundation.access import hooks


@pytest.fixture(autouse=True)
def _quick_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[hooks.Message]:
    """What was sent to phones and mail boxes during the test."""
    messages: list[hooks.Message] = []
    monkeypatch.setattr(hooks, "_sender", [messages.append])
    return messages
