"""What makes an identity number, a name or a contact sound: pure judgements, no database and no clock."""

from __future__ import annotations

from kaogong.foundation.identity.rules.address_codes import ever_existed, known_codes
from kaogong.foundation.identity.rules.contacts import mask_mail, mask_phone, parse_mail, parse_phone
from kaogong.foundation.identity.rules.documents import Document, parse_document
from kaogong.foundation.identity.rules.faults import Fault
from kaogong.foundation.identity.rules.names import bigrams, initials, normalise_name, pinyin
from kaogong.foundation.identity.rules.resident_numbers import (
    ResidentNumber,
    check_digit,
    eighteen,
    parse_resident_number,
)

__all__ = [
    "Document",
    "Fault",
    "ResidentNumber",
    "bigrams",
    "check_digit",
    "eighteen",
    "ever_existed",
    "initials",
    "known_codes",
    "mask_mail",
    "mask_phone",
    "normalise_name",
    "parse_document",
    "parse_mail",
    "parse_phone",
    "parse_resident_number",
    "pinyin",
]
