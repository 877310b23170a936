"""A problem is one thing wrong with an item, a blueprint or a row: the field, and why it cannot stay."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


def gettext_noop(message: str) -> str:
    """Mark a message for translation and return it; the doors translate it (rules know no Django)."""
    return message


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of a repair list. `message` is a template that the doors translate and fill with `facts`."""

    field: str
    message: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def text(self) -> str:
        """The message with its facts, in Chinese."""
        return self.message.format(**self.facts)

    def __str__(self) -> str:
        return self.text

    def plain(self) -> dict[str, object]:
        """As JSON: field, message template and facts."""
        return {"field": self.field, "message": self.message, "facts": dict(self.facts)}

    @classmethod
    def of(cls, plain: Mapping[str, object]) -> Problem:
        """The problem that `plain` was made from."""
        facts = plain.get("facts")
        return cls(str(plain["field"]), str(plain["message"]), facts if isinstance(facts, Mapping) else {})
