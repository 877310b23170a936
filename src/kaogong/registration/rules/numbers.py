"""Registration numbers: two digits of the year, eight running, one check digit that catches a slip of the finger."""

from __future__ import annotations


def registration_number(year: int, running: int) -> str:
    """Eleven digits: `26` + `00000417` + check digit (ISO/IEC 7064, MOD 11,10).

    Raises ValueError when the running number has more than eight digits.
    """
    if not 0 < running < 10**8:
        raise ValueError(f"not a running number: {running}")
    digits = f"{year % 100:02d}{running:08d}"
    return digits + str(check_digit(digits))


def check_digit(digits: str) -> int:
    """The check digit of ISO/IEC 7064 MOD 11,10: finds every wrong digit and nearly all swaps of neighbours."""
    carry = 10
    for digit in digits:
        carry = (carry + int(digit)) % 10 or 10
        carry = carry * 2 % 11
    return (11 - carry) % 10


def is_registration_number(text: str) -> bool:
    """Whether `text` has the shape of a registration number and its check digit agrees."""
    return len(text) == 11 and text.isascii() and text.isdigit() and check_digit(text[:-1]) == int(text[-1])
