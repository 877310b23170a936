"""A machine bound to an attempt: the binding lives in the session on the server; the cookie only names the session."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect

from kaogong.delivery.services import Admission
from kaogong.foundation.kernel.actors import Actor
from kaogong.web.ui.requests import ActorRequest

P = ParamSpec("P")
KEY = "examroom.machine"
HOURS = 8
MachineView = Callable[Concatenate[ActorRequest, UUID, P], HttpResponseBase]


def bind(request: ActorRequest, admission: Admission) -> None:
    """Bind this machine's session to the admitted attempt; whoever sat here before is forgotten."""
    request.session.cycle_key()
    request.session[KEY] = {
        "attempt": str(admission.attempt_id),
        "person": str(admission.actor.person_id),
        "name": admission.actor.name,
    }
    request.session.set_expiry(HOURS * 3600)


def release(request: ActorRequest) -> None:
    """Forget who sat here."""
    request.session.pop(KEY, None)


def bound_attempt(request: ActorRequest) -> UUID | None:
    """The attempt this machine is bound to, if any."""
    kept = request.session.get(KEY)
    return UUID(kept["attempt"]) if kept else None


def at_machine(view: MachineView[P]) -> Callable[Concatenate[ActorRequest, P], HttpResponseBase]:
    """Run `view` as the candidate that the machine is bound to; send others to the machine's door (JSON: 401)."""

    @wraps(view)
    def seated(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        kept = request.session.get(KEY)
        if not kept:
            if request.path.endswith(".json"):
                return JsonResponse({"refusal": "door"}, status=401)
            return redirect("examroom:exam")
        request.actor = Actor(kind="person", name=kept["name"], person_id=UUID(kept["person"]), door="examroom")
        response = view(request, UUID(kept["attempt"]), *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return seated
