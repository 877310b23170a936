"""What happens to certificates, in the trade's verbs."""

from kaogong.certificates.selectors.gate import NotIssued
from kaogong.certificates.services.changing import replace, resume, revoke, suspend
from kaogong.certificates.services.issuing import IssueReport, issue
from kaogong.certificates.services.printing import PrintRun, print_run
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
    "GateClosed",
    "IssueReport",
    "NotIssued",
    "NotTheIssuer",
    "NothingToIssue",
    "NothingToPrint",
    "NoticeMissing",
    "NumbersUsedUp",
    "PrintRun",
    "ReasonUnknown",
    "issue",
    "print_run",
    "replace",
    "resume",
    "revoke",
    "suspend",
]
