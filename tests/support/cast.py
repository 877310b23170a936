"""The cast: who acts in the tests. Actors are built directly; only tests of `access` build them from posts."""

from __future__ import annotations

from uuid import UUID

from kaogong.foundation.kernel.actors import EVERYWHERE, Actor, Grant, Reach
from kaogong.foundation.kernel.ids import uuid7


def officer(*powers: str, region: str = "3201", organisation: UUID | None = None, name: str = "钱主任") -> Actor:
    """An officer holding `powers` over the territory `region` ("" is the whole country) and her own organisation."""
    body = organisation or uuid7()
    reach = Reach(EVERYWHERE if region == "" else (region,), frozenset({body}))
    return Actor(
        kind="officer",
        name=name,
        account_id=uuid7(),
        person_id=uuid7(),
        grants=(Grant(body, "测试机构", "officer", frozenset(powers), reach),),
    )


def outsider(*powers: str) -> Actor:
    """The one whom every access test meets: the same powers, in another province."""
    return officer(*powers, region="37", name="外省赵科长")


def candidate(person_id: UUID, name: str = "孙同学") -> Actor:
    """A candidate acting for herself."""
    return Actor(kind="person", name=name, account_id=uuid7(), person_id=person_id)
