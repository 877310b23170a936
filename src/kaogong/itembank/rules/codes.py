"""Codes of assessment points in the three dialects that are in use; kept as tuples, for joined ones are ambiguous.

National letters `A-B-C-001`, industry form `AA001` (a letter for each range, then the point), numeric `1·1·1·10`
(item-bank §1.2). `11110` could be 1·1·1·10 or 1·1·11·0: what is joined is read only where the table knows one reading.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from kaogong.itembank.rules.blueprints import Codes

DIALECTS = {"letters": "A-B-C-001", "industry": "AA001", "numeric": "1·1·1·10"}
"""The dialects, each with an example."""
PARTED = re.compile(r"[-·・.\s]+")
INDUSTRY = re.compile(r"([A-Z]+)(\d+)")


class Ambiguous(ValueError):
    """The joined code may mean several points."""

    def __init__(self, text: str, readings: Collection[Codes]) -> None:
        super().__init__(f"{text}: {sorted(readings)}")
        self.readings = sorted(readings)


def spell(codes: Codes, dialect: str = "letters") -> str:
    """Codes as one word of a dialect. Raises KeyError for an unknown dialect."""
    return {"letters": "-", "industry": "", "numeric": "·"}[dialect].join(codes)


def read(text: str, known: Collection[Codes]) -> Codes | None:
    """The codes that a word of any dialect names among those known; None when none does. Raises Ambiguous.

    Parted words are taken as they stand; joined ones as every known code that they could be.
    """
    word = text.strip().upper()
    parts = tuple(part for part in PARTED.split(word) if part)
    if len(parts) > 1:
        return parts if parts in known else None
    readings = {codes for codes in known if "".join(codes).upper() == word}
    if len(readings) > 1:
        raise Ambiguous(text, readings)
    return next(iter(readings), None)
