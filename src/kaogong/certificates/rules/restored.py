"""The gate after a restore: numbers and blanks given out since the backup must be reckoned first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kaogong.certificates.rules.gate import Check
from kaogong.foundation.kernel.clauses import Clause

NUMBERS = Clause("kaogong-certificates-rules", "after-restore")
BLANKS = Clause("kaogong-blanks-rules", "after-restore")


@dataclass(frozen=True, slots=True)
class RestoredFacts:
    """What the gate sees of the last restore, for one counter and the stock of whoever issues from it."""

    on: date
    counter: str
    """The counter in words: body, year and level."""
    next_number: str
    """The number that would be given next; empty while the counter is closed."""
    issuer: str
    uncounted: Sequence[str]
    """The series in the issuer's stock that were not counted since."""


def restored_checks(facts: RestoredFacts) -> list[Check]:
    """The two checks that stand in the gate from the first restore on."""
    when = f"{facts.on.year}年{facts.on.month}月{facts.on.day}日"
    if facts.next_number:
        numbers = f"{when}恢复备份后已清点，下一个编号 {facts.next_number}"
    else:
        numbers = f"数据库于{when}由备份恢复，{facts.counter}的编号尚未清点，可能已经发到更大的号"
    uncounted = "、".join(facts.uncounted)
    text = f"{facts.issuer}的{uncounted}在恢复备份后尚未盘点" if uncounted else f"{facts.issuer}在恢复备份后已盘点"
    return [
        Check("reckoned", "编号清点", bool(facts.next_number), numbers, NUMBERS),
        Check("counted", "空白证书盘点", not uncounted, text, BLANKS),
    ]
