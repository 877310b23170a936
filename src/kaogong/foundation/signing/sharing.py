"""Shamir's secret sharing over GF(2^8): n shares, of which any m give the secret and any fewer say nothing of it.

Each byte is shared by a polynomial of its own of degree m - 1 with random coefficients (A. Shamir, "How to Share a
Secret", 1979), in the field of AES (FIPS 197, modulus x^8 + x^4 + x^3 + x + 1). A share is its number x (1 to 255)
and as many bytes as the secret: the layout of draft-mcgrew-tss-03, whose published vector our tests hold.
What fewer shares hide is their number, not their truth: a wrong share gives a wrong secret without complaint, so who
combines must know the secret's or each share's digest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import reduce
from operator import xor

MODULUS = 0x11B
MOST = 255


def split(
    secret: bytes, *, threshold: int, shares: int, noise: Callable[[int], bytes] = os.urandom
) -> dict[int, bytes]:
    """Shares by number, from 1. Raises ValueError unless 2 <= threshold <= shares <= 255 and there is a secret."""
    if not secret or not 2 <= threshold <= shares <= MOST:
        raise ValueError("2 <= threshold <= shares <= 255, and something to share")
    rows = [secret, *(noise(len(secret)) for _power in range(threshold - 1))]
    polynomials = list(zip(*rows, strict=True))
    return {x: bytes(_value(each, x) for each in polynomials) for x in range(1, shares + 1)}


def combine(shares: Mapping[int, bytes]) -> bytes:
    """What these shares give, by Lagrange's formula at 0. Raises ValueError for shares that cannot be of one secret."""
    if len({len(each) for each in shares.values()}) != 1 or not all(1 <= x <= MOST for x in shares):
        raise ValueError("shares of one length, numbered 1 to 255")
    weights = {x: reduce(multiply, (_over(other, other ^ x) for other in shares if other != x), 1) for x in shares}
    return bytes(
        reduce(xor, (multiply(weights[x], byte) for x, byte in zip(shares, column, strict=True)))
        for column in zip(*shares.values(), strict=True)
    )


def multiply(one: int, other: int) -> int:
    """The product in the field."""
    product = 0
    while other:
        product ^= one if other & 1 else 0
        one = (one << 1) ^ (MODULUS if one & 0x80 else 0)
        other >>= 1
    return product


def _over(one: int, other: int) -> int:
    """The quotient: the inverse is the 254th power, since every element but 0 has order dividing 255."""
    return multiply(one, reduce(multiply, [other] * 254, 1))


def _value(coefficients: tuple[int, ...], x: int) -> int:
    """The polynomial at x, by Horner's rule; the constant term comes first."""
    return reduce(lambda value, each: multiply(value, x) ^ each, reversed(coefficients), 0)
