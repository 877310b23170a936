"""Address codes: the first six digits of an identity number name a place that existed when the number was issued."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def known_codes() -> frozenset[str]:
    """Every address code that a number may have carried, of any year. Source: `reference/NOTICE.md`."""
    table = files("kaogong.foundation.identity").joinpath("reference/id_address_codes.csv").read_text(encoding="utf-8")
    return frozenset(row["code"] for row in csv.DictReader(table.splitlines()))


def ever_existed(code: str) -> bool:
    """Whether `code` was ever an address code: the number does not tell its year of issue, so any year will do."""
    return code in known_codes()
