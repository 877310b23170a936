"""Applications per second through `registration.services`, against a bare INSERT of the same row into the same table.

A list of 200 costs one transaction: every row judged, trail signed, facts announced, places claimed. One by one costs
three commands each. The bare INSERT writes the finished row and nothing else, one commit each: the disk's limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from tests.support import registration as applicants
from tests.support import sittings as offers
from tests.support.identity import make_person
from tests.support.stations import make_station

from bench.timing import compare, show
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.ids import uuid7
from kaogong.registration import services
from kaogong.sittings.models import Sitting

SIZE = 1000
LIST = 200
REPETITIONS = 3
TWIN = "bench_registration"


def run(size: int) -> None:
    """Measure with `size` applicants a repetition (a tenth of them one by one), three repetitions."""
    size = size or SIZE
    persons = [make_person(name=applicants.next_name()) for _each in range(size)]
    sittings = iter([_sitting(size, number) for number in range(2 * REPETITIONS + 1)])
    pattern = applicants.make_submitted(next(sittings), person=persons[0])
    columns = _twin()
    rates = compare(
        {
            "bare INSERT, one commit each": lambda repetition: _insert(columns, pattern.pk, size, at_once=False),
            "bare INSERT, one transaction": lambda repetition: _insert(columns, pattern.pk, size, at_once=True),
            f"enter_many, lists of {LIST}": lambda repetition: _lists(next(sittings), persons),
            "start, claim, submit": lambda repetition: _singly(next(sittings), persons[: size // 10]),
        },
        repetitions=REPETITIONS,
    )
    show(f"Applications ({size} a repetition)", rates, against="bare INSERT, one commit each", unit="applications")


def _sitting(size: int, number: int) -> Sitting:
    """A round of its own with room for everybody, at a station of its own: rooms hold at most thirty."""
    rooms = [("theory", 6, 5), ("practical", 6, 5)] * -(-size // 30)
    day = offers.DAY + timedelta(days=7 * number)
    return offers.announced_sitting(stations=[make_station(rooms=rooms)], days=[day], waves=1)


def _twin() -> list[str]:
    """A table like the register's with its indexes and checks, but without triggers and foreign keys; its columns."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TWIN} (LIKE registration_registration INCLUDING ALL)")
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [TWIN])
        return [name for (name,) in cursor.fetchall() if name not in {"id", "number", "person_id"}]


def _insert(columns: Sequence[str], pattern: UUID, count: int, *, at_once: bool) -> int:
    """Insert copies of the pattern row under new keys."""
    names = ", ".join(columns)
    statement = (
        f"INSERT INTO {TWIN} (id, number, person_id, {names})"
        f" SELECT %s, %s, %s, {names} FROM registration_registration WHERE id = %s"
    )
    rows = [(uuid7(), uuid7().hex[-12:], uuid7(), pattern) for _each in range(count)]
    with connection.cursor() as cursor:
        if at_once:
            with transaction.atomic():
                cursor.executemany(statement, rows)
        else:
            for row in rows:
                cursor.execute(statement, row)
    return count


def _lists(sitting: Sitting, persons: Sequence[Person]) -> int:
    entered = 0
    for first in range(0, len(persons), LIST):
        report = services.enter_many(
            actor=applicants.ENTERER,
            at=offers.APPLYING,
            sitting_id=sitting.pk,
            applications=[applicants.application(person.pk) for person in persons[first : first + LIST]],
        )
        entered += len(report.entered)
    assert entered == len(persons), "the list was refused"
    return entered


def _singly(sitting: Sitting, persons: Sequence[Person]) -> int:
    for person in persons:
        applicants.make_submitted(sitting, person=person, proven=False)
    return len(persons)
