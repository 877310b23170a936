"""Faults: the ways in which what somebody typed can be wrong, each with a name that the services turn into words."""

from __future__ import annotations


class Fault(ValueError):
    """Something typed is wrong in one nameable way. `kind` is stable; `facts` fill the words shown to people."""

    def __init__(self, kind: str, **facts: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.facts = facts
