"""What rides on another's browser or leads it astray: forged forms, other hosts, addresses to return to, cookies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings

from tests.attacks.planting import Visit
from tests.attacks.test_hostile_addresses import everything
from tests.support.access import PASSWORD, make_account, make_body, make_post
from tests.support.doors import browser
from tests.support.signing_in import sign_in
from tests.web import matrix
from tests.web.test_matrix import NOWHERE

pytestmark = pytest.mark.django_db
EVERY_PATH = sorted(
    {
        "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: NOWHERE.get(found[1] or "str", "none"), path)
        for _name, path, _pattern in matrix._walk(get_resolver())
        if not path.startswith("api/")
    }
)


@pytest.fixture(autouse=True)
def _plain(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR_REQUIRED = False
    cache.clear()


class TestForgedForms:
    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_no_address_takes_one_without_the_token(self, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """allauth's pages and ours alike, as somebody who may do everything."""
        rider = browser(monkeypatch, everything())
        rider.handler.enforce_csrf_checks = True
        taken = {path: status for path in EVERY_PATH if (status := getattr(rider, method)(path).status_code) != 403}
        assert taken == {}

    def test_nor_with_a_token_of_another_site(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rider = browser(monkeypatch, everything())
        rider.handler.enforce_csrf_checks = True
        token = rider.get("/verify/").context["csrf_token"]
        data = {"csrfmiddlewaretoken": str(token), "number": "1" * 16, "name": "孙同学"}
        assert rider.post("/verify/", data, headers={"origin": "https://evil.example"}).status_code == 403
        assert rider.post("/verify/", data).status_code == 200

    def test_the_api_knows_nobody_by_her_session(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is open without a token because it has no powers: the same answers to everybody."""
        known, public = browser(monkeypatch, everything()), Client()
        for path in ("/api/v1/occupations?q=电工", "/api/v1/rounds"):
            assert known.get(path).json() == public.get(path).json()


class TestOtherHosts:
    @pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "a b"])
    def test_are_refused_before_anything_is_said(self, host: str) -> None:
        for path in ("/", "/account/password/reset/", "/api/docs", "/verify/"):
            assert Client(SERVER_NAME=host, headers={"host": host}).get(path).status_code == 400

    def test_a_forwarded_host_is_not_believed(self) -> None:
        page = Client(headers={"x-forwarded-host": "evil.example"}).get("/api/docs")
        assert "evil.example" not in page.text


WISHES = ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example")


class TestReturning:
    """`next` leads within the house only, also when the deed before it succeeds."""

    @pytest.mark.parametrize("wish", WISHES)
    def test_after_signing_in(self, wish: str) -> None:
        make_account(username="wang")
        answer = Client().post("/account/login/", {"login": "wang", "password": PASSWORD, "next": wish})
        assert answer.headers["Location"] == "/my/"
        page = Visit("", "", Client().get("/account/login/", {"next": wish})).seen()
        assert [link for link in page.links + [form.action for form in page.forms] if urlsplit(link).netloc] == []

    @pytest.mark.parametrize("wish", WISHES)
    def test_after_the_proof(self, wish: str) -> None:
        make_account(username="wang")
        answer = sign_in("wang").post("/account/reauthenticate/", {"password": PASSWORD, "next": wish})
        assert answer.headers["Location"].startswith("/")
        assert "evil" not in answer.headers["Location"]

    @pytest.mark.parametrize("wish", WISHES)
    def test_after_a_choice_of_language_or_display(self, wish: str) -> None:
        for path, data in (("/ui/language/", {"language": "en"}), ("/ui/display/", {"text": "large"})):
            answer = Client(headers={"referer": wish}).post(path, data | {"next": wish})
            assert answer.headers["Location"] == "/"

    @pytest.mark.parametrize("wish", WISHES)
    def test_after_a_form_whose_session_ran_out(self, wish: str) -> None:
        for headers in ({"referer": wish}, {"referer": wish, "HX-Request": "true"}):
            answer = Client(headers=headers).post("/office/blanks/receive/")
            assert "evil" not in answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")


class TestCookies:
    def test_behind_https_leave_only_by_it(self) -> None:
        """The settings as a server reads them."""
        names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE LANGUAGE_COOKIE_SECURE SECURE_HSTS_SECONDS DEBUG"
        code = f"from kaogong.config import settings as s; print([getattr(s, n) for n in {names.split()}])"
        given = os.environ | {"KAOGONG_BEHIND_HTTPS": "1"}
        told = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, check=True, text=True)
        assert told.stdout.strip() == "[True, True, True, 31536000, False]"

    def test_none_is_in_reach_of_a_script_or_another_site(self) -> None:
        make_account(username="wang")
        client = sign_in("wang")
        client.post("/ui/language/", {"language": "en"})
        client.post("/ui/display/", {"text": "large"})
        assert {"sessionid", "csrftoken", "django_language"} <= client.cookies.keys()
        for cookie in client.cookies.values():
            assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), cookie.key


class TestCaches:
    def test_what_an_officer_saw_is_not_kept(self) -> None:
        make_post(account=make_account(username="admin"), organisation=make_body(), role="administrator")
        client = sign_in("admin")
        for path in ("/office/", "/office/posts/", "/office/nowhere/", "/account/", "/"):
            assert "no-store" in client.get(path).headers["Cache-Control"], path

    def test_what_everybody_sees_may_be(self) -> None:
        assert "no-store" not in Client().get("/rules/").headers.get("Cache-Control", "")
