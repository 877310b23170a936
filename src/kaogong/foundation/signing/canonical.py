"""One spelling for a JSON value, so that what was signed can be spelt again years later, bit by bit.

Source: RFC 8785 (2020), JSON Canonicalization Scheme: members sorted by UTF-16 code units, no blanks, numbers as
ECMAScript prints them, strings with the shortest escapes, UTF-8.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping

LARGEST_EXACT = 2**53 - 1

# Python's encoder, told to leave non-ASCII alone, escapes exactly what RFC 8785 asks for.
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def encode(value: object) -> bytes:
    """The canonical UTF-8 bytes of `value`: None, bool, int, float, str, and lists, tuples and mappings of these.

    Raises TypeError for any other type or a key that is not text, ValueError for a number that JSON cannot hold
    exactly (NaN, infinities, integers beyond 2**53 - 1) and for a lone surrogate.
    """
    pieces: list[str] = []
    _write(value, pieces.append)
    return "".join(pieces).encode("utf-8")


def _write(value: object, write: Callable[[str], None]) -> None:
    if value is None:
        write("null")
    elif isinstance(value, bool):
        write("true" if value else "false")
    elif isinstance(value, str):
        write(_quoted(value))
    elif isinstance(value, int):
        if abs(value) > LARGEST_EXACT:
            raise ValueError(f"not exact in JSON: {value}")
        write(str(int(value)))
    elif isinstance(value, float):
        write(_number(value))
    elif isinstance(value, Mapping):
        _write_object(value, write)
    elif isinstance(value, list | tuple):
        before = "["
        for each in value:
            write(before)
            _write(each, write)
            before = ","
        write("]" if before == "," else "[]")
    else:
        raise TypeError(f"no canonical form for {type(value).__name__}")


def _write_object(value: Mapping[object, object], write: Callable[[str], None]) -> None:
    keys = [key for key in value if isinstance(key, str)]
    if len(keys) != len(value):
        raise TypeError("a key that is not text")
    before = "{"
    for key in sorted(keys, key=_utf16):
        write(before)
        write(_quoted(key))
        write(":")
        _write(value[key], write)
        before = ","
    write("}" if before == "," else "{}")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be")


def _number(value: float) -> str:
    """A double as ECMAScript's Number::toString prints it (ECMA-262, 6.1.6.1.20)."""
    if not math.isfinite(value):
        raise ValueError(f"not a JSON number: {value}")
    if value == 0:
        return "0"
    mantissa, _, exponent_text = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    digits = (whole + fraction).lstrip("0")
    leading = len(whole + fraction) - len(digits)
    point = len(whole) - leading + int(exponent_text or "0")
    digits = digits.rstrip("0")
    return ("-" if value < 0 else "") + _laid_out(digits, point)


def _laid_out(digits: str, point: int) -> str:
    """Place the decimal point `point` digits from the left, with an exponent where ECMAScript uses one."""
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    exponent = f"e{point - 1:+d}"
    return digits + exponent if count == 1 else f"{digits[0]}.{digits[1:]}{exponent}"
