"""What happens to certificates, in the trade's verbs."""

from kaogong.certificates.selectors.gate import NotIssued
from kaogong.certificates.services.changing import replace, resume, revoke, suspend
from kaogong.certificates.services.correcting import correct
from kaogong.certificates.services.issuing import IssueReport, issue
from kaogong.certificates.services.printing import PrintRun, print_run
from kaogong.certificates.services.reckoning import BasisTooShort, NotBack, NothingRestored, Reckoned, reckon_numbers
from kaogong.certificates.services.refusals import (
    BasisMissing,
    CorrectedByOneself,
    GateClosed,
    NameUnprintable,
    NothingToCorrect,
    NothingToIssue,
    NothingToPrint,
    NoticeMissing,
    NotTheIssuer,
    NumbersUsedUp,
    PaperUnknown,
    ReasonUnknown,
)

__all__ = [
    "BasisMissing",
    "BasisTooShort",
    "CorrectedByOneself",
    "GateClosed",
    "IssueReport",
    "NameUnprintable",
    "NotBack",
    "NotIssued",
    "NotTheIssuer",
    "NothingRestored",
    "NothingToCorrect",
    "NothingToIssue",
    "NothingToPrint",
    "NoticeMissing",
    "NumbersUsedUp",
    "PaperUnknown",
    "PrintRun",
    "ReasonUnknown",
    "Reckoned",
    "correct",
    "issue",
    "print_run",
    "reckon_numbers",
    "replace",
    "resume",
    "revoke",
    "suspend",
]
