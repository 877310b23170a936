"""How often a network may ask: a token bucket per network prefix, shared by every process through PostgreSQL.

A bucket holds up to `burst` questions and gains `per_minute` of them a minute; an empty one answers with the seconds
until the next. Only a keyed digest of the prefix is kept, never the address.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.utils import timezone

from kaogong.certificates.models import Bucket
from kaogong.certificates.rules import client_address, network_of
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.signing import digests
from kaogong.regulations.selectors import provisions

DRAW = """
INSERT INTO certificates_bucket AS bucket (network, tokens, refilled_at)
VALUES (%(network)s, %(burst)s - 1, %(at)s)
ON CONFLICT (network) DO UPDATE SET
    tokens = LEAST(%(burst)s, bucket.tokens
        + %(rate)s * GREATEST(0, EXTRACT(EPOCH FROM excluded.refilled_at - bucket.refilled_at))) - 1,
    refilled_at = GREATEST(excluded.refilled_at, bucket.refilled_at)
WHERE LEAST(%(burst)s, bucket.tokens
    + %(rate)s * GREATEST(0, EXTRACT(EPOCH FROM excluded.refilled_at - bucket.refilled_at))) >= 1
RETURNING tokens
"""
KEYS = ("burst", "per_minute", "prefix4", "prefix6")


@dataclass(frozen=True, slots=True)
class Limit:
    """The figures of the limit, with the clause they rest on."""

    burst: int
    per_minute: int
    prefix4: int
    prefix6: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a network may ask now; if not, how many seconds until it may."""

    is_granted: bool
    wait_seconds: int
    limit: Limit


def limit_on(at: datetime) -> Limit:
    """The figures in force at that moment; a changed figure takes hold within a minute. Raises NoProvision."""
    return _limit_of_minute(timezone.localtime(at).date(), int(at.timestamp() // 60))


@lru_cache(maxsize=8)
def _limit_of_minute(day: date, minute: int) -> Limit:
    names = {f"certificates.verify_{key}": key for key in KEYS}
    found = provisions(*names, on=day)
    figures = {key: found[name].number for name, key in names.items()}
    return Limit(**figures, clause=found["certificates.verify_burst"].clause)


def ask_from(meta: Mapping[str, object], *, at: datetime) -> Turn:
    """Draw one question for whoever sent a request with these headers (`request.META`)."""
    address = client_address(
        str(meta.get("REMOTE_ADDR", "")), str(meta.get("HTTP_X_FORWARDED_FOR", "")), proxies=settings.TRUSTED_PROXIES
    )
    return ask(address, at=at)


def ask(address: str, *, at: datetime) -> Turn:
    """Draw one question from the bucket of the address's network.

    Two that ask at once with one token left: one is granted. Losing a bucket in a crash refills it, no more.
    """
    limit = limit_on(at)
    network = digests.keyed(
        network_of(address, prefix4=limit.prefix4, prefix6=limit.prefix6), purpose="certificates.network"
    )
    rate = limit.per_minute / 60
    with connection.cursor() as cursor:
        cursor.execute(DRAW, {"network": network, "burst": float(limit.burst), "rate": rate, "at": at})
        drawn = cursor.fetchone()
    if drawn is not None:
        return Turn(True, 0, limit)
    bucket = Bucket.objects.filter(network=network).first()
    if bucket is None:
        return Turn(False, 1, limit)
    gained = bucket.tokens + rate * max(0.0, (at - bucket.refilled_at).total_seconds())
    return Turn(False, max(1, math.ceil((1 - gained) / rate)), limit)


def forget(*, at: datetime) -> int:
    """Remove the buckets that are full again; returns how many. Called by a background task."""
    limit = limit_on(at)
    full = timedelta(minutes=limit.burst / limit.per_minute)
    return Bucket.objects.filter(refilled_at__lt=at - full).delete()[0]
