"""Every write of scoring, by the trade's verbs."""

from kaogong.scoring.refusals import (
    AnswersAltered,
    CorrectionFaulty,
    DecidedByTheMarker,
    MarkedByOneself,
    MarksAltered,
    MarksChanged,
    NotClerical,
    NotClosed,
    NothingToDraft,
    NothingToFinalise,
    NotMarked,
    RecheckOfCarried,
    RecheckOfObjective,
    RecheckTooLate,
    RecheckTwice,
    RecheckWithoutFinding,
    RecheckWithoutReason,
    UnknownPart,
)
from kaogong.scoring.services.marking import mark_part
from kaogong.scoring.services.rechecks import correct, request_recheck, uphold
from kaogong.scoring.services.results import draft_results, finalise

__all__ = [
    "AnswersAltered",
    "CorrectionFaulty",
    "DecidedByTheMarker",
    "MarkedByOneself",
    "MarksAltered",
    "MarksChanged",
    "NotClerical",
    "NotClosed",
    "NotMarked",
    "NothingToDraft",
    "NothingToFinalise",
    "RecheckOfCarried",
    "RecheckOfObjective",
    "RecheckTooLate",
    "RecheckTwice",
    "RecheckWithoutFinding",
    "RecheckWithoutReason",
    "UnknownPart",
    "correct",
    "draft_results",
    "finalise",
    "mark_part",
    "request_recheck",
    "uphold",
]
