"""An application from the first question to the receipt, and what becomes of it."""

from kaogong.web.candidate.views.registration.language import language
from kaogong.web.candidate.views.registration.showing import (
    detail,
    index,
    photo_file,
    receipt,
    start,
    withdraw,
)
from kaogong.web.candidate.views.registration.steps import (
    check,
    condition,
    evidence,
    evidence_remove,
    facts,
    facts_check,
    parts,
    photo,
    promise,
    where,
)

__all__ = [
    "check",
    "condition",
    "detail",
    "evidence",
    "evidence_remove",
    "facts",
    "facts_check",
    "index",
    "language",
    "parts",
    "photo",
    "photo_file",
    "promise",
    "receipt",
    "start",
    "where",
    "withdraw",
]
