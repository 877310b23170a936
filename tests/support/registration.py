"""Applications for tests, made through the real services."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from PIL import Image

from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.registration import selectors, services
from kaogong.registration.models import Evidence, Registration
from kaogong.sittings.models import Sitting
from tests.support.cast import candidate, officer
from tests.support.identity import make_person
from tests.support.sittings import APPLYING
from tests.support.stations import ELECTRICIAN

EVERY_POWER = ("registration.enter", "registration.see", "registration.decide", "registration.collect_fee")
ENTERER = service("测试报名录入", *EVERY_POWER, "persons.see")
REVIEWER = officer(*EVERY_POWER, region="", name="李审核")
CASHIER = officer(*EVERY_POWER, region="", name="周收费")
APPRENTICE: Mapping[str, Any] = {"apprenticeships": [{"occupation_code": ELECTRICIAN, "ended_on": "2025-06-30"}]}
"""Facts that meet condition 5-2."""
TWO_YEARS: Mapping[str, Any] = {
    "work": [{"occupation_code": ELECTRICIAN, "since": "2024-01-01", "employer": "金陵电机厂"}]
}
"""Facts that meet condition 5-1."""
PDF = b"%PDF-1.4\n%%EOF\n"
"""As little as passes for a paper."""
_order = count(1)


def next_name() -> str:
    """A name that nobody else in the tests bears."""
    return "孙" + "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(next(_order)))


def make_drafted(
    sitting: Sitting,
    *,
    person: Person | None = None,
    parts: Sequence[str] = (),
    actor: Actor | None = None,
    at: datetime = APPLYING,
) -> Registration:
    """An application begun by the candidate herself unless `actor` says otherwise."""
    who = person or make_person(name=next_name())
    return services.start(
        actor=actor or candidate(who.pk, who.name), at=at, sitting_id=sitting.pk, person_id=who.pk, parts=parts
    )


def make_submitted(
    sitting: Sitting,
    *,
    person: Person | None = None,
    condition_code: str = "5-2",
    facts: Mapping[str, Any] = APPRENTICE,
    employer: str = "",
    parts: Sequence[str] = (),
    actor: Actor | None = None,
    at: datetime = APPLYING,
    proven: bool = True,
) -> Registration:
    """An application that waits for its review; unless told not, its papers are there and were looked at."""
    who = person or make_person(name=next_name())
    actor = actor or candidate(who.pk, who.name)
    drafted = make_drafted(sitting, person=who, parts=parts, actor=actor, at=at)
    services.claim(
        actor=actor,
        at=at,
        registration_id=drafted.pk,
        condition_code=condition_code,
        facts=facts,
        residence_code=who.region_code,
        employer=employer,
    )
    submitted = services.submit(actor=actor, at=at, registration_id=drafted.pk)
    return prove(submitted, actor=actor, at=at) if proven else submitted


def prove(registration: Registration, *, actor: Actor = ENTERER, at: datetime = APPLYING) -> Registration:
    """Hand in a paper for every clause that needs one, and have a reviewer look at it."""
    for need in selectors.proof_needs(registration):
        if not need.is_handed_in:
            paper = services.hand_in(
                actor=actor, at=at, registration_id=registration.pk, kind=need.kind, title="证明", content=PDF
            )
            look(registration, paper, at=at)
    return registration


def look(registration: Registration, paper: Evidence, *, actor: Actor = REVIEWER, at: datetime = APPLYING) -> None:
    """Open a paper, as a reviewer does."""
    services.open_evidence(actor=actor, at=at, registration_id=registration.pk, evidence_id=paper.pk)


def make_admitted(sitting: Sitting, *, paid: bool = True, at: datetime = APPLYING, **options: Any) -> Registration:
    """An admitted candidate, the fee collected unless said otherwise."""
    submitted = make_submitted(sitting, at=at, **options)
    admitted = services.admit(actor=REVIEWER, at=at, registration_id=submitted.pk)
    return collect(admitted, at=at) if paid else admitted


def collect(registration: Registration, *, at: datetime = APPLYING) -> Registration:
    """Collect the fee of an admitted candidate."""
    return services.collect_fee(
        actor=CASHIER, at=at, registration_id=registration.pk, receipt_number=f"测票{next(_order):06d}"
    )


def make_admitted_many(
    sitting: Sitting, number: int, *, employers: Sequence[str] = ("",), at: datetime = APPLYING
) -> list[Registration]:
    """So many admitted and paid candidates, entered as a list; `employers` are dealt out in turn."""
    persons = [make_person(name=next_name()) for _each in range(number)]
    report = services.enter_many(
        actor=ENTERER,
        at=at,
        sitting_id=sitting.pk,
        applications=[
            application(person.pk, employer=employers[place % len(employers)]) for place, person in enumerate(persons)
        ],
    )
    return [
        collect(services.admit(actor=REVIEWER, at=at, registration_id=prove(each, at=at).pk), at=at)
        for each in report.entered
    ]


def application(person_id: UUID, **options: Any) -> services.Application:
    """A row of a list, by default of somebody whose apprenticeship has ended."""
    return services.Application(**{"person_id": person_id, "condition_code": "5-2", "facts": APPRENTICE, **options})


def picture(width: int = 480, height: int = 640, *, kind: str = "JPEG", exif: bool = False) -> bytes:
    """A picture of that size in memory, with a note of the camera's when `exif`."""
    image = Image.new("RGB", (width, height), (200, 190, 180))
    out = io.BytesIO()
    notes = Image.Exif()
    if exif:
        notes[0x010E] = "拍摄于某处"
    image.save(out, kind, exif=notes)
    return out.getvalue()
