"""Writing the trail: through `@command` only, signed, and never changed afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from kaogong.foundation.audit import encoding, writing
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.foundation.signing import keys
from tests.support.audit import AT, do_something
from tests.support.cast import officer


@pytest.mark.django_db
class TestWrite:
    def test_a_line_says_who_what_when_and_in_which_post(self) -> None:
        actor = officer("audit.read", region="32")
        do_something(actor=actor, at=AT, target_id=uuid7())
        row = TrailEntry.objects.get(action="test.done")
        assert (row.actor_name, row.account_id, row.person_id) == (actor.name, actor.account_id, actor.person_id)
        assert row.posts == [
            {"organisation_id": str(actor.grants[0].organisation_id), "organisation": "测试机构", "role": "officer"}
        ]
        assert (row.at, row.reason, row.is_refused, row.clause) == (AT, "试验", False, "")

    def test_the_signature_holds_for_the_row_as_stored(self) -> None:
        facts: dict[str, object] = {
            "amount": Decimal("12.50"),
            "on": date(2026, 3, 2),
            "who": uuid7(),
            "large": 2**60,
            "ratio": 0.1,
            "tiny": 5e-324,
            "whole": 3.0,
            "huge": 1e300,
            "nothing": float("nan"),
            "list": [1, "二", None, True],
            "names": {"甲": "𠮷"},
        }
        do_something(actor=officer(), at=AT, target_id=uuid7(), facts=facts)
        row = TrailEntry.objects.get(action="test.done")
        assert row.facts["large"] == str(2**60)
        assert keys.verify(row.key_id, encoding.entry_message(row), row.signature, purpose="trail")

    def test_text_that_postgresql_cannot_hold_is_made_holdable(self) -> None:
        do_something(actor=officer(name="坏\x00名\ud800"), at=AT, target_id=uuid7(), facts={"note": "a\x00b"})
        row = TrailEntry.objects.get(action="test.done")
        assert (row.actor_name, row.facts) == ("坏\ufffd名?", {"note": "a\ufffdb"})
        assert keys.verify(row.key_id, encoding.entry_message(row), row.signature)

    def test_a_refused_command_leaves_its_refusal_and_clause(self) -> None:
        target = uuid7()
        with pytest.raises(NotPermitted):
            do_something(actor=officer(), at=AT, target_id=target, power="audit.seal")
        row = TrailEntry.objects.get(is_refused=True)
        assert row.clause == "kaogong-house-rules/powers"
        assert row.facts == {"refusal": "kernel.NotPermitted", "target_id": str(target)}
        assert (row.target_type, row.target_id) == ("Target", str(target))
        assert keys.verify(row.key_id, encoding.entry_message(row), row.signature)

    def test_many_lines_cost_one_insert(self, django_assert_num_queries: pytest.FixtureRequest) -> None:
        entries = [trail.Entry(actor=officer(), action="test.bulk", at=AT) for _ in range(500)]
        with transaction.atomic(), django_assert_num_queries(4):  # type: ignore[operator]  # savepoint, number, insert, release
            writing.DatabaseTrail().write(entries)
        assert TrailEntry.objects.filter(action="test.bulk").count() == 500

    def test_no_lines_cost_nothing(self, django_assert_num_queries: pytest.FixtureRequest) -> None:
        with django_assert_num_queries(0):  # type: ignore[operator]  # a fixture that is a context manager
            writing.DatabaseTrail().write([])

    def test_what_cannot_be_kept_is_refused_loudly(self) -> None:
        with pytest.raises(TypeError, match="bytes"):
            do_something(actor=officer(), at=AT, target_id=uuid7(), facts={"photo": b"x"})


@pytest.mark.django_db
class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_trailentry SET reason = 'x'",
            "DELETE FROM audit_trailentry",
            "TRUNCATE audit_trailentry",
        ],
    )
    def test_update_delete_and_truncate_raise(self, statement: str) -> None:
        do_something(actor=officer(), at=AT, target_id=uuid7())
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert TrailEntry.objects.filter(action="test.done", reason="试验").count() == 1

    def test_nobody_writes_for_another_transaction(self) -> None:
        do_something(actor=officer(), at=AT, target_id=uuid7())
        row = TrailEntry.objects.get(action="test.done")
        row.pk, row.transaction = uuid7(), row.transaction - 1
        with pytest.raises(IntegrityError, match="belongs to the transaction"), transaction.atomic():
            row.save(force_insert=True)
