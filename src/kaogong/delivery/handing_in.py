"""The hand-in itself, shared by candidate, closing and practical part: digest, signed receipt, sealed state."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from kaogong.delivery import rules, selectors
from kaogong.delivery.events import HandedIn
from kaogong.delivery.models import Attempt, PaperCopy
from kaogong.delivery.selectors.answers import digest_of, receipt_message, sheet_facts
from kaogong.delivery.states import ATTEMPT
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.outbox import announcing
from kaogong.foundation.signing import keys
from kaogong.seating.models import Ticket


def hand_in(actor: Actor, at: datetime, attempt: Attempt, *, by: str) -> Mapping[str, Any]:
    """Submit a locked attempt with what was saved, write its signed receipt, and announce it.

    `by` is `candidate`, `closing` or `examiner`. The receipt's digest is over every final answer (theory) or every
    signed sheet (practical), in RFC 8785 form, so that it can be computed again from the rows.
    """
    state = ATTEMPT.after("submit", attempt.state)
    ticket = Ticket.objects.filter(registration=attempt.registration_id).values_list("number", flat=True).first() or ""
    copy_id = attempt.paper_copy_id
    facts = _theory(attempt, copy_id, ticket) if copy_id else _practical(attempt, ticket)
    digest = digest_of(facts)
    receipt: dict[str, Any] = {
        "number": f"{ticket or attempt.pk.hex[:12]}-{digest[:8].upper()}",
        "attempt": str(attempt.pk),
        "ticket": ticket,
        "part": attempt.part.part,
        "submitted_at": at.isoformat(),
        "by": by,
        "answered": len(facts.get("answers", facts.get("sheets", {}))),
        "questions": facts.get("questions", 0),
        "digest": digest,
    }
    signature = keys.sign_naming_key("receipt", lambda key_id: receipt_message({**receipt, "key_id": key_id}))
    receipt["key_id"], receipt["signature"] = signature.key_id, base64.b64encode(signature.value).decode()
    attempt.state, attempt.submitted_at, attempt.answers_digest, attempt.receipt = state, at, digest, receipt
    attempt.save(update_fields=["state", "submitted_at", "answers_digest", "receipt"])
    trail.record(
        actor=actor,
        action="delivery.handed_in",
        target=attempt,
        attest=trail.Attest.AS_IT_IS,
        receipt=receipt["number"],
        digest=digest,
        by=by,
    )
    announcing.announce(
        HandedIn(
            region_code=attempt.region_code,
            attempt_id=attempt.pk,
            registration_id=attempt.registration_id,
            receipt_number=receipt["number"],
        ),
        at=at,
    )
    return receipt


def _theory(attempt: Attempt, copy_id: UUID, ticket: str) -> dict[str, Any]:
    questions = PaperCopy.objects.values_list("questions", flat=True).get(pk=copy_id)
    answers = selectors.submission(attempt.pk)
    return rules.receipt_facts(attempt=str(attempt.pk), ticket=ticket, answers=answers, questions=questions)


def _practical(attempt: Attempt, ticket: str) -> dict[str, Any]:
    return sheet_facts(attempt.pk, ticket, selectors.score_sheets(attempt.pk))
