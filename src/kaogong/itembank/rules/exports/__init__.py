"""Items as files for other systems and for reviewers: what one exported item is; a writer a format."""

from __future__ import annotations

from dataclasses import dataclass

from kaogong.itembank.rules.items import ItemContent


@dataclass(frozen=True, slots=True)
class Exported:
    """An item opened to leave the bank, with the marks that go with it. `codes` and `point` are empty when unbound."""

    number: str
    codes: tuple[str, ...]
    point: str
    difficulty: int
    consistency: int
    content: ItemContent
