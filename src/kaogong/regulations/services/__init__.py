"""Writes of the rule library: loading what the product ships, and entering what a place has decided for itself."""

from __future__ import annotations

from kaogong.regulations.services.entering import (
    FaultyArticle,
    InstrumentExists,
    NotBefore,
    UnknownClause,
    UnknownFigure,
    WrongShape,
    end_provision,
    enter_instrument,
    enter_provision,
)
from kaogong.regulations.services.loading import load_reference

__all__ = [
    "FaultyArticle",
    "InstrumentExists",
    "NotBefore",
    "UnknownClause",
    "UnknownFigure",
    "WrongShape",
    "end_provision",
    "enter_instrument",
    "enter_provision",
    "load_reference",
]
