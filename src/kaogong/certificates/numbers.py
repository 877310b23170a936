"""The clerk of running numbers: gives a run of them inside the transaction that uses them.

The counter's row stays locked until that transaction ends, so runs never overlap; a rollback gives the run back, so
none is skipped. The unique constraint on the certificate's number is the judge.
"""

from __future__ import annotations

from django.db import connection

from kaogong.certificates.rules import Regime
from kaogong.foundation.kernel.ids import uuid7

ADVANCE = """
INSERT INTO certificates_counter AS counter (id, regime, year, body_code, level, last)
VALUES (%(id)s, %(regime)s, %(year)s, %(body_code)s, %(level)s, %(count)s)
ON CONFLICT (regime, year, body_code, level) DO UPDATE SET last = counter.last + excluded.last
RETURNING last
"""


HOLD = """
INSERT INTO certificates_counter AS counter (id, regime, year, body_code, level, last)
VALUES (%(id)s, %(regime)s, %(year)s, %(body_code)s, %(level)s, 0)
ON CONFLICT (regime, year, body_code, level) DO UPDATE SET last = counter.last
RETURNING id, last
"""


class UsedUp(Exception):
    """The regime has no numbers left for that year, body and level."""


def advance(regime: Regime, *, year: int, body_code: str, level: int, count: int) -> int:
    """Take the next `count` running numbers and return the first of them. Raises UsedUp.

    Must be called inside the transaction that inserts the certificates.
    """
    row: dict[str, str | int] = {
        "id": str(uuid7()),
        "regime": regime.key,
        "year": year,
        "body_code": body_code,
        "level": level,
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, row)
        last: int = cursor.fetchone()[0]
    if last > regime.capacity:
        raise UsedUp
    return last - count + 1


def skip_to(regime: Regime, *, year: int, body_code: str, level: int, last: int) -> int:
    """Let numbers go on after `last`, and return the first that is skipped (`last` + 1 when none is).

    Waits for whoever is numbering and holds the counter until the transaction ends. Never back: when more than `last`
    was given, the counter stays where it is, and its next number comes back (then more than `last` + 1). Raises
    UsedUp when `last` is beyond the regime's capacity.
    """
    if last > regime.capacity:
        raise UsedUp
    row: dict[str, str | int] = {
        "id": str(uuid7()),
        "regime": regime.key,
        "year": year,
        "body_code": body_code,
        "level": level,
    }
    with connection.cursor() as cursor:
        cursor.execute(HOLD, row)
        counter, given = cursor.fetchone()
        if last > given:
            cursor.execute("UPDATE certificates_counter SET last = %s WHERE id = %s", [last, counter])
    return int(given) + 1
