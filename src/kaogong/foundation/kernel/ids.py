"""Time-ordered identifiers: UUID version 7, so that rows born together lie together in the index."""

from __future__ import annotations

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """Return a new version-7 UUID: 48 bits of Unix milliseconds, then 74 random bits.

    Source: RFC 9562 (2024), section 5.7. Two made in the same millisecond have no promised order.
    """
    milliseconds = time.time_ns() // 1_000_000
    bits = milliseconds << 80 | int.from_bytes(os.urandom(10), "big")
    bits &= ~(0xF << 76 | 0x3 << 62)
    return UUID(int=bits | 0x7 << 76 | 0x2 << 62)
