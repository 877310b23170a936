"""A withdrawn key proves nothing about what is dated from its day on; the list of withdrawals holds against vandals."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from kaogong.foundation.signing import keys, withdrawals
from kaogong.foundation.signing.places import KeysUnusable

BEIJING = timezone(timedelta(hours=8))
SINCE = datetime(2026, 3, 5, tzinfo=BEIJING)
NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)


def withdrawn(purpose: str = "certificate", since: datetime = SINCE) -> keys.Signature:
    """A signature by a key that was then rotated away and withdrawn."""
    signature = keys.sign(purpose, b"m")
    keys.rotate(purpose)
    keys.withdraw(signature.key_id, since=since, reason="失窃", at=NOW)
    return signature


class TestVerify:
    @pytest.mark.parametrize(
        ("dated", "holds"),
        [
            (datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC), True),
            (datetime(2026, 3, 4, 16, 0, 0, tzinfo=UTC), False),
            (date(2026, 3, 4), True),
            (date(2026, 3, 5), False),
            (None, True),
        ],
    )
    def test_what_is_dated_before_the_day_holds(self, dated: date | datetime | None, holds: bool) -> None:
        signature = withdrawn()
        assert keys.verify(signature.key_id, b"m", signature.value, dated=dated) is holds

    def test_the_new_generation_holds(self) -> None:
        withdrawn()
        signature = keys.sign("certificate", b"m")
        assert keys.verify(signature.key_id, b"m", signature.value, dated=NOW)

    def test_another_process_notices(self) -> None:
        signature = keys.sign("certificate", b"m")
        assert keys.verify(signature.key_id, b"m", signature.value, dated=NOW)
        keys.rotate("certificate")
        keys.withdraw(signature.key_id, since=SINCE, reason="失窃", at=NOW)
        assert not keys.verify(signature.key_id, b"m", signature.value, dated=NOW)

    def test_the_earliest_of_two_withdrawals_counts(self) -> None:
        signature = withdrawn()
        keys.withdraw(signature.key_id, since=SINCE + timedelta(days=2), reason="更正", at=NOW)
        assert keys.withdrawals_in_force()[signature.key_id].since == SINCE
        keys.withdraw(signature.key_id, since=SINCE - timedelta(days=2), reason="更正", at=NOW)
        assert keys.withdrawals_in_force()[signature.key_id].since == SINCE - timedelta(days=2)


class TestWithdraw:
    def test_not_what_is_in_force_or_unknown(self) -> None:
        for key_id in (keys.current("trail"), "trail-1-00000000"):
            with pytest.raises(ValueError):
                keys.withdraw(key_id, since=SINCE, reason="失窃", at=NOW)

    def test_the_key_of_withdrawals_itself(self) -> None:
        first = withdrawn("paper")
        stolen = withdrawn("seal")
        assert set(keys.withdrawals_in_force()) == {first.key_id, stolen.key_id}


class TestTheListHolds:
    def spoil(self, folder: Path, **changes: str) -> None:
        file = folder / "trusted" / withdrawals.FILE_NAME
        file.write_text(json.dumps(json.loads(file.read_text()) | changes) + "\n")

    @pytest.mark.parametrize(
        "changes", [{"since": "2030-01-01T00:00:00+08:00"}, {"key": "trail-1-00000000"}, {"signature": "00"}]
    )
    def test_against_a_changed_line(self, folder: Path, changes: dict[str, str]) -> None:
        signature = withdrawn()
        self.spoil(folder, **changes)
        with pytest.raises(KeysUnusable, match=f"{withdrawals.FILE_NAME} 第 1 行"):
            keys.verify(signature.key_id, b"m", signature.value, dated=NOW)

    def test_against_a_line_of_nobody(self, folder: Path) -> None:
        signature = withdrawn()
        with (folder / "trusted" / withdrawals.FILE_NAME).open("a") as stream:
            stream.write("{}\n")
        with pytest.raises(KeysUnusable, match="第 2 行"):
            keys.verify(signature.key_id, b"m", signature.value, dated=NOW)

    def test_against_a_thief_with_the_withdrawn_key_of_withdrawals(self, folder: Path) -> None:
        thief = keys.FileKeyStore(folder)
        stolen_id, stolen_key = thief._in_force("seal")
        victim = keys.current("trail")
        keys.rotate("seal")
        keys.withdraw(stolen_id, since=SINCE, reason="失窃", at=NOW)
        # Backdated to when the key was still trusted: it stands after its own withdrawal all the same.
        false = withdrawals.Withdrawal(victim, SINCE, "诬陷", SINCE - timedelta(days=1), stolen_id)
        with (folder / "trusted" / withdrawals.FILE_NAME).open("ab") as stream:
            stream.write(false.line(stolen_key.sign(false.message())) + b"\n")
        with pytest.raises(KeysUnusable, match="第 2 行"):
            keys.withdrawals_in_force()
