"""One spelling for a JSON value, so that what was signed can be spelt again years later, bit by bit.

Source: RFC 8785 (2020), JSON Canonicalization Scheme: members sorted by UTF-16 code units, no blanks, numbers as
ECMAScript prints them, strings with the shortest escapes, UTF-8.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping

LARGEST_EXACT = 2**53 - 1


def encode(value: object) -> bytes:
    """The canonical UTF-8 bytes of `value`: None, bool, int, float, str, and lists, tuples and mappings of these.

    Raises TypeError for any other type or a key that is not text, ValueError for a number that JSON cannot hold
    exactly (NaN, infinities, integers beyond 2**53 - 1) and for a lone surrogate.
    """
    return "".join(_pieces(value)).encode("utf-8")


def _pieces(value: object) -> Iterator[str]:
    if value is None:
        yield "null"
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, str):
        yield _quoted(str(value))
    elif isinstance(value, int):
        if abs(value) > LARGEST_EXACT:
            raise ValueError(f"not exact in JSON: {value}")
        yield str(int(value))
    elif isinstance(value, float):
        yield _number(value)
    elif isinstance(value, Mapping):
        yield from _object(value)
    elif isinstance(value, list | tuple):
        yield "["
        for index, each in enumerate(value):
            if index:
                yield ","
            yield from _pieces(each)
        yield "]"
    else:
        raise TypeError(f"no canonical form for {type(value).__name__}")


def _quoted(text: str) -> str:
    # Python's encoder, told to leave non-ASCII alone, escapes exactly what RFC 8785 asks for.
    return json.dumps(text, ensure_ascii=False)


def _object(value: Mapping[object, object]) -> Iterator[str]:
    keys = [key for key in value if isinstance(key, str)]
    if len(keys) != len(value):
        raise TypeError("a key that is not text")
    yield "{"
    for index, key in enumerate(sorted(keys, key=lambda text: text.encode("utf-16-be"))):
        if index:
            yield ","
        yield _quoted(str(key))
        yield ":"
        yield from _pieces(value[key])
    yield "}"


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
