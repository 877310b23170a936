"""Identity documents of every kind that an application form offers, each read into one canonical number.

The list of kinds is that of a provincial application form [L]; the shapes of the kinds other than the resident
identity card follow the documents as they are printed and are deliberately lenient [C].
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from kaogong.foundation.identity.rules.faults import Fault
from kaogong.foundation.identity.rules.resident_numbers import ResidentNumber, check_digit, parse_resident_number

SHAPES = {
    "officer": re.compile(r"[一-鿿]{0,4}字?第?(\d{4,9})号?"),
    "hk_macao": re.compile(r"([HM]\d{8})(\d{2})?"),
    "taiwan": re.compile(r"(\d{8})(\d{2}[A-Z]?)?"),
    "permanent": re.compile(r"([A-Z]{3}\d{12}|9\d{16}[\dX])"),
    "passport": re.compile(r"([A-Z]{0,3}\d[A-Z0-9]{4,14})"),
}
HINTS = {
    "officer": "军字第1234567号",
    "hk_macao": "H12345678",
    "taiwan": "12345678",
    "permanent": "AAA000000000000 或以 9 开头的 18 位号码",
    "passport": "E12345678",
}
"""An example of each shape, for the words of a refusal."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document number in canonical form. `born_on` and `sex` are known only when the number itself tells them."""

    kind: str
    number: str
    born_on: date | None = None
    sex: str = ""
    warning: str = ""

    @property
    def masked(self) -> str:
        """The number with its middle hidden: three characters, stars, four characters (two and two when short)."""
        head, tail = (3, 4) if len(self.number) >= 12 else (2, 2)
        return self.number[:head] + "*" * (len(self.number) - head - tail) + self.number[-tail:]


def parse_document(kind: str, text: str, on: date) -> Document:
    """Read a document number of `kind`, judged as of the day `on`.

    A number of renewals at the end of a travel permit is dropped: the renewed document is the same person's.
    Raises Fault: those of resident numbers, `kind` for an unknown kind, `shape` for a number unlike its kind.
    """
    if kind == "resident":
        return _resident(parse_resident_number(text, on))
    if kind not in SHAPES:
        raise Fault("kind", given=kind)
    number = "".join(unicodedata.normalize("NFKC", text).split()).upper().replace("-", "")
    found = SHAPES[kind].fullmatch(number)
    if found is None:
        raise Fault("shape", example=HINTS[kind])
    # The word before an officer's number names the arm and tells two holders of one number apart; the rest is dressing.
    canonical = re.sub(r"[字第号]", "", number) if kind == "officer" else found[1]
    if kind == "permanent" and canonical[0] == "9" and canonical[-1] != check_digit(canonical[:17]):
        raise Fault("check-digit", given=canonical[-1])
    return Document(kind, canonical)


def _resident(number: ResidentNumber) -> Document:
    return Document("resident", number.number18, number.born_on, number.sex, number.warning)
