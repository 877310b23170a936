"""Lists that leave as files: what the page shows and no more, all of it, and nothing of another place."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.foundation.access.models import Account
from kaogong.foundation.kernel.actors import Actor
from kaogong.scoring import services as scoring
from tests.support.access import make_account, make_post
from tests.support.cast import officer
from tests.support.doors import browser
from tests.support.registration import make_admitted
from tests.support.scoring import PUBLISHING, closed_hall, publish, rechecker, result_of
from tests.support.sittings import announced_sitting
from tests.support.stations import make_body

pytestmark = pytest.mark.django_db
FAR = "650000"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]  # a function
    """The rows of a list as an officer takes them away, keyed by their heads."""

    def take(actor: Actor, page: str, **asked: str) -> list[dict[str, str]]:
        desk: Client = browser(monkeypatch, actor)
        answer = desk.get(reverse(f"office:{page}"), {"export": "csv", **asked})
        assert answer.status_code == 200
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    return take


def test_rechecks(taken) -> None:  # type: ignore[no-untyped-def]
    hall = closed_hall()
    publish(hall)
    scoring.request_recheck(
        actor=hall.candidate(),
        at=PUBLISHING + timedelta(days=1),
        result_id=result_of(hall).pk,
        part="skill",
        reason="合分有误",
    )
    (row,) = taken(rechecker(), "rechecks")
    assert (row["申请理由"], row["科目"], row["办结时间"]) == ("合分有误", "技能考核", "")
    assert row["报名号"] == result_of(hall).registration.number
    assert taken(rechecker(FAR), "rechecks") == []


def test_sittings_to_score(taken) -> None:  # type: ignore[no-untyped-def]
    hall = closed_hall(theory=(80, 40))
    publish(hall)
    (row,) = taken(officer("scoring.see"), "scoring")
    assert (row["成绩"], row["合格"], row["待发布"]) == ("2", "1", "0")
    assert taken(officer("scoring.see"), "scoring", progress="none") == []
    assert taken(officer("scoring.see", region=FAR), "scoring") == []


def test_fees_and_seating(taken) -> None:  # type: ignore[no-untyped-def]
    at = now()
    sitting = announced_sitting(
        days=(localdate() + timedelta(days=45),),
        opens=at - timedelta(days=1),
        closes=at + timedelta(days=10),
        at=at - timedelta(days=2),
    )
    owing = make_admitted(sitting, paid=False, at=at)
    (row,) = taken(officer("registration.collect_fee"), "fees")
    assert (row["报名号"], row["应缴（元）"]) == (owing.number, str(owing.fee / 100))
    (row,) = taken(officer("seating.see"), "seating")
    assert (row["场次"], row["可编排"], row["未缴费"]) == (sitting.number, "0", "1")
    for power, page in (("registration.collect_fee", "fees"), ("seating.see", "seating")):
        assert taken(officer(power, region=FAR), page) == []


def test_accounts(taken) -> None:  # type: ignore[no-untyped-def]
    make_post(account=make_account(username="zhou", phone="13912345678"), organisation=make_body())
    found = {row["登录名"]: row for row in taken(officer("access.view"), "accounts")}
    assert set(found) == {"zhou"}
    assert "12345678" not in str(found)
    assert Account.objects.get(username="zhou").phone_masked == found["zhou"]["手机号码"]
    assert taken(officer("access.view", region=FAR), "accounts") == []
