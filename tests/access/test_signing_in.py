"""Signing in as people do it: sign up, sign in, lock-out, a forgotten password, the second factor."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from kaogong.foundation.access import hooks, selectors
from kaogong.foundation.access.models import Account
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.notices import sending
from tests.support.access import PASSWORD, make_account, make_body, make_post
from tests.support.notices import last_code, sent_messages
from tests.support.signing_in import forget_used_codes, sign_in, totp_code, with_totp

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No limits left over from another test, and short messages into a folder of our own."""
    cache.clear()
    settings.SMS_FOLDER = tmp_path / "sms"
    settings.SECOND_FACTOR_REQUIRED = True
    monkeypatch.setattr(hooks, "_sender", [sending.send_code])


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


class TestSignUp:
    FORM = {"display_name": "孙同学", "phone": "138 1234 5678", "password1": PASSWORD, "password2": PASSWORD}

    def test_by_phone_with_a_code(self) -> None:
        client = Client()
        answer = client.post("/account/signup/", self.FORM)
        assert answer.headers["Location"] == "/account/phone/verify/"
        assert not is_signed_in(client)
        assert "138****5678" in client.get("/account/phone/verify/").content.decode()
        client.post("/account/phone/verify/", {"code": last_code()})
        assert is_signed_in(client)
        account = selectors.by_phone("13812345678")
        assert account is not None
        assert account.is_phone_verified
        actions = set(TrailEntry.objects.filter(target_id=str(account.pk)).values_list("action", flat=True))
        assert {"access.account_opened", "access.phone_set", "access.signed_in"} <= actions

    def test_three_wrong_codes_end_it(self) -> None:
        client = Client()
        client.post("/account/signup/", self.FORM)
        for _ in range(3):
            client.post("/account/phone/verify/", {"code": "000000"})
        client.post("/account/phone/verify/", {"code": last_code()})
        assert not is_signed_in(client)

    def test_a_phone_in_use_gets_a_message_and_no_second_account(self) -> None:
        make_account(phone="13812345678")
        client = Client()
        answer = client.post("/account/signup/", self.FORM)
        assert answer.headers["Location"] == "/account/phone/verify/"
        assert "已注册过账号" in sent_messages()[-1][1]
        assert Account.objects.exclude(phone_digest="").count() == 1

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"phone": "123"}, "手机号码不正确"),
            ({"password1": "12345678", "password2": "12345678"}, "密码"),
            ({"password2": "other-Password-1"}, "密码"),
            ({"display_name": ""}, "姓名"),
        ],
    )
    def test_faults_are_said_at_the_field(self, given: dict[str, str], words: str) -> None:
        answer = Client().post("/account/signup/", self.FORM | given)
        assert answer.status_code == 200
        assert words in answer.content.decode()
        assert not Account.objects.exclude(phone_digest="").exists()


class TestSignIn:
    @pytest.mark.parametrize("login", ["wu.kaowu", "13812345678", "+86 138-1234-5678", "Wu@Example.org"])
    def test_by_any_login(self, login: str) -> None:
        make_account(username="wu.kaowu", phone="13812345678", mail="wu@example.org")
        assert is_signed_in(sign_in(login))

    @pytest.mark.parametrize("login", ["wu.kaowu", "13812345678", "wu@example.org", "nobody", "13999999999"])
    def test_not_with_a_wrong_password(self, login: str) -> None:
        make_account(username="wu.kaowu", phone="13812345678", mail="wu@example.org")
        assert not is_signed_in(sign_in(login, "wrong-Password-1"))

    def test_not_when_closed(self) -> None:
        account = make_account(username="wu.kaowu")
        Account.objects.filter(pk=account.pk).update(is_active=False)
        assert not is_signed_in(sign_in("wu.kaowu"))

    def test_five_failures_lock_this_address_out(self) -> None:
        make_account(phone="13812345678")
        for _ in range(5):
            cache.clear()  # allauth's own limit, tested apart, would come first
            sign_in("13812345678", "wrong-Password-1")
        cache.clear()
        answer = Client().post("/account/login/", {"login": "13812345678", "password": PASSWORD})
        assert (answer.status_code, answer["Retry-After"]) == (429, "1800")
        assert "<strong>30 分钟</strong>" in answer.content.decode()
        assert not is_signed_in(sign_in("13812345678"))

    def test_trying_meanwhile_does_not_make_the_wait_longer(self) -> None:
        from axes.models import AccessAttempt

        make_account(phone="13812345678")
        for _ in range(5):
            cache.clear()
            sign_in("13812345678", "wrong-Password-1")
        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=12, seconds=30))
        cache.clear()
        answer = Client().post("/account/login/", {"login": "13812345678", "password": PASSWORD})
        assert "<strong>18 分钟</strong>" in answer.content.decode()
        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
        cache.clear()
        assert is_signed_in(sign_in("13812345678"))

    def test_guessing_from_many_addresses_is_told_how_long_to_wait(self) -> None:
        make_account(phone="13812345678")
        for place in range(5):
            sign_in("13812345678", "wrong-Password-1", client=Client(REMOTE_ADDR=f"10.1.2.{place}"))
        answer = Client(REMOTE_ADDR="10.1.3.1").post("/account/login/", {"login": "13812345678", "password": PASSWORD})
        assert answer.status_code == 429
        assert "<strong>5 分钟</strong>" in answer.content.decode()

    def test_but_not_others_elsewhere(self) -> None:
        make_account(phone="13812345678")
        for _ in range(5):
            cache.clear()
            sign_in("13812345678", "wrong-Password-1")
        cache.clear()
        assert is_signed_in(sign_in("13812345678", client=Client(REMOTE_ADDR="10.1.2.3")))

    def test_no_phone_number_stands_in_the_table_of_failures(self) -> None:
        from axes.models import AccessAttempt

        sign_in("13812345678", "wrong-Password-1")
        attempt = AccessAttempt.objects.get()
        assert "13812345678" not in repr(vars(attempt))

    def test_many_failures_from_many_addresses_are_slowed(self) -> None:
        make_account(username="wu.kaowu")
        for number in range(5):
            sign_in("wu.kaowu", "wrong-Password-1", Client(REMOTE_ADDR=f"10.0.0.{number}"))
        assert not is_signed_in(sign_in("wu.kaowu", client=Client(REMOTE_ADDR="10.0.0.99")))

    def test_officers_land_at_a_desk(self) -> None:
        make_post(account=make_account(username="wu.kaowu"))
        answer = Client().post("/account/login/", {"login": "wu.kaowu", "password": PASSWORD})
        assert answer.status_code == 302
        assert answer.headers["Location"] in {"/office/", "/my/"}

    def test_an_unverified_phone_is_verified_first(self) -> None:
        account = make_account(phone="13812345678")
        Account.objects.filter(pk=account.pk).update(is_phone_verified=False, username="sun")
        client = sign_in("sun")
        assert not is_signed_in(client)
        client.post("/account/phone/verify/", {"code": last_code()})
        assert is_signed_in(client)


class TestForgotten:
    NEW = "Yan-Zi-Ji-88"

    def ask(self, login: str) -> Client:
        client = Client()
        answer = client.post("/account/password/reset/", {"login": login})
        assert answer.headers["Location"] == "/account/password/reset/code/"
        return client

    def answer(self, client: Client, code: str, password: str = NEW) -> int:
        given = {"code": code, "password": password, "again": password}
        return client.post("/account/password/reset/code/", given).status_code

    def test_by_short_message(self) -> None:
        make_account(phone="13812345678")
        client = self.ask("13812345678")
        assert self.answer(client, last_code()) == 302
        assert is_signed_in(sign_in("13812345678", self.NEW))
        assert not is_signed_in(sign_in("13812345678"))
        assert TrailEntry.objects.filter(action="access.password_recovered").count() == 1
        assert "密码刚刚更改" in sent_messages()[-1][1]

    def test_by_mail(self) -> None:
        make_account(username="wu", mail="wu@example.org")
        client = self.ask("wu@example.org")
        code = "".join(each for each in str(mail.outbox[0].body).split("验证码")[1] if each.isdigit())[:6]
        assert self.answer(client, code) == 302
        assert is_signed_in(sign_in("wu", self.NEW))

    def test_nobodys_phone_looks_the_same_and_gets_nothing(self) -> None:
        make_account(phone="13812345678")
        pages = []
        for phone in ("13812345678", "13999999999"):
            client = self.ask(phone)
            page = client.get("/account/password/reset/code/").content.decode()
            pages.append(page.split("<main")[1].split("<form")[0].replace(f"{phone[:3]}****{phone[-4:]}", "…"))
        assert pages[0] == pages[1]
        assert len(sent_messages()) == 1

    def test_three_wrong_codes_end_it(self) -> None:
        make_account(phone="13812345678")
        client = self.ask("13812345678")
        assert [self.answer(client, "000000") for _ in range(3)] == [200, 200, 302]
        assert self.answer(client, last_code()) == 302
        assert not is_signed_in(sign_in("13812345678", self.NEW))

    def test_a_weak_password_keeps_the_code(self) -> None:
        make_account(phone="13812345678")
        client = self.ask("13812345678")
        assert self.answer(client, last_code(), "password123") == 200
        assert self.answer(client, last_code()) == 302

    def test_an_empty_code_is_never_right(self) -> None:
        client = self.ask("13999999999")
        assert self.answer(client, "") == 200
        assert self.answer(client, " - ") == 200

    def test_whoever_asks_too_often_is_held_up(self) -> None:
        make_account(phone="13812345678")
        for _ in range(3):
            self.ask("13812345678")
        assert Client().post("/account/password/reset/", {"login": "13812345678"}).status_code == 429

    def test_the_second_factor_is_still_asked_for(self) -> None:
        with_totp(make_account(phone="13812345678"))
        client = self.ask("13812345678")
        self.answer(client, last_code())
        assert not is_signed_in(sign_in("13812345678", self.NEW))


class TestSecondFactor:
    def officer(self) -> Account:
        return make_post(
            account=make_account(username="wu"), organisation=make_body(), role="administrator", since=date(2020, 1, 1)
        ).account

    def test_is_asked_for_at_signing_in(self) -> None:
        account = with_totp(self.officer())
        client = sign_in("wu")
        assert not is_signed_in(client)
        client.post("/account/2fa/authenticate/", {"code": "000000"})
        assert not is_signed_in(client)
        client.post("/account/2fa/authenticate/", {"code": totp_code()})
        assert is_signed_in(client)
        assert client.get("/office/accounts/").status_code == 200
        assert account.pk

    def test_without_it_an_officer_is_sent_to_set_one_up(self) -> None:
        self.officer()
        client = sign_in("wu")
        answer = client.get("/office/accounts/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/account/second-factor/")
        assert "现在设置" in client.get("/account/second-factor/").content.decode()

    def test_a_demonstration_may_do_without(self, settings: Settings) -> None:
        settings.SECOND_FACTOR_REQUIRED = False
        self.officer()
        client = sign_in("wu")
        assert client.get("/office/accounts/").status_code == 200
        assert "演示环境" in Client().get("/account/login/").content.decode()

    def test_a_recovery_code_stands_in_once(self) -> None:
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

        account = with_totp(self.officer())
        code = RecoveryCodes.activate(account).get_unused_codes()[0]
        client = sign_in("wu")
        client.post("/account/2fa/authenticate/", {"code": code})
        assert is_signed_in(client)
        forget_used_codes(account)
        again = sign_in("wu")
        again.post("/account/2fa/authenticate/", {"code": code})
        assert not is_signed_in(again)

    def test_its_pages_are_all_ours(self) -> None:
        account = with_totp(self.officer())
        client = sign_in("wu")
        client.post("/account/2fa/authenticate/", {"code": totp_code()})
        forget_used_codes(account)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        for address in ("", "totp/deactivate/", "recovery-codes/generate/"):
            page = client.get(f"/account/2fa/{address}")
            assert page.status_code == 200, address
            assert "考工" in page.content.decode()
        client.post("/account/2fa/recovery-codes/generate/")
        assert len(client.get("/account/2fa/recovery-codes/").content.decode().split("<code")) == 11
        assert client.get("/account/2fa/recovery-codes/download/").status_code == 200


class TestOwnAccount:
    def test_another_phone_with_a_code(self) -> None:
        make_account(phone="13812345678")
        client = sign_in("13812345678")
        answer = client.post("/account/phone/change/", {"phone": "13900001111"})
        assert answer.headers["Location"] == "/account/phone/verify/"
        assert "138****5678" in client.get("/account/").content.decode()
        client.post("/account/phone/verify/", {"code": last_code()})
        assert "139****1111" in client.get("/account/").content.decode()
        assert any(number == "+8613812345678" and "139****1111" in text for number, text in sent_messages())

    def test_a_mail_address_with_a_code(self) -> None:
        make_account(phone="13812345678")
        client = sign_in("13812345678")
        client.post("/account/mail/", {"action": "set", "mail": "Sun@example.org"})
        code = "".join(each for each in str(mail.outbox[0].body).split("验证码")[1] if each.isdigit())[:6]
        assert client.post("/account/mail/verify/", {"code": "000000"}).status_code == 200
        assert client.post("/account/mail/verify/", {"code": code}).status_code == 302
        assert is_signed_in(sign_in("sun@example.org"))
        client.post("/account/mail/", {"action": "remove"})
        assert selectors.by_mail("sun@example.org") is None

    def test_another_password(self) -> None:
        account = make_account(phone="13812345678")
        client = sign_in("13812345678")
        form = {"oldpassword": PASSWORD, "password1": "Yan-Zi-Ji-88", "password2": "Yan-Zi-Ji-88"}
        assert client.post("/account/password/change/", form).status_code == 302
        assert is_signed_in(sign_in("13812345678", "Yan-Zi-Ji-88"))
        assert TrailEntry.objects.filter(action="access.password_changed", target_id=str(account.pk)).exists()

    def test_allauths_table_of_addresses_stays_empty(self) -> None:
        from allauth.account.models import EmailAddress

        make_account(phone="13812345678", mail="sun@example.org")
        sign_in("sun@example.org")
        assert not EmailAddress.objects.exists()

    @pytest.mark.parametrize("address", ["", "second-factor/", "mail/", "phone/change/", "password/change/", "2fa/"])
    def test_strangers_are_sent_to_sign_in(self, address: str) -> None:
        answer = Client().get(f"/account/{address}")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/login/")

    @pytest.mark.parametrize("address", ["email/", "confirm-email/x/", "password/set/", "3rdparty/"])
    def test_allauths_other_pages_are_not_there(self, address: str) -> None:
        assert Client().get(f"/account/{address}").status_code == 404
