"""The pages of several hands: who is named, what is handed in, what each is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from kaogong.delivery.models import Custody, CustodyShare
from kaogong.foundation.access import middleware
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from kaogong.web.examroom.views import custody, panel
from tests.support.cast import officer, outsider
from tests.support.custody import PASSPHRASE, acting, kept_hall, make_custodian, share_of
from tests.support.delivery import MORNING, START, make_hall

pytestmark = pytest.mark.django_db
REGISTRAR = officer("delivery.deliver", "delivery.see", region="32", name="林科长")
SECOND = officer("delivery.deliver", "delivery.see", "itembank.view", region="32", name="唐科长")


@pytest.fixture
def actors(monkeypatch: pytest.MonkeyPatch) -> list[Actor]:
    """The actor of the next requests: put it in. The clock stands at half an hour before the start."""
    found = [PUBLIC]

    def call(self: middleware.ActorOfRequest, request: HttpRequest) -> HttpResponse:
        request.actor = found[-1]  # type: ignore[attr-defined]  # as the middleware does
        return self.get_response(request)

    monkeypatch.setattr(middleware.ActorOfRequest, "__call__", call)
    at(monkeypatch, MORNING)
    return found


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    for module in (custody, panel):
        monkeypatch.setattr(module, "now", lambda: moment)


def test_the_registrar_names_three(client: Client, actors: list[Actor]) -> None:
    hall = make_hall(delivered=False)
    accounts = [make_custodian(name) for name in ("保管甲", "保管乙", "保管丙")]
    actors.append(REGISTRAR)
    address = f"/room/parts/{hall.theory.pk}/custody/"
    assert "保管乙" in client.get(address).text
    two = {"keepers": [str(each.pk) for each in accounts[:2]], "threshold": "2"}
    refused = client.post(address, two)
    assert (refused.status_code >= 400, "不得少于 3 名" in refused.text) == (True, True)
    client.post(address, two | {"keepers": [str(each.pk) for each in accounts]})
    assert CustodyShare.objects.filter(custody=Custody.objects.get()).count() == 3
    assert "凑足 2 份" in client.get(address).text


def test_a_custodian_hands_in_from_her_page(client: Client, actors: list[Actor]) -> None:
    hall, (one, *_others), kept = kept_hall()
    actors.append(acting(one))
    share = share_of(kept, one)
    address = f"/room/keeping/{share.pk}/"
    assert address in client.get("/room/keeping/").text
    wrong = client.post(address, {"passphrase": "不是这一句，肯定不是"})
    assert "保管口令不正确" in wrong.text
    assert "不是这一句" not in wrong.text
    assert "您的份额已交出" in client.post(address, {"passphrase": PASSPHRASE}, follow=True).text
    actors.append(REGISTRAR)
    assert "已交 1 份，需要 2 份" in client.get(f"/room/parts/{hall.theory.pk}/").text
    released = client.post(f"/room/parts/{hall.theory.pk}/release/")
    assert released.status_code in {403, 409}


def test_others_find_neither_share_nor_part(client: Client, actors: list[Actor]) -> None:
    hall, (one, two, _three), kept = kept_hall()
    for stranger in (outsider("delivery.deliver", "delivery.run"), acting(two)):
        actors.append(stranger)
        assert client.get(f"/room/keeping/{share_of(kept, one).pk}/").status_code == 404
        assert client.get(f"/room/parts/{hall.theory.pk}/custody/").status_code == 404


def test_an_emergency_takes_two(client: Client, actors: list[Actor], monkeypatch: pytest.MonkeyPatch) -> None:
    hall, _accounts, kept = kept_hall()
    address = f"/room/parts/{hall.theory.pk}/custody/"
    actors.append(REGISTRAR)
    at(monkeypatch, START - timedelta(hours=2))
    assert "份额凑不齐时申请" not in client.get(address).text
    at(monkeypatch, MORNING)
    client.post(f"{address}ask/", {"reason": "两名保管人途中遇车祸"})
    assert client.post(f"{address}approve/").status_code >= 400
    actors.append(SECOND)
    assert "两名保管人途中遇车祸" in client.get(address).text
    client.post(f"{address}approve/")
    kept.refresh_from_db()
    assert (kept.asked_by, kept.waived_by) == ("林科长", "唐科长")


def test_a_passphrase_is_typed_twice(client: Client, actors: list[Actor]) -> None:
    keeper = make_custodian("保管甲")
    actors.append(acting(keeper))
    differing = client.post("/room/keeping/passphrase/", {"passphrase": PASSPHRASE, "again": "另一句"})
    assert "两次输入的口令不一致" in differing.text
    same = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert "保管口令已设置" in client.post("/room/keeping/passphrase/", same, follow=True).text
