"""`@command`: one deed, one transaction, at least one line in the trail; a refused deed leaves its refusal there."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from django.db import transaction

from kaogong.foundation.kernel import remembering, trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import Refusal

P = ParamSpec("P")
R = TypeVar("R")


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` as one deed. It must take keyword-only arguments, `actor` and `at` among them.

    The deed is one transaction. If it records nothing in the trail it is rolled back with NothingRecorded. If it is
    refused, the transaction is rolled back and the outermost command writes the refusal with its clause.
    A command may call another; both then stand or fall together.
    """
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is not p.KEYWORD_ONLY for p in parameters) or not {"actor", "at"} <= {p.name for p in parameters}:
        raise TypeError(f"{function.__qualname__}: a command takes keyword-only arguments, actor and at among them")
    name = (
        f"{function.__module__.removeprefix('kaogong.').removeprefix('foundation.').split('.')[0]}.{function.__name__}"
    )

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        port = trail.installed()
        outer = trail.running.get()
        frame = trail.Frame(name, cast("datetime", kwargs["at"]))
        token = trail.running.set(frame)
        try:
            with remembering.memory(), transaction.atomic():
                outcome = function(*args, **kwargs)
                if not frame.recorded:
                    raise trail.NothingRecorded(name)
        except BaseException as error:
            remembering.forget()
            if outer is None and isinstance(error, Refusal):
                port.write([_refused(name, error, kwargs)])
            raise
        finally:
            trail.running.reset(token)
        if outer is not None:
            outer.recorded += frame.recorded
        return outcome

    run.__dict__["is_command"] = True
    return run


def _refused(name: str, refusal: Refusal, kwargs: dict[str, object]) -> trail.Entry:
    return trail.Entry(
        actor=cast("Actor", kwargs["actor"]),
        action=name,
        at=cast("datetime", kwargs["at"]),
        facts={"refusal": refusal.code, **trail.plain_ids(kwargs)},
        refused=True,
        clause=refusal.clause,
    )
