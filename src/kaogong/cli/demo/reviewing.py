"""Chapter four: applications are reviewed by others than those who entered them; fees are paid; some withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kaogong.cli.demo.season import Candidate, Season
from kaogong.foundation.kernel.actors import Actor
from kaogong.registration import selectors
from kaogong.registration import services as registration

SENT_BACK, REFUSED, FALSE_PAPERS, WITHDRAWN = 0.03, 0.015, 0.004, 0.012


def review(season: Season) -> None:
    """Play the chapter for the main and the body's rounds, sitting by sitting."""
    groups: dict[UUID, list[Candidate]] = {}
    for each in season.candidates:
        if each.registration_id:
            groups.setdefault(each.sitting_id, []).append(each)
    outcomes = [each for group in season.apart("资格审核与缴费", list(groups.values()), _handle) for each in group]
    season.reached("审核通过", sum(outcome != "refused" for _candidate, outcome in outcomes))
    paid = [candidate for candidate, outcome in outcomes if outcome == "paid"]
    season.reached("缴费", len(paid))
    season.candidates = paid
    _two_clerks(season, paid)


def _handle(season: Season, candidates: Sequence[Candidate]) -> list[tuple[Candidate, str]]:
    """Review everybody of one sitting, then collect their fees: what became of each."""
    outcomes = []
    for candidate in candidates:
        if not _decide(season, candidate):
            outcomes.append((candidate, "refused"))
        else:
            outcomes.append((candidate, "paid" if _pay_or_withdraw(season, candidate) else "withdrawn"))
    return outcomes


def _herself(candidate: Candidate) -> Actor:
    """The candidate acting for herself."""
    return Actor(kind="person", name=candidate.invented.name, person_id=candidate.person_id, door="shell")


def _reviewer(season: Season, organiser: str) -> Actor:
    return season.by("skills/centre_director" if organiser == "skills" else "nanjing/registrar")


def _decide(season: Season, candidate: Candidate) -> bool:
    identifier = candidate.registration_id
    assert identifier is not None  # only those who applied are asked
    reviewer, at = _reviewer(season, candidate.organiser), season.days.before(70, 14)
    chance = season.model.random.random()
    if chance < FALSE_PAPERS:
        registration.refuse(actor=reviewer, at=at, registration_id=identifier, note="工作证明系伪造", false_papers=True)
        return False
    if chance < FALSE_PAPERS + REFUSED:
        registration.refuse(actor=reviewer, at=at, registration_id=identifier, note="工作年限证明与社保记录不符")
        return False
    if chance < FALSE_PAPERS + REFUSED + SENT_BACK:
        registration.send_back(actor=reviewer, at=at, registration_id=identifier, note="请补盖单位公章")
        again = season.days.before(69, 10)
        if season.attempt(registration.submit, actor=_herself(candidate), at=again, registration_id=identifier) is None:
            return False
        at = season.days.before(68, 14)
    look_at_papers(reviewer, at, identifier)
    return season.attempt(registration.admit, actor=reviewer, at=at, registration_id=identifier) is not None


def look_at_papers(reviewer: Actor, at: datetime, identifier: UUID) -> None:
    """The reviewer opens what was handed in: nothing is admitted on papers that nobody looked at."""
    for paper in selectors.evidence_of(reviewer, identifier):
        registration.open_evidence(actor=reviewer, at=at, registration_id=identifier, evidence_id=paper.pk)


def _pay_or_withdraw(season: Season, candidate: Candidate) -> bool:
    identifier = candidate.registration_id
    assert identifier is not None  # only the admitted are asked
    if season.model.random.random() < WITHDRAWN:
        registration.withdraw(
            actor=_herself(candidate), at=season.days.before(67), registration_id=identifier, reason="工作安排冲突"
        )
        return False
    registration.collect_fee(
        actor=season.by(f"{candidate.organiser}/fee_clerk"),
        at=season.days.before(67, 15),
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
            at=season.days.before(67, 16),
            registration_id=decided,
        )
