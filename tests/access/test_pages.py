"""Pages of posts and accounts: lists, appointments, deputies, and measures on accounts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from kaogong.foundation.access import selectors
from kaogong.foundation.access.models import Account, Deputy, Post
from kaogong.foundation.organisations.models import Organisation
from tests.support.access import PASSWORD, make_account, make_body, make_post
from tests.support.signing_in import proven, with_totp

pytestmark = pytest.mark.django_db
BACKEND = "kaogong.foundation.access.backends.SealedContacts"


@pytest.fixture(autouse=True)
def _plain(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    cache.clear()


@pytest.fixture
def centre(db: None) -> Organisation:
    """The centre of Nanjing."""
    return make_body(name="南京市职业技能鉴定中心")


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account, BACKEND)
    proven(client)
    return client


def administrator(body: Organisation) -> Client:
    return signed_in(make_post(account=make_account(name="郑管理"), organisation=body, role="administrator").account)


class TestPosts:
    def test_are_listed_with_their_terms(self, centre: Organisation) -> None:
        make_post(account=make_account(name="周考务"), organisation=centre, role="registrar")
        make_post(
            account=make_account(name="旧同事"),
            organisation=centre,
            role="fee_clerk",
            since=date(2020, 1, 1),
            until=date(2021, 1, 1),
        )
        client = administrator(centre)
        assert "周考务" in client.get("/office/posts/").content.decode()
        past = client.get("/office/posts/", {"state": "past"}).content.decode()
        assert "旧同事" in past
        assert "周考务" not in past
        assert b"registrar" not in client.get("/office/posts/", {"export": "csv"}).content

    def test_of_other_provinces_are_not_there(self, centre: Organisation) -> None:
        post = make_post(account=make_account(name="外省人"), organisation=make_body(region_code="370100"))
        client = administrator(centre)
        assert "外省人" not in client.get("/office/posts/").content.decode()
        assert client.get(f"/office/posts/{post.pk}/").status_code == 404

    def test_are_given(self, centre: Organisation) -> None:
        make_account(name="周考务", username="zhou")
        form = {"login": "zhou", "organisation": str(centre.pk), "role": "registrar", "since": "2026-01-01"}
        client = administrator(centre)
        answer = client.post("/office/posts/new/", form)
        post = Post.objects.get(account__username="zhou")
        assert answer.headers["Location"] == f"/office/posts/{post.pk}/"
        assert "周考务" in client.get(f"/office/posts/{post.pk}/").content.decode()

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"login": "nobody"}, "没有这个账号"),
            ({"role": "station_head"}, "不设"),
            ({"until": "2025-01-01"}, "任期起止日期不合理"),
        ],
    )
    def test_or_refused_at_the_field(self, centre: Organisation, given: dict[str, str], words: str) -> None:
        make_account(username="zhou")
        form = {"login": "zhou", "organisation": str(centre.pk), "role": "registrar", "since": "2026-01-01"}
        answer = administrator(centre).post("/office/posts/new/", form | given)
        assert answer.status_code == 422
        assert words in answer.content.decode()

    def test_todays_date_stands_in_the_form_as_browsers_read_it(self, centre: Organisation) -> None:
        page = administrator(centre).get("/office/posts/new/").content.decode()
        assert f'value="{timezone.localdate():%Y-%m-%d}"' in page

    def test_end(self, centre: Organisation) -> None:
        post = make_post(organisation=centre)
        today = timezone.localdate()
        form = {"until": today.isoformat(), "reason": "调任他处"}
        assert administrator(centre).post(f"/office/posts/{post.pk}/end/", form).status_code == 302
        post.refresh_from_db()
        assert post.until == today

    def test_are_stood_in_for_and_taken_back(self, centre: Organisation) -> None:
        post = make_post(account=make_account(name="周考务"), organisation=centre)
        deputy = make_account(name="吴代理", username="wu")
        today = timezone.localdate()
        holder = signed_in(post.account)
        form = {
            "login": "wu",
            "since": today.isoformat(),
            "until": (today + timedelta(days=5)).isoformat(),
            "reason": "年假",
        }
        assert holder.post(f"/office/posts/{post.pk}/depute/", form).status_code == 302
        assert selectors.posts_in_force(deputy.pk, today)
        assert "吴代理" in holder.get(f"/office/posts/{post.pk}/").content.decode()
        assert "吴代理" in administrator(centre).get("/office/accounts/").content.decode()
        holder.post(f"/office/deputies/{Deputy.objects.get().pk}/recall/")
        assert not selectors.posts_in_force(deputy.pk, today)

    def test_the_table_of_roles_is_open_to_appointers(self, centre: Organisation) -> None:
        assert "质量督导员" in administrator(centre).get("/office/posts/roles/").content.decode()

    @pytest.mark.parametrize("address", ["posts/", "posts/new/", "posts/roles/", "accounts/", "accounts/new/"])
    def test_others_are_turned_away(self, centre: Organisation, address: str) -> None:
        clerk = signed_in(make_post(organisation=centre, role="fee_clerk").account)
        assert clerk.get(f"/office/{address}").status_code == 403
        assert Client().get(f"/office/{address}").status_code == 302


class TestAccounts:
    def test_are_opened(self, centre: Organisation) -> None:
        form = {"display_name": "周考务", "username": "zhou", "phone": "", "password": PASSWORD}
        client = administrator(centre)
        answer = client.post("/office/accounts/new/", form)
        account = Account.objects.get(username="zhou")
        assert answer.headers["Location"] == f"/office/accounts/{account.pk}/"
        assert client.get(answer.headers["Location"]).status_code == 200
        assert "已有账号使用" in client.post("/office/accounts/new/", form).content.decode()

    def test_are_helped(self, centre: Organisation) -> None:
        account = with_totp(make_post(organisation=centre).account)
        client = administrator(centre)
        page = client.get(f"/office/accounts/{account.pk}/").content.decode()
        assert "解除双重验证" in page
        reason = {"reason": "手机遗失，已当面核验身份证"}
        assert client.post(f"/office/accounts/{account.pk}/second-factor/", reason).status_code == 302
        assert not selectors.has_second_factor(account)
        form = reason | {"phone": "13900001111"}
        assert client.post(f"/office/accounts/{account.pk}/phone/", form).status_code == 302
        assert client.post(f"/office/accounts/{account.pk}/close/", reason).status_code == 302
        account.refresh_from_db()
        assert (account.phone_masked, account.is_active) == ("139****1111", False)

    def test_not_without_a_reason(self, centre: Organisation) -> None:
        account = make_post(organisation=centre).account
        answer = administrator(centre).post(f"/office/accounts/{account.pk}/close/", {"reason": "无"})
        assert answer.status_code == 422
        account.refresh_from_db()
        assert account.is_active

    def test_of_other_provinces_are_not_found(self, centre: Organisation) -> None:
        account = make_post(organisation=make_body(region_code="370100")).account
        client = administrator(centre)
        assert client.get(f"/office/accounts/{account.pk}/").status_code == 404
        assert client.post(f"/office/accounts/{account.pk}/close/", {"reason": "离职已办手续"}).status_code == 404

    def test_no_other_measures(self, centre: Organisation) -> None:
        account = make_post(organisation=centre).account
        assert administrator(centre).get(f"/office/accounts/{account.pk}/promote/").status_code == 404
