"""Who finds what in the bank.

The national bank (no region) is found by whoever holds a power of the bank; a regional sub-bank by those whose
territory lies within it or around it; a body's own work by that body. Content is another matter: it is opened one by
one, by a command that leaves a line in the trail.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from kaogong.foundation.kernel.actors import Actor, Reach
from kaogong.foundation.kernel.scope import NOTHING
from kaogong.itembank.rules.subbanks import kind_of

BANK = (
    "itembank.view",
    "itembank.write",
    "itembank.review",
    "itembank.approve",
    "itembank.assemble",
    "itembank.import",
    "itembank.calibrate",
    "reference.load",
)
PAPER = ("itembank.view", "itembank.assemble", "delivery.deliver", "delivery.see", "scoring.mark", "scoring.see")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a new row belongs: a territory's prefix and a body, or neither for the national bank."""

    region_code: str
    organisation_id: UUID | None

    @property
    def kind(self) -> str:
        """The kind of sub-bank that it is a home of; "" for the national bank."""
        return kind_of(self.region_code, has_body=self.organisation_id is not None)

    @property
    def territories(self) -> list[str]:
        """Its territory and those around it, the widest first: 32, 3201."""
        return [*_above(self.region_code), self.region_code] if self.region_code else []


NATION = Q(region_code="", organisation_id__isnull=True)
"""Rows of the national bank."""


def reach_of(actor: Actor, powers: Iterable[str]) -> Reach:
    """How far any of the powers reaches."""
    reach = Reach()
    for power in powers:
        reach |= actor.reach(power)
    return reach


def works_in_bank(actor: Actor) -> bool:
    """Whether the actor has any business in the bank."""
    return bool(reach_of(actor, BANK))


def visible_to(actor: Actor, powers: Iterable[str] = BANK) -> Q:
    """Rows with `region_code` and `organisation_id` that the actor finds by any of the powers."""
    reach = reach_of(actor, powers)
    if not reach:
        return NOTHING
    if "" in reach.prefixes:
        return Q()
    found = NATION | Q(organisation_id__in=reach.organisations)
    for prefix in reach.prefixes:
        found |= Q(region_code__startswith=prefix) | Q(region_code__in=_above(prefix))
    return found


def _above(prefix: str) -> list[str]:
    """The codes of the territories that a territory lies in: 3201 lies in 32."""
    return [prefix[:length] for length in range(2, len(prefix), 2)]


def home_of(actor: Actor, power: str) -> Home:
    """Whose bank the actor works for with `power`: the nation's when it reaches everywhere, else the post's body."""
    for grant in actor.grants:
        if power in grant.powers:
            if "" in grant.reach.prefixes:
                return Home("", None)
            region = grant.reach.prefixes[0] if grant.reach.prefixes else ""
            return Home(region, grant.organisation_id)
    return Home("", None)


def person_key(actor: Actor) -> str:
    """What tells one person from another: the person behind an account, else the account, else the service's name."""
    return str(actor.person_id or actor.account_id or f"service:{actor.name}")


TASK = ("itembank.view", "itembank.assemble", "delivery.deliver")


def visible_items_of(actor: Actor) -> Q:
    """The same question as `visible_to`, asked of an item's versions."""
    return _through(visible_to(actor), "item__")


def _through(condition: Q, path: str) -> Q:
    """The condition with every field reached through `path`."""
    moved = Q()
    moved.connector, moved.negated = condition.connector, condition.negated
    for child in condition.children:
        if isinstance(child, Q):
            moved.children.append(_through(child, path))
        elif isinstance(child, tuple):
            moved.children.append((path + child[0], child[1]))
    return moved


READERS = ("itembank.view", "itembank.write", "itembank.review", "itembank.approve")
"""Powers by which an item may be opened: the assembler draws papers without reading them."""


def may_be_opened_by(actor: Actor) -> Q:
    """Items whose content the actor may open before a paper has used them, by any power of a reader.

    The nation's items are open to the nation's people and to those of a province's centre, which works at the national
    bank; the people of a prefecture, an industry or an enterprise assemble with them and do not read them. A body's
    items are open to whoever finds them within her reach.
    """
    reach = reach_of(actor, READERS)
    if not reach:
        return NOTHING
    if "" in reach.prefixes:
        return Q()
    found = Q(organisation_id__in=reach.organisations)
    for prefix in reach.prefixes:
        found |= Q(region_code__startswith=prefix)
    if any(kind_of(prefix, has_body=True) == "province" for prefix in reach.prefixes):
        found |= NATION
    return found
