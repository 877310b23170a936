"""A fault is one thing wrong with a document: where it is, and why it cannot stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LEVEL_NAMES: Mapping[int, str] = {5: "五级", 4: "四级", 3: "三级", 2: "二级", 1: "一级"}


def level_name(level: int) -> str:
    """The short Chinese name of a level: 5 is 五级; an unknown number is shown as it stands."""
    return LEVEL_NAMES.get(level, str(level))


def gettext_noop(message: str) -> str:
    """Mark a message for translation and return it; the doors translate it (rules know no Django)."""
    return message


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of a repair list. `message` is a template that the doors translate and fill with `facts`."""

    place: str
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The message with its facts, in Chinese."""
        return self.message.format(**self.facts)

    def __str__(self) -> str:
        return f"{self.place}：{self.text}"
