"""How a mark comes about: from answers and key, from sheets and weights, with what is taken off."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kaogong.delivery import selectors as delivery
from kaogong.delivery.models import Attempt, Incident, ScoreSheet
from kaogong.foundation.audit import attesting
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.records import Attested
from kaogong.foundation.signing import encryption
from kaogong.itembank import selectors as itembank
from kaogong.regulations.selectors import NoProvision
from kaogong.scoring import grading, rules
from kaogong.scoring.gate import figure
from kaogong.scoring.models import Dispute, HandMark, Mark
from kaogong.scoring.refusals import AnswersAltered, AnswersUnmarked, MarksAltered
from kaogong.sittings.models import SittingPart
from kaogong.sittings.selectors import PART_NAMES

UNSCORED = frozenset({"absent", "late", "barred"})


class Marker:
    """Marks the attempts of one part: keys, sheets and incidents are read once for all of them."""

    def __init__(self, part: SittingPart, actor: Actor, at: datetime) -> None:
        self.part, self.actor, self.at = part, actor, at
        self._keys: dict[UUID, itembank.AnswerKey] = {}
        self._rulings = rulings_of(part.sitting.round_id)
        self._amended: dict[UUID, dict[int, Dispute]] = {}
        self._by_hand: Mapping[UUID, Mapping[int, Decimal]] = {}

    def marks(self, attempts: Sequence[Attempt]) -> list[Mark]:
        """One mark for each attempt. Raises MarksAltered, AnswersAltered, AnswersUnmarked."""
        require_attested(attempts)
        sealed = [attempt.pk for attempt in attempts if attempt.state == "sealed"]
        answers = delivery.submissions(sealed) if self.part.part != "skill" else {}
        sheets = delivery.score_sheets_of(sealed) if self.part.part == "skill" else {}
        self._require_as_handed_in(attempts, answers, sheets)
        self._by_hand = self._settled(sealed)
        incidents = delivery.incidents_of_attempts([attempt.pk for attempt in attempts])
        found = []
        for attempt in attempts:
            if attempt.state in UNSCORED:
                value, working = Decimal(0), {"kind": "unscored", "state": attempt.state, "note": attempt.note}
                outcome = attempt.state
            else:
                outcome = "scored"
                value, working = self._scored(attempt, answers.get(attempt.pk, {}), sheets.get(attempt.pk, []))
                value, working = self._deducted(value, working, incidents.get(attempt.pk, []))
            found.append(self._mark(attempt, value, outcome, working))
        return found

    def _settled(self, sealed: Sequence[UUID]) -> Mapping[UUID, Mapping[int, Decimal]]:
        """What people gave the written answers, by attempt and position."""
        if self.part.part == "skill":
            return {}
        require_attested(list(HandMark.objects.filter(attempt__in=sealed)))
        found, waiting = grading.by_hand(self.part, sealed)
        if waiting:
            raise AnswersUnmarked(part=PART_NAMES.get(self.part.part, self.part.part), count=waiting)
        return found

    def _require_as_handed_in(
        self,
        attempts: Sequence[Attempt],
        answers: Mapping[UUID, Mapping[int, str]],
        sheets: Mapping[UUID, Sequence[ScoreSheet]],
    ) -> None:
        """Raise AnswersAltered when what would be marked is not what the candidates' receipts were signed for."""
        sealed = [attempt for attempt in attempts if attempt.state == "sealed"]
        wrong = delivery.altered(sealed, answers=answers, sheets=sheets)
        if wrong:
            raise AnswersAltered(receipts="、".join(str(each.receipt.get("number", each.pk)) for each in wrong))

    def _scored(
        self, attempt: Attempt, answers: Mapping[int, str], sheets: Sequence[ScoreSheet]
    ) -> tuple[Decimal, dict[str, Any]]:
        if self.part.part == "skill":
            return practical(sheets, places=int(figure("scoring.practical_decimals", self.part.sitting).value))
        assert attempt.paper_copy is not None  # a sealed theory attempt was begun with its copy
        key = self._key(attempt.paper_copy.paper_id)
        given = self._by_hand.get(attempt.pk, {})
        ruled = self._ruled(attempt.paper_copy.paper_id)
        amended = {position: amendment_of(dispute) for position, dispute in ruled.items()}
        mark = rules.theory_mark(answers, key.answers, given, amended=amended)
        working = {
            "kind": "theory",
            "key": key.version,
            "paper": str(attempt.paper_copy.paper_id),
            "right": mark.right,
            "wrong": mark.wrong,
            "blank": mark.blank,
            "digest": attempt.answers_digest,
            **({"rulings": sorted(dispute.number for dispute in ruled.values())} if ruled else {}),
        }
        if given:
            working["by_hand"] = {str(position): f"{value.normalize():f}" for position, value in sorted(given.items())}
        return mark.value, working

    def _key(self, paper_id: UUID) -> itembank.AnswerKey:
        if paper_id not in self._keys:
            self._keys[paper_id] = itembank.answer_key(paper_id, self.actor)
        return self._keys[paper_id]

    def _ruled(self, paper_id: UUID) -> dict[int, Dispute]:
        """The places of a paper that rulings in this round amended."""
        if paper_id not in self._amended:
            places = itembank.paper_places(paper_id) if self._rulings else []
            self._amended[paper_id] = {
                place.position: self._rulings[place.version_id] for place in places if place.version_id in self._rulings
            }
        return self._amended[paper_id]

    def _deducted(
        self, value: Decimal, working: dict[str, Any], incidents: Sequence[Incident]
    ) -> tuple[Decimal, dict[str, Any]]:
        """Take off what the place's rule says for writing on after the end; where it has no rule, say so."""
        if not any(incident.kind == "after_bell" for incident in incidents):
            return value, working
        try:
            points = figure("scoring.after_bell_points", self.part.sitting)
            percent = figure("scoring.after_bell_percent", self.part.sitting)
        except NoProvision:
            return value, {**working, "after_bell": {"off": "0.00", "why": "no rule here"}}
        left, off = rules.after_bell(
            value, part=self.part.part, points=Decimal(str(points.value)), percent=Decimal(str(percent.value))
        )
        return left, {**working, "after_bell": {"off": f"{off:.2f}", "clause": str(points.clause)}}

    def _mark(self, attempt: Attempt, value: Decimal, outcome: str, working: dict[str, Any]) -> Mark:
        return Mark(
            attempt=attempt,
            registration_id=attempt.registration_id,
            part=self.part.part,
            value=value,
            outcome=outcome,
            working=working,
            marked_at=self.at,
            marked_by=self.actor.account_id,
            marked_by_name=self.actor.name,
        )


def rulings_of(round_id: UUID) -> dict[UUID, Dispute]:
    """The questions on which an objection was upheld in a round, by item version. Raises MarksAltered."""
    found = list(Dispute.objects.filter(round=round_id, state__in=["upheld", "rescored"]))
    require_attested(found)
    return {dispute.version_id: dispute for dispute in found}


def amendment_of(dispute: Dispute) -> rules.Amendment:
    """What a ruling makes of its question."""
    return rules.Amendment(dispute.effect, answers_of(dispute))


def answers_of(dispute: Dispute) -> tuple[str, ...]:
    """The answers that a ruling lets count. Raises signing's CannotOpen when they were altered or moved."""
    sealed = bytes(dispute.answers_sealed)
    return tuple(json.loads(encryption.open_sealed(sealed, context=ruling_context(dispute)))) if sealed else ()


def ruling_context(dispute: Dispute) -> str:
    """What the sealed answers of a ruling are bound to."""
    return f"scoring.ruling:{dispute.pk}"


def require_attested(records: Sequence[Attested]) -> None:
    """Raise MarksAltered when a record is not what the trail vouches for."""
    if doubted := attesting.doubted(records):
        raise MarksAltered(count=len(doubted), what=doubted[0].CALLED)


def practical(
    sheets: Sequence[ScoreSheet], *, places: int, corrected: Mapping[UUID, Decimal] = {}
) -> tuple[Decimal, dict[str, Any]]:
    """The panel's mean, and its working: every examiner's module totals and weighted sum.

    `corrected` replaces the total of a sheet, by its id: for a recheck that found an error.
    """
    rows = [
        rules.ModuleSheet(
            str(sheet.examiner_id),
            sheet.draw.module_code,
            sheet.draw.task.weight,
            corrected.get(sheet.pk, sheet.total),
        )
        for sheet in sheets
    ]
    mark = rules.practical_mark(rows, places=places)
    working = {
        "kind": "skill",
        "sheets": [
            {
                "sheet": str(sheet.pk),
                "examiner": row.examiner,
                "module": row.module,
                "weight": row.weight,
                "total": f"{row.total:.2f}",
            }
            for sheet, row in zip(sheets, rows, strict=True)
        ],
        "examiners": {examiner: f"{total:f}" for examiner, total in mark.per_examiner.items()},
        "mean": f"{mark.value:f}",
    }
    return mark.value, working
