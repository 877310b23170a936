"""Which parts must be sat, what they cost, and where a candidate may sit."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def parts_to_sit(required: Collection[str], passed: Collection[str]) -> tuple[str, ...]:
    """The required parts that were not passed before, in the order of the standard."""
    return tuple(part for part in required if part not in passed)


def parts_missing(chosen: Collection[str], *, required: Collection[str], passed: Collection[str]) -> tuple[str, ...]:
    """The parts that are neither chosen nor passed before: without them no certificate could follow."""
    return tuple(part for part in required if part not in chosen and part not in passed)


def fee_of(parts: Collection[str], fees: Mapping[str, int]) -> int:
    """The fee in fen: only for the parts that are sat. Raises LookupError for a part without a fee."""
    return sum(fees[part] for part in parts)


def is_within(code: str, territory: Collection[str]) -> bool:
    """Whether a region code lies in a territory given as prefixes; an empty code lies nowhere."""
    return bool(code) and any(code.startswith(prefix) for prefix in territory)
