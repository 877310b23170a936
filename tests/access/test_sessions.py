"""Sessions: left idle they end, their owner sees and ends them, and a grave deed asks again who acts."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django import Settings

from kaogong.foundation.access import services, sessions, tasks
from kaogong.foundation.access.models import Account, Post
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.refusals import NotFound
from tests.support.access import AT, FOUNDER, PASSWORD, acting, make_account, make_body, make_post
from tests.support.signing_in import forget_used_codes, sign_in, totp_code, with_totp
from tests.web import matrix

pytestmark = pytest.mark.django_db
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Mobile MicroMessenger/8.0"
Later = Callable[[int], None]


@pytest.fixture(autouse=True)
def _plain(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    cache.clear()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """So many minutes go by."""
    real, passed = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + passed[0])

    def go(minutes: int) -> None:
        passed[0] += minutes * 60

    return go


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


class TestIdle:
    @pytest.mark.parametrize(("role", "kind", "minutes"), [("registrar", "prefecture_centre", 30), ("", "", 240)])
    def test_it_ends(self, role: str, kind: str, minutes: int, later: Later) -> None:
        account = make_account(username="wang")
        if role:
            make_post(account=account, organisation=make_body(kind=kind), role=role)
        client = sign_in("wang")
        later(minutes - 1)
        assert is_signed_in(client)
        later(minutes + 1)
        answer = client.get("/account/", follow=True)
        assert answer.redirect_chain[0][0] == "/account/login/?next=/account/"
        assert "已退出" in answer.text

    def test_who_only_runs_exams_has_the_time_of_the_hall(self, later: Later) -> None:
        account = make_account(username="jian")
        make_post(account=account, organisation=make_body(kind="station"), role="station_clerk")
        client = sign_in("jian")
        later(200)
        assert is_signed_in(client)

    def test_what_a_page_asks_by_itself_is_no_use(self, later: Later) -> None:
        make_post(account=make_account(username="wang"))
        client = sign_in("wang")
        for _each in range(4):
            later(10)
            client.get("/account/", headers={"X-Of-Itself": "1"})
        assert not is_signed_in(client)

    def test_a_part_of_a_page_takes_the_whole_page_to_sign_in(self) -> None:
        answer = Client().get("/office/", headers={"HX-Request": "true", "Referer": "http://testserver/office/rounds/"})
        assert answer.headers["HX-Redirect"] == "/account/login/?next=http%3A//testserver/office/rounds/"
        assert answer.content == b""

    def test_a_form_whose_session_ran_out_leads_back_to_its_page(self) -> None:
        answer = Client().post("/office/blanks/receive/", headers={"Referer": "http://testserver/office/blanks/"})
        assert answer.headers["Location"] == "/account/login/?next=http%3A//testserver/office/blanks/"

    def test_use_is_noted_once_a_minute(self, later: Later, django_assert_num_queries: Callable[..., object]) -> None:
        make_account(username="wang")
        client = sign_in("wang")
        is_signed_in(client)
        row = UserSession.objects.get()
        is_signed_in(client)
        assert UserSession.objects.get().last_seen_at == row.last_seen_at
        later(2)
        is_signed_in(client)
        assert UserSession.objects.get().last_seen_at > row.last_seen_at


class TestList:
    def test_tells_where_one_is_signed_in(self) -> None:
        make_account(username="wang")
        here = sign_in("wang", client=Client(headers={"user-agent": EDGE}))
        sign_in("wang", client=Client(headers={"user-agent": WECHAT}, REMOTE_ADDR="203.0.113.9"))
        page = here.get("/account/sessions/").text
        assert page.index("Windows · Edge") < page.index("iPhone · 微信") < page.index("203.0.113.9")
        assert page.count("结束这处登录") == 1, "not the one in use"

    def test_one_is_ended(self) -> None:
        account = make_account(username="wang")
        here, there = sign_in("wang"), sign_in("wang")
        row = UserSession.objects.get(session_key=there.session.session_key)
        here.post("/account/sessions/", {"end": str(row.pk)})
        assert is_signed_in(here)
        assert not is_signed_in(there)
        line = TrailEntry.objects.get(action="access.sessions_ended", target_id=str(account.pk))
        assert line.facts["count"] == 1

    def test_all_others_are_ended(self) -> None:
        make_account(username="wang")
        here, *others = [sign_in("wang") for _each in range(3)]
        here.post("/account/sessions/", {"end": "others"})
        assert [is_signed_in(each) for each in (here, *others)] == [True, False, False]

    def test_nobody_ends_a_strangers(self) -> None:
        make_account(username="wang")
        make_account(username="other")
        here, stranger = sign_in("wang"), sign_in("other")
        row = UserSession.objects.get(session_key=stranger.session.session_key)
        here.post("/account/sessions/", {"end": str(row.pk)})
        services.end_sessions(
            actor=acting(Account.objects.get(username="wang")), at=AT,
            account_id=Account.objects.get(username="wang").pk, session_ids=[row.pk],
        )  # fmt: skip
        assert is_signed_in(stranger)

    def test_an_administrator_ends_those_of_a_stolen_machine(self) -> None:
        body = make_body()
        account = make_post(account=make_account(username="wang"), organisation=body).account
        make_post(account=make_account(username="admin"), organisation=body, role="administrator")
        thief, admin = sign_in("wang"), sign_in("admin")
        answer = admin.post(f"/office/accounts/{account.pk}/sessions/", {"reason": "笔记本电脑被盗"})
        assert answer.status_code == 302
        assert not is_signed_in(thief)

    def test_an_administrator_of_another_province_finds_nothing(self) -> None:
        account = make_post(organisation=make_body()).account
        elsewhere = make_post(organisation=make_body(region_code="370100"), role="administrator").account
        with pytest.raises(NotFound):
            services.end_sessions(
                actor=acting(elsewhere), at=AT, account_id=account.pk, session_ids=(), reason="笔记本电脑被盗"
            )

    def test_those_past_their_end_are_forgotten(self, later: Later) -> None:
        make_account(username="wang")
        client = sign_in("wang")
        assert tasks.forget_sessions() == 0
        client.session.flush()
        UserSession.objects.create(user=Account.objects.get(), ip="203.0.113.9", session_key="gone", user_agent="")
        assert tasks.forget_sessions() == 2
        assert not UserSession.objects.exists()


GRAVE = {
    "office:issue", "office:certificate-deed", "office:person-reveal", "office:person-merge",
    "office:scoring-finalise", "office:recheck-correct", "office:post-appoint", "office:account-measure",
    "office:paper-open", "office:rules-figure", "office:rules-end", "office:certificate-reckon",
    "office:objection-uphold", "office:objection-dismiss", "office:objection-rescore", "office:items-export",
    "office:paper-export", "office:translation-job",
}  # fmt: skip


class TestGraveDeeds:
    """A thief at an open session does not know the password."""

    @pytest.fixture
    def admin(self) -> Client:
        make_account(name="周考务", username="zhou")
        make_post(account=make_account(username="admin"), organisation=make_body(), role="administrator")
        return sign_in("admin")

    def appoint(self, client: Client) -> str:
        body = Post.objects.get().organisation_id
        form = {"login": "zhou", "organisation": str(body), "role": "registrar", "since": "2026-01-01"}
        return str(client.post("/office/posts/new/", form).headers["Location"])

    def test_ask_again_when_the_proof_is_old(self, admin: Client, later: Later) -> None:
        later(20)
        admin.get("/account/")
        assert self.appoint(admin) == "/account/reauthenticate/?next=%2Foffice%2Fposts%2Fnew%2F"
        assert Post.objects.count() == 1
        admin.post("/account/reauthenticate/?next=/office/posts/new/", {"password": "a guess"})
        assert Post.objects.count() == 1

    def test_are_done_as_sent_once_proved(self, admin: Client, later: Later) -> None:
        later(20)
        admin.get("/account/")
        asked = self.appoint(admin)
        done = admin.post(asked, {"password": PASSWORD, "next": "/office/posts/new/"})
        post = Post.objects.get(account__username="zhou")
        assert done.headers["Location"] == f"/office/posts/{post.pk}/"

    def test_are_done_at_once_after_signing_in(self, admin: Client) -> None:
        assert self.appoint(admin).startswith("/office/posts/")

    def test_take_the_code_of_an_authenticator_too(self, admin: Client, later: Later) -> None:
        account = with_totp(Account.objects.get(username="admin"))
        later(20)
        admin.get("/account/")
        self.appoint(admin)
        forget_used_codes(account)
        admin.post("/account/2fa/reauthenticate/", {"code": totp_code(), "next": "/office/posts/new/"})
        assert Post.objects.filter(account__username="zhou").exists()

    def test_are_these(self) -> None:
        found = {
            name
            for name, _path, pattern in matrix._walk(get_resolver())
            if getattr(pattern.callback, "is_grave", False)
        }
        assert found == GRAVE

    def test_none_is_sent_by_htmx(self) -> None:
        """A part of a page could not be taken through the question."""
        from tests.attacks.test_static import TEMPLATES

        sent = {each for path in TEMPLATES for each in GRAVE if f"hx-post=\"{{% url '{each}'" in path.read_text()}
        assert sent == set()


def test_an_officer_without_reach_gives_no_reason_and_ends_nothing() -> None:
    account = make_account(username="wang")
    client = sign_in("wang")
    with pytest.raises(services.ReasonMissing):
        services.end_sessions(actor=FOUNDER, at=AT, account_id=make_post(account=account).account_id, session_ids=())
    assert is_signed_in(client)
    assert reverse("account_sessions") == "/account/sessions/"
    assert sessions.open_sessions(account.pk, None)


def test_the_sessions_are_among_ones_own_data() -> None:
    make_account(username="wang")
    desk = sign_in("wang")
    (session,) = desk.get(reverse("candidate:profile-download")).json()["account"]["open_sessions"]
    assert session["address"] == "127.0.0.1"
    assert set(session) == {"machine", "browser", "address", "since", "seen_at"}
