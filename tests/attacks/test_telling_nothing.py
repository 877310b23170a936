"""Who has an account or a record cannot be learnt by asking: same words, same status, same work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import hashers
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from kaogong.foundation.access import hooks
from kaogong.foundation.access import services as access
from kaogong.foundation.kernel.refusals import Refusal
from tests.support.access import AT, acting, make_account
from tests.support.certificates import make_certificate
from tests.support.identity import make_person, resident_number

pytestmark = pytest.mark.django_db
KNOWN = {"login name": "somebody", "phone": "13912345678", "mail": "somebody@example.org"}
NOBODY = {"login name": "nobodyok", "phone": "13987654321", "mail": "nobodyok@example.org"}


class CountingHasher(hashers.MD5PasswordHasher):
    """Counts how often a password was worked out."""

    worked = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.worked += 1
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def _plain(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    settings.SECOND_FACTOR_REQUIRED = False
    monkeypatch.setattr(hooks, "_sender", [lambda message: None])
    cache.clear()


def asked(deed: Callable[[], object]) -> tuple[int, int]:
    """How often a password was worked out, and how many queries there were."""
    before = CountingHasher.worked
    with CaptureQueriesContext(connection) as queries:
        deed()
    return CountingHasher.worked - before, len(queries)


class TestSigningIn:
    @pytest.mark.parametrize("way", KNOWN)
    def test_costs_the_same(self, way: str) -> None:
        make_account(username="somebody", phone="13912345678", mail="somebody@example.org")
        work = {}
        for name, logins in (("known", KNOWN), ("nobody", NOBODY)):
            cache.clear()
            Client().post("/account/login/", {"login": logins[way], "password": "warm up"})
            cache.clear()
            work[name] = asked(lambda: Client().post("/account/login/", {"login": logins[way], "password": "wrong"}))  # noqa: B023  # used at once
        assert work["known"][0] == work["nobody"][0] == 1
        assert abs(work["known"][1] - work["nobody"][1]) <= 1

    def test_of_a_closed_account_says_no_more_than_of_nobody(self) -> None:
        account = make_account(username="somebody")
        account.is_active = False
        account.save()
        pages = [
            Client().post("/account/login/", {"login": login, "password": "wrong"})
            for login in ("somebody", "nobodyok")
        ]
        assert pages[0].status_code == pages[1].status_code == 200
        assert all("账号或密码不正确" in page.text for page in pages)


class TestSigningUp:
    def test_with_a_phone_that_somebody_has_looks_the_same(self) -> None:
        make_account(phone="13912345678")
        answers = []
        for phone in ("13912345678", "13987654321"):
            form = {
                "phone": phone,
                "password1": "Zhong-Shan-Men-7",
                "password2": "Zhong-Shan-Men-7",
                "display_name": "孙同学",
            }
            client = Client()
            answer = client.post("/account/signup/", form)
            follow = client.get(answer.headers.get("Location", "/account/phone/verify/"))
            answers.append((answer.status_code, answer.headers.get("Location"), follow.status_code))
        assert answers[0] == answers[1]
        assert answers[0][0] == 302


class TestForgottenPasswords:
    @pytest.mark.parametrize("way", KNOWN)
    def test_cost_the_same_and_look_the_same(self, way: str) -> None:
        make_account(username="somebody", phone="13912345678", mail="somebody@example.org")
        seen = {}
        for name, logins in (("known", KNOWN), ("nobody", NOBODY)):
            client = Client()
            queries = asked(lambda: client.post("/account/password/reset/", {"login": logins[way]}))  # noqa: B023  # used at once
            page = client.get("/account/password/reset/code/")
            wrong = client.post("/account/password/reset/code/", {"code": "000000", "password": "a", "again": "a"})
            seen[name] = (queries, page.status_code, len(page.text.replace(logins[way], "")), wrong.status_code)
        assert seen["known"][0][0] == seen["nobody"][0][0]
        assert abs(seen["known"][0][1] - seen["nobody"][0][1]) <= 1
        assert seen["known"][1::2] == seen["nobody"][1::2]

    def test_tell_nothing_by_the_tries_left(self) -> None:
        make_account(phone="13912345678")
        ends = []
        for login in ("13912345678", "13987654321"):
            client = Client()
            client.post("/account/password/reset/", {"login": login})
            form = {"code": "000000", "password": "Zhong-Shan-Men-8", "again": "Zhong-Shan-Men-8"}
            ends.append([client.post("/account/password/reset/code/", form).status_code for _each in range(4)])
        assert ends[0] == ends[1]


class TestClaiming:
    def test_costs_the_same_for_a_wrong_name_and_no_number(self) -> None:
        make_person(name="孙真人", number=(known := resident_number()))
        work = []
        for number in (resident_number(), known, resident_number()):
            claimant = acting(make_account())

            def claim(number: str = number, claimant: object = claimant) -> None:
                with pytest.raises(Refusal):
                    access.claim_person(
                        actor=claimant, at=AT, document_kind="resident", document_number=number, name="钱假名"  # type: ignore[arg-type]  # an actor
                    )  # fmt: skip

            work.append(asked(claim)[1])
        # One query more looks for a namesake of the number; five tries a day bound what its time may tell.
        assert abs(work[1] - work[2]) <= 1


class TestVerification:
    def test_costs_the_same_for_a_wrong_name_and_no_number(self) -> None:
        certificate = make_certificate()
        work = []
        for number in (certificate.number[:-2] + "98", certificate.number, certificate.number[:-2] + "99"):
            form = {"number": number, "name": "钱某人"}
            work.append(asked(lambda: Client().post("/verify/", form))[1])  # noqa: B023  # used at once
        assert work[1] == work[2]
