"""Who acts: built once at the door from a request, a token or a shell, and passed down to services and selectors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from kaogong.foundation.kernel.refusals import NotPermitted

EVERYWHERE = ("",)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a power reaches: records whose region code begins with one of `prefixes`, or of one of `organisations`.

    The empty prefix is the whole country. A reach with neither is empty.
    """

    prefixes: tuple[str, ...] = ()
    organisations: frozenset[UUID] = frozenset()

    def covers(self, *, region: str = "", organisation: UUID | None = None) -> bool:
        """Whether a record of that region or organisation lies within."""
        by_region = any(prefix == "" or (region and region.startswith(prefix)) for prefix in self.prefixes)
        return by_region or (organisation is not None and organisation in self.organisations)

    def __or__(self, other: Reach) -> Reach:
        prefixes = tuple(dict.fromkeys((*self.prefixes, *other.prefixes)))
        return Reach(EVERYWHERE if "" in prefixes else prefixes, self.organisations | other.organisations)

    def __bool__(self) -> bool:
        return bool(self.prefixes or self.organisations)


@dataclass(frozen=True, slots=True)
class Grant:
    """What one post (or a deputy's stand-in for it) gives: powers, and how far they reach."""

    organisation_id: UUID
    organisation_name: str
    role: str
    powers: frozenset[str]
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The one who acts. `person_id` is set for whoever has claimed a Person; `grants` come from posts in force."""

    kind: Literal["public", "person", "officer", "service"]
    name: str
    account_id: UUID | None = None
    person_id: UUID | None = None
    grants: tuple[Grant, ...] = field(default=())
    door: str = "web"

    def reach(self, power: str) -> Reach:
        """How far `power` reaches for this actor, over all grants; empty when it is not held at all."""
        total = Reach()
        for grant in self.grants:
            if power in grant.powers:
                total |= grant.reach
        return total

    def may(self, power: str, *, region: str = "", organisation: UUID | None = None) -> bool:
        """Whether the actor holds `power` over a record of that region or organisation."""
        return self.reach(power).covers(region=region, organisation=organisation)

    def holds(self, power: str) -> bool:
        """Whether the actor holds `power` anywhere: enough to show a menu, never enough to act."""
        return bool(self.reach(power))

    def require(self, power: str, *, region: str = "", organisation: UUID | None = None) -> None:
        """Raise NotPermitted unless the actor holds `power` there."""
        if not self.may(power, region=region, organisation=organisation):
            raise NotPermitted(power=power)


PUBLIC = Actor(kind="public", name="公众")


def service(name: str, *powers: str, door: str = "job") -> Actor:
    """The system itself at work: a background job or the shell, with the powers that it names, everywhere."""
    grant = Grant(UUID(int=0), "考工", name, frozenset(powers), Reach(EVERYWHERE))
    return Actor(kind="service", name=name, grants=(grant,), door=door)
