"""Chapter four: applications are reviewed by others than those who entered them; fees are paid; some withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kaogong.cli.demo.season import Candidate, Season
from kaogong.foundation.kernel.actors import Actor
from kaogong.registration import selectors as applications
from kaogong.registration import services as registration

SENT_BACK, REFUSED, FALSE_PAPERS, WITHDRAWN = 0.03, 0.015, 0.004, 0.012


def review(season: Season) -> None:
    """Play the chapter for the main and the body's rounds."""
    waiting = [each for each in season.candidates if each.registration_id]
    bodies = _organisers(season, waiting)
    admitted = [each for each in season.each("资格审核", waiting) if _decide(season, each, bodies)]
    season.reached("审核通过", len(admitted))
    paid = [each for each in season.each("缴费", admitted) if _pay_or_withdraw(season, each, bodies)]
    season.reached("缴费", len(paid))
    _two_clerks(season, paid)
    for each in season.candidates:
        if each not in paid:
            each.registration_id = None


def _organisers(season: Season, waiting: Sequence[Candidate]) -> dict[UUID, str]:
    """Which organiser each registration belongs to: the centre, or the filed body."""
    reader = season.by("nanjing/registrar")
    body = set(season.sittings["body"])
    rows = applications.registrations_for(reader).filter(pk__in=[each.registration_id for each in waiting])
    return {row.pk: "skills" if row.sitting_id in body else "nanjing" for row in rows}


def _herself(candidate: Candidate) -> Actor:
    """The candidate acting for herself."""
    return Actor(kind="person", name=candidate.invented.name, person_id=candidate.person_id, door="shell")


def _reviewer(season: Season, organiser: str) -> Actor:
    return season.by("skills/centre_director" if organiser == "skills" else "nanjing/registrar")


def _decide(season: Season, candidate: Candidate, organisers: dict[UUID, str]) -> bool:
    identifier = candidate.registration_id
    assert identifier is not None  # only those who applied are asked
    reviewer, at = _reviewer(season, organisers.get(identifier, "skills")), season.days.before(60, 14)
    chance = season.model.random.random()
    if chance < FALSE_PAPERS:
        registration.refuse(actor=reviewer, at=at, registration_id=identifier, note="工作证明系伪造", false_papers=True)
        return False
    if chance < FALSE_PAPERS + REFUSED:
        registration.refuse(actor=reviewer, at=at, registration_id=identifier, note="工作年限证明与社保记录不符")
        return False
    if chance < FALSE_PAPERS + REFUSED + SENT_BACK:
        registration.send_back(actor=reviewer, at=at, registration_id=identifier, note="请补盖单位公章")
        again = season.days.before(59, 10)
        if season.attempt(registration.submit, actor=_herself(candidate), at=again, registration_id=identifier) is None:
            return False
        at = season.days.before(58, 14)
    return season.attempt(registration.admit, actor=reviewer, at=at, registration_id=identifier) is not None


def _pay_or_withdraw(season: Season, candidate: Candidate, organisers: dict[UUID, str]) -> bool:
    identifier = candidate.registration_id
    assert identifier is not None  # only the admitted are asked
    organiser = organisers.get(identifier, "skills")
    if season.model.random.random() < WITHDRAWN:
        registration.withdraw(
            actor=_herself(candidate), at=season.days.before(57), registration_id=identifier, reason="工作安排冲突"
        )
        return False
    registration.collect_fee(
        actor=season.by(f"{organiser}/fee_clerk"),
        at=season.days.before(57, 15),
        registration_id=identifier,
        receipt_number=f"示例{identifier.hex[-10:].upper()}",
    )
    return True


def _two_clerks(season: Season, paid: Sequence[Candidate]) -> None:
    """A second clerk decides an application that the first has decided: told so, and nothing changes."""
    if paid and (decided := paid[0].registration_id):
        season.attempt(
            registration.admit,
            actor=season.by("nanjing/centre_director"),
            at=season.days.before(57, 16),
            registration_id=decided,
        )
