"""The office's pages of sub-banks: from the proposal to the evaluation, and who finds none of it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kaogong.itembank.models import Point
from kaogong.itembank.network import SubBank
from tests.support.cast import officer
from tests.support.doors import browser
from tests.support.itembank import ELECTRICIAN

pytestmark = pytest.mark.django_db
POWERS = ("itembank.view", "itembank.approve", "itembank.write")


def test_from_the_proposal_to_the_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    body, nation = officer(*POWERS), officer(*POWERS, region="")
    client = browser(monkeypatch, body)
    assert "没有分库" in client.get(reverse("office:sub-banks")).text
    entered = {"bank": f"{ELECTRICIAN}:5", "name": "国家题库南京分库", "reason": "先行试点"}
    page = client.post(reverse("office:sub-bank-new"), entered, follow=True)
    assert "申报中" in page.text
    assert client.post(reverse("office:sub-bank-new"), entered).status_code == 422
    bank = SubBank.objects.get()

    client = browser(monkeypatch, nation)
    assert "不能恢复" in client.get(reverse("office:sub-bank-decide", args=[bank.pk, "close"])).text
    assert client.get(reverse("office:sub-bank-decide", args=[bank.pk, "burn"])).status_code == 404
    page = client.post(reverse("office:sub-bank-open", args=[bank.pk]), {"since": "2026-01-01"}, follow=True)
    assert "每份试卷不低于 70%" in page.text
    said = {
        "held_from": "2026-02-01",
        "held_to": "2026-02-02",
        "panel": "甲\n乙",
        "findings": "符合",
        "verdict": "passed",
    }
    refused = client.post(reverse("office:sub-bank-evaluate", args=[bank.pk]), said)
    assert (refused.status_code, "3 名以上的专家" in refused.text) == (422, True)
    said["panel"] += "\n丙"
    page = client.post(reverse("office:sub-bank-evaluate", args=[bank.pk]), said, follow=True)
    assert "甲、乙、丙" in page.text

    client = browser(monkeypatch, body)
    form = client.get(reverse("office:sub-bank-point", args=[bank.pk]))
    under = form.context["form"].fields["under"].choices[0][0]
    entered = {"under": under, "name": "本地电网的规定", "importance": "Y"}
    page = client.post(reverse("office:sub-bank-point", args=[bank.pk]), entered, follow=True)
    assert f"{under}-L01" in page.text
    assert Point.objects.get(sub_bank=bank).name == "本地电网的规定"


def test_another_prefecture_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(monkeypatch, officer(*POWERS))
    entered = {"bank": f"{ELECTRICIAN}:5", "name": "国家题库南京分库", "reason": "先行试点"}
    client.post(reverse("office:sub-bank-new"), entered)
    bank = SubBank.objects.get()
    client = browser(monkeypatch, officer(*POWERS, region="3205"))
    for name in ("sub-bank", "sub-bank-open", "sub-bank-evaluate", "sub-bank-point"):
        assert client.get(reverse(f"office:{name}", args=[bank.pk])).status_code == 404
    assert "南京分库" not in client.get(reverse("office:sub-banks")).text


def test_a_body_is_not_offered_what_the_nation_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(monkeypatch, officer(*POWERS))
    entered = {"bank": f"{ELECTRICIAN}:5", "name": "国家题库南京分库", "reason": "先行试点"}
    client.post(reverse("office:sub-bank-new"), entered)
    bank = SubBank.objects.get()
    assert (
        reverse("office:sub-bank-open", args=[bank.pk])
        not in client.get(reverse("office:sub-bank", args=[bank.pk])).text
    )
    answer = client.post(reverse("office:sub-bank-open", args=[bank.pk]), {"since": "2026-01-01"})
    assert answer.status_code == 403
    assert SubBank.objects.get().state == "proposed"
