"""The page of notices: who sees which, how they are narrowed, and that addresses stay masked."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.notices import services, tasks
from tests.support.access import AT, make_account, make_body, make_post
from tests.support.identity import make_person

pytestmark = pytest.mark.django_db
BACKEND = "kaogong.foundation.access.backends.SealedContacts"


@pytest.fixture(autouse=True)
def _plain(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR_REQUIRED = False


def clerk(role: str = "registrar", region: str = "320100") -> Client:
    client = Client()
    post = make_post(account=make_account(), organisation=make_body(region_code=region), role=role)
    client.force_login(post.account, BACKEND)
    return client


@pytest.fixture
def _told() -> None:
    person = make_person(name="孙悟空", phone="13812345678")
    services.queue(
        actor=tasks.SENDER,
        at=AT,
        event_id=uuid7(),
        event="certificates.issued",
        payload={"person_id": str(person.pk)},
        region_code="320102",
    )


@pytest.mark.usefixtures("_told")
class TestList:
    def test_shows_name_words_and_state(self) -> None:
        page = clerk().get("/office/notices/").content.decode()
        assert "孙悟空" in page
        assert "证书已核发" in page
        assert "待发送" in page
        assert "138****5678" in page
        assert "13812345678" not in page

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"state": "waiting"}, True),
            ({"state": "failed"}, False),
            ({"channel": "mail"}, False),
            ({"event": "certificates.issued"}, True),
            ({"q": "公开查验"}, True),
            ({"q": "没有的字"}, False),
        ],
    )
    def test_is_narrowed(self, asked: dict[str, str], found: bool) -> None:
        assert ("孙悟空" in clerk().get("/office/notices/", asked).content.decode()) is found

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_leaves_as_a_file(self, kind: str) -> None:
        answer = clerk().get("/office/notices/", {"export": kind})
        assert f"notices.{kind}" in answer.headers["Content-Disposition"]
        assert b"13812345678" not in answer.content

    def test_outsiders_see_nothing(self) -> None:
        assert "孙悟空" not in clerk(region="370100").get("/office/notices/").content.decode()

    def test_others_are_turned_away(self) -> None:
        assert clerk("fee_clerk").get("/office/notices/").status_code == 403
        assert Client().get("/office/notices/").status_code == 302
