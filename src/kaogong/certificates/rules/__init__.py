"""Judgements about certificates: numbers and their regimes, levels in order, what stands before an issue. Pure."""

from kaogong.certificates.rules.gate import (
    BodyFacts,
    CandidateFacts,
    Check,
    PanelFacts,
    PaperFacts,
    Reason,
    SittingFacts,
    candidate_reason,
    sitting_checks,
)
from kaogong.certificates.rules.levels import LEVEL_NAMES, LEVEL_NAMES_ENGLISH, rank
from kaogong.certificates.rules.networks import client_address, network_of
from kaogong.certificates.rules.numbering import (
    QUALIFICATION,
    REGIMES,
    SKILL_LEVEL,
    Number,
    Regime,
    canonical_number,
    generate,
    parse,
    regime_of,
)

__all__ = [
    "LEVEL_NAMES",
    "LEVEL_NAMES_ENGLISH",
    "QUALIFICATION",
    "REGIMES",
    "SKILL_LEVEL",
    "BodyFacts",
    "CandidateFacts",
    "Check",
    "Number",
    "PanelFacts",
    "PaperFacts",
    "Reason",
    "Regime",
    "SittingFacts",
    "candidate_reason",
    "canonical_number",
    "client_address",
    "generate",
    "network_of",
    "parse",
    "rank",
    "regime_of",
    "sitting_checks",
]
