"""Judgements of registration: conditions held against a record, parts and fees, numbers. Pure."""

from kaogong.registration.rules.conditions import (
    ROUTES,
    Alternative,
    Case,
    Condition,
    Finding,
    Tree,
    condition,
    judge,
    shortfalls,
)
from kaogong.registration.rules.numbers import check_digit, is_registration_number, registration_number
from kaogong.registration.rules.parts import fee_of, is_within, parts_missing, parts_to_sit
from kaogong.registration.rules.phrases import Phrase, calendar_length, length_in_words, months_later, phrase
from kaogong.registration.rules.record import SECTIONS, Award, Course, Fault, Record, School, Service, Spell, read
from kaogong.registration.rules.years import Span, Worked, spans_of, worked

__all__ = [
    "ROUTES",
    "SECTIONS",
    "Alternative",
    "Award",
    "Case",
    "Condition",
    "Course",
    "Fault",
    "Finding",
    "Phrase",
    "Record",
    "School",
    "Service",
    "Span",
    "Spell",
    "Tree",
    "Worked",
    "calendar_length",
    "check_digit",
    "condition",
    "fee_of",
    "is_registration_number",
    "is_within",
    "judge",
    "length_in_words",
    "months_later",
    "parts_missing",
    "parts_to_sit",
    "phrase",
    "read",
    "registration_number",
    "shortfalls",
    "spans_of",
    "worked",
]
