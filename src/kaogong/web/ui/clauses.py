"""Clauses on pages: how the name of a clause becomes words and a link.

`ui` knows no domain module, so whoever knows the rule library (config, at start-up) tells it once with `describe_with`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """A clause as people read it: `《职业技能鉴定规定》第十五条`, and the address of its text, if it has one."""

    label: str
    url: str = ""


Describe = Callable[[object], ClauseWords]
_describe: list[Describe] = []


def describe_with(describe: Describe) -> None:
    """Register the function that turns a clause into words; the latest wins."""
    _describe[:] = [describe]


def words_of(clause: object) -> ClauseWords:
    """Return the words for a clause, or its bare key when nobody has registered a description."""
    return _describe[0](clause) if _describe else ClauseWords(str(clause))
