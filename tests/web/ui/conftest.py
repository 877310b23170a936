"""The shared interface stands alone in these tests: no database, no desks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from kaogong.web.ui import clauses

ALONE = {
    "ROOT_URLCONF": "tests.web.ui.urls",
    "ALLOWED_HOSTS": ["testserver", "127.0.0.1"],
    "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
    "MESSAGE_STORAGE": "django.contrib.messages.storage.cookie.CookieStorage",
    "LANGUAGES": [("zh-hans", "简体中文"), ("ug", "ئۇيغۇرچە"), ("en", "English")],
    "LANGUAGES_BIDI": ["ug"],
    "MIDDLEWARE": [
        "kaogong.web.ui.middleware.ContentSecurityPolicy",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "kaogong.web.ui.middleware.DisplayPreferences",
    ],
}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clauses, "_describe", [])
    with override_settings(**ALONE):
        yield


@pytest.fixture
def visitor() -> Client:
    return Client()
