"""What somebody without an account tries: to count numbers up, to guess, to hide behind a header, to ride a session."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from kaogong.certificates import limiting
from kaogong.foundation.access import services as access
from kaogong.foundation.access.models import Account
from kaogong.foundation.kernel.refusals import Refusal
from tests.support.access import AT, PASSWORD, acting, make_account
from tests.support.certificates import make_certificate
from tests.support.identity import make_person, resident_number

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR_REQUIRED = False
    cache.clear()


class TestHidingBehindAHeader:
    """X-Forwarded-For is written by whoever sends it; without a trusted proxy it counts for nothing."""

    def test_verification_is_limited_all_the_same(self) -> None:
        burst = limiting.limit_on(AT).burst
        statuses = [
            Client()
            .post("/verify/", {"number": "1" * 16, "name": "孙同学"}, headers={"x-forwarded-for": f"203.0.113.{place}"})
            .status_code
            for place in range(burst + 1)
        ]
        assert 429 not in statuses[:-1]
        assert statuses[-1] == 429

    def test_so_is_the_api(self) -> None:
        burst = limiting.limit_on(AT).burst
        statuses = [
            Client()
            .post(
                "/api/v1/verification",
                {"number": "1" * 16, "name": "孙同学"},
                content_type="application/json",
                headers={"x-forwarded-for": f"198.51.100.{place}"},
            )
            .status_code
            for place in range(burst + 1)
        ]
        assert statuses == [200] * burst + [429]

    def test_so_is_guessing_a_password(self) -> None:
        account = make_account(username="victim")
        statuses = [
            Client()
            .post(
                "/account/login/",
                {"login": "victim", "password": f"guess-{place}"},
                headers={"x-forwarded-for": f"203.0.113.{place}"},
            )
            .status_code
            for place in range(8)
        ]
        assert 429 in statuses[:5], "locked out as one address, whatever the header says"
        Client().post("/account/login/", {"login": "victim", "password": PASSWORD})
        assert Account.objects.get(pk=account.pk).last_login is None, "not even the right password, for a while"


class TestCountingUp:
    def test_verification_says_the_same_of_a_wrong_name_and_no_number(self) -> None:
        certificate = make_certificate()
        pages = [
            Client().post("/verify/", {"number": number, "name": "钱某人"}).text.replace(number, "N")
            for number in (certificate.number, certificate.number[:-1] + "0")
        ]
        for page in pages:
            assert certificate.name not in page
        answers = [
            Client()
            .post("/api/v1/verification", {"number": number, "name": "钱某人"}, content_type="application/json")
            .json()
            for number in (certificate.number, certificate.number[:-1] + "0")
        ]
        for answer in answers:
            del answer["verified_at"], answer["number"]
        assert answers[0] == answers[1]

    def test_claiming_says_the_same_of_a_wrong_name_and_no_number(self) -> None:
        make_person(name="孙真人", number=(known := resident_number()))
        words = []
        for number in (known, resident_number()):
            with pytest.raises(Refusal) as refused:
                access.claim_person(
                    actor=acting(make_account()), at=AT, document_kind="resident", document_number=number, name="钱假名"
                )
            words.append((type(refused.value), str(refused.value)))
        assert words[0] == words[1]

    def test_signing_in_says_the_same_of_a_wrong_password_and_nobody(self) -> None:
        make_account(username="somebody")
        pages = [
            Client().post("/account/login/", {"login": login, "password": "wrong-password"})
            for login in ("somebody", "nobodyok")
        ]
        assert pages[0].status_code == pages[1].status_code
        assert [("账号或密码不正确" in page.text) for page in pages] == [True, True]

    def test_a_forgotten_password_says_the_same_of_anybody_and_nobody(self) -> None:
        make_account(phone="13912345678")
        answers = [
            Client().post("/account/password/reset/", {"login": login}) for login in ("13912345678", "13987654321")
        ]
        assert {(each.status_code, each.headers.get("Location")) for each in answers} == {
            (302, answers[0].headers["Location"])
        }

    def test_nobody_is_flooded_with_codes(self) -> None:
        make_account(phone="13912345678")
        statuses = [
            Client().post("/account/password/reset/", {"login": "13912345678"}).status_code for _each in range(5)
        ]
        assert statuses.count(302) == 3
        assert 500 not in statuses


class TestSessions:
    def test_a_session_planted_before_signing_in_is_worthless_after(self) -> None:
        make_account(username="victim")
        victim = Client()
        session = victim.session
        session["planted"] = "by the attacker"
        session.save()
        planted = session.session_key
        victim.post("/account/login/", {"login": "victim", "password": PASSWORD})
        assert victim.session.session_key != planted
        attacker = Client()
        attacker.cookies["sessionid"] = str(planted)
        assert attacker.get("/my/").status_code == 302

    def test_the_cookies_are_out_of_reach_of_scripts(self, settings: Settings) -> None:
        make_account(username="victim")
        victim = Client()
        victim.post("/account/login/", {"login": "victim", "password": PASSWORD})
        cookie = victim.cookies[settings.SESSION_COOKIE_NAME]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
