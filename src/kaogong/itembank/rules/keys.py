"""Right or wrong: when an answer is what an objective item's key asks for."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kaogong.itembank.rules.items import FILL_IN, OBJECTIVE, Criterion


@dataclass(frozen=True, slots=True)
class Key:
    """How one place of a paper is marked: its type, its key, its worth, whether it counts, its rubric if any."""

    type: str
    answer: str
    marks: Decimal
    is_scored: bool = True
    rubric: tuple[Criterion, ...] = ()

    @property
    def is_objective(self) -> bool:
        """Whether the key alone decides."""
        return self.type in OBJECTIVE


def is_right(key: Key, answer: str) -> bool:
    """Whether an answer is right, all or nothing: letters alike; each gap one of its accepted answers.

    Raises ValueError for a constructed item, which people mark.
    """
    if not key.is_objective:
        raise ValueError(f"{key.type} is not marked by its key")
    if key.type != FILL_IN:
        return answer == key.answer
    wanted, given = key.answer.split("\n"), answer.split("\n")
    return len(wanted) == len(given) and all(map(fits, wanted, given))


def fits(accepted: str, given: str) -> bool:
    """Whether what stands in a gap is one of the answers between bars: `220|二百二十`, or near a number: `36±0.5`.

    Compared without regard to width, case and blanks; as numbers where both are, so 220.0 is 220. A comma that parts
    thousands counts for nothing.
    """
    said = _plain(given)
    return bool(said) and any(_is(_plain(each), said) for each in accepted.split("|"))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is(wanted: str, said: str) -> bool:
    middle, sign, room = wanted.partition("±")
    centre, number = _number(middle), _number(said)
    if centre is None or number is None:
        return wanted == said
    tolerance = _number(room) if sign else Decimal(0)
    return tolerance is not None and abs(number - centre) <= tolerance


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
