"""What a standard must say to be one: entry conditions as typed clauses, weight tables that sum to 100, a pass rule.

Pure: documents and rows come in as `Content`, faults come out with their place.
"""

from kaogong.standards.rules.conditions import (
    Apprenticeship,
    Certificate,
    ConditionClause,
    ReserveTechnician,
    Schooling,
    Training,
    UnknownClause,
    Years,
    parse_clause,
    parse_clauses,
)
from kaogong.standards.rules.content import (
    Condition,
    Content,
    Function,
    Numbered,
    Part,
    Related,
    Task,
    Weight,
    plain,
)
from kaogong.standards.rules.document import read
from kaogong.standards.rules.faults import LEVEL_NAMES, Fault, level_name
from kaogong.standards.rules.judging import differences, faults_of

__all__ = [
    "LEVEL_NAMES",
    "Apprenticeship",
    "Certificate",
    "Condition",
    "ConditionClause",
    "Content",
    "Fault",
    "Function",
    "Numbered",
    "Part",
    "Related",
    "ReserveTechnician",
    "Schooling",
    "Task",
    "Training",
    "UnknownClause",
    "Weight",
    "Years",
    "differences",
    "faults_of",
    "level_name",
    "parse_clause",
    "parse_clauses",
    "plain",
    "read",
]
