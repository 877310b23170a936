"""The API as one object: its title, its routes, and how refusals and faults leave it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from kaogong.api.routes import router
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal, WrongState

STATUS: tuple[tuple[type[Refusal], int], ...] = ((NotFound, 404), (NotPermitted, 403), (WrongState, 409))

api = NinjaAPI(
    title="Kaogong 考工",
    version="1",
    description="Occupations, announced rounds and the verification of certificates. No key is needed.",
    urls_namespace="api-v1",
    docs_url=None,
)
api.add_router("", router)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as JSON: its stable code, its sentence, what to do now, and the clause."""
    status = next((status for kind, status in STATUS if isinstance(refusal, kind)), 422)
    problem = {
        "code": refusal.code,
        "message": str(refusal),
        "advice": refusal.advice.format(**refusal.facts),
        "clause": str(refusal.clause),
    }
    return api.create_response(request, problem, status=status)
