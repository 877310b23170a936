"""Verification over HTTP against the bare SQL look-up: the same register, the same numbers, equal connections.

The HTTP side is the product as it is served: granian, the whole middleware, JSON in and out, the limit per network
(every question comes from a network of its own), two queries and two Ed25519 signatures. The SQL side fetches one
row by its number through a prepared statement. Both clients are Python threads on this machine.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import cycle, islice

import psycopg

from bench.timing import compare, console, show

CONNECTIONS = 4
QUESTIONS = 400
LOOKUP = "SELECT number, name, level, state, issued_on FROM certificates_certificate WHERE number = %s"
ISSUED_AT = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)


def run(size: int) -> None:
    """Fill a register of a tenth of `size` (default 30,000) and ask; then the whole `size`, and ask again."""
    size = size or 30_000
    known: list[tuple[str, str]] = []
    with _served() as port:
        for total in (max(100, size // 10), size):
            _fill(known, total)
            _warm(port, known)
            _measure(port, known, total)


def _measure(port: int, known: list[tuple[str, str]], total: int) -> None:
    # The bare look-up is so quick that ten times as many are asked, or a stray pause would decide the ratio.
    ways: dict[str, Callable[[int], int]] = {
        "bare SQL": lambda turn: _each(_by_sql, _some(known, QUESTIONS * 10, turn)),
        "over HTTP": lambda turn: _each(_by_http(port), _some(known, QUESTIONS, turn)),
        "over HTTP, wrong name": lambda turn: _each(_by_http(port), _strangers(known, turn)),
    }
    note = (
        f"{CONNECTIONS} connections each; median of 3 interleaved repetitions; clients and servers share this machine"
    )
    title = f"Verification of a certificate, register of {total:,}"
    show(title, compare(ways), against="bare SQL", unit="look-ups", note=note)


def _some(known: list[tuple[str, str]], count: int, turn: int) -> list[tuple[str, str]]:
    return random.Random(turn).choices(known, k=count)


def _strangers(known: list[tuple[str, str]], turn: int) -> list[tuple[str, str]]:
    return [(number, "钱某某") for number, _name in _some(known, QUESTIONS, turn)]


def _each(ask: Callable[[list[tuple[str, str]]], int], questions: list[tuple[str, str]]) -> int:
    """Deal the questions to the connections and ask them at once; returns how many were answered."""
    shares = [questions[place::CONNECTIONS] for place in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(ask, shares))


def _by_sql(questions: list[tuple[str, str]]) -> int:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for number, _name in questions:
            row = connection.execute(LOOKUP, [number], prepare=True).fetchone()
            assert row is not None
    return len(questions)


def _by_http(port: int) -> Callable[[list[tuple[str, str]]], int]:
    def ask(questions: list[tuple[str, str]]) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for number, name in questions:
            body = json.dumps({"number": number, "name": name})
            stranger = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"
            headers = {"Content-Type": "application/json", "X-Forwarded-For": stranger}
            connection.request("POST", "/api/v1/verification", body, headers)
            answer = json.loads(connection.getresponse().read())
            assert answer["outcome"] == ("no_match" if name == "钱某某" else "valid"), answer
        connection.close()
        return len(questions)

    return ask


def _warm(port: int, known: list[tuple[str, str]]) -> None:
    _each(_by_http(port), _some(known, 80, 99))


def _fill(known: list[tuple[str, str]], total: int) -> None:
    """Bring the register to `total` rows, each signed as a real one; foreign keys are skipped, as bulk loaders do."""
    from django.db import connection, transaction  # noqa: PLC0415  # after django.setup()

    from kaogong.certificates import seals  # noqa: PLC0415  # after django.setup()
    from kaogong.certificates.models import Certificate, StatusChange  # noqa: PLC0415  # after django.setup()
    from kaogong.foundation.kernel.ids import uuid7  # noqa: PLC0415  # after django.setup()

    surnames, given = cycle("赵钱孙李周吴郑王冯陈"), "伟芳娜敏静丽强磊军洋"
    begun = time.perf_counter()
    while len(known) < total:
        block = islice(surnames, min(2_000, total - len(known)))
        certificates, changes = [], []
        for surname in block:
            running = len(known) + 1
            name = surname + given[running % 10] + given[running // 10 % 10]
            certificate = Certificate(
                number=f"26{10010000 + running // 99_999 + 1:08d}5{running % 99_999 + 1:05d}",
                regime="qualification-16",
                result_id=uuid7(),
                registration_id=uuid7(),
                sitting_id=uuid7(),
                person_id=uuid7(),
                name=name,
                sex="1",
                born_on=date(2000, 1, 1),
                document_kind="resident",
                document_masked="320***********0000",
                document_digest="k1:0",
                occupation_code="6-31-01-03",
                occupation_name="电工",
                level=5,
                parts={"theory": {"mark": "80.00"}, "skill": {"mark": "80.00"}},
                issuer_id=uuid7(),
                issuer_name="测试中心",
                body_id=uuid7(),
                body_name="测试站",
                region_code="320102",
                issued_on=ISSUED_AT.date(),
                issued_at=ISSUED_AT,
            )
            seals.seal(certificate)
            certificates.append(certificate)
            changes.append(
                seals.signed_change(
                    certificate,
                    sequence=1,
                    move="issue",
                    state="issued",
                    basis="基准",
                    clause="certificate-numbering-16/sixteen-digits",
                    facts={},
                    at=ISSUED_AT,
                    by="基准",
                )
            )
            known.append((certificate.number, name))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            Certificate.objects.bulk_create(certificates)
            StatusChange.objects.bulk_create(changes)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE certificates_certificate, certificates_statuschange")
    console.print(f"register filled to {total:,} signed certificates in {time.perf_counter() - begun:.1f} s")


@contextmanager
def _served() -> Iterator[int]:
    """The product under granian on a free port, one worker for each core."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(os.cpu_count() or 1), "--blocking-threads", "4", "--no-ws"]
    command += ["--log-level", "warning"]
    command += ["kaogong.config.wsgi:application"]
    environment = os.environ | {"KAOGONG_PROXIES": "1"}
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
