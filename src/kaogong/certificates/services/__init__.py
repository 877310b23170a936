"""What happens to certificates, in the trade's verbs."""

from kaogong.certificates.selectors.gate import NotIssued
from kaogong.certificates.services.changing import replace, resume, revoke, suspend
from kaogong.certificates.services.issuing import IssueReport, issue
from kaogong.certificates.services.printing import PrintRun, print_run
from kaogong.certificates.services.reckoning import BasisTooShort, NotBack, NothingRestored, Reckoned, reckon_numbers
from kaogong.certificates.services.refusals import (
    BasisMissing,
    GateClosed,
    NothingToIssue,
    NothingToPrint,
    NoticeMissing,
    NotTheIssuer,
    NumbersUsedUp,
    ReasonUnknown,
)

__all__ = [
    "BasisMissing",
    "BasisTooShort",
    "GateClosed",
    "IssueReport",
    "NotBack",
    "NotIssued",
    "NotTheIssuer",
    "NothingRestored",
    "NothingToIssue",
    "NothingToPrint",
    "NoticeMissing",
    "NumbersUsedUp",
    "PrintRun",
    "ReasonUnknown",
    "Reckoned",
    "issue",
    "print_run",
    "reckon_numbers",
    "replace",
    "resume",
    "revoke",
    "suspend",
]
