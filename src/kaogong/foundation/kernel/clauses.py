"""A clause names the rule that a refusal or a figure rests on; `regulations` turns the name into words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Clause:
    """A place in an instrument, such as `Clause("labour-1993-134", "15")`: both parts are keys of `regulations`."""

    instrument: str
    article: str

    def __str__(self) -> str:
        return f"{self.instrument}/{self.article}"

    @classmethod
    def parse(cls, text: str) -> Clause:
        """Read `"instrument/article"`. Raises ValueError when either part is missing."""
        instrument, slash, article = text.partition("/")
        if not (instrument and slash and article):
            raise ValueError(f"not a clause: {text!r}")
        return cls(instrument, article)
