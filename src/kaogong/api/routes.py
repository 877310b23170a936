"""The routes of `/api/v1`: each calls one selector and translates."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Status

from kaogong.api.schemas import (
    Busy,
    OccupationList,
    OccupationOut,
    OccupationQuery,
    Problem,
    RoundDetail,
    RoundOut,
    RoundPage,
    RoundQuery,
    SittingOut,
    VerificationIn,
    VerificationOut,
)
from kaogong.certificates import limiting
from kaogong.certificates import selectors as certificates
from kaogong.occupations import selectors as occupations
from kaogong.sittings import selectors as sittings

if TYPE_CHECKING:
    from kaogong.occupations.models import Occupation
    from kaogong.sittings.models import Round, Sitting

PER_PAGE = 50
router = Router()


@router.get("/occupations", response=OccupationList, tags=["occupations"], operation_id="searchOccupations")
def search_occupations(request: HttpRequest, asked: Query[OccupationQuery]) -> dict[str, Any]:
    """Search the classification of occupations."""
    found = occupations.search(asked.q, asked.limit)
    return {"edition": occupations.current_edition().key, "items": [_occupation(row) for row in found]}


@router.get(
    "/occupations/{code}", response={200: OccupationOut, 404: Problem}, tags=["occupations"], operation_id="occupation"
)
def occupation(request: HttpRequest, code: str) -> OccupationOut:
    """One node of the classification by its code, with or without dashes."""
    return _occupation(occupations.occupation(code))


@router.get("/rounds", response=RoundPage, tags=["rounds"], operation_id="listRounds")
def list_rounds(request: HttpRequest, asked: Query[RoundQuery]) -> dict[str, Any]:
    """Announced rounds, the latest to close first."""
    at = timezone.now()
    found = sittings.public_rounds(
        region_prefix=asked.region,
        occupation_code=asked.occupation,
        level=asked.level,
        open_at=at if asked.open else None,
    )
    shown = Paginator(sittings.rounds_with_places(found), PER_PAGE).get_page(asked.page)
    return {
        "count": shown.paginator.count,
        "page": shown.number,
        "pages": shown.paginator.num_pages,
        "items": [_round(row, at) for row in shown],
    }


@router.get("/rounds/{round_id}", response={200: RoundDetail, 404: Problem}, tags=["rounds"], operation_id="round")
def round_detail(request: HttpRequest, round_id: UUID) -> dict[str, Any]:
    """One announced round with its sittings and the places left now."""
    at = timezone.now()
    sittings.public_round(round_id)
    row = sittings.rounds_with_places(sittings.public_rounds().filter(pk=round_id)).get()
    days = [_sitting(each) for each in sittings.sittings_of(round_id)]
    return _round(row, at) | {"notice": row.notice, "sittings": days}


@router.post(
    "/verification",
    response={200: VerificationOut, 429: Busy},
    tags=["verification"],
    operation_id="verifyCertificate",
)
def verify(request: HttpRequest, response: HttpResponse, asked: VerificationIn) -> Status[Any]:
    """Say what the register holds under this number and name, as of now. Asked by POST so that neither is logged.

    A wrong name and a number that does not exist get the same answer. Each network may ask so many times a minute.
    """
    response["Cache-Control"] = "no-store"
    at = timezone.now()
    turn = limiting.ask_from(request.META, at=at)
    if not turn.is_granted:
        response["Retry-After"] = str(turn.wait_seconds)
        return Status(429, _busy(turn))
    return Status(200, _verdict(certificates.verify(asked.number, asked.name, at)))


def _occupation(row: Occupation) -> OccupationOut:
    return OccupationOut(
        code=row.code,
        name=row.name,
        parent_code=row.parent_code,
        is_occupation=row.level == 4,
        is_green=row.is_green,
        is_digital=row.is_digital,
    )


def _round(row: Round, at: datetime) -> dict[str, Any]:
    places, taken = row.places, row.taken  # type: ignore[attr-defined]  # annotated by rounds_with_places
    fees = {part: fee for part, fee in row.fees.items() if isinstance(fee, int)}
    return RoundOut(
        id=row.pk,
        number=row.number,
        name=row.name,
        track=row.track,
        organiser=row.organisation.name,
        region_code=row.region_code,
        occupation_code=row.occupation_code,
        occupation_name=row.occupation_name,
        level=row.level,
        applications_from=row.applications_from,
        applications_until=row.applications_until,
        is_open=row.state == "announced" and row.applications_from <= at < row.applications_until,
        places=places,
        places_left=max(0, places - taken),
        fees_fen=fees,
    ).model_dump()


def _sitting(row: Sitting) -> SittingOut:
    return SittingOut(
        id=row.pk,
        number=row.number,
        station=row.station.organisation.name,
        region_code=row.region_code,
        held_on=row.held_on,
        capacity=row.capacity,
        places_left=row.capacity - row.claimed,
        state=row.state,
    )


def _verdict(verdict: certificates.Verdict) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome,
        "verified_at": verdict.at,
        "number": verdict.number,
        "kind": verdict.kind,
        "occupation_code": verdict.occupation_code,
        "occupation_name": verdict.occupation,
        "level": verdict.level,
        "issuer": verdict.issuer,
        "body": verdict.body,
        "issued_on": verdict.issued_on,
        "history": [{"at": line.at, "move": line.move} for line in verdict.history],
        "key_id": verdict.key_id,
    }


def _busy(turn: limiting.Turn) -> dict[str, Any]:
    return {
        "code": "certificates.TooManyQuestions",
        "message": f"同一网络查询过于频繁，请 {turn.wait_seconds} 秒后重试。",
        "advice": f"每个网络每分钟可查 {turn.limit.per_minute} 次。",
        "clause": str(turn.limit.clause),
        "retry_after_seconds": turn.wait_seconds,
    }
