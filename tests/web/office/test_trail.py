"""The trail's pages: found by whoever may read it, filtered, exported, proved, and closed to everyone else."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from kaogong.foundation.access import middleware
from kaogong.foundation.audit import services, tasks
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.signing import merkle
from tests.support.audit import AT, SEALER, administrator, do_something, make_line
from tests.support.cast import officer, outsider

COUNTRY = officer("audit.read", region="")
READER = officer("audit.read", region="3201")


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]  # gives a function
    """A browser in which the given actor has signed in."""
    monkeypatch.setenv("KAOGONG_CHECKPOINTS", str(tmp_path / "trail.log"))

    def browser(actor: Actor) -> Client:
        def call(self: middleware.ActorOfRequest, request: HttpRequest) -> HttpResponseBase:
            request.actor = actor  # type: ignore[attr-defined]  # as the middleware does
            return self.get_response(request)

        monkeypatch.setattr(middleware.ActorOfRequest, "__call__", call)
        return Client()

    return browser


@pytest.mark.django_db
class TestList:
    def test_shows_deeds_in_words(self, enter) -> None:  # type: ignore[no-untyped-def]
        make_line(action="registration.admitted")
        page = enter(READER).get(reverse("office:trail"))
        assert page.status_code == 200
        for words in ("资格审核通过", "钱主任", "2026年3月2日 09:02", "待封存"):
            assert words in page.text

    def test_shows_a_refusal_with_its_clause(self, enter) -> None:  # type: ignore[no-untyped-def]
        with pytest.raises(NotPermitted):
            do_something(actor=officer(name="被拒的人"), at=AT, target_id=uuid7(), power="audit.seal")
        make_line()
        page = enter(COUNTRY).get(reverse("office:trail"), {"refused": "1", "q": "被拒"})
        assert "被拒绝" in page.text
        assert "/rules/kaogong-house-rules/powers/" in page.text
        assert "试验" not in page.text

    def test_filters_by_days_inclusive(self, enter) -> None:  # type: ignore[no-untyped-def]
        make_line(name="那天的人")
        address = reverse("office:trail")
        browser = enter(READER)
        assert "那天的人" in browser.get(address, {"since": "2026-03-02", "until": "2026-03-02"}).text
        assert "没有符合条件的条目" in browser.get(address, {"since": "2026-03-03"}).text
        assert "那天的人" in browser.get(address, {"since": "not a day"}).text

    def test_filters_by_record(self, enter) -> None:  # type: ignore[no-untyped-def]
        line, other = make_line(name="甲"), make_line(name="乙")
        page = enter(READER).get(reverse("office:trail"), {"target": line.target_id})
        assert str(line.pk) in page.text
        assert str(other.pk) not in page.text

    def test_an_outsider_sees_an_empty_list(self, enter) -> None:  # type: ignore[no-untyped-def]
        line = make_line()
        assert str(line.pk) not in enter(outsider("audit.read")).get(reverse("office:trail")).text

    def test_needs_the_power(self, enter) -> None:  # type: ignore[no-untyped-def]
        assert enter(officer("registration.see")).get(reverse("office:trail")).status_code == 403


@pytest.mark.django_db
class TestExport:
    def test_is_what_the_list_shows(self, enter) -> None:  # type: ignore[no-untyped-def]
        line = make_line(action="registration.admitted", amount=19500)
        make_line(name="别人")
        response = enter(READER).get(reverse("office:trail-export"), {"q": "钱主任", "target": line.target_id})
        text = b"".join(response.streaming_content).decode()
        assert text.startswith("\ufeff")
        [row] = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        assert (row["业务时间"], row["动作"], row["条目编号"]) == ("2026-03-02 09:02:03", "资格审核通过", str(line.pk))
        assert json.loads(row["事实"]) == {"amount": 19500}

    def test_does_not_run_formulas(self, enter) -> None:  # type: ignore[no-untyped-def]
        make_line(name="=HYPERLINK(1)")
        response = enter(READER).get(reverse("office:trail-export"), {"q": "HYPERLINK"})
        assert "'=HYPERLINK(1)" in b"".join(response.streaming_content).decode()


class TestDetail:
    @pytest.mark.django_db
    def test_shows_the_line_and_that_it_waits(self, enter) -> None:  # type: ignore[no-untyped-def]
        line = make_line(amount=19500)
        page = enter(READER).get(reverse("office:trail-detail", args=[line.pk]))
        for words in ("签名有效，待封存", "19500", line.key_id):
            assert words in page.text
        assert enter(READER).get(reverse("office:trail-evidence", args=[line.pk])).status_code == 404

    @pytest.mark.django_db
    def test_outsiders_cannot_even_find_it(self, enter) -> None:  # type: ignore[no-untyped-def]
        line = make_line()
        for name in ("office:trail-detail", "office:trail-evidence"):
            assert enter(outsider("audit.read")).get(reverse(name, args=[line.pk])).status_code == 404

    def test_shows_the_proof_of_a_sealed_line(self, enter, real_database: str) -> None:  # type: ignore[no-untyped-def]
        line = make_line()
        services.seal(actor=SEALER, at=AT)
        page = enter(READER).get(reverse("office:trail-detail", args=[line.pk]))
        assert "签名有效，已封存" in page.text
        assert "由叶与兄弟节点得到同一个根" in page.text

    def test_says_aloud_that_a_line_was_altered(self, enter, real_database: str) -> None:  # type: ignore[no-untyped-def]
        line = make_line()
        services.seal(actor=SEALER, at=AT)
        with administrator(real_database) as admin:
            admin.execute("UPDATE audit_trailentry SET actor_name = '别人' WHERE id = %s", [line.pk])
        page = enter(READER).get(reverse("office:trail-detail", args=[line.pk]))
        assert "签名无效" in page.text
        assert "得不到封存的根" in page.text

    def test_a_stranger_can_check_the_evidence_alone(self, enter, real_database: str) -> None:  # type: ignore[no-untyped-def]
        """With the file and published standards only: no call into the trail."""
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        lines = [make_line() for _ in range(3)]
        services.seal(actor=SEALER, at=AT)
        found = enter(READER).get(reverse("office:trail-evidence", args=[lines[1].pk])).json()
        load_pem_public_key(found["public_key"].encode()).verify(
            bytes.fromhex(found["signature"]), found["message"].encode()
        )
        leaf = merkle.leaf_hash(f"{found['message']}\n{found['signature']}".encode())
        assert leaf.hex() == found["leaf"]
        assert merkle.verify_inclusion(
            leaf=leaf,
            index=found["index"],
            size=found["size"],
            proof=[bytes.fromhex(each) for each in found["siblings"]],
            root=bytes.fromhex(found["seal"]["root"]),
        )
        seal = found["seal"]
        load_pem_public_key(seal["public_key"].encode()).verify(
            bytes.fromhex(seal["signature"]), seal["message"].encode()
        )
        assert seal["root"] in seal["message"]


class TestCheck:
    @pytest.mark.django_db
    def test_invites_to_the_first_check(self, enter) -> None:  # type: ignore[no-untyped-def]
        browser = enter(READER)
        assert "尚未核验过" in browser.get(reverse("office:trail-check")).text
        assert browser.post(reverse("office:trail-ask")).status_code == 302
        assert ProcrastinateJob.objects.filter(task_name="audit.check").count() == 1

    def test_shows_a_sound_trail(self, enter, real_database: str) -> None:  # type: ignore[no-untyped-def]
        make_line()
        tasks.seal()
        tasks.check()
        browser = enter(READER)
        assert "与写入时完全一致" in browser.get(reverse("office:trail-check")).text
        assert "与写入时完全一致" in browser.get(reverse("office:trail")).text

    def test_names_what_was_found_to_the_country_and_counts_it_for_others(self, enter, real_database: str) -> None:  # type: ignore[no-untyped-def]
        line, altered = make_line(), make_line()
        tasks.seal()
        with administrator(real_database) as admin:
            admin.execute("DELETE FROM audit_trailentry WHERE id = %s", [line.pk])
            admin.execute("UPDATE audit_trailentry SET reason = '' WHERE id = %s", [altered.pk])
        tasks.check()
        address = reverse("office:trail-check")
        whole, local, foreign = (enter(actor).get(address).text for actor in (COUNTRY, READER, outsider("audit.read")))
        assert str(line.pk) in whole
        assert str(altered.pk) in local
        assert str(line.pk) not in local
        assert str(altered.pk) not in foreign
        assert "有 2 处与写入时不一致" in foreign
        assert "异常不在您的管辖范围" in foreign
