"""Many applications are reviewed at once: those that lack nothing pass, each other one is told why not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from kaogong.registration.models import Registration
from kaogong.sittings.models import Sitting
from tests.support.cast import officer, outsider
from tests.support.doors import browser
from tests.support.registration import make_submitted
from tests.support.sittings import announced_sitting

pytestmark = pytest.mark.django_db
POWERS = ("registration.decide", "registration.see")


@pytest.fixture
def sitting() -> Sitting:
    at = now()
    return announced_sitting(
        days=(localdate() + timedelta(days=45),),
        opens=at - timedelta(days=1),
        closes=at + timedelta(days=10),
        at=at - timedelta(days=2),
    )


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Client:
    return browser(monkeypatch, officer(*POWERS))


def at(name: str, *args: object) -> str:
    return reverse(f"office:{name}", args=args)


class TestMany:
    def test_the_ready_pass_and_the_others_are_told_why_not(self, desk: Client, sitting: Sitting) -> None:
        ready, bare = make_submitted(sitting, at=now()), make_submitted(sitting, at=now(), proven=False)
        assert "待审核 2 份" in desk.get(at("registration-bulk")).text
        page = desk.get(at("registration-bulk"), {"sitting": str(sitting.pk)}).text
        assert "本条件下有 1 份可以通过" in page
        assert str(ready.pk) in page
        assert f'value="{bare.pk}"' not in page

        given = {"sitting": str(sitting.pk), "chosen": [str(ready.pk), str(bare.pk)]}
        assert "2 份报名审核通过？" in desk.post(at("registration-bulk-confirm"), given).text
        done = desk.post(at("registration-bulk-admit"), given).text
        assert "通过 1 份，1 份没有通过" in done
        assert "缺少证明材料" in done
        assert "/rules/kaogong-registration-rules/proof/" in done
        assert Registration.objects.get(pk=ready.pk).state == "admitted"
        assert Registration.objects.get(pk=bare.pk).state == "submitted"

    def test_all_of_a_filter_at_once(self, desk: Client, sitting: Sitting) -> None:
        for _each in range(3):
            make_submitted(sitting, at=now())
        make_submitted(sitting, at=now(), proven=False)
        given = {"sitting": str(sitting.pk), "which": "all", "ready": "ready"}
        assert "3 份报名审核通过？" in desk.post(at("registration-bulk-confirm"), given).text

    def test_filters_and_export(self, desk: Client, sitting: Sitting) -> None:
        ready, bare = make_submitted(sitting, at=now()), make_submitted(sitting, at=now(), proven=False)
        asked = {"sitting": str(sitting.pk), "ready": "missing"}
        page = desk.get(at("registration-bulk"), asked).text
        assert bare.number in page
        assert ready.number not in page
        taken = desk.get(at("registration-bulk"), {**asked, "export": "csv"}).text
        assert "学徒期满证明" in taken
        assert ready.number not in taken

    def test_nothing_chosen_goes_back(self, desk: Client, sitting: Sitting) -> None:
        answer = desk.post(at("registration-bulk-confirm"), {"sitting": str(sitting.pk)})
        assert (answer.status_code, str(sitting.pk) in answer["Location"]) == (302, True)

    def test_another_province_admits_nobody(self, monkeypatch: pytest.MonkeyPatch, sitting: Sitting) -> None:
        ready = make_submitted(sitting, at=now())
        stranger = browser(monkeypatch, outsider(*POWERS))
        given = {"sitting": str(sitting.pk), "which": "all"}
        assert ready.number not in stranger.get(at("registration-bulk"), {"sitting": str(sitting.pk)}).text
        assert stranger.post(at("registration-bulk-confirm"), given).status_code == 302
        done = stranger.post(at("registration-bulk-admit"), {"chosen": str(ready.pk)}).text
        assert "没有找到这条记录" in done
        assert ready.legal_name not in done
        assert Registration.objects.get(pk=ready.pk).state == "submitted"


class TestOriginal:
    def test_is_written_down_and_then_it_can_be_admitted(self, desk: Client, sitting: Sitting) -> None:
        waiting = make_submitted(sitting, at=now(), proven=False)
        assert "还没有材料" in desk.get(at("registration", waiting.pk)).text
        assert desk.post(at("registration-admit", waiting.pk)).status_code == 422
        given = {"original": "apprenticeship/apprenticeship"}
        desk.post(at("registration-original", waiting.pk), given)
        assert "已查看" in desk.get(at("registration", waiting.pk)).text
        desk.post(at("registration-admit", waiting.pk))
        assert Registration.objects.get(pk=waiting.pk).state == "admitted"
