"""What can be done with persons: enter, reveal, correct, merge, and turn the keys over."""

from __future__ import annotations

from kaogong.foundation.identity.services.correcting import correct_contact, correct_name
from kaogong.foundation.identity.services.entering import enter_person
from kaogong.foundation.identity.services.merging import merge
from kaogong.foundation.identity.services.refusals import (
    AddressUnsound,
    AlreadyMerged,
    BirthDateDisagrees,
    BirthDateImpossible,
    BirthDateInFuture,
    BirthDateMissing,
    CheckDigitWrong,
    DocumentKindUnknown,
    DocumentShapeWrong,
    MergingWithItself,
    NameCharacterWrong,
    NameMissing,
    NameTooLong,
    NumberCharactersWrong,
    NumberLengthWrong,
    PersonExists,
    PhoneUnsound,
    ProofMissing,
    ReasonTooShort,
    SameName,
    SexDisagrees,
    SexMissing,
)
from kaogong.foundation.identity.services.revealing import reveal_document

__all__ = [
    "AddressUnsound",
    "AlreadyMerged",
    "BirthDateDisagrees",
    "BirthDateImpossible",
    "BirthDateInFuture",
    "BirthDateMissing",
    "CheckDigitWrong",
    "DocumentKindUnknown",
    "DocumentShapeWrong",
    "MergingWithItself",
    "NameCharacterWrong",
    "NameMissing",
    "NameTooLong",
    "NumberCharactersWrong",
    "NumberLengthWrong",
    "PersonExists",
    "PhoneUnsound",
    "ProofMissing",
    "ReasonTooShort",
    "SameName",
    "SexDisagrees",
    "SexMissing",
    "correct_contact",
    "correct_name",
    "enter_person",
    "merge",
    "reveal_document",
]
