"""What a stranger learns, and what not: one answer for a wrong name and for no such number."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaogong.certificates import limiting, selectors, services
from kaogong.certificates.models import Certificate, StatusChange
from kaogong.certificates.selectors import Verdict
from tests.support.cast import officer
from tests.support.certificates import ISSUING, administrator, make_certificate

pytestmark = pytest.mark.django_db
LATER = ISSUING + timedelta(days=40)
NOBODY = "2610992999500001"


@pytest.fixture
def certificate() -> Certificate:
    return make_certificate(names={0: "阿依古丽·买买提"})


def verify(number: str, name: str, at: datetime = LATER) -> Verdict:
    return selectors.verify(number, name, at)


class TestMatch:
    def test_says_what_the_certificate_says(self, certificate: Certificate) -> None:
        verdict = verify(certificate.number, certificate.name)
        assert (verdict.outcome, verdict.state_label, verdict.kind) == ("valid", "有效", "职业资格证书")
        assert (verdict.occupation, verdict.level_name, verdict.issuer) == (
            "电工",
            "五级/初级工",
            certificate.issuer_name,
        )
        assert (verdict.issued_on, verdict.at) == (ISSUING.date(), LATER)
        assert [line.label for line in verdict.history] == ["核发"]

    def test_says_nothing_else_of_the_person(self, certificate: Certificate) -> None:
        words = repr(verify(certificate.number, certificate.name))
        for secret in (certificate.document_masked, certificate.name, str(certificate.person_id), "78.00", "81.67"):
            assert secret not in words

    @pytest.mark.parametrize("name", ["阿依古丽·买买提", "阿依古丽•买买提", " 阿依古丽 · 买买提 ", "阿依古丽．买买提"])
    def test_reads_the_name_as_people_type_it(self, certificate: Certificate, name: str) -> None:
        assert verify(certificate.number, name).is_match

    def test_reads_the_number_as_people_type_it(self, certificate: Certificate) -> None:
        typed = " ".join(certificate.number[place : place + 4] for place in range(0, 16, 4))
        assert verify(typed, certificate.name).is_match

    def test_tells_a_suspension_and_its_end(self, certificate: Certificate) -> None:
        actor = officer("certificates.suspend", region="3201")
        services.suspend(actor=actor, at=ISSUING, certificate_id=certificate.pk, basis="正在调查替考举报")
        assert verify(certificate.number, certificate.name).outcome == "suspended"
        services.resume(actor=actor, at=ISSUING, certificate_id=certificate.pk, basis="举报查无实据")
        verdict = verify(certificate.number, certificate.name)
        assert verdict.outcome == "valid"
        assert [line.label for line in verdict.history] == ["核发", "暂停", "恢复"]

    def test_tells_a_revocation_without_its_story(self, certificate: Certificate) -> None:
        actor = officer("certificates.revoke", region="3201")
        services.revoke(actor=actor, at=ISSUING, certificate_id=certificate.pk, basis="孙某冒名顶替")
        verdict = verify(certificate.number, certificate.name)
        assert verdict.outcome == "revoked"
        assert "冒名" not in repr(verdict)


class TestMiss:
    def test_a_wrong_name_is_answered_like_no_such_number(self, certificate: Certificate) -> None:
        wrong = verify(certificate.number, "钱某")
        unknown = verify(NOBODY, certificate.name)
        assert wrong == Verdict("no_match", certificate.number, LATER)
        assert unknown == Verdict("no_match", NOBODY, LATER)

    @pytest.mark.parametrize("name", ["", "   ", "1234", "'; DROP TABLE", "\x00", "买买提", "阿" * 500])
    def test_what_is_no_name_matches_nobody(self, certificate: Certificate, name: str) -> None:
        assert not verify(certificate.number, name).is_match

    @pytest.mark.parametrize("number", ["", "0", "x" * 5000, "%", "1210012003400025'--", "\u202e123"])
    def test_what_is_no_number_is_none(self, number: str) -> None:
        assert not verify(number, "钱某").is_match

    def test_both_misses_ask_the_same_questions(self, certificate: Certificate) -> None:
        asked = []
        for number, name in ((certificate.number, "钱某"), (NOBODY, "钱某")):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                verify(number, name)
            asked.append([query["sql"].split("WHERE")[0] for query in queries])
        assert asked[0] == asked[1]
        assert len(asked[0]) == 2

    def test_both_misses_take_the_same_time(self, certificate: Certificate) -> None:
        """Interleaved medians; what remains is the fetch of one row, far below what a network hides."""
        wrong, unknown = [], []
        for _each in range(150):
            for times, number in ((wrong, certificate.number), (unknown, NOBODY)):
                begun = perf_counter()
                verify(number, "钱某")
                times.append(perf_counter() - begun)
        assert abs(median(wrong) - median(unknown)) < 0.002


class TestIntegrity:
    """A database administrator past every trigger cannot make the register say what was never signed."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("level", 1),
            ("occupation_name", "焊工"),
            ("issued_on", "2020-01-01"),
            ("issuer_name", "某公司"),
            ("parts", {"theory": {"mark": "99.00"}}),
            ("document_digest", "k1:00"),
        ],
    )
    def test_an_altered_field_breaks_it(self, certificate: Certificate, field: str, value: object) -> None:
        with administrator():
            Certificate.objects.filter(pk=certificate.pk).update(**{field: value})
        assert verify(certificate.number, certificate.name).outcome == "broken"

    def test_an_altered_name_breaks_it(self, certificate: Certificate) -> None:
        with administrator():
            Certificate.objects.filter(pk=certificate.pk).update(name="钱某")
        assert verify(certificate.number, "钱某").outcome == "broken"

    def test_a_dropped_revocation_breaks_it(self, certificate: Certificate) -> None:
        actor = officer("certificates.revoke", region="3201")
        services.revoke(actor=actor, at=ISSUING, certificate_id=certificate.pk, basis="冒名顶替查实")
        with administrator():
            Certificate.objects.filter(pk=certificate.pk).update(state="issued")
        assert verify(certificate.number, certificate.name).outcome == "broken"

    def test_a_slipped_in_change_breaks_it(self, certificate: Certificate) -> None:
        first = StatusChange.objects.get(certificate=certificate)
        StatusChange.objects.create(
            certificate=certificate,
            sequence=2,
            move="suspend",
            state="suspended",
            basis="伪造的暂停",
            changed_at=ISSUING,
            changed_by="某人",
            key_id=first.key_id,
            signature=bytes(first.signature),
        )
        Certificate.objects.filter(pk=certificate.pk).update(state="suspended")
        assert verify(certificate.number, certificate.name).outcome == "broken"


class TestScan:
    def test_the_code_needs_no_name(self, certificate: Certificate) -> None:
        verdict = selectors.verify_tag(certificate.number, selectors.tag_of(certificate), LATER)
        assert (verdict.outcome, verdict.masked_name) == ("valid", "*******提")

    def test_the_code_does_not_fit_another_number(self, certificate: Certificate) -> None:
        assert not selectors.verify_tag(NOBODY, selectors.tag_of(certificate), LATER).is_match

    @pytest.mark.parametrize("tag", ["", "0" * 20, "提"])
    def test_a_guessed_code_is_answered_like_no_such_number(self, certificate: Certificate, tag: str) -> None:
        assert selectors.verify_tag(certificate.number, tag, LATER) == Verdict("no_match", certificate.number, LATER)

    def test_the_address_carries_no_name(self, certificate: Certificate) -> None:
        address = selectors.address_of(certificate, site="https://kaogong.example/")
        assert address.startswith(f"https://kaogong.example/verify/?n={certificate.number}&t=")
        assert "阿依" not in address


class TestLimit:
    def test_grants_a_burst_and_then_asks_to_wait(self) -> None:
        limit = limiting.limit_on(LATER)
        turns = [limiting.ask("203.0.113.7", at=LATER) for _each in range(limit.burst + 1)]
        assert [turn.is_granted for turn in turns] == [True] * limit.burst + [False]
        assert turns[-1].wait_seconds == 60 // limit.per_minute

    def test_fills_again(self) -> None:
        limit = limiting.limit_on(LATER)
        for _each in range(limit.burst):
            limiting.ask("203.0.113.7", at=LATER)
        assert not limiting.ask("203.0.113.7", at=LATER + timedelta(seconds=2)).is_granted
        assert limiting.ask("203.0.113.7", at=LATER + timedelta(minutes=1)).is_granted

    def test_counts_a_network_as_one(self) -> None:
        limit = limiting.limit_on(LATER)
        for number in range(limit.burst):
            limiting.ask(f"2001:db8:1:2::{number + 1:x}", at=LATER)
        assert not limiting.ask("2001:db8:1:2:ffff::1", at=LATER).is_granted
        assert limiting.ask("2001:db8:1:3::1", at=LATER).is_granted

    def test_keeps_no_address(self) -> None:
        from kaogong.certificates.models import Bucket

        limiting.ask("203.0.113.7", at=LATER)
        assert "203.0.113" not in Bucket.objects.get().network

    def test_forgets_full_buckets(self) -> None:
        limiting.ask("203.0.113.7", at=LATER)
        assert limiting.forget(at=LATER + timedelta(seconds=30)) == 0
        assert limiting.forget(at=LATER + timedelta(hours=1)) == 1

    def test_the_nightly_task_forgets_them(self) -> None:
        from kaogong.certificates import tasks

        limiting.ask("203.0.113.7", at=ISSUING)
        assert tasks.forget_askers() == 1
