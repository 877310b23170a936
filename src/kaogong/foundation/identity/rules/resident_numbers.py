"""Resident identity numbers (公民身份号码): what the eighteen or fifteen characters say, and whether they can be true.

Source: GB 11643-1999; the check character is ISO 7064 MOD 11-2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kaogong.foundation.identity.rules.address_codes import ever_existed
from kaogong.foundation.identity.rules.faults import Fault

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | {ord("Ｘ"): "X", ord("ｘ"): "X"}


@dataclass(frozen=True, slots=True)
class ResidentNumber:
    """A sound number in its 18-character form. `sex` is "1" for men and "2" for women, as GB/T 2261.1 codes them."""

    number18: str
    address_code: str
    born_on: date
    sex: str
    is_address_known: bool
    was_fifteen: bool

    @property
    def warning(self) -> str:
        """What a human should look at; empty when nothing is odd."""
        return "" if self.is_address_known else "address-unknown"


def check_digit(first17: str) -> str:
    """The check character of the first seventeen digits."""
    return CHECK[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def eighteen(number15: str) -> str:
    """The 18-character form of an old 15-digit number: the century 19 put in, the check character added."""
    first17 = f"{number15[:6]}19{number15[6:]}"
    return first17 + check_digit(first17)


def parse_resident_number(text: str, on: date) -> ResidentNumber:
    """Read a number as typed (spaces, full-width digits and a small x are forgiven), judged as of the day `on`.

    Raises Fault: `length`, `characters`, `birth-impossible`, `birth-in-future`, `check-digit`, in that order. An
    address code that never existed is no fault: it is said in `warning`, for a human to look at.
    """
    number = "".join(text.split()).translate(FULL_WIDTH).upper()
    if len(number) not in {15, 18}:
        raise Fault("length", length=len(number))
    digits = number if len(number) == 15 else number[:-1]
    if not (digits.isascii() and digits.isdigit() and (number[-1] in "0123456789X")):
        raise Fault("characters")
    was_fifteen = len(number) == 15
    birth = f"19{number[6:12]}" if was_fifteen else number[6:14]
    born_on = _birth(birth, on)
    if was_fifteen:
        number = eighteen(number)
    elif number[-1] != check_digit(number[:17]):
        raise Fault("check-digit", given=number[-1])
    address_code = number[:6]
    sex = "1" if int(number[16]) % 2 else "2"
    return ResidentNumber(number, address_code, born_on, sex, ever_existed(address_code), was_fifteen)


def _birth(digits: str, on: date) -> date:
    readable = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Fault("birth-impossible", birth=readable) from None
    if born_on > on:
        raise Fault("birth-in-future", birth=readable)
    if born_on.year < 1880:
        raise Fault("birth-impossible", birth=readable)
    return born_on
